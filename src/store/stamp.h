/* SPDX-License-Identifier: Apache-2.0
 *
 * Stamps: the time that a tenant's changes bear (update_time, times of histories, audit logs and events). A
 * transaction's stamp for a tenant is greater than every stamp of the tenant that was visible before the transaction,
 * also after the clock went back, a restart or an import. So whoever asks for "what changed since the latest that I
 * saw" misses nothing.
 *
 * Within one transaction a tenant has one stamp, because all of it becomes visible at once (after a refused job's
 * savepoint was undone, a later job may get a greater one).
 *
 * A stamp is ahead of the clock only while the clock is behind the last one; then stamps grow by one per transaction,
 * and at most by one per millisecond: db_stamp sleeps for the rest of the millisecond, at most one per transaction, so
 * that the lead never grows and the clock catches up.
 */
#ifndef HIRED_STORE_STAMP_H
#define HIRED_STORE_STAMP_H

#include "store/db.h"

/* The tenant's stamp of the transaction under way, in milliseconds since 1970. Costs one row's update per tenant and
 * transaction. Returns 0 or a negative errno (-EPERM outside of a transaction). */
int db_stamp(struct db *db, int64_t tenant, int64_t *ret_ms);

/* A record with this time was brought in: later stamps of the tenant are greater. Returns 0 or a negative errno. */
int db_stamp_raise(struct db *db, int64_t tenant, int64_t ms);

#endif
