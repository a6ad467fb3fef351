/* SPDX-License-Identifier: Apache-2.0
 *
 * console/api/settings and vendors: the approval switches, who approves, and the accounts at vendors.
 */
#include "api_handlers.h"
#include "base/id.h"
#include "base/json.h"
#include "console/console.h"
#include "console/people.h"
#include "console/version.h"
#include "gateway/caller/app.h"
#include "gateway/caller/tenant.h"
#include "hire/tenant/tenant.h"
#include "hire/vendor/account.h"
#include "hire/vendor/field.h"
#include "hire/vendor/package.h"

/* ---- settings ---- */

static int settings_version(struct call *c, const struct tenant_approvals *approvals, struct str *ret) {
    struct buf text BUF_CLEANUP = BUF_EMPTY;
    struct account *all;
    size_t n;
    int r = account_list(c->db, c->tenant, c->arena, &all, &n);
    if (r < 0)
        return r;
    buf_add_char(&text, approvals->arrangement ? '1' : '0');
    buf_add_char(&text, approvals->report ? '1' : '0');
    for (size_t i = 0; i < n; i++)
        if ((all[i].roles & ROLE_BIT(ROLE_APPROVER)) && !all[i].disabled) {
            buf_add_char(&text, ' ');
            buf_add_i64(&text, all[i].id);
        }
    *ret = version_of(c, buf_str(&text));
    return 0;
}

static int write_approvers(struct call *c) {
    struct account *all;
    size_t n;
    int r = account_list(c->db, c->tenant, c->arena, &all, &n);
    json_key(c->out, STR("approvers"));
    json_begin(c->out, '[');
    for (size_t i = 0; r == 0 && i < n; i++)
        if ((all[i].roles & ROLE_BIT(ROLE_APPROVER)) && !all[i].disabled)
            r = write_account(c, &all[i], false);
    json_end(c->out, ']');
    return r;
}

int handle_console_settings_get(struct call *c) {
    struct tenant_row tenant;
    struct str version;
    int r = tenant_get(c->db, c->tenant, c->arena, &tenant);
    if (r <= 0)
        return r < 0 ? r : -ENOENT;
    r = settings_version(c, &(struct tenant_approvals){tenant.approve_arrangement, tenant.approve_report}, &version);
    if (r < 0)
        return r;
    json_begin(c->out, '{');
    json_member_str(c->out, STR("version"), version);
    json_member_str(c->out, STR("tenant_key"), tenant.tenant_key);
    json_member_str(c->out, STR("tenant_name"), tenant.name);
    json_member_bool(c->out, STR("approve_arrangement"), tenant.approve_arrangement);
    json_member_bool(c->out, STR("approve_report"), tenant.approve_report);
    r = write_approvers(c);
    json_end(c->out, '}');
    return r;
}

/* Gives the approver role to exactly the accounts of the list. */
static int set_approvers(struct call *c, const struct str_list *ids) {
    struct account *all;
    size_t n, found = 0;
    int r = account_list(c->db, c->tenant, c->arena, &all, &n);
    for (size_t i = 0; r == 0 && i < n; i++) {
        bool wanted = false;
        for (size_t k = 0; k < ids->n; k++) {
            int64_t id;
            wanted |= id_parse(ids->v[k], &id) == 0 && id == all[i].id;
        }
        found += wanted;
        unsigned roles = wanted ? all[i].roles | ROLE_BIT(ROLE_APPROVER) : all[i].roles & ~ROLE_BIT(ROLE_APPROVER);
        if (roles == all[i].roles)
            continue;
        if (roles == 0)
            return console_fail(c, (struct reason){.word = REASON_LAST_ROLE, .subject = all[i].login},
                                "%.*s would have no role left; give the account another one first",
                                STR_FMT(all[i].login));
        all[i].roles = roles;
        r = account_update(c->db, &all[i]);
    }
    return r == 0 && found < ids->n ? call_fail(c, CODE_NOT_FOUND, NULL) : r;
}

int handle_console_settings_update(struct call *c) {
    const struct console_settings_update_body *in = c->body;
    struct hire h = console_hire(c);
    struct tenant_approvals approvals;
    struct str now;
    int r = tenant_approvals_get(&h, &approvals);
    if (r >= 0)
        r = settings_version(c, &approvals, &now);
    if (r >= 0)
        r = version_check(c, in->version, now);
    if (r < 0)
        return r;
    if (in->approve_arrangement.set)
        approvals.arrangement = in->approve_arrangement.v;
    if (in->approve_report.set)
        approvals.report = in->approve_report.v;
    c->audit_detail = arena_printf(c->arena, "arrangement %s, report %s%s", approvals.arrangement ? "on" : "off",
                                   approvals.report ? "on" : "off", in->approvers.v ? ", approvers" : "");
    r = tenant_approvals_set(&h, &approvals);
    if (r >= 0 && in->approvers.v)
        r = set_approvers(c, &in->approvers);
    return console_result(c, &h, r);
}

/* ---- vendors ---- */

static int write_packages(struct call *c, struct hire *h, int64_t account, enum vendor_package_kind kind,
                          struct str key) {
    struct vendor_package *list;
    size_t n;
    int r = packages_list(h, account, kind, &list, &n);
    if (r < 0)
        return r;
    json_key(c->out, key);
    json_begin(c->out, '[');
    for (size_t i = 0; i < n; i++) {
        json_begin(c->out, '{');
        json_member_str(c->out, STR("id"), list[i].id);
        json_member_str(c->out, STR("name"), list[i].name);
        json_member_str(c->out, STR("description"), list[i].description);
        json_end(c->out, '}');
    }
    json_end(c->out, ']');
    return 0;
}

static int write_account_fields(struct call *c, struct hire *h, int64_t app, struct str key) {
    struct eco_account_custom_field_data_list fields = {0};
    int r = app == 0 ? 0 : account_fields_list(h, app, FORM_CHECK_ACCOUNT, &fields);
    if (r < 0)
        return r;
    json_key(c->out, key);
    json_begin(c->out, '[');
    for (size_t i = 0; i < fields.n; i++)
        record_write(&type_eco_account_custom_field_data, &fields.v[i], 0, c->out);
    json_end(c->out, ']');
    return 0;
}

static int write_order_fields(struct call *c, struct hire *h, int64_t account) {
    struct eco_background_check_custom_field_data_list fields = {0};
    int r = order_fields_list(h, account, &fields);
    if (r < 0)
        return r;
    json_key(c->out, STR("order_fields"));
    json_begin(c->out, '[');
    for (size_t i = 0; i < fields.n; i++)
        record_write(&type_eco_background_check_custom_field_data, &fields.v[i], 0, c->out);
    json_end(c->out, ']');
    return 0;
}

static int write_account_values(struct call *c, struct hire *h, int64_t account) {
    struct eco_account_created_v1_event filled = {0};
    int r = vendor_account_filled(h, account, &filled);
    if (r < 0)
        return r;
    json_key(c->out, STR("account_values"));
    json_begin(c->out, '[');
    for (size_t i = 0; i < filled.custom_field_list.n; i++) {
        json_begin(c->out, '{');
        json_member_str(c->out, STR("key"), filled.custom_field_list.v[i].key);
        json_member_str(c->out, STR("value"), filled.custom_field_list.v[i].value);
        json_end(c->out, '}');
    }
    json_end(c->out, ']');
    return 0;
}

/* The version covers the members that an administrator can change, not those that the vendor pushes. */
static int vendor_version(struct call *c, struct hire *h, const struct vendor_account *a, struct str *ret) {
    struct buf text BUF_CLEANUP = BUF_EMPTY;
    struct eco_account_created_v1_event filled = {0};
    int r = vendor_account_filled(h, a->id, &filled);
    if (r < 0)
        return r;
    json_begin(&text, '[');
    json_str(&text, a->name);
    json_str(&text, a->provider_zh);
    json_str(&text, a->provider_en);
    json_int(&text, a->app);
    for (size_t i = 0; i < filled.custom_field_list.n; i++) {
        json_str(&text, filled.custom_field_list.v[i].key);
        json_str(&text, filled.custom_field_list.v[i].value);
    }
    json_end(&text, ']');
    *ret = version_of(c, buf_str(&text));
    return 0;
}

static int write_bound_app(struct call *c, int64_t app) {
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_CONSOLE_APP_NAME);
    db_bind_int(&q, 1, app);
    int r = app == 0 ? 0 : db_row(&q);
    if (r <= 0)
        return r;
    json_key(c->out, STR("app"));
    json_begin(c->out, '{');
    json_member_id(c->out, STR("id"), app);
    json_member_str(c->out, STR("app_id"), db_text(&q, COL_CONSOLE_APP_NAME_APP_ID));
    json_member_str(c->out, STR("name"), db_text(&q, COL_CONSOLE_APP_NAME_NAME));
    json_end(c->out, '}');
    return 0;
}

static int write_vendor(struct call *c, struct hire *h, const struct vendor_account *a) {
    json_begin(c->out, '{');
    json_member_id(c->out, STR("id"), a->id);
    json_member_str(c->out, STR("name"), a->name);
    json_member_str(c->out, STR("provider_id"), a->provider_id);
    console_member_i18n(c->out, STR("provider_name"), a->provider_zh, a->provider_en);
    json_member_int(c->out, STR("third_type"), a->third_type);
    console_member_time(c->out, STR("create_time"), a->created_ms);
    int r = write_bound_app(c, a->app);
    if (r == 0)
        r = write_account_fields(c, h, a->app, STR("account_fields"));
    /* The values may be secrets between tenant and vendor. The version is computed from them and could confirm a
     * guess, so only administrators get both. */
    if (r == 0 && person_has(c->person, ROLE_ADMIN)) {
        struct str version = STR_ABSENT;
        r = vendor_version(c, h, a, &version);
        json_member_str(c->out, STR("version"), version);
        if (r == 0)
            r = write_account_values(c, h, a->id);
    }
    if (r == 0)
        r = write_order_fields(c, h, a->id);
    if (r == 0)
        r = write_packages(c, h, a->id, PACKAGE_WHOLE, STR("packages"));
    if (r == 0)
        r = write_packages(c, h, a->id, PACKAGE_ITEM, STR("items"));
    json_end(c->out, '}');
    return r;
}

int handle_console_vendor_list(struct call *c) {
    struct hire h = console_hire(c);
    struct vendor_account *list;
    size_t n;
    int r = vendor_account_list(&h, &list, &n);
    json_begin(c->out, '{');
    json_key(c->out, STR("items"));
    json_begin(c->out, '[');
    for (size_t i = 0; r >= 0 && i < n; i++)
        r = write_vendor(c, &h, &list[i]);
    json_end(c->out, ']');
    json_end(c->out, '}');
    return console_result(c, &h, r);
}

/* Finds an app that is installed in the tenant; the call fails if there is none. "" gives 0 (no app). */
static int find_app(struct call *c, struct str app_id, int64_t *ret) {
    struct app_row *apps;
    size_t n;
    *ret = 0;
    if (str_is_empty(app_id))
        return 0;
    int r = app_list(c->db, c->tenant, c->arena, &apps, &n);
    for (size_t i = 0; r >= 0 && i < n; i++)
        if (str_eq(apps[i].app_id, app_id)) {
            *ret = apps[i].id;
            return 0;
        }
    return r < 0 ? r : call_fail(c, CODE_NOT_FOUND, NULL);
}

int handle_console_vendor_form(struct call *c) {
    const struct console_vendor_form_query *in = c->query;
    struct hire h = console_hire(c);
    int64_t app;
    int r = find_app(c, in->app_id, &app);
    if (r < 0)
        return r;
    json_begin(c->out, '{');
    r = write_account_fields(c, &h, app, STR("fields"));
    json_end(c->out, '}');
    return console_result(c, &h, r);
}

static struct eco_account_custom_field_event_data_list read_values(struct call *c, const struct console_value *v,
                                                                   size_t n) {
    struct eco_account_custom_field_event_data_list list = {
        .v = arena_array(c->arena, struct eco_account_custom_field_event_data, n), .n = n};
    for (size_t i = 0; i < n; i++)
        list.v[i] = (struct eco_account_custom_field_event_data){.key = v[i].key, .value = v[i].value};
    return list;
}

int handle_console_vendor_create(struct call *c) {
    const struct console_vendor_create_body *in = c->body;
    struct hire h = console_hire(c);
    struct vendor_account_filled filled = {
        .account = {.name = in->name,
                    .provider_id = in->provider_id,
                    .third_type = (int)in->third_type.v,
                    .provider_zh = STR(""),
                    .provider_en = STR("")},
    };
    int64_t id = 0;
    int r = find_app(c, in->app_id, &filled.account.app);
    if (r < 0)
        return r;
    if (in->provider_name) {
        filled.account.provider_zh = str_is_absent(in->provider_name->zh_cn) ? STR("") : in->provider_name->zh_cn;
        filled.account.provider_en = str_is_absent(in->provider_name->en_us) ? STR("") : in->provider_name->en_us;
    }
    filled.values = read_values(c, in->values.v, in->values.n);
    r = vendor_account_create(&h, &filled, &id);
    if (r < 0)
        return console_result(c, &h, r);
    c->audit_subject = arena_printf(c->arena, "%lld", (long long)id);
    json_begin(c->out, '{');
    json_member_id(c->out, STR("id"), id);
    json_end(c->out, '}');
    return 0;
}

static int check_vendor_version(struct call *c, struct hire *h, int64_t id, struct str given) {
    struct vendor_account a;
    struct str now;
    int r = vendor_account_get(h, id, &a);
    if (r <= 0) /* the change itself refuses an unknown account */
        return r;
    r = vendor_version(c, h, &a, &now);
    return r < 0 ? r : version_check(c, given, now);
}

int handle_console_vendor_update(struct call *c) {
    const struct console_vendor_update_params *at = c->params;
    const struct console_vendor_update_body *in = c->body;
    struct hire h = console_hire(c);
    struct vendor_account_edit edit = {.name = in->name, .provider_zh = STR_ABSENT, .provider_en = STR_ABSENT};
    struct eco_account_custom_field_event_data_list values;
    bool told = false;
    int64_t id, app;
    int r = hire_id(&h, "vendor_id", at->vendor_id, &id);
    if (r < 0)
        return console_result(c, &h, r);
    if (str_is_absent(in->app_id) && str_is_absent(in->name) && !in->provider_name && !in->values.v)
        return call_fail(c, CODE_PARAMETER, "there is nothing to change; give app_id, name, provider_name or values");
    if (!str_is_absent(in->app_id)) {
        if ((r = find_app(c, in->app_id, &app)) < 0)
            return r;
        edit.app = SET_INT(app);
    }
    if (in->provider_name) {
        edit.provider_zh = in->provider_name->zh_cn;
        edit.provider_en = in->provider_name->en_us;
    }
    if (in->values.v) {
        values = read_values(c, in->values.v, in->values.n);
        edit.values = &values;
    }
    c->audit_detail = in->app_id;
    if ((r = check_vendor_version(c, &h, id, in->version)) < 0)
        return r;
    r = vendor_account_edit(&h, id, &edit, &told);
    if (r < 0)
        return console_result(c, &h, r);
    json_begin(c->out, '{');
    json_member_bool(c->out, STR("told"), told);
    json_end(c->out, '}');
    return 0;
}
