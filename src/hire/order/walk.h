/* SPDX-License-Identifier: Apache-2.0
 *
 * Finds the orders of a list that has filters. A change of an order moves an entry of one index only, the one by
 * update_time (docs/STORE.md), so there is no index that has both a filter's order and the list's. A walk therefore
 * reads the index by update_time, whose entries have the state, the account and the begin_time of each order, and
 * passes over orders that do not match. If it has passed over many and few orders match at all, those few are read by
 * another index and sorted. A walk that passes over WALK_MAX orders ends early: its page is shorter, and the next page
 * continues there.
 */
#ifndef HIRED_HIRE_ORDER_WALK_H
#define HIRED_HIRE_ORDER_WALK_H

#include "base/arena.h"
#include "store/db.h"

#define WALK_MAX 20000 /* entries that one walk looks at, some milliseconds; an order's row counts as 8 */

struct order_walk {
    int64_t tenant;
    bool newest;                    /* the latest change first */
    int64_t from_time, from_id;     /* only orders behind this place */
    int64_t until;                  /* the last update_time */
    int64_t application_id;         /* 0: any */
    int64_t status;                 /* 0: any */
    int64_t begin_start, begin_end; /* of begin_time; 0 and 0: any */
    int64_t phase;                  /* -1: any */
    const int64_t *accounts;        /* only orders of these accounts */
    size_t n_accounts;              /* 0: of any */
    size_t limit;                   /* ends after so many orders */

    /* Called for each order that matches. Returns 1: counts for the limit, 0: it does not match either, or < 0. row:
     * the statement of the same name, whose parameters tenant and id are bound; NULL if reads_row is false. Rows of
     * several orders are asked for together (db_ahead). */
    int (*take)(void *ctx, int64_t update_time, int64_t id, struct db_query *row);
    bool reads_row;
    enum db_statement row;
    void *ctx;
};

/* Where a walk ended. */
struct order_walked {
    size_t n;         /* orders that count */
    bool cut;         /* it ended early: there may be more orders behind time and id */
    int64_t time, id; /* the last order that it looked at, if it was cut */
};

/* Returns 0 or < 0. The arena holds what is sorted. */
int order_walk(struct db *db, struct arena *a, const struct order_walk *w, struct order_walked *ret);

#endif
