/* SPDX-License-Identifier: Apache-2.0
 *
 * Makes the vendor accounts of a seed, and pushes forms and packages as the vendor's app would.
 */
#include "base/id.h"
#include "hire/tenant/tenant.h"
#include "hire/vendor/field.h"
#include "hire/vendor/package.h"
#include "testing/seed_internal.h"

static int add_account(struct seed_work *w, const struct seed_vendor *v, int64_t id, int64_t app, struct str path) {
    const struct vendor_account account = {
        .id = id,
        .name = v->name,
        .provider_id = v->provider_id,
        .provider_zh = v->provider_name && !str_is_absent(v->provider_name->zh_cn) ? v->provider_name->zh_cn : STR(""),
        .provider_en = v->provider_name && !str_is_absent(v->provider_name->en_us) ? v->provider_name->en_us : STR(""),
        .third_type = (int)v->account_third_type.v,
        .app = app,
    };
    int64_t made;
    return seed_judge(w, vendor_account_add(&w->h, &account, &made), path);
}

/* The form of an account belongs to the app, and each account of the app has the same. */
static int push_account_form(struct seed_work *w, const struct seed_vendor *v, int64_t app, struct str path) {
    const struct eco_account_custom_field_create_body body = {.scope = SET_INT(1),
                                                              .custom_field_list = v->account_fields};
    if (v->account_fields.n == 0)
        return 0;
    if (app == 0)
        return seed_find(w->seed, path, "has account_fields, but no app that defines them");
    return seed_judge(w, account_fields_create(&w->h, app, &body), path);
}

static int push_order_form(struct seed_work *w, const struct seed_vendor *v, struct str path) {
    const struct eco_background_check_custom_field_create_body body = {.account_id = v->account_id,
                                                                       .custom_field_list = v->order_fields};
    return v->order_fields.n == 0 ? 0 : seed_judge(w, order_fields_create(&w->h, &body), path);
}

static int push_packages(struct seed_work *w, const struct seed_vendor *v, struct str path) {
    const struct eco_background_check_package_create_body body = {
        .account_id = v->account_id, .package_list = v->packages, .additional_item_list = v->additional_items};
    return v->packages.n + v->additional_items.n == 0 ? 0 : seed_judge(w, packages_create(&w->h, &body), path);
}

static int make_vendor(struct seed_work *w, const struct seed_vendor *v, struct str path) {
    const struct seed_app_row *app = NULL;
    int64_t id;

    if (id_parse(v->account_id, &id) < 0)
        return seed_find(w->seed, path, "account_id must be a number from 1 to 9223372036854775807 as a text");
    if (!str_is_absent(v->app) && !(app = seed_app_named(w, v->app, path)))
        return -EINVAL;
    int r = add_account(w, v, id, app ? app->row.id : 0, path);
    if (r >= 0)
        r = push_account_form(w, v, app ? app->row.id : 0, path);
    if (r >= 0)
        r = push_order_form(w, v, path);
    if (r >= 0)
        r = push_packages(w, v, path);
    return r < 0 ? r : 0;
}

int seed_make_vendors(struct seed_work *w) {
    const struct seed_vendor_list *in = &w->part->in.vendors;
    int r = 0;
    for (size_t i = 0; i < in->n && r == 0; i++)
        if (!seed_stands(w, "vendors", in->v[i].account_id))
            r = make_vendor(w, &in->v[i], seed_item_path(w, "vendors", i));
    return r;
}
