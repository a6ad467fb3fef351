/* SPDX-License-Identifier: Apache-2.0
 *
 * A counter in the database of all changes that decide who may call: an app's state, scopes, allow list, secret and
 * installations, vendor accounts, ended tokens and sessions, roles of people. Being in the database, it is exact for
 * every connection and process.
 *
 * A caller is admitted together with the number in the snapshot of its look-up. The transaction that does the work
 * reads the number again: if it is the same, nothing needs to be looked up again; otherwise everything is.
 */
#ifndef HIRED_GATEWAY_CALLER_ACCESS_CHANGES_H
#define HIRED_GATEWAY_CALLER_ACCESS_CHANGES_H

#include "store/db.h"

/* The number as this connection sees it. One look-up by key. Returns 0 or a negative errno. */
int access_changes(struct db *db, int64_t *ret);

/* The same in two steps: the number is asked for with the next statement that the connection runs (db_ahead), and read
 * later. The query must be ended. */
struct db_query access_changes_ask(struct db *db);
int access_changes_answer(struct db_query *q, int64_t *ret);

/* Counts a change; call it in the transaction that makes the change (tests/lint checks the statements). Expiry needs
 * no call, because times are compared on each request. Returns 0 or a negative errno. */
int access_changed(struct db *db);

#endif
