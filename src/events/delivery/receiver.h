/* SPDX-License-Identifier: Apache-2.0
 *
 * The settings by which an app receives events, and the only way to change them: the new settings are checked, the
 * URL is asked whether it belongs to the app (events/delivery/challenge.h), and only then they are written. The
 * command line and the console use these functions.
 */
#ifndef HIRED_EVENTS_DELIVERY_RECEIVER_H
#define HIRED_EVENTS_DELIVERY_RECEIVER_H

#include "base/arena.h"
#include "events/delivery/challenge.h"
#include "store/db.h"

#define RECEIVER_URL_MAX 2000 /* bytes */
#define RECEIVER_KEY_MAX 200

struct receiver {
    struct str url, encrypt_key, verification_token; /* "": none */
};

/* Texts are in the arena. Returns 0, or -ENOENT when there is no such app. */
int receiver_read(struct db *db, int64_t app, struct arena *a, struct receiver *ret);

/* Computes the new settings: members that are absent in the change keep their value; an app without a verification
 * token gets a random one. Returns 1 if receiver_ask must be called first, 0 if it need not (no URL, or nothing
 * changed), or -EINVAL with what is wrong. */
int receiver_plan(const struct receiver *now, const struct receiver *change, struct arena *a, struct receiver *ret,
                  struct receiver_fault *ret_fault);

struct receiver_reach {
    bool loopback, private; /* which addresses are allowed beside public ones */
};

/* Sends a challenge to the URL and waits up to a second for the answer; only a few threads may wait at once. Any
 * thread. Returns 0, or < 0 with what came instead. */
int receiver_ask(const struct receiver *r, struct receiver_reach reach, struct arena *a,
                 struct receiver_fault *ret_fault);

/* Writes the settings. Call it within a transaction. */
int receiver_set(struct db *db, int64_t app, const struct receiver *r);

#endif
