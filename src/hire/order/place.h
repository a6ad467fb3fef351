/* SPDX-License-Identifier: Apache-2.0
 *
 * Where orders stand beside their own table: how many are in each state, which ones a vendor has, which are completed.
 * The overview counts by these tables and its numbers lead to lists that walk them.
 */
#ifndef HIRED_HIRE_ORDER_PLACE_H
#define HIRED_HIRE_ORDER_PLACE_H

#include "hire/order/state.h"
#include "store/db.h"

struct order_place {
    struct order_state state;
    int64_t account_id; /* 0: none */
    int64_t begin_time; /* 0: unknown */
    int64_t end_time;   /* of a completed order; 0: unknown */
};

/* Puts an order down where it stands. For order_write(), and for those who insert orders without it. Returns 0 or < 0.
 */
int order_place_enter(struct db *db, int64_t tenant, int64_t id, const struct order_place *place);

/* Takes it away again; place is where it stood. Returns 0 or < 0. */
int order_place_leave(struct db *db, int64_t tenant, int64_t id, const struct order_place *place);

bool order_place_same(const struct order_place *a, const struct order_place *b);

#endif
