/* SPDX-License-Identifier: Apache-2.0
 *
 * The forms that vendors define: the fields of an account, and those of an account's orders.
 */
#include "hire/vendor/field.h"

#include <inttypes.h>

#include "base/array.h"
#include "hire/tenant/tenant.h"

#define LIST_ROOM 8 /* fields that a list has room for at first */

/* A form and its owner: an app, or the account for FORM_ORDER. */
struct form {
    int64_t owner;
    enum vendor_form form;
};

static void bind_form(struct db_query *q, const struct hire *h, struct form f) {
    db_bind_int(q, 1, h->tenant);
    db_bind_int(q, 2, f.owner);
    db_bind_int(q, 3, f.form);
}

static int form_run(struct hire *h, enum db_statement which, struct form f) {
    struct db_query q DB_CLEANUP = db_query(h->db, which);
    int r;

    bind_form(&q, h, f);
    r = db_run(&q);
    return r < 0 ? r : 0;
}

static struct str stored(struct hire *h, const struct record_type *type, const void *record) {
    struct buf b BUF_CLEANUP = BUF_EMPTY;

    record_write_stored(type, record, &b);
    return arena_dup(h->arena, buf_str(&b));
}

static int field_insert(struct hire *h, struct form f, struct str key, size_t position, struct str doc) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_VENDOR_FIELD_INSERT);
    int r;

    bind_form(&q, h, f);
    db_bind_text(&q, 4, key);
    db_bind_int(&q, 5, (int64_t)position);
    db_bind_text(&q, 6, doc);
    r = db_run(&q);
    if (r == 0)
        return hire_refuse(h, REFUSED_PARAMETER, "key \"%.*s\" was deleted and cannot be used again", STR_FMT(key));
    return r < 0 ? r : 0;
}

static int field_update(struct hire *h, struct form f, struct str key, struct str doc) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_VENDOR_FIELD_UPDATE);
    int r;

    bind_form(&q, h, f);
    db_bind_text(&q, 4, key);
    db_bind_text(&q, 5, doc);
    r = db_run(&q);
    return r < 0 ? r : 0;
}

static int refuse_unknown(struct hire *h, struct str key) {
    return hire_refuse(h, REFUSED_PARAMETER, "there is no custom field with the key \"%.*s\"", STR_FMT(key));
}

static int refuse_twice(struct hire *h, const char *what, struct str key) {
    return hire_refuse(h, REFUSED_PARAMETER, "%s \"%.*s\" is given twice", what, STR_FMT(key));
}

/* Checks a text in two languages; if required, at least one must not be empty. where: "custom_field_list[0]". */
static int check_i18n(struct hire *h, struct str where, const char *member, const struct i18n *text, bool required,
                      size_t max_chars) {
    struct str zh = arena_printf(h->arena, "%.*s.%s.zh_cn", STR_FMT(where), member);
    struct str en = arena_printf(h->arena, "%.*s.%s.en_us", STR_FMT(where), member);
    int r;

    if (required && (!text || (str_is_empty(text->zh_cn) && str_is_empty(text->en_us))))
        return hire_refuse(h, REFUSED_PARAMETER, "%.*s.%s needs zh_cn or en_us", STR_FMT(where), member);
    if (!text)
        return 0;
    r = hire_bounded(h, zh.ptr, text->zh_cn, false, max_chars);
    return r < 0 ? r : hire_bounded(h, en.ptr, text->en_us, false, max_chars);
}

static int check_key(struct hire *h, struct str where, struct str key) {
    return hire_bounded(h, arena_printf(h->arena, "%.*s.key", STR_FMT(where)).ptr, key, true, HIRE_KEY_MAX);
}

static struct str where_of(struct hire *h, size_t i) {
    return arena_printf(h->arena, "custom_field_list[%zu]", i);
}

static int check_count(struct hire *h, size_t n) {
    if (n == 0)
        return hire_refuse(h, REFUSED_PARAMETER, "custom_field_list needs at least one field");
    if (n > VENDOR_FIELDS_MAX)
        return hire_refuse(h, REFUSED_PARAMETER, "custom_field_list may hold at most %d fields; it holds %zu",
                           VENDOR_FIELDS_MAX, n);
    return 0;
}

/* ---- the fields of an account ---- */

static struct form account_form(int64_t app, struct opt_int scope) {
    return (struct form){app, scope.v == 2 ? FORM_EXAM_ACCOUNT : FORM_CHECK_ACCOUNT};
}

static int check_account_fields(struct hire *h, const struct eco_account_custom_field_data_list *list) {
    int r = check_count(h, list->n);

    for (size_t i = 0; r == 0 && i < list->n; i++) {
        const struct eco_account_custom_field_data *f = &list->v[i];
        struct str where = where_of(h, i);

        if ((r = check_key(h, where, f->key)) < 0 ||
            (r = check_i18n(h, where, "name", f->name, true, HIRE_NAME_MAX)) < 0 ||
            (r = check_i18n(h, where, "description", f->description, false, HIRE_TEXT_MAX)) < 0)
            return r;
        for (size_t j = 0; j < i; j++) {
            if (str_eq(list->v[j].key, f->key))
                return refuse_twice(h, "the key", f->key);
        }
    }
    return r;
}

/* Reads the rows of q as fields; of several with one key, the first. */
static int read_account_fields(struct hire *h, struct db_query *q, struct eco_account_custom_field_data_list *ret) {
    size_t n = 0, cap = LIST_ROOM;
    struct eco_account_custom_field_data *v = arena_array(h->arena, struct eco_account_custom_field_data, cap);
    int r = 0;

    while (n < VENDOR_FIELDS_MAX && (r = db_row(q)) == 1) {
        struct str doc = arena_dup(h->arena, db_text(q, COL_VENDOR_FIELD_DOC));
        bool known = false;

        for (size_t i = 0; i < n; i++)
            known |= str_eq(v[i].key, db_text(q, COL_VENDOR_FIELD_KEY));
        if (known)
            continue;
        v = arena_array_grow(h->arena, v, n, &cap, sizeof(*v));
        v[n] = (struct eco_account_custom_field_data){0};
        if (record_read_stored(&type_eco_account_custom_field_data, &v[n++], doc, h->arena) < 0)
            return -EBADMSG;
    }
    if (r < 0)
        return r;
    *ret = (struct eco_account_custom_field_data_list){v, n};
    return 0;
}

int account_fields_list(struct hire *h, int64_t app, enum vendor_form form,
                        struct eco_account_custom_field_data_list *ret) {
    if (app != 0) {
        struct db_query q DB_CLEANUP = db_query(h->db, SQL_VENDOR_FIELD_LIST);
        bind_form(&q, h, (struct form){app, form});
        return read_account_fields(h, &q, ret);
    }
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_VENDOR_FIELD_LIST_OF_TENANT);
    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, form);
    return read_account_fields(h, &q, ret);
}

int account_fields_create(struct hire *h, int64_t app, const struct eco_account_custom_field_create_body *in) {
    struct form form = account_form(app, in->scope);
    int r = check_account_fields(h, &in->custom_field_list);

    if (r == 0)
        r = form_run(h, SQL_VENDOR_FIELD_CLEAR, form);
    for (size_t i = 0; r == 0 && i < in->custom_field_list.n; i++) {
        const struct eco_account_custom_field_data *f = &in->custom_field_list.v[i];

        r = field_insert(h, form, f->key, i, stored(h, &type_eco_account_custom_field_data, f));
    }
    return r;
}

static struct eco_account_custom_field_data *find_account_field(const struct eco_account_custom_field_data_list *list,
                                                                struct str key) {
    for (size_t i = 0; i < list->n; i++) {
        if (str_eq(list->v[i].key, key))
            return &list->v[i];
    }
    return NULL;
}

int account_fields_update(struct hire *h, int64_t app, const struct eco_account_custom_field_batch_update_body *in) {
    struct form form = account_form(app, in->scope);
    struct eco_account_custom_field_data_list now;
    int r = check_account_fields(h, &in->custom_field_list);

    if (r == 0)
        r = account_fields_list(h, app, form.form, &now);
    for (size_t i = 0; r == 0 && i < in->custom_field_list.n; i++) {
        const struct eco_account_custom_field_data *f = &in->custom_field_list.v[i];
        struct eco_account_custom_field_data *old = find_account_field(&now, f->key);

        if (!old)
            return refuse_unknown(h, f->key);
        old->name = f->name;
        if (f->description)
            old->description = f->description;
        r = field_update(h, form, f->key, stored(h, &type_eco_account_custom_field_data, old));
    }
    return r;
}

int account_fields_delete(struct hire *h, int64_t app, const struct eco_account_custom_field_batch_delete_body *in) {
    struct form form = account_form(app, in->scope);
    struct eco_account_custom_field_data_list now;
    int r;

    if (in->custom_field_key_list.n == 0)
        return hire_refuse(h, REFUSED_PARAMETER, "custom_field_key_list needs at least one key");
    r = account_fields_list(h, app, form.form, &now);
    for (size_t i = 0; r == 0 && i < in->custom_field_key_list.n; i++) {
        struct str key = in->custom_field_key_list.v[i];

        for (size_t j = 0; j < i; j++) {
            if (str_eq(in->custom_field_key_list.v[j], key))
                return refuse_twice(h, "the key", key);
        }
        if (!find_account_field(&now, key))
            return refuse_unknown(h, key);
        struct db_query q DB_CLEANUP = db_query(h->db, SQL_VENDOR_FIELD_DELETE);
        bind_form(&q, h, form);
        db_bind_text(&q, 4, key);
        r = db_run(&q);
        r = r < 0 ? r : 0;
    }
    if (r == 0 && in->custom_field_key_list.n == now.n)
        return hire_refuse(h, REFUSED_PARAMETER, "at least one custom field must stay; create others first");
    return r;
}

/* ---- the fields of an account's orders ---- */

static bool has_options(const struct eco_background_check_custom_field_data *f) {
    return str_eq(f->type, STR("select")) || str_eq(f->type, STR("multiselect"));
}

static int check_options(struct hire *h, struct str where, const struct eco_background_check_custom_field_data *f) {
    int r;

    if (!has_options(f))
        return 0;
    if (f->options.n == 0)
        return hire_refuse(h, REFUSED_PARAMETER, "%.*s.options needs at least one option, because its type is %.*s",
                           STR_FMT(where), STR_FMT(f->type));
    if (f->options.n > VENDOR_OPTIONS_MAX)
        return hire_refuse(h, REFUSED_PARAMETER, "%.*s.options may hold at most %d options; it holds %zu",
                           STR_FMT(where), VENDOR_OPTIONS_MAX, f->options.n);
    for (size_t i = 0; i < f->options.n; i++) {
        const struct eco_background_check_custom_field_data_option *o = &f->options.v[i];
        struct str at = arena_printf(h->arena, "%.*s.options[%zu]", STR_FMT(where), i);

        if ((r = check_key(h, at, o->key)) < 0 || (r = check_i18n(h, at, "name", o->name, true, HIRE_NAME_MAX)) < 0)
            return r;
        for (size_t j = 0; j < i; j++) {
            if (str_eq(f->options.v[j].key, o->key))
                return refuse_twice(h, arena_printf(h->arena, "%.*s: the option", STR_FMT(where)).ptr, o->key);
        }
    }
    return 0;
}

static int check_order_fields(struct hire *h, const struct eco_background_check_custom_field_data_list *list) {
    int r = check_count(h, list->n);

    for (size_t i = 0; r == 0 && i < list->n; i++) {
        const struct eco_background_check_custom_field_data *f = &list->v[i];
        struct str where = where_of(h, i);

        if ((r = check_key(h, where, f->key)) < 0 ||
            (r = check_i18n(h, where, "name", f->name, true, HIRE_NAME_MAX)) < 0 ||
            (r = check_i18n(h, where, "description", f->description, false, HIRE_TEXT_MAX)) < 0 ||
            (r = check_options(h, where, f)) < 0)
            return r;
        for (size_t j = 0; j < i; j++) {
            if (str_eq(list->v[j].key, f->key))
                return refuse_twice(h, "the key", f->key);
        }
    }
    return r;
}

static int order_form(struct hire *h, struct str account_id, struct form *ret) {
    ret->form = FORM_ORDER;
    return vendor_account_known(h, account_id, &ret->owner);
}

int order_fields_list(struct hire *h, int64_t account, struct eco_background_check_custom_field_data_list *ret) {
    size_t n = 0, cap = LIST_ROOM;
    struct eco_background_check_custom_field_data *v =
        arena_array(h->arena, struct eco_background_check_custom_field_data, cap);
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_VENDOR_FIELD_LIST);
    int r = 0;

    bind_form(&q, h, (struct form){account, FORM_ORDER});
    while (n < VENDOR_FIELDS_MAX && (r = db_row(&q)) == 1) {
        v = arena_array_grow(h->arena, v, n, &cap, sizeof(*v));
        v[n] = (struct eco_background_check_custom_field_data){0};
        if (record_read_stored(&type_eco_background_check_custom_field_data, &v[n++],
                               arena_dup(h->arena, db_text(&q, COL_VENDOR_FIELD_DOC)), h->arena) < 0)
            return -EBADMSG;
    }
    if (r < 0)
        return r;
    *ret = (struct eco_background_check_custom_field_data_list){v, n};
    return 0;
}

int order_fields_create(struct hire *h, const struct eco_background_check_custom_field_create_body *in) {
    struct form form;
    int r = order_form(h, in->account_id, &form);

    if (r == 0)
        r = check_order_fields(h, &in->custom_field_list);
    if (r == 0)
        r = form_run(h, SQL_VENDOR_FIELD_CLEAR, form);
    for (size_t i = 0; r == 0 && i < in->custom_field_list.n; i++) {
        struct eco_background_check_custom_field_data f = in->custom_field_list.v[i];

        if (!has_options(&f))
            f.options.v = NULL;
        r = field_insert(h, form, f.key, i, stored(h, &type_eco_background_check_custom_field_data, &f));
    }
    return r;
}

/* Applies the members of a field that may change. The type and the keys of the options must be unchanged. */
static int change_order_field(struct hire *h, struct eco_background_check_custom_field_data *old,
                              const struct eco_background_check_custom_field_data *in) {
    if (!str_eq(old->type, in->type))
        return hire_refuse(h, REFUSED_PARAMETER, "the type of \"%.*s\" is %.*s and cannot change", STR_FMT(in->key),
                           STR_FMT(old->type));
    old->name = in->name;
    if (in->description)
        old->description = in->description;
    if (!has_options(old))
        return 0;
    for (size_t i = 0; i < old->options.n; i++) {
        struct eco_background_check_custom_field_data_option *o = &old->options.v[i];
        size_t j = 0;

        while (j < in->options.n && !str_eq(in->options.v[j].key, o->key))
            j++;
        if (j == in->options.n || in->options.n != old->options.n)
            return hire_refuse(h, REFUSED_PARAMETER, "the options of \"%.*s\" cannot be added to or taken from",
                               STR_FMT(in->key));
        o->name = in->options.v[j].name;
    }
    return 0;
}

int order_fields_update(struct hire *h, const struct eco_background_check_custom_field_batch_update_body *in) {
    struct eco_background_check_custom_field_data_list now;
    struct form form;
    int r = order_form(h, in->account_id, &form);

    if (r == 0)
        r = check_order_fields(h, &in->custom_field_list);
    if (r == 0)
        r = order_fields_list(h, form.owner, &now);
    for (size_t i = 0; r == 0 && i < in->custom_field_list.n; i++) {
        const struct eco_background_check_custom_field_data *f = &in->custom_field_list.v[i];
        size_t j = 0;

        while (j < now.n && !str_eq(now.v[j].key, f->key))
            j++;
        if (j == now.n)
            return refuse_unknown(h, f->key);
        r = change_order_field(h, &now.v[j], f);
        if (r == 0)
            r = field_update(h, form, f->key, stored(h, &type_eco_background_check_custom_field_data, &now.v[j]));
    }
    if (r == 0 && in->custom_field_list.n != now.n)
        return hire_refuse(h, REFUSED_PARAMETER,
                           "custom_field_list must hold all %zu fields of the account; it holds %zu", now.n,
                           in->custom_field_list.n);
    return r;
}

int order_fields_delete(struct hire *h, const struct eco_background_check_custom_field_batch_delete_body *in) {
    struct form form;
    int r = order_form(h, in->account_id, &form);

    return r < 0 ? r : form_run(h, SQL_VENDOR_FIELD_DELETE_ALL, form);
}
