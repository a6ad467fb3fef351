/* SPDX-License-Identifier: Apache-2.0
 *
 * The one place that asks what time it is. Everything else takes a time as a parameter or asks here, so that a test
 * clock can replace it.
 */
#ifndef HIRED_BASE_CLOCK_H
#define HIRED_BASE_CLOCK_H

#include <stdint.h>

/* Milliseconds since 1970-01-01 UTC, plus the test clock's offset. */
int64_t clock_now_ms(void);

/* Milliseconds that only grow, moved by the test clock too; for intervals. Not related to any date. */
int64_t clock_mono_ms(void);

/* Nanoseconds that only grow; not moved by the test clock; for measuring durations. */
int64_t clock_mono_ns(void);

/* Test clock: moves both clocks forward by ms for the whole process; below 0 it sets the date back, and what only grows
 * goes on. */
void clock_advance(int64_t ms);

#endif
