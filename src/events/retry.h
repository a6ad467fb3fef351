/* SPDX-License-Identifier: Apache-2.0
 *
 * When to repeat a failed request to another server: after 15 s, 5 min, 1 h and 6 h, as the platform does.
 */
#ifndef HIRED_EVENTS_RETRY_H
#define HIRED_EVENTS_RETRY_H

#include <stdint.h>

/* How long after the nth failed attempt (1, 2, ...) the next one is due, in ms; 0: there is no further attempt. */
int64_t retry_delay_ms(int failed);

#endif
