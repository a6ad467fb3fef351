/* SPDX-License-Identifier: Apache-2.0
 *
 * Checks that a request URL belongs to the app that claims it: the URL must echo a challenge within a second.
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

/* Why an address was refused. */
struct receiver_fault {
    struct str why; /* a sentence, in the arena */
    struct reason reason;
};

/* Sends the challenge and waits for the answer. Returns 0, or -EPROTO and what came instead. */
int challenge_ask(const struct challenge *c, struct arena *a, struct receiver_fault *ret);

#endif
