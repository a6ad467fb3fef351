/* SPDX-License-Identifier: Apache-2.0
 *
 * Describes vendor accounts and background check orders as a seed.
 */
#include "hire/order/order.h"
#include "hire/tenant/tenant.h"
#include "hire/vendor/field.h"
#include "hire/vendor/package.h"
#include "testing/seed_dump.h"

/* ---- vendors ---- */

static void put_offer(struct dump *d, json_t *o, int64_t account) {
    static const struct {
        enum vendor_package_kind kind;
        const char *name;
    } kinds[] = {{PACKAGE_WHOLE, "packages"}, {PACKAGE_ITEM, "additional_items"}};
    struct eco_background_check_custom_field_data_list fields = {0};
    int r = order_fields_list(&d->h, account, &fields);

    dump_put_list(o, "order_fields", &type_eco_background_check_custom_field_data, fields.v, fields.n);
    for (size_t k = 0; k < 2 && r >= 0; k++) {
        json_t *list = json_array();
        struct vendor_package *v = NULL;
        size_t n = 0;
        r = packages_list(&d->h, account, kinds[k].kind, &v, &n);
        for (size_t i = 0; i < n && r >= 0; i++) {
            json_t *one = json_object();
            dump_put(one, "id", v[i].id);
            dump_put(one, "name", v[i].name);
            dump_put(one, "description", v[i].description);
            json_array_append_new(list, one);
        }
        if (json_array_size(list) > 0)
            json_object_set(o, kinds[k].name, list);
        json_decref(list);
    }
    d->error = r < 0 ? r : d->error;
}

static json_t *vendor(struct dump *d, const struct vendor_account *v) {
    json_t *o = json_object(), *name = json_object();
    struct eco_account_custom_field_data_list fields = {0};

    dump_put(o, "account_id", hire_text(&d->h, v->id));
    dump_put(o, "name", v->name);
    dump_put(o, "provider_id", v->provider_id);
    dump_put(name, "zh_cn", v->provider_zh);
    dump_put(name, "en_us", v->provider_en);
    if (json_object_size(name) > 0)
        json_object_set(o, "provider_name", name);
    json_decref(name);
    json_object_set_new(o, "account_third_type", json_integer(v->third_type));
    for (size_t i = 0; i < d->n_apps; i++)
        if (d->apps[i].id == v->app)
            dump_put(o, "app", d->apps[i].name);
    int r = v->app != 0 ? account_fields_list(&d->h, v->app, FORM_CHECK_ACCOUNT, &fields) : 0;
    d->error = r < 0 ? r : d->error;
    dump_put_list(o, "account_fields", &type_eco_account_custom_field_data, fields.v, fields.n);
    put_offer(d, o, v->id);
    return o;
}

json_t *dump_vendors(struct dump *d) {
    json_t *list = json_array();
    struct vendor_account *v = NULL;
    size_t n = 0;
    int r = vendor_account_list(&d->h, &v, &n);
    for (size_t i = 0; i < n && r >= 0; i++)
        json_array_append_new(list, vendor(d, &v[i]));
    d->error = r < 0 ? r : d->error;
    return list;
}

/* ---- orders ---- */

/* Leaves out what the server makes and what the vendor's account says. */
static void trim_order(json_t *o, bool imported) {
    static const char *const made[] = {"account_third_type", "provider_info", "custom_field_list", "upload_time"};
    json_t *report;
    size_t i = 0;
    for (size_t k = 0; k < sizeof made / sizeof *made && !imported; k++)
        json_object_del(o, made[k]);
    json_array_foreach(json_object_get(o, "feedback_info_list"), i, report) {
        json_object_del(report, "id");
    }
}

/* How it came about and how it ended, from its history. Returns whether it was imported. */
static bool put_course(struct dump *d, json_t *o, int64_t id) {
    struct order_history_entry *v = NULL;
    size_t n = 0;
    int r = order_history(&d->h, id, &v, &n);
    bool imported = r >= 0 && n > 0 && v[0].action == ORDER_IMPORT;
    dump_put_true(o, "imported", imported);
    for (size_t i = n; i-- > 0 && r >= 0 && !imported;) {
        enum order_action a = v[i].action;
        dump_put_true(o, "cancelled", a == ORDER_CANCEL);
        if (a == ORDER_CANCEL || a == ORDER_TERMINATE || a == ORDER_REJECT || a == ORDER_WITHDRAW) {
            dump_put(o, "reason", v[i].why);
            break;
        }
    }
    d->error = r < 0 ? r : d->error;
    return imported;
}

json_t *dump_orders(struct dump *d) {
    json_t *list = json_array();
    struct db_query q DB_CLEANUP = db_query(d->db, SQL_SEED_ORDERS);
    int r;

    db_bind_int(&q, 1, d->tenant.id);
    while ((r = db_row(&q)) == 1) {
        int64_t account = db_int(&q, COL_SEED_ORDERS_ACCOUNT_ID), id = db_int(&q, COL_SEED_ORDERS_ID);
        json_t *o = dump_spliced(d, db_text(&q, COL_SEED_ORDERS_DOC));
        bool imported = put_course(d, o, id);
        trim_order(o, imported);
        if (account != 0 && !imported)
            dump_put(o, "account_id", hire_text(&d->h, account));
        json_array_append_new(list, o);
    }
    d->error = r < 0 ? r : d->error;
    return list;
}
