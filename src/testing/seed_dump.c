/* SPDX-License-Identifier: Apache-2.0
 *
 * Describes what is there as a seed.
 */
#include <errno.h>
#include <string.h>

#include "base/json.h"
#include "events/delivery/receiver.h"
#include "gateway/caller/account.h"
#include "hire/order/order.h"
#include "testing/seed_dump.h"

/* ---- values ---- */

void dump_put(json_t *object, const char *name, struct str value) {
    if (!str_is_empty(value))
        json_object_set_new(object, name, json_stringn(value.ptr, value.len));
}

void dump_put_true(json_t *object, const char *name, bool value) {
    if (value)
        json_object_set_new(object, name, json_true());
}

static void put_words(json_t *object, const char *name, struct str words) {
    json_t *list = json_array();
    while (!str_is_empty(words)) {
        struct str word = str_cut(&words, ' ');
        json_array_append_new(list, json_stringn(word.ptr, word.len));
    }
    if (json_array_size(list) > 0)
        json_object_set_new(object, name, list);
    else
        json_decref(list);
}

static json_t *typed(const struct record_type *type, const void *record) {
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    record_write(type, record, 0, &out);
    return json_loadb(out.ptr, out.len, 0, NULL);
}

void dump_put_list(json_t *object, const char *name, const struct record_type *type, const void *v, size_t n) {
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, typed(type, (const char *)v + i * type->size));
    if (n > 0)
        json_object_set_new(object, name, list);
    else
        json_decref(list);
}

static void write_user(void *ctx, int64_t uid, struct buf *out) {
    struct dump *d = ctx;
    struct str id;
    int r = user_external_id(d->db, d->seal, &d->view, USER_USER_ID, uid, d->arena, &id);
    if (r == 0)
        json_escape(out, id);
    else if (r != -ENOENT)
        d->error = r;
}

static void write_file(void *ctx, int64_t file_id, struct buf *out) {
    struct dump *d = ctx;
    struct order_file file;
    int r = order_file_get(&d->h, file_id, &file);
    if (r == 1)
        json_escape(out, file.source_url);
    else if (r < 0)
        d->error = r;
}

json_t *dump_spliced(struct dump *d, struct str stored) {
    const struct record_reader reader = {.undescribed = true, .user = write_user, .file = write_file, .ctx = d};
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    record_splice(&reader, stored, &out);
    json_t *v = json_loadb(out.ptr, out.len, 0, NULL);
    if (!v)
        d->error = -EBADMSG;
    return v ? v : json_object();
}

/* ---- apps ---- */

static json_t *app(struct dump *d, const struct app_row *row) {
    json_t *o = json_object(), *events = json_array();
    struct receiver receiver = {0};
    int r = receiver_read(d->db, row->id, d->arena, &receiver);

    dump_put(o, "name", row->name);
    dump_put(o, "app_id", row->app_id);
    put_words(o, "scopes", row->scopes);
    dump_put(o, "request_url", receiver.url);
    dump_put(o, "encrypt_key", receiver.encrypt_key);
    dump_put(o, "verification_token", receiver.verification_token);
    put_words(o, "ip_allow", row->ip_allow);
    dump_put_true(o, "disabled", row->disabled);
    struct db_query q DB_CLEANUP = db_query(d->db, SQL_APP_SUBSCRIPTION_LIST);
    db_bind_int(&q, 1, row->id);
    while (r >= 0 && (r = db_row(&q)) == 1) {
        struct str type = db_text(&q, COL_APP_SUBSCRIPTION_LIST_EVENT_TYPE);
        json_array_append_new(events, json_stringn(type.ptr, type.len));
    }
    if (json_array_size(events) > 0)
        json_object_set(o, "events", events);
    json_decref(events);
    d->error = r < 0 ? r : d->error;
    return o;
}

static json_t *apps(struct dump *d) {
    json_t *list = json_array();
    for (size_t i = 0; i < d->n_apps; i++)
        json_array_append_new(list, app(d, &d->apps[i]));
    return list;
}

/* ---- people ---- */

static struct str alias(struct dump *d, int64_t uid, enum user_id_type type, int64_t owner) {
    struct db_query q DB_CLEANUP = db_query(d->db, SQL_USER_ALIAS_OF);
    db_bind_int(&q, 1, d->tenant.id);
    db_bind_int(&q, 2, uid);
    db_bind_int(&q, 3, type);
    db_bind_int(&q, 4, owner);
    int r = db_row(&q);
    d->error = r < 0 ? r : d->error;
    return r == 1 ? arena_dup(d->arena, db_text(&q, COL_USER_ALIAS_OF_ALIAS)) : STR_ABSENT;
}

static void put_open_ids(struct dump *d, json_t *o, int64_t uid) {
    json_t *list = json_array();
    for (size_t i = 0; i < d->n_apps; i++) {
        struct str id = alias(d, uid, USER_OPEN_ID, d->apps[i].id);
        if (str_is_absent(id))
            continue;
        json_t *one = json_object();
        dump_put(one, "app", d->apps[i].name);
        dump_put(one, "open_id", id);
        json_array_append_new(list, one);
    }
    if (json_array_size(list) > 0)
        json_object_set(o, "open_ids", list);
    json_decref(list);
}

static void put_account(json_t *o, const struct account *accounts, size_t n, int64_t uid) {
    for (size_t i = 0; i < n; i++) {
        struct buf roles BUF_CLEANUP = BUF_EMPTY;
        if (accounts[i].users_id != uid)
            continue;
        dump_put(o, "login", accounts[i].login);
        account_write_roles(&roles, accounts[i].roles);
        json_object_set_new(o, "roles", json_loadb(roles.ptr, roles.len, 0, NULL));
        return;
    }
}

static json_t *users(struct dump *d) {
    json_t *list = json_array();
    struct account *accounts = NULL;
    size_t n = 0;
    int r = account_list(d->db, d->tenant.id, d->arena, &accounts, &n);
    struct db_query q DB_CLEANUP = db_query(d->db, SQL_CLI_USERS);

    db_bind_int(&q, 1, d->tenant.id);
    db_bind_text(&q, 2, STR(""));
    db_bind_int(&q, 3, INT64_MAX);
    while (r >= 0 && (r = db_row(&q)) == 1) {
        int64_t uid = db_int(&q, COL_CLI_USERS_ID);
        json_t *o = json_object(), *doc = dump_spliced(d, db_text(&q, COL_CLI_USERS_DOC));
        dump_put(o, "user_id", db_text(&q, COL_CLI_USERS_USER_ID));
        dump_put(o, "name", db_text(&q, COL_CLI_USERS_NAME));
        dump_put(o, "en_name", db_text(&q, COL_CLI_USERS_EN_NAME));
        dump_put(o, "email", seed_text(doc, "email"));
        dump_put(o, "mobile", seed_text(doc, "mobile"));
        json_decref(doc);
        put_open_ids(d, o, uid);
        dump_put(o, "union_id", alias(d, uid, USER_UNION_ID, d->tenant.id));
        put_account(o, accounts, n, uid);
        json_array_append_new(list, o);
    }
    d->error = r < 0 ? r : d->error;
    return list;
}

/* ---- records ---- */

static json_t *records(struct dump *d, const struct seed_list *of) {
    json_t *list = json_array();
    bool application = strcmp(of->kind, "application") == 0;
    struct db_query q DB_CLEANUP = db_query(d->db, application ? SQL_CLI_APPLICATIONS : SQL_CLI_REFERENCES);
    int n = 1, r;

    db_bind_int(&q, n++, d->tenant.id);
    if (!application)
        db_bind_text(&q, n++, str_of(of->kind));
    db_bind_int(&q, n++, 0);
    db_bind_int(&q, n, INT64_MAX);
    while ((r = db_row(&q)) == 1)
        json_array_append_new(list, dump_spliced(d, db_text(&q, COL_CLI_RECORD_DOC)));
    d->error = r < 0 ? r : d->error;
    return list;
}

static json_t *interviews(struct dump *d) {
    json_t *list = json_array();
    struct db_query q DB_CLEANUP = db_query(d->db, SQL_CLI_INTERVIEWS);
    int r;

    db_bind_int(&q, 1, d->tenant.id);
    db_bind_int(&q, 2, 0);
    db_bind_int(&q, 3, INT64_MAX);
    while ((r = db_row(&q)) == 1)
        json_array_append_new(list, dump_spliced(d, db_text(&q, COL_CLI_RECORD_DOC)));
    d->error = r < 0 ? r : d->error;
    return list;
}

/* ---- the whole ---- */

static void add(json_t *tenant, const char *name, json_t *list) {
    if (json_array_size(list) > 0)
        json_object_set(tenant, name, list);
    json_decref(list);
}

static json_t *list_of(struct dump *d, const struct seed_list *l) {
    return strcmp(l->name, "apps") == 0      ? apps(d)
           : strcmp(l->name, "users") == 0   ? users(d)
           : strcmp(l->name, "vendors") == 0 ? dump_vendors(d)
           : strcmp(l->name, "orders") == 0  ? dump_orders(d)
           : l->kind                         ? records(d, l)
                                             : interviews(d);
}

/* Store apps are in no seed. */
static int read_apps(struct dump *d) {
    size_t n = 0;
    int r = app_list(d->db, d->tenant.id, d->arena, &d->apps, &n);
    for (size_t i = 0; i < n && r >= 0; i++)
        if (d->apps[i].tenant == d->tenant.id)
            d->apps[d->n_apps++] = d->apps[i];
    return r;
}

json_t *seed_dump_tenant(struct db *db, const struct seal *seal, int64_t tenant, struct arena *a, int *ret_error) {
    struct dump d = {.db = db,
                     .seal = seal,
                     .arena = a,
                     .view = {.tenant = tenant, .developer = tenant},
                     .h = {.db = db, .arena = a, .tenant = tenant}};
    int r = tenant_get(db, tenant, a, &d.tenant);
    if (r == 1)
        r = read_apps(&d);
    else if (r == 0)
        r = -ENOENT;
    if (r < 0) {
        *ret_error = r;
        return NULL;
    }
    json_t *o = json_object();
    dump_put(o, "tenant_key", d.tenant.tenant_key);
    dump_put(o, "name", d.tenant.name);
    dump_put_true(o, "approve_arrangement", d.tenant.approve_arrangement);
    dump_put_true(o, "approve_report", d.tenant.approve_report);
    for (size_t i = 0; i < n_seed_lists && d.error == 0; i++)
        add(o, seed_lists[i].name, list_of(&d, &seed_lists[i]));
    *ret_error = d.error;
    if (d.error == 0)
        return o;
    json_decref(o);
    return NULL;
}

static int dump_templates(struct db *db, struct arena *a, json_t *root) {
    json_t *templates = json_array();
    struct str_list names;
    int r = seed_template_names(db, a, &names);

    for (size_t i = 0; i < names.n && r >= 0; i++) {
        struct str text;
        r = seed_template_get(db, names.v[i], a, &text);
        json_t *seed = r == 1 ? json_loadb(text.ptr, text.len, 0, NULL) : NULL;
        if (seed)
            json_array_extend(templates, json_object_get(seed, "templates"));
        json_decref(seed);
    }
    json_object_set_new(root, "templates", templates);
    return r < 0 ? r : 0;
}

json_t *seed_dump(struct db *db, const struct seal *seal, struct str tenant_key, struct arena *a, int *ret_error) {
    json_t *root = json_object(), *tenants = json_array();
    bool found = false;
    int r;

    json_object_set_new(root, "tenants", tenants);
    struct db_query q DB_CLEANUP = db_query(db, SQL_TENANT_ALL);
    while ((r = db_row(&q)) == 1) {
        if (!str_is_absent(tenant_key) && !str_eq(db_text(&q, COL_TENANT_TENANT_KEY), tenant_key))
            continue;
        json_t *tenant = seed_dump_tenant(db, seal, db_int(&q, COL_TENANT_ID), a, &r);
        if (!tenant)
            break;
        found = true;
        json_array_append_new(tenants, tenant);
    }
    if (r == 0 && !str_is_absent(tenant_key) && !found)
        r = -ENOENT;
    if (r == 0)
        r = dump_templates(db, a, root);
    *ret_error = r;
    if (r == 0)
        return root;
    json_decref(root);
    return NULL;
}
