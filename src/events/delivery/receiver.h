/* SPDX-License-Identifier: Apache-2.0
 *
 * Where an app's events are posted, and the one way in which that changes: what is wanted is checked, the address is
 * asked whether it is the app's (events/delivery/challenge.h), and only then is it written. The command line and the
 * console go this way.
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

/* What now becomes by a change whose absent members stay: an app without a verification token gets one made up. Returns
 * 1 when its address must be asked first, 0 when nothing needs to be (no address, or nothing is different), or -EINVAL
 * with what is wrong. */
int receiver_plan(const struct receiver *now, const struct receiver *change, struct arena *a, struct receiver *ret,
                  struct receiver_fault *ret_fault);

struct receiver_reach {
    bool loopback, private; /* which addresses may be asked beside public ones */
};

/* Asks the address. Waits for up to a second; only a few may wait at once. Any thread. Returns 0, or < 0
 * with what came instead. */
int receiver_ask(const struct receiver *r, struct receiver_reach reach, struct arena *a,
                 struct receiver_fault *ret_fault);

/* Writes it. Within a transaction. */
int receiver_set(struct db *db, int64_t app, const struct receiver *r);

#endif
