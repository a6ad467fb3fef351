/* SPDX-License-Identifier: Apache-2.0
 *
 * Detects a wrong system clock. A server notes the time in its database at its start, every ten minutes and at a clean
 * stop; a start compares the clock with the last note.
 *
 * A wrong clock does damage that cannot be undone: tokens and sessions expire, and all later changes get stamps after
 * those that a fast clock has given out. So the server refuses to start until the clock is right, or until the operator
 * confirms it (--accept-clock on).
 *
 * Retries that were scheduled by a fast clock would wait for that future time: clock_pull_back() makes them due
 * earlier.
 */
#ifndef HIRED_CLI_SERVE_CLOCK_CHECK_H
#define HIRED_CLI_SERVE_CLOCK_CHECK_H

#include "base/arena.h"
#include "store/db.h"

/* Time synchronisation may set a clock back by seconds. That is logged only, since stamps and ids continue from the
 * last ones. */
#define CLOCK_BEHIND_MS INT64_C(60000)

/* A database without a note is compared with its newest stamp; an import may have brought stamps of up to a day ahead.
 */
#define CLOCK_BEHIND_STAMP_MS INT64_C(86400000)

/* A server that was off for a month starts without confirmation. After more than 35 days a long stop cannot be told
 * from a wrong clock, so the operator must confirm. */
#define CLOCK_AHEAD_MS (INT64_C(35) * 86400000)

/* Compares the clock. Returns 0, -ERANGE with a message for the operator in *ret_why (in the arena), or another
 * negative errno. A clock that is behind the last stamp, but within the bounds above, is logged. */
int clock_check(struct db *db, struct arena *a, struct str *ret_why);

/* Notes the time within the open transaction. Returns 0 or a negative errno. */
int clock_note(struct db *db);

/* Within the open transaction, limits the wait of pending retries (deliveries of events, fetches of reports) to the
 * delay of their step of the backoff, counted from now. Returns how many it changed, or a negative errno. */
int clock_pull_back(struct db *db);

#endif
