/* SPDX-License-Identifier: Apache-2.0
 *
 * What every outgoing request shares.
 */
#include "events/outgoing.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/netaddr.h"

static bool is_loopback(const struct sockaddr *address) {
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *in = (const void *)address;
        return ntohl(in->sin_addr.s_addr) >> 24 == 127;
    }
    const struct sockaddr_in6 *in6 = (const void *)address;
    return address->sa_family == AF_INET6 &&
           (IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr) ||
            (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr) && in6->sin6_addr.s6_addr[12] == 127));
}

static curl_socket_t on_open(void *ctx, curlsocktype purpose, struct curl_sockaddr *address) {
    struct outgoing_guard *guard = ctx;
    bool allowed = netaddr_is_public(&address->addr) || (guard->allow_loopback && is_loopback(&address->addr)) ||
                   (guard->allow_private && netaddr_is_private(&address->addr));
    if (purpose != CURLSOCKTYPE_IPCXN || !allowed) {
        guard->refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

void outgoing_setup(CURL *curl, struct outgoing_guard *guard, const char *url, long timeout_ms) {
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    /* With a proxy, the guard would see only the proxy's address. */
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, on_open);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, guard);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout_ms);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    /* A name server that does not answer must not hold the thread after the transfer's timeout. */
    curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "hired/" HIRED_VERSION);
}
