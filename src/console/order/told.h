/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether the vendor has heard of an order.
 */
#ifndef HIRED_CONSOLE_ORDER_TOLD_H
#define HIRED_CONSOLE_ORDER_TOLD_H

#include "console/console.h"

/* Writes the member "told": what became of the last event about the order. An order of which no vendor was to hear
 * (yet) has no such event, and nothing is written. Returns 0 or < 0. */
int write_told(struct call *c, int64_t order);

#endif
