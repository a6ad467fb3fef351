/* SPDX-License-Identifier: Apache-2.0
 *
 * Finds tenants and apps for the operations of the test mode.
 */
#include "testing/names.h"

#include "gateway/answer.h"
#include "gateway/caller/app.h"
#include "gateway/caller/tenant.h"
#include "testing/toolbox.h"

int names_tenant(struct call *c, struct str key, int64_t *ret) {
    struct tenant_row row;
    struct db *db;
    struct str why;
    *ret = 0;
    if (str_is_empty(key))
        return 0;
    int r = db_open(&db, c->toolbox->o.db, DB_READ, c->arena, &why);
    if (r < 0)
        return r;
    r = tenant_find(db, key, c->arena, &row);
    db_close(db);
    if (r == 0)
        return call_fail(c, CODE_PARAMETER, "there is no tenant with the tenant_key \"%.*s\"", STR_FMT(key));
    if (r > 0)
        *ret = row.id;
    return r < 0 ? r : 0;
}

int names_app(struct call *c, int64_t tenant, struct str app_id, int64_t *ret) {
    struct app_row row;
    struct db *db;
    struct str why;
    *ret = 0;
    int r = db_open(&db, c->toolbox->o.db, DB_READ, c->arena, &why);
    if (r < 0)
        return r;
    r = app_find(db, app_id, c->arena, &row);
    if (r > 0)
        r = app_is_installed(db, tenant, row.id);
    db_close(db);
    if (r == 0)
        return call_fail(c, CODE_PARAMETER, "the tenant has no app with the app_id \"%.*s\"", STR_FMT(app_id));
    if (r > 0)
        *ret = row.id;
    return r < 0 ? r : 0;
}
