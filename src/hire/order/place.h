/* SPDX-License-Identifier: Apache-2.0
 *
 * Tables that are derived from orders: the number of orders in each state, the orders that a vendor works on, and the
 * completed ones. The overview's numbers come from these tables, and the lists behind the numbers walk the same tables.
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

/* Adds an order to the tables. Called by order_write(), and by code that inserts orders without it. Returns 0 or <
 * 0. */
int order_place_enter(struct db *db, int64_t tenant, int64_t id, const struct order_place *place);

/* Removes an order from the tables; place must be what order_place_enter got. Returns 0 or < 0. */
int order_place_leave(struct db *db, int64_t tenant, int64_t id, const struct order_place *place);

bool order_place_same(const struct order_place *a, const struct order_place *b);

#endif
