/* SPDX-License-Identifier: Apache-2.0
 *
 * How often anything changed that decides who may call: an app's state, scopes, addresses, secret and installations,
 * its accounts as a vendor, tokens and sessions that were ended, people's roles. A number in the database, so it is
 * exact for every connection and process.
 *
 * A caller is admitted under the number of the snapshot in which it was looked up. The work is done under the number
 * that the working transaction sees: if that is the same, nothing has to be looked up again; otherwise all is.
 */
#ifndef HIRED_GATEWAY_CALLER_ACCESS_CHANGES_H
#define HIRED_GATEWAY_CALLER_ACCESS_CHANGES_H

#include "store/db.h"

/* The number, as this connection sees it. One look-up by key. Returns 0 or a negative errno. */
int access_changes(struct db *db, int64_t *ret);

/* To be called in the transaction of such a change (tests/lint holds it against the statements). What only expires
 * needs no call: times are compared each time. Returns 0 or a negative errno. */
int access_changed(struct db *db);

#endif
