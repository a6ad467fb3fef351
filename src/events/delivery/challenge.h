/* SPDX-License-Identifier: Apache-2.0
 *
 * Asks a request URL whether it belongs to who claims it: it must echo a challenge within a second.
 */
#ifndef HIRED_EVENTS_DELIVERY_CHALLENGE_H
#define HIRED_EVENTS_DELIVERY_CHALLENGE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/reason.h"

struct challenge {
    const char *url;
    struct str encrypt_key, verification_token; /* "": none */
    bool allow_loopback, allow_private;
};

/* What stands against an address. */
struct receiver_fault {
    struct str why; /* a sentence, in the arena */
    struct reason reason;
};

/* Waits for the answer. Returns 0, or -EPROTO with what came instead. */
int challenge_ask(const struct challenge *c, struct arena *a, struct receiver_fault *ret);

#endif
