/* SPDX-License-Identifier: Apache-2.0
 *
 * Asks a request URL whether it belongs to who claims it: it must echo a challenge within a second.
 */
#ifndef HIRED_EVENTS_CHALLENGE_H
#define HIRED_EVENTS_CHALLENGE_H

#include <stdbool.h>

#include "base/arena.h"

struct challenge {
    const char *url;
    struct str encrypt_key, verification_token; /* "": none */
    bool allow_loopback, allow_private;
};

/* Waits for the answer. Returns 0, or -EPROTO with a sentence in the arena that says what came instead. */
int challenge_ask(const struct challenge *c, struct arena *a, struct str *ret_why);

#endif
