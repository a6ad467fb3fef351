/* SPDX-License-Identifier: Apache-2.0
 *
 * Computes a usable URL from the value of --listen.
 */
#include "cli/address.h"

#include <arpa/inet.h>
#include <string.h>

static bool is_any_v4(const char *host) {
    struct in_addr v4;
    return strcmp(host, "*") == 0 || (inet_aton(host, &v4) && v4.s_addr == htonl(INADDR_ANY));
}

static bool is_any_v6(const char *host) {
    struct in6_addr v6;
    return inet_pton(AF_INET6, host, &v6) == 1 && IN6_IS_ADDR_UNSPECIFIED(&v6);
}

bool address_is_everywhere(const char *host) {
    return is_any_v4(host) || is_any_v6(host);
}

struct str address_url(const char *host, unsigned port, struct arena *a) {
    host = is_any_v4(host) ? "127.0.0.1" : is_any_v6(host) ? "::1" : host;
    return arena_printf(a, strchr(host, ':') ? "http://[%s]:%u" : "http://%s:%u", host, port);
}
