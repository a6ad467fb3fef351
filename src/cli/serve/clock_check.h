/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether the machine's clock can be right. A server notes the time in its database: at its start, every ten minutes
 * and at a clean stop. A start compares the clock with the last note.
 *
 * A wrong clock does harm that cannot be undone: tokens and sessions end, and all later changes are dated after what a
 * clock that was ahead has dated. So such a start is refused until the clock is right, or until the operator says that
 * it is
 * (--accept-clock on).
 *
 * What was to be tried again by a clock that was ahead would wait for that time: clock_pull_back() brings it back.
 */
#ifndef HIRED_CLI_SERVE_CLOCK_CHECK_H
#define HIRED_CLI_SERVE_CLOCK_CHECK_H

#include "base/arena.h"
#include "store/db.h"

/* Time synchronisation sets a clock back by seconds. That is logged and harms nothing, since stamps and ids go on from
 * the last ones. */
#define CLOCK_BEHIND_MS INT64_C(60000)

/* A database without a note is compared with its newest stamp; an import may have brought stamps of up to a day ahead.
 */
#define CLOCK_BEHIND_STAMP_MS INT64_C(86400000)

/* A server that was off for a month starts without a question. After more than 35 days "it was off" and "the clock is
 * wrong" look the same, so the operator is asked. */
#define CLOCK_AHEAD_MS (INT64_C(35) * 86400000)

/* Returns 0, -ERANGE with a sentence for a person in *ret_why (in the arena), or another negative errno. A clock that
 * is behind what was written, but within the bounds above, is logged. */
int clock_check(struct db *db, struct arena *a, struct str *ret_why);

/* Notes the time; within a transaction. Returns 0 or a negative errno. */
int clock_note(struct db *db);

/* Makes what waits for another attempt (deliveries of events, reports to be fetched) due no later than its rung of the
 * ladder from now; within a transaction. Returns how many were brought back, or a negative errno. */
int clock_pull_back(struct db *db);

#endif
