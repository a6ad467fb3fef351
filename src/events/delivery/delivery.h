/* SPDX-License-Identifier: Apache-2.0
 *
 * What comes of an attempt, and when the next one is due: noted in one transaction.
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
    bool created_order; /* the event is one that moves its order on when it is taken */
    int attempts;       /* before this one */
    int64_t at_ms;      /* when it began */
    int64_t now_ms;
    enum delivery_way way;
    int status;
    int64_t duration_ms;
    struct str answer; /* any bytes; cut and made UTF-8 here */
    struct str error;  /* "": taken */
    bool moved;        /* it failed, and goes to another connection at once: the delivery stays as it is */
};

/* Receivers answer anything: at most DELIVERY_ANSWER_MAX bytes of it, what is not UTF-8, a control byte or a character
 * that nobody sees (a byte order mark, say) as '?'. In the arena. */
struct str delivery_readable(struct arena *a, struct str s);

/* Writes the attempt and what it means for the delivery and the order. Returns 0 or a negative errno. */
int delivery_settle(struct db *db, const struct delivery_outcome *o);

/* Looks at the next (at most limit) events behind *after that were made before before_ms, and deletes those that nobody
 * has still to get, with all that belongs to them; age alone deletes no event that waits. Moves *after (0: from the
 * first one). Returns how many it looked at, or < 0. */
int delivery_forget(struct db *db, int64_t before_ms, int limit, int64_t *after);

#endif
