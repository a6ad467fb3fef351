/* SPDX-License-Identifier: Apache-2.0
 *
 * Networks of IP addresses.
 */
#include "base/network.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>

#define IPV4_BITS 96 /* that an IPv4 address has before its own, when it is mapped */

static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

static void map_ipv4(const struct in_addr *in, uint8_t ret[16]) {
    memcpy(ret, mapped, sizeof mapped);
    memcpy(ret + sizeof mapped, in, 4);
}

int network_address_parse(struct str text, uint8_t ret[16]) {
    char cstr[INET6_ADDRSTRLEN];
    struct in6_addr in6;
    struct in_addr in;
    if (text.len == 0 || text.len >= sizeof cstr || memchr(text.ptr, 0, text.len))
        return -EINVAL;
    memcpy(cstr, text.ptr, text.len);
    cstr[text.len] = 0;
    if (inet_pton(AF_INET, cstr, &in) == 1)
        map_ipv4(&in, ret);
    else if (inet_pton(AF_INET6, cstr, &in6) == 1)
        memcpy(ret, &in6, 16);
    else
        return -EINVAL;
    return 0;
}

int network_address_of(const struct sockaddr *address, uint8_t ret[16]) {
    if (address->sa_family == AF_INET)
        map_ipv4(&((const struct sockaddr_in *)(const void *)address)->sin_addr, ret);
    else if (address->sa_family == AF_INET6)
        memcpy(ret, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr, 16);
    else
        return -EAFNOSUPPORT;
    return 0;
}

bool network_address_is_ipv4(const uint8_t address[16]) {
    return memcmp(address, mapped, sizeof mapped) == 0;
}

void network_address_store(const uint8_t address[16], struct sockaddr_storage *ret) {
    memset(ret, 0, sizeof *ret);
    if (network_address_is_ipv4(address)) {
        struct sockaddr_in *in = (struct sockaddr_in *)ret;
        in->sin_family = AF_INET;
        memcpy(&in->sin_addr, address + sizeof mapped, 4);
    } else {
        struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ret;
        in6->sin6_family = AF_INET6;
        memcpy(&in6->sin6_addr, address, 16);
    }
}

int network_parse(struct str text, struct network *ret) {
    struct str rest = text, address = str_cut(&rest, '/');
    struct network n;
    int64_t bits, most;
    if (network_address_parse(address, n.base) < 0)
        return -EINVAL;
    most = str_find(address, ':') == SIZE_MAX ? 32 : 128;
    bits = most;
    if (!str_is_absent(rest) && (str_to_i64(rest, &bits) < 0 || bits < 0 || bits > most))
        return -EINVAL;
    n.bits = (uint8_t)(bits + (most == 32 ? IPV4_BITS : 0));
    *ret = n;
    return 0;
}

bool network_has(const struct network *n, const uint8_t address[16]) {
    unsigned whole = n->bits / 8, rest = n->bits % 8;
    if (memcmp(address, n->base, whole) != 0)
        return false;
    return rest == 0 || (address[whole] ^ n->base[whole]) >> (8 - rest) == 0;
}

bool network_is_everything(const struct network *n) {
    return n->bits == 0 || (n->bits == IPV4_BITS && network_address_is_ipv4(n->base));
}

static bool is_between(char c) {
    return c == ',' || c == ' ' || c == '\t';
}

int networks_parse(struct str list, struct networks *ret) {
    struct networks all = {.n = 0};
    size_t i = 0;
    for (;;) {
        while (i < list.len && is_between(list.ptr[i]))
            i++;
        if (i == list.len)
            break;
        size_t from = i;
        while (i < list.len && !is_between(list.ptr[i]))
            i++;
        if (all.n == NETWORKS_MAX)
            return -E2BIG;
        if (network_parse((struct str){list.ptr + from, i - from}, &all.v[all.n]) < 0)
            return -EINVAL;
        all.n++;
    }
    *ret = all;
    return 0;
}

bool networks_have(const struct networks *all, const uint8_t address[16]) {
    for (unsigned i = 0; i < all->n; i++)
        if (network_has(&all->v[i], address))
            return true;
    return false;
}
