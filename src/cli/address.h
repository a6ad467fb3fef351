/* SPDX-License-Identifier: Apache-2.0
 *
 * The URL at which this machine can reach a server that listens on a given host.
 */
#ifndef HIRED_CLI_ADDRESS_H
#define HIRED_CLI_ADDRESS_H

#include "base/arena.h"
#include "base/str.h"

/* True if host, as in --listen, means all addresses of the machine: 0.0.0.0, ::, *. */
bool address_is_everywhere(const char *host);

/* Returns "http://127.0.0.1:8080", "http://[::1]:8080", "http://localhost:8080", in the arena and ended by a NUL. If
 * host means all addresses, it uses the loopback address, because not every client can connect to "0.0.0.0" or "*". */
struct str address_url(const char *host, unsigned port, struct arena *a);

#endif
