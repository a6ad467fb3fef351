/* SPDX-License-Identifier: Apache-2.0
 *
 * What all outgoing requests share: http and https only, no proxy, only allowed addresses, a time limit.
 */
#ifndef HIRED_EVENTS_OUTGOING_H
#define HIRED_EVENTS_OUTGOING_H

#include <curl/curl.h>
#include <stdbool.h>

/* Checks the resolved address of each connection before it is made, so that neither a name nor a redirect can avoid
 * the check. */
struct outgoing_guard {
    bool allow_loopback, allow_private; /* allowed beside public addresses; private: netaddr_is_private */
    bool refused;                       /* set when an address was refused */
};

/* Sets up a new curl handle; guard must outlive the transfer. */
void outgoing_setup(CURL *curl, struct outgoing_guard *guard, const char *url, long timeout_ms);

#endif
