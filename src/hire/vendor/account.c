/* SPDX-License-Identifier: Apache-2.0
 *
 * Adds, edits and assigns a tenant's accounts at vendors; checks the values of the vendor's form and writes the event.
 */
#include "hire/vendor/account.h"

#include <inttypes.h>

#include "base/id.h"
#include "hire/outbox/outbox.h"
#include "hire/vendor/field.h"

static struct str value_of(const struct vendor_account_filled *in, struct str key) {
    for (size_t i = 0; i < in->values.n; i++) {
        if (str_eq(in->values.v[i].key, key))
            return in->values.v[i].value;
    }
    return STR_ABSENT;
}

static int check_value(struct hire *h, const struct vendor_account_filled *in, size_t i,
                       const struct eco_account_custom_field_data_list *fields) {
    struct str key = in->values.v[i].key;
    size_t j = 0;

    while (j < fields->n && !str_eq(fields->v[j].key, key))
        j++;
    if (j == fields->n)
        return hire_refuse(h, REFUSED_PARAMETER, "the vendor's form has no field \"%.*s\"%s", STR_FMT(key),
                           fields->n == 0 ? "; the form is empty" : "");
    for (j = 0; j < i; j++) {
        if (str_eq(in->values.v[j].key, key))
            return hire_refuse(h, REFUSED_PARAMETER, "the field \"%.*s\" is given twice", STR_FMT(key));
    }
    return hire_bounded(h, arena_printf(h->arena, "the field \"%.*s\"", STR_FMT(key)).ptr, in->values.v[i].value, false,
                        HIRE_TEXT_MAX);
}

/* Fills e's list from the given values, in the order of the form. */
static int fill(struct hire *h, const struct vendor_account_filled *in, struct eco_account_created_v1_event *e) {
    struct eco_account_custom_field_data_list fields;
    int r = account_fields_list(h, in->account.app, FORM_CHECK_ACCOUNT, &fields);

    for (size_t i = 0; r == 0 && i < in->values.n; i++)
        r = check_value(h, in, i, &fields);
    if (r < 0)
        return r;
    e->custom_field_list.v = arena_array(h->arena, struct eco_account_custom_field_event_data, fields.n);
    for (size_t i = 0; i < fields.n; i++) {
        const struct eco_account_custom_field_data *f = &fields.v[i];
        struct str value = value_of(in, f->key);

        if (f->is_required.v && str_is_empty(value)) {
            struct str name = !f->name ? STR_ABSENT : str_is_empty(f->name->en_us) ? f->name->zh_cn : f->name->en_us;
            return hire_refuse(h, REFUSED_PARAMETER, "the vendor requires the field \"%.*s\" (%.*s)", STR_FMT(f->key),
                               STR_FMT(name));
        }
        if (!str_is_empty(value))
            e->custom_field_list.v[e->custom_field_list.n++] =
                (struct eco_account_custom_field_event_data){.key = f->key, .value = value};
    }
    return 0;
}

static int check_usages(struct hire *h, const struct int_list *usages) {
    for (size_t i = 0; i < usages->n; i++) {
        if (usages->v[i] != USAGE_SOCIAL && usages->v[i] != USAGE_CAMPUS)
            return hire_refuse(h, REFUSED_PARAMETER,
                               "an account is for 1 (social) or 2 (campus) recruiting, not %" PRId64, usages->v[i]);
        for (size_t j = 0; j < i; j++) {
            if (usages->v[j] == usages->v[i])
                return hire_refuse(h, REFUSED_PARAMETER, "an account's usage is given twice: %" PRId64, usages->v[i]);
        }
    }
    return 0;
}

static int emit_created(struct hire *h, int64_t id, const struct eco_account_created_v1_event *e) {
    const struct hire_event event = {
        .type = EVENT_ECO_ACCOUNT_CREATED_V1, .account_id = id, .subject_id = id, .event = e};

    return hire_emit(h, &event);
}

static int keep_filled(struct hire *h, int64_t id, const struct eco_account_created_v1_event *e) {
    struct buf doc BUF_CLEANUP = BUF_EMPTY;
    int r;

    record_write_stored(&type_eco_account_created_v1_event, e, &doc);
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_VENDOR_ACCOUNT_SET_DOC);
    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, id);
    db_bind_text(&q, 3, buf_str(&doc));
    r = db_run(&q);
    return r < 0 ? r : 0;
}

int vendor_account_create(struct hire *h, const struct vendor_account_filled *in, int64_t *ret_id) {
    static int64_t social[] = {USAGE_SOCIAL};
    struct eco_account_created_v1_event e = {
        .scope = SET_INT(VENDOR_CHECKS),
        .account_name = in->account.name,
        .usage_list = in->usages.n > 0 ? in->usages : (struct int_list){social, 1},
    };
    int64_t id;
    int r;

    if ((r = check_usages(h, &e.usage_list)) < 0 || (r = fill(h, in, &e)) < 0 ||
        (r = vendor_account_add(h, &in->account, &id)) < 0)
        return r;
    e.account_id = hire_text(h, id);
    if ((r = keep_filled(h, id, &e)) < 0)
        return r;
    r = emit_created(h, id, &e);
    if (r == 0)
        *ret_id = id;
    return r;
}

int vendor_account_filled(struct hire *h, int64_t id, struct eco_account_created_v1_event *ret) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_VENDOR_ACCOUNT_DOC);
    int r;

    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, id);
    r = db_row(&q);
    if (r <= 0 || db_text(&q, COL_VENDOR_ACCOUNT_DOC_DOC).len == 0)
        return r < 0 ? r : 0;
    *ret = (struct eco_account_created_v1_event){0};
    r = record_read_stored(&type_eco_account_created_v1_event, ret,
                           arena_dup(h->arena, db_text(&q, COL_VENDOR_ACCOUNT_DOC_DOC)), h->arena);
    return r < 0 ? r : 1;
}

static int keep_names(struct hire *h, const struct vendor_account *a) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_VENDOR_ACCOUNT_RENAME);
    int r;

    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, a->id);
    db_bind_text(&q, 3, a->name);
    db_bind_text(&q, 4, a->provider_zh);
    db_bind_text(&q, 5, a->provider_en);
    r = db_run(&q);
    return r < 0 ? r : 0;
}

static bool same_values(const struct eco_account_created_v1_event *a, const struct eco_account_created_v1_event *b) {
    if (a->custom_field_list.n != b->custom_field_list.n)
        return false;
    for (size_t i = 0; i < a->custom_field_list.n; i++)
        if (!str_eq(a->custom_field_list.v[i].key, b->custom_field_list.v[i].key) ||
            !str_eq(a->custom_field_list.v[i].value, b->custom_field_list.v[i].value))
            return false;
    return true;
}

/* The event that the account's app got, or would get if the account had an app. */
static int known_of(struct hire *h, const struct vendor_account *a, struct eco_account_created_v1_event *ret) {
    int r = vendor_account_filled(h, a->id, ret);

    if (r == 0)
        *ret = (struct eco_account_created_v1_event){
            .scope = SET_INT(VENDOR_CHECKS), .account_id = hire_text(h, a->id), .account_name = a->name};
    return r < 0 ? r : 0;
}

/* Applies the edit to *a and *e. Returns 1 if the vendor's event would differ, 0 or < 0. */
static int take_edit(struct hire *h, const struct vendor_account_edit *in, struct vendor_account *a,
                     struct eco_account_created_v1_event *e) {
    struct eco_account_created_v1_event before = *e;
    int r;

    if (!str_is_absent(in->name) && (r = hire_bounded(h, "name", in->name, true, HIRE_NAME_MAX)) < 0)
        return r;
    if (in->app.set)
        a->app = in->app.v;
    a->name = str_is_absent(in->name) ? a->name : in->name;
    a->provider_zh = str_is_absent(in->provider_zh) ? a->provider_zh : in->provider_zh;
    a->provider_en = str_is_absent(in->provider_en) ? a->provider_en : in->provider_en;
    e->account_name = a->name;
    if (in->values) {
        const struct vendor_account_filled filled = {.account = *a, .values = *in->values};
        e->custom_field_list.n = 0;
        if ((r = fill(h, &filled, e)) < 0)
            return r;
    }
    return !str_eq(before.account_name, e->account_name) || !same_values(&before, e);
}

int vendor_account_edit(struct hire *h, int64_t id, const struct vendor_account_edit *in, bool *ret_told) {
    struct eco_account_created_v1_event e;
    struct vendor_account account;
    int64_t was;
    int r = vendor_account_get(h, id, &account), changed;

    if (r == 0)
        return hire_refuse(h, REFUSED_PARAMETER, "there is no vendor account with the id %" PRId64, id);
    if (r < 0 || (r = known_of(h, &account, &e)) < 0)
        return r;
    was = account.app;
    if ((changed = take_edit(h, in, &account, &e)) < 0)
        return changed;
    if ((r = vendor_account_bind(h, id, account.app)) < 0 || (r = keep_names(h, &account)) < 0 ||
        (changed && (r = keep_filled(h, id, &e)) < 0))
        return r;
    *ret_told = account.app != 0 && (changed || account.app != was);
    return *ret_told ? emit_created(h, id, &e) : 0;
}

int vendor_account_assign(struct hire *h, int64_t id, int64_t app) {
    const struct vendor_account_edit edit = {.app = SET_INT(app)};
    bool told;

    return vendor_account_edit(h, id, &edit, &told);
}
