/* SPDX-License-Identifier: Apache-2.0
 *
 * Tenants: the companies whose data hired keeps apart. Functions that write run within the caller's transaction.
 */
#ifndef HIRED_GATEWAY_CALLER_TENANT_H
#define HIRED_GATEWAY_CALLER_TENANT_H

#include "base/arena.h"
#include "store/db.h"

struct tenant_row {
    int64_t id;
    struct str tenant_key, name;
    bool approve_arrangement, approve_report;
};

/* Both return 1 and the tenant (texts in the arena), 0 if there is none, or < 0. */
int tenant_get(struct db *db, int64_t tenant, struct arena *a, struct tenant_row *ret);
int tenant_find(struct db *db, struct str tenant_key, struct arena *a, struct tenant_row *ret);
/* Returns 1 and the tenant if there is exactly one, 0 if there is none, -E2BIG if there are several. */
int tenant_only(struct db *db, struct arena *a, struct tenant_row *ret);
/* If tenant_key is absent, makes a random one (16 hex digits). Returns 0, -EEXIST if another tenant has that key, or
 * another negative errno. */
int tenant_create(struct db *db, struct str tenant_key, struct str name, struct arena *a, struct tenant_row *ret);

#endif
