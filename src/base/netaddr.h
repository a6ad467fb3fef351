/* SPDX-License-Identifier: Apache-2.0
 *
 * Tells whether a network address belongs to the public internet. A server that follows links from outside must refuse
 * all other addresses; otherwise such a link could reach services in the server's own network.
 */
#ifndef HIRED_BASE_NETADDR_H
#define HIRED_BASE_NETADDR_H

#include <sys/socket.h>

#include "base/str.h"

/* True for an IPv4 or IPv6 address that is unicast and globally reachable: none of the special-purpose ranges of RFC
 * 6890 and its successors (private, shared, loopback, link-local, documentation, benchmarking, reserved, multicast),
 * also where an IPv6 address only wraps an IPv4 one (mapped, NAT64, 6to4). False for any other family. */
bool netaddr_is_public(const struct sockaddr *address);

/* True for an address of a local network: 10/8, 172.16/12, 192.168/16, 100.64/10 and fc00::/7, mapped ones too.
 * Loopback and link-local addresses (the clouds' metadata services) are none. */
bool netaddr_is_private(const struct sockaddr *address);

/* Reads a literal address as it stands in a URL's host: IPv6 with or without brackets, IPv4 in every form that system
 * resolvers take ("127.1", "0x7f000001", "2130706433"). The port is 0. Returns 0, or -EINVAL if it is none (a name). */
int netaddr_parse(struct str host, struct sockaddr_storage *ret);

/* False if the host's text alone tells that it is not on the public internet: a literal address that is not public, or
 * "localhost" and names below it. A name may still resolve to a private address: whoever connects asks
 * netaddr_is_public again about the address in hand. */
bool netaddr_host_may_be_public(struct str host);

#endif
