/* SPDX-License-Identifier: Apache-2.0
 *
 * All rows of one tenant, whatever the table: read into memory, written back, removed. The test mode keeps snapshots
 * of tenants with it. The tables and their statements are generated from the schema, so a new table is included.
 */
#ifndef HIRED_STORE_TENANT_ROWS_H
#define HIRED_STORE_TENANT_ROWS_H

#include "store/db.h"

struct tenant_rows; /* immutable; may be used by several threads */

/* Reads all rows of a tenant as the connection sees them (within a transaction or a snapshot: those of one moment).
 * There are none if no such tenant exists. Returns 0, -E2BIG if they need more than max_bytes, or another negative
 * errno. */
int tenant_rows_read(struct db *db, int64_t tenant, size_t max_bytes, struct tenant_rows **ret);
struct tenant_rows *tenant_rows_free(struct tenant_rows *t); /* takes NULL; returns NULL */

size_t tenant_rows_bytes(const struct tenant_rows *t); /* of memory */
size_t tenant_rows_count(const struct tenant_rows *t);

/* Calls fn for each kept file that the rows name (attachments and fetched reports), until it returns another value than
 * 0, which is then returned. */
int tenant_rows_files(const struct tenant_rows *t, int (*fn)(void *ctx, int64_t file_id), void *ctx);

struct tenant_rows_written {
    size_t dropped, put; /* rows */
};

/* Makes the rows of the tenant in the database those of wanted; NULL: removes all of them. Only rows that differ are
 * written. Runs within the caller's transaction, which must also call access_changed().
 *
 * Two kinds of rows are not set back, because what they stand for is known outside of the database: the tenant's stamp
 * (store/stamp.h) stays, and so do access tokens and sessions; those of wanted are added. Tokens of apps that are
 * removed are removed. Kept files that no row names any more are noted for removal (table file_removal).
 *
 * Returns 0, -EEXIST if a key that is unique among all tenants (an app_id, a login) belongs to another tenant now, or
 * another negative errno. */
int tenant_rows_write(struct db *db, int64_t tenant, const struct tenant_rows *wanted, struct tenant_rows_written *ret);

#endif
