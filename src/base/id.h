/* SPDX-License-Identifier: Apache-2.0
 *
 * 64-bit ids that grow with time (snowflakes): 41 bits of milliseconds since 2015-01-01, 10 bits of node, 12 bits of
 * sequence. Always positive. Safe to call from any thread.
 */
#ifndef HIRED_BASE_ID_H
#define HIRED_BASE_ID_H

#include <stdint.h>

#include "base/str.h"

/* Sets this process's node number, 0 to 1023; 0 before the first call. Returns 0 or -EINVAL. */
int id_set_node(unsigned node);
unsigned id_node(void);

/* A new id: greater than all earlier ids of this process, and unique among nodes with different numbers. If the clock
 * went back over a restart, this holds because the caller passes the time of the latest earlier id to id_go_above. */
int64_t id_new(void);

/* From now on, ids have this time (milliseconds since 1970) or a later one, even if the clock is behind it. */
void id_go_above(int64_t ms);

/* The time in the last id that this process made or went above, milliseconds since 1970; it may be ahead of the clock.
 * 0: none was made. */
int64_t id_last_ms(void);

/* The smallest id that id_new can make at that time (milliseconds since 1970) on any node. */
int64_t id_at(int64_t ms);

/* When id_new made the id, in milliseconds since 1970. */
int64_t id_time_ms(int64_t id);

/* An id as the wire writes it: decimal digits of a positive int64 without leading zeros. Returns 0 or -EINVAL. */
int id_parse(struct str s, int64_t *ret);

/* len random bytes from the system, as lower-case hex: out takes 2 * len characters, not terminated. */
void id_random_hex(char *out, size_t len);

/* Fills out with random bytes from the system. Ends the process if the system has none. */
void id_random(void *out, size_t len);

#endif
