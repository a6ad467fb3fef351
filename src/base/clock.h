/* SPDX-License-Identifier: Apache-2.0
 *
 * The one place that asks what time it is. Everything else takes a time as a parameter or asks here, so that a test
 * clock can replace it.
 */
#ifndef HIRED_BASE_CLOCK_H
#define HIRED_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* Milliseconds since 1970-01-01 UTC, moved by the test clock. */
int64_t clock_now_ms(void);

/* Milliseconds that only grow, moved by the test clock too; for intervals. Not related to any date. */
int64_t clock_mono_ms(void);

/* Nanoseconds that only grow; not moved by the test clock; for measuring durations. */
int64_t clock_mono_ns(void);

/* ---- the test clock, for the whole process; any thread ---- */

/* Moves both clocks forward by ms; below 0 it sets the date back, and what only grows goes on. */
void clock_advance(int64_t ms);

/* Lets both clocks stand still, or go on from where they stood. Advancing moves a clock that stands still. */
void clock_freeze(bool frozen);
bool clock_is_frozen(void);

#endif
