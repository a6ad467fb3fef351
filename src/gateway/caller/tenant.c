/* SPDX-License-Identifier: Apache-2.0
 *
 * Creates and finds tenants.
 */
#include "gateway/caller/tenant.h"

#include <errno.h>

#include "base/clock.h"
#include "base/id.h"

static void tenant_from_row(const struct db_query *q, struct arena *a, struct tenant_row *ret) {
    *ret = (struct tenant_row){
        .id = db_int(q, COL_TENANT_ID),
        .tenant_key = arena_dup(a, db_text(q, COL_TENANT_TENANT_KEY)),
        .name = arena_dup(a, db_text(q, COL_TENANT_NAME)),
        .approve_arrangement = db_int(q, COL_TENANT_APPROVE_ARRANGEMENT) != 0,
        .approve_report = db_int(q, COL_TENANT_APPROVE_REPORT) != 0,
    };
}

int tenant_get(struct db *db, int64_t tenant, struct arena *a, struct tenant_row *ret) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_TENANT_BY_ID);
    db_bind_int(&q, 1, tenant);
    int r = db_row(&q);
    if (r == 1)
        tenant_from_row(&q, a, ret);
    return r;
}

int tenant_find(struct db *db, struct str tenant_key, struct arena *a, struct tenant_row *ret) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_TENANT_BY_KEY);
    db_bind_text(&q, 1, tenant_key);
    int r = db_row(&q);
    if (r == 1)
        tenant_from_row(&q, a, ret);
    return r;
}

int tenant_only(struct db *db, struct arena *a, struct tenant_row *ret) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_TENANT_ALL);
    int r = db_row(&q);
    if (r != 1)
        return r;
    struct tenant_row row;
    tenant_from_row(&q, a, &row);
    r = db_row(&q);
    if (r < 0)
        return r;
    if (r == 1)
        return -E2BIG;
    *ret = row;
    return 1;
}

int tenant_create(struct db *db, struct str tenant_key, struct str name, struct arena *a, struct tenant_row *ret) {
    if (str_is_absent(tenant_key)) {
        char *hex = arena_bytes(a, 16);
        id_random_hex(hex, 8);
        tenant_key = (struct str){hex, 16};
    }
    struct tenant_row row = {.id = id_new(), .tenant_key = arena_dup(a, tenant_key), .name = arena_dup(a, name)};
    struct db_query q DB_CLEANUP = db_query(db, SQL_TENANT_ADD);
    db_bind_int(&q, 1, row.id);
    db_bind_text(&q, 2, tenant_key);
    db_bind_text(&q, 3, name);
    db_bind_int(&q, 4, clock_now_ms());
    int r = db_run(&q);
    if (r < 0)
        return r;
    *ret = row;
    return 0;
}
