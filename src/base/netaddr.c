/* SPDX-License-Identifier: Apache-2.0
 *
 * The special-purpose ranges of the IANA registries, as of RFC 6890 and what followed it.
 */
#include "base/netaddr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>

struct range4 {
    uint32_t network;
    unsigned bits;
};

#define NET4(a, b, c, d, bits)                                                                                         \
    { (uint32_t)(a) << 24 | (b) << 16 | (c) << 8 | (d), (bits) }

static const struct range4 special4[] = {
    NET4(0, 0, 0, 0, 8),       /* this network */
    NET4(10, 0, 0, 0, 8),      /* private */
    NET4(100, 64, 0, 0, 10),   /* shared by carriers */
    NET4(127, 0, 0, 0, 8),     /* loopback */
    NET4(169, 254, 0, 0, 16),  /* link-local, among them the clouds' metadata */
    NET4(172, 16, 0, 0, 12),   /* private */
    NET4(192, 0, 0, 0, 24),    /* protocol assignments */
    NET4(192, 0, 2, 0, 24),    /* documentation */
    NET4(192, 88, 99, 0, 24),  /* 6to4 relays, withdrawn */
    NET4(192, 168, 0, 0, 16),  /* private */
    NET4(198, 18, 0, 0, 15),   /* benchmarking */
    NET4(198, 51, 100, 0, 24), /* documentation */
    NET4(203, 0, 113, 0, 24),  /* documentation */
    NET4(224, 0, 0, 0, 4),     /* multicast */
    NET4(240, 0, 0, 0, 4),     /* reserved, and broadcast */
};

struct range6 {
    uint8_t network[16];
    unsigned bits;
};

/* Within 2000::/3, which holds all of global unicast. */
static const struct range6 special6[] = {
    {{0x20, 0x01}, 23},             /* protocol assignments: Teredo, benchmarking, ORCHID ... */
    {{0x20, 0x01, 0x0d, 0xb8}, 32}, /* documentation */
    {{0x3f, 0xff}, 20},             /* documentation */
};

static bool public4(uint32_t address) {
    for (size_t i = 0; i < sizeof(special4) / sizeof(special4[0]); i++) {
        if ((address ^ special4[i].network) >> (32 - special4[i].bits) == 0)
            return false;
    }
    return true;
}

static bool within6(const uint8_t address[16], const uint8_t network[16], unsigned bits) {
    unsigned whole = bits / 8, rest = bits % 8;

    if (memcmp(address, network, whole) != 0)
        return false;
    return rest == 0 || ((address[whole] ^ network[whole]) >> (8 - rest)) == 0;
}

static uint32_t four_bytes(const uint8_t *b) {
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static bool public6(const uint8_t address[16]) {
    static const uint8_t mapped[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    static const uint8_t nat64[16] = {0x00, 0x64, 0xff, 0x9b};
    static const uint8_t six_to_four[16] = {0x20, 0x02};
    static const uint8_t global[16] = {0x20};

    if (within6(address, mapped, 96) || within6(address, nat64, 96))
        return public4(four_bytes(address + 12));
    if (within6(address, six_to_four, 16))
        return public4(four_bytes(address + 2));
    if (!within6(address, global, 3))
        return false;
    for (size_t i = 0; i < sizeof(special6) / sizeof(special6[0]); i++) {
        if (within6(address, special6[i].network, special6[i].bits))
            return false;
    }
    return true;
}

bool netaddr_is_public(const struct sockaddr *address) {
    if (address->sa_family == AF_INET) {
        struct sockaddr_in in;

        memcpy(&in, address, sizeof(in));
        return public4(ntohl(in.sin_addr.s_addr));
    }
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 in6;

        memcpy(&in6, address, sizeof(in6));
        return public6(in6.sin6_addr.s6_addr);
    }
    return false;
}

static bool private4(uint32_t address) {
    static const struct range4 ranges[] = {
        NET4(10, 0, 0, 0, 8), NET4(100, 64, 0, 0, 10), NET4(172, 16, 0, 0, 12), NET4(192, 168, 0, 0, 16)};
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
        if ((address ^ ranges[i].network) >> (32 - ranges[i].bits) == 0)
            return true;
    }
    return false;
}

bool netaddr_is_private(const struct sockaddr *address) {
    static const uint8_t mapped[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    static const uint8_t unique_local[16] = {0xfc};
    if (address->sa_family == AF_INET) {
        struct sockaddr_in in;

        memcpy(&in, address, sizeof(in));
        return private4(ntohl(in.sin_addr.s_addr));
    }
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 in6;

        memcpy(&in6, address, sizeof(in6));
        return within6(in6.sin6_addr.s6_addr, unique_local, 7) ||
               (within6(in6.sin6_addr.s6_addr, mapped, 96) && private4(four_bytes(in6.sin6_addr.s6_addr + 12)));
    }
    return false;
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
