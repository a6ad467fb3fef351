/* SPDX-License-Identifier: Apache-2.0
 *
 * The state of the last event about an order.
 */
#ifndef HIRED_CONSOLE_ORDER_TOLD_H
#define HIRED_CONSOLE_ORDER_TOLD_H

#include "console/console.h"

/* Writes the member "told": whether the last event about the order was delivered. Writes nothing if there is no such
 * event, because no vendor is to be told (yet). Returns 0 or < 0. */
int write_told(struct call *c, int64_t order);

#endif
