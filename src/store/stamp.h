/* SPDX-License-Identifier: Apache-2.0
 *
 * Stamps: the time in all changes of a tenant (update_time, times of histories, audit logs and events). The stamp of a
 * transaction is greater than every stamp of the tenant that was visible before the transaction, even if the clock was
 * set back, after a restart or an import. So a client that asks for changes since the latest that it has seen misses
 * none.
 *
 * A transaction has one stamp for each tenant, because all its changes become visible at once (after the savepoint of a
 * refused job was rolled back, a later job may get a greater one).
 *
 * A stamp is ahead of the clock only while the clock is behind the last stamp. Then stamps grow by one per
 * transaction, and by at most one per millisecond: db_stamp sleeps for the rest of the millisecond, at most once per
 * transaction, so that the lead does not grow and the clock catches up. If several nodes write (PostgreSQL), it sleeps
 * for a millisecond after it was handed a stamp that is ahead because of another node; the nodes together then issue at
 * most one per millisecond, too.
 */
#ifndef HIRED_STORE_STAMP_H
#define HIRED_STORE_STAMP_H

#include "store/db.h"

/* Returns the tenant's stamp of the current transaction, in milliseconds since 1970. Costs one update of a row per
 * tenant and transaction. Returns 0 or a negative errno (-EPERM outside of a transaction). */
int db_stamp(struct db *db, int64_t tenant, int64_t *ret_ms);

/* A record with this time was imported: later stamps of the tenant will be greater. Returns 0 or a negative errno. */
int db_stamp_raise(struct db *db, int64_t tenant, int64_t ms);

#endif
