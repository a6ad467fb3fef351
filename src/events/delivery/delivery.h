/* SPDX-License-Identifier: Apache-2.0
 *
 * Records the outcome of an attempt to deliver an event, and when the next attempt is due, in one transaction.
 */
#ifndef HIRED_EVENTS_DELIVERY_DELIVERY_H
#define HIRED_EVENTS_DELIVERY_DELIVERY_H

#include "hire/outbox/outbox.h"
#include "store/db.h"

enum delivery_way { WAY_REQUEST_URL = 1, WAY_LONG_CONNECTION = 2 };

#define DELIVERY_ANSWER_MAX 512

struct delivery_outcome {
    int64_t tenant, event, app;
    int64_t subject_id;
    bool created_order; /* the event moves its order on when the receiver accepts it */
    int attempts;       /* attempts before this one */
    int64_t at_ms;      /* when the attempt began */
    int64_t now_ms;
    enum delivery_way way;
    int status;
    int64_t duration_ms;
    struct str answer; /* any bytes; truncated and made readable here */
    struct str error;  /* "": the receiver accepted it */
    int64_t
        wait_until_ms; /* above 0: no attempt was made, the delivery is due at this time (a rule of the test mode) */
    int64_t release_tenant, release_event; /* an event of the same app that is due now; 0: none (the test mode) */
    bool moved; /* the attempt failed and another connection gets the event at once: the delivery stays due */
};

/* Makes a receiver's answer readable: at most DELIVERY_ANSWER_MAX bytes; invalid UTF-8, control bytes and invisible
 * characters (such as a byte order mark) become '?'. In the arena. */
struct str delivery_readable(struct arena *a, struct str s);

/* Records the attempt and updates the delivery and its order. Returns 0 or a negative errno. */
int delivery_settle(struct db *db, const struct delivery_outcome *o);

/* Deletes old events. Reads at most limit events after *after that were made before before_ms, and deletes those
 * without waiting deliveries, with all their rows; an event that still waits is never deleted. Moves *after to the
 * last event read (0: begins with the first). Returns how many it read, or < 0. */
int delivery_forget(struct db *db, int64_t before_ms, int limit, int64_t *after);

#endif
