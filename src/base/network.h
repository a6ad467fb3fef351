/* SPDX-License-Identifier: Apache-2.0
 *
 * Networks of IP addresses ("10.1.0.0/16", "fd00::/8", "192.0.2.7"), and whether an address lies in one. The text
 * form is strict; netaddr.h accepts every form that a resolver accepts.
 *
 * An address is 16 bytes. An IPv4 address stands as the IPv6 address that maps it (::ffff:192.0.2.7), so it is the same
 * whether it came by a socket of one family or of the other.
 */
#ifndef HIRED_BASE_NETWORK_H
#define HIRED_BASE_NETWORK_H

#include <sys/socket.h>

#include "base/str.h"

#define NETWORKS_MAX 64

struct network {
    uint8_t base[16];
    uint8_t bits; /* of base that count, 0 to 128; 96 more than was written of an IPv4 network */
};

struct networks {
    unsigned n;
    struct network v[NETWORKS_MAX];
};

/* "192.0.2.7", "2001:db8::1"; four plain decimal numbers, no zone, no brackets. Returns 0 or -EINVAL. */
int network_address_parse(struct str text, uint8_t ret[16]);

/* The address of an IPv4 or IPv6 socket address. Returns 0, or -EAFNOSUPPORT for any other. */
int network_address_of(const struct sockaddr *address, uint8_t ret[16]);

/* Whether it maps an IPv4 address. */
bool network_address_is_ipv4(const uint8_t address[16]);

/* The socket address of an address, with port 0; its family is AF_INET if the address maps an IPv4 address. */
void network_address_store(const uint8_t address[16], struct sockaddr_storage *ret);

/* An address, alone or with /BITS. Bits of the address behind BITS do not count. Returns 0 or -EINVAL. */
int network_parse(struct str text, struct network *ret);
bool network_has(const struct network *n, const uint8_t address[16]);

/* Every address, or every IPv4 address. */
bool network_is_everything(const struct network *n);

/* Networks separated by commas or blanks; the list may be empty. Returns 0, -EINVAL for what is no network, or
 * -E2BIG for more than NETWORKS_MAX. *ret is set only on success. */
int networks_parse(struct str list, struct networks *ret);
bool networks_have(const struct networks *all, const uint8_t address[16]);

#endif
