/* SPDX-License-Identifier: Apache-2.0
 *
 * Orders as rows of several pages. All functions return 0 or < 0.
 */
#ifndef HIRED_CONSOLE_ORDER_ROW_H
#define HIRED_CONSOLE_ORDER_ROW_H

#include "console/console.h"

/* Writes the columns of console_order_row as console_order. */
int write_order_row(struct call *c, struct hire *h, const struct db_query *q);

/* Writes the order with that id as console_order; nothing if there is none. */
int write_order_row_of(struct call *c, struct hire *h, int64_t id);

/* Writes the list "orders" with an application's orders, the latest change first, at most 100; if there are more, also
 * "orders_more". */
int write_orders_of(struct call *c, struct hire *h, int64_t application);

#endif
