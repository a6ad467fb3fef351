/* SPDX-License-Identifier: Apache-2.0
 *
 * A run against a vendor's program: the customer's plays, on a server in its test mode. What happens becomes a story.
 */
#ifndef HIRED_CONFORMANCE_RUN_H
#define HIRED_CONFORMANCE_RUN_H

#include <stdatomic.h>
#include <stdio.h>

#include "conformance/story.h"

struct run_options {
    const char *server;     /* its base URL */
    const char *test_token; /* of the test mode; NULL: none */
    const char *app_id;
    const char *tenant_key; /* NULL: the tenant that has the app */
    unsigned plays;         /* bits of the plays to play; PLAY_BIND always is */
    unsigned timeout_s;     /* how long the vendor may take for each step */
    FILE *progress;         /* one line for each play; NULL: none */
    const _Atomic bool *stop;
};

/* Plays, and undoes what the run changed on the server (rules, clock, settings). Returns 0 with *ret, which is the
 * caller's, or a negative errno with a sentence in why: the run could not be made. */
int run_plays(const struct run_options *o, struct story **ret, char *why, size_t why_size);

#endif
