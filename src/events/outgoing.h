/* SPDX-License-Identifier: Apache-2.0
 *
 * What every outgoing request shares: http and https only, no proxy, no address but those that are allowed, a time
 * limit.
 */
#ifndef HIRED_EVENTS_OUTGOING_H
#define HIRED_EVENTS_OUTGOING_H

#include <curl/curl.h>
#include <stdbool.h>

/* Looks at the very address that a connection is about to be made to, so no name and no redirect gets around it. */
struct outgoing_guard {
    bool allow_loopback, allow_private; /* beside public addresses; private: netaddr_is_private */
    bool refused;                       /* set when an address was refused */
};

/* Sets up a fresh handle; guard must outlive the transfer. */
void outgoing_setup(CURL *curl, struct outgoing_guard *guard, const char *url, long timeout_ms);

#endif
