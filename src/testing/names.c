/* SPDX-License-Identifier: Apache-2.0
 *
 * Finds tenants, apps, operations and types of events for the operations of the test mode.
 */
#include "testing/names.h"

#include "api_events.h"
#include "api_handlers.h"
#include "gateway/answer.h"
#include "gateway/caller/app.h"
#include "gateway/caller/tenant.h"
#include "hire/outbox/outbox.h"
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

int names_operation(struct call *c, struct str name, const struct op **ret) {
    for (uint16_t i = 0; i < api_n_ops; i++) {
        *ret = &api_ops[i];
        if (str_eq(api_ops[i].name, name) && api_ops[i].access != OP_CONSOLE && api_ops[i].access != OP_TEST)
            return 0;
    }
    *ret = NULL;
    return call_fail(c, CODE_PARAMETER, "\"%.*s\" is no operation of the open API; docs/API.md lists them",
                     STR_FMT(name));
}

int names_event(struct call *c, struct str type) {
    if (str_eq(type, STR(EVENT_TYPE_APP_TICKET)))
        return 0;
    for (size_t i = 0; i < API_EVENTS; i++)
        if (str_eq(api_events[i].type, type))
            return api_events[i].of
                       ? 0
                       : call_fail(c, CODE_PARAMETER, "hired does not send events of the type \"%.*s\"", STR_FMT(type));
    return call_fail(c, CODE_PARAMETER, "\"%.*s\" is no type of events; docs/EVENTS.md lists them", STR_FMT(type));
}
