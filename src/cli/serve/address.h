/* SPDX-License-Identifier: Apache-2.0
 *
 * The address that people and programs on this machine can use to reach a server that listens on some host.
 */
#ifndef HIRED_CLI_SERVE_ADDRESS_H
#define HIRED_CLI_SERVE_ADDRESS_H

#include "base/arena.h"
#include "base/str.h"

/* Whether host, as in --listen, means every address of the machine: 0.0.0.0, ::, *. */
bool address_is_everywhere(const char *host);

/* "http://127.0.0.1:8080", "http://[::1]:8080", "http://localhost:8080"; in the arena and ended by a NUL. For a host
 * that means every address it is the loopback address, since nobody can connect to "0.0.0.0" or "*" everywhere. */
struct str address_url(const char *host, unsigned port, struct arena *a);

#endif
