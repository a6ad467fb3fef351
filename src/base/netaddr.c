/* SPDX-License-Identifier: Apache-2.0
 *
 * The special-purpose ranges of the IANA registries, as of RFC 6890 and what followed it.
 */
#include "base/netaddr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>

#include "base/network.h"

#define IPV4(a, b, c, d, bits)                                                                                         \
    { {[10] = 0xff, [11] = 0xff, (a), (b), (c), (d)}, 96 + (bits) }

static const struct network special4[] = {
    IPV4(0, 0, 0, 0, 8),       /* this network */
    IPV4(10, 0, 0, 0, 8),      /* private */
    IPV4(100, 64, 0, 0, 10),   /* shared by carriers */
    IPV4(127, 0, 0, 0, 8),     /* loopback */
    IPV4(169, 254, 0, 0, 16),  /* link-local, among them the clouds' metadata */
    IPV4(172, 16, 0, 0, 12),   /* private */
    IPV4(192, 0, 0, 0, 24),    /* protocol assignments */
    IPV4(192, 0, 2, 0, 24),    /* documentation */
    IPV4(192, 88, 99, 0, 24),  /* 6to4 relays, withdrawn */
    IPV4(192, 168, 0, 0, 16),  /* private */
    IPV4(198, 18, 0, 0, 15),   /* benchmarking */
    IPV4(198, 51, 100, 0, 24), /* documentation */
    IPV4(203, 0, 113, 0, 24),  /* documentation */
    IPV4(224, 0, 0, 0, 4),     /* multicast */
    IPV4(240, 0, 0, 0, 4),     /* reserved, and broadcast */
};

/* Within 2000::/3, which holds all of global unicast. */
static const struct network special6[] = {
    {{0x20, 0x01}, 23},             /* protocol assignments: Teredo, benchmarking, ORCHID ... */
    {{0x20, 0x01, 0x0d, 0xb8}, 32}, /* documentation */
    {{0x3f, 0xff}, 20},             /* documentation */
};

static const struct network local[] = {
    IPV4(10, 0, 0, 0, 8), IPV4(100, 64, 0, 0, 10), IPV4(172, 16, 0, 0, 12), IPV4(192, 168, 0, 0, 16), {{0xfc}, 7},
};

static bool is_in(const struct network *list, size_t n, const uint8_t address[16]) {
    for (size_t i = 0; i < n; i++)
        if (network_has(&list[i], address))
            return true;
    return false;
}

#define IS_IN(list, address) is_in((list), sizeof(list) / sizeof((list)[0]), (address))

static bool is_public4(const uint8_t four[4]) {
    const uint8_t address[16] = {[10] = 0xff, [11] = 0xff, four[0], four[1], four[2], four[3]};
    return !IS_IN(special4, address);
}

bool netaddr_is_public(const struct sockaddr *address) {
    static const struct network mapped = {{[10] = 0xff, [11] = 0xff}, 96}, nat64 = {{0x00, 0x64, 0xff, 0x9b}, 96},
                                six_to_four = {{0x20, 0x02}, 16}, global = {{0x20}, 3};
    uint8_t bytes[16];

    if (network_address_of(address, bytes) < 0)
        return false;
    if (network_has(&mapped, bytes) || network_has(&nat64, bytes))
        return is_public4(bytes + 12);
    if (network_has(&six_to_four, bytes))
        return is_public4(bytes + 2);
    return network_has(&global, bytes) && !IS_IN(special6, bytes);
}

bool netaddr_is_private(const struct sockaddr *address) {
    uint8_t bytes[16];

    return network_address_of(address, bytes) == 0 && IS_IN(local, bytes);
}

int netaddr_parse(struct str host, struct sockaddr_storage *ret) {
    char text[INET6_ADDRSTRLEN + 1];
    struct in6_addr in6;
    struct in_addr in;

    if (host.len >= 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']')
        host = (struct str){host.ptr + 1, host.len - 2};
    size_t zone = str_is_absent(host) ? 0 : host.len;
    for (size_t i = 0; i < host.len; i++) {
        if (host.ptr[i] == '%') { /* fe80::1%eth0 */
            zone = i;
            break;
        }
    }
    if (zone == 0 || zone >= sizeof(text))
        return -EINVAL;
    memcpy(text, host.ptr, zone);
    text[zone] = '\0';
    if (strlen(text) != zone)
        return -EINVAL;
    if (inet_pton(AF_INET6, text, &in6) == 1) {
        memset(ret, 0, sizeof(*ret));
        ((struct sockaddr_in6 *)ret)->sin6_family = AF_INET6;
        ((struct sockaddr_in6 *)ret)->sin6_addr = in6;
        return 0;
    }
    if (zone == host.len && text[zone - 1] == '.') /* "127.0.0.1." is the same host */
        text[zone - 1] = '\0';
    /* inet_aton takes what follows a blank for granted */
    if (zone == host.len && strpbrk(text, " \t\r\n\v\f") == NULL && inet_aton(text, &in) == 1) {
        memset(ret, 0, sizeof(*ret));
        ((struct sockaddr_in *)ret)->sin_family = AF_INET;
        ((struct sockaddr_in *)ret)->sin_addr = in;
        return 0;
    }
    return -EINVAL;
}

static bool ends_nocase(struct str s, struct str end) {
    if (s.len < end.len)
        return false;
    for (size_t i = 0; i < end.len; i++) {
        char c = s.ptr[s.len - end.len + i];

        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        if (c != end.ptr[i])
            return false;
    }
    return true;
}

bool netaddr_host_may_be_public(struct str host) {
    struct sockaddr_storage address;

    if (netaddr_parse(host, &address) == 0)
        return netaddr_is_public((const struct sockaddr *)&address);
    if (host.len > 0 && host.ptr[host.len - 1] == '.')
        host.len--;
    if (host.len == sizeof("localhost") - 1 && ends_nocase(host, STR("localhost")))
        return false;
    return host.len > 0 && !ends_nocase(host, STR(".localhost"));
}
