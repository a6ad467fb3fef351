/* SPDX-License-Identifier: Apache-2.0
 *
 * Makes the apps and the people of a seed.
 */
#include <errno.h>

#include "api_events.h"
#include "base/clock.h"
#include "events/delivery/receiver.h"
#include "gateway/caller/account.h"
#include "gateway/caller/token.h"
#include "testing/seed_internal.h"

/* ---- apps ---- */

static struct str words(const struct str_list *list, struct arena *a) {
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    for (size_t i = 0; i < list->n; i++)
        buf_printf(&out, "%s%.*s", i > 0 ? " " : "", STR_FMT(list->v[i]));
    return arena_dup(a, buf_str(&out));
}

static int set_receiver(struct seed_work *w, int64_t app, const struct seed_app *in, struct str path) {
    const struct receiver change = {
        .url = in->request_url, .encrypt_key = in->encrypt_key, .verification_token = in->verification_token};
    struct receiver now = {STR(""), STR(""), STR("")}, next;
    struct receiver_fault fault;

    if (receiver_plan(&now, &change, w->arena, &next, &fault) < 0)
        return seed_find(w->seed, path, "%.*s", STR_FMT(fault.why));
    return receiver_set(w->db, app, &next);
}

static int make_app(struct seed_work *w, struct seed_app_row *app, struct str path) {
    const struct seed_app *in = app->in;
    int r = app_create(w->db, w->tenant.id, APP_CUSTOM, in->name, words(&in->scopes, w->arena), in->app_id,
                       in->app_secret, w->arena, &app->row, &app->secret);

    if (r == -EEXIST)
        return seed_find(w->seed, path, "another app has the app_id %.*s", STR_FMT(in->app_id));
    if (r == 0 && in->ip_allow.n > 0)
        r = app_set_ip_allow(w->db, app->row.id, words(&in->ip_allow, w->arena));
    if (r == 0 && in->disabled.v)
        r = app_disable(w->db, app->row.id, true);
    return r < 0 ? r : set_receiver(w, app->row.id, in, path);
}

static struct seed_app_row *row_of(struct seed_work *w, struct str name) {
    for (size_t i = 0; i < w->n_apps; i++)
        if (str_eq(w->apps[i].row.name, name))
            return &w->apps[i];
    return NULL;
}

static int differ(struct seed_work *w, struct str path, const char *member, struct str seed) {
    struct seed_outcome *out = w->out;
    if (out->n_differences < SEED_FINDINGS_MAX)
        out->differences[out->n_differences] =
            (struct seed_difference_found){arena_printf(w->arena, "%.*s.%s", STR_FMT(path), member), seed, STR_ABSENT};
    out->n_differences++;
    return 0;
}

/* The secret of an app that stands: only its digest is stored, so it is tried. */
static int check_secret(struct seed_work *w, const struct seed_app_row *app, struct str path) {
    struct app_row row;
    if (str_is_absent(app->in->app_secret))
        return 0;
    int r = app_authenticate(w->db, app->row.app_id, app->in->app_secret, w->arena, &row);
    return r == 0 ? differ(w, path, "app_secret", STR("\"***\"")) : r < 0 ? r : 0;
}

int seed_make_apps(struct seed_work *w) {
    const struct seed_tenant *in = &w->part->in;
    struct app_row *rows = NULL;
    size_t n = 0;
    int r = w->fresh ? 0 : app_list(w->db, w->tenant.id, w->arena, &rows, &n);

    w->apps = arena_array(w->arena, struct seed_app_row, n + in->apps.n + 1);
    for (size_t i = 0; i < n && r == 0; i++)
        if (rows[i].tenant == w->tenant.id)
            w->apps[w->n_apps++].row = rows[i];
    for (size_t i = 0; i < in->apps.n && r == 0; i++) {
        struct str path = seed_item_path(w, "apps", i);
        struct seed_app_row *app = row_of(w, in->apps.v[i].name);
        if (seed_stands(w, "apps", in->apps.v[i].name) && app) {
            app->in = &in->apps.v[i];
            r = check_secret(w, app, path);
            continue;
        }
        app = &w->apps[w->n_apps++];
        app->in = &in->apps.v[i];
        r = make_app(w, app, path);
    }
    return r;
}

const struct seed_app_row *seed_app_named(struct seed_work *w, struct str name, struct str path) {
    const struct seed_app_row *app = row_of(w, name);
    if (!app)
        seed_find(w->seed, path, "the tenant has no app \"%.*s\"", STR_FMT(str_head(name, 64)));
    return app;
}

/* ---- events ---- */

static int subscribe(struct seed_work *w, int64_t app, struct str type) {
    struct db_query q DB_CLEANUP = db_query(w->db, SQL_APP_SUBSCRIPTION_ADD);
    db_bind_int(&q, 1, app);
    db_bind_text(&q, 2, type);
    db_bind_int(&q, 3, clock_now_ms());
    int r = db_run(&q);
    return r < 0 ? r : 0;
}

/* Removes the subscriptions of apps that stand and notes them, so that seed_subscribe brings them back. */
int seed_unsubscribe(struct seed_work *w) {
    int r = 0;
    for (size_t i = 0; i < w->n_apps && r >= 0 && !w->fresh; i++) {
        struct seed_app_row *app = &w->apps[i];
        struct buf had BUF_CLEANUP = BUF_EMPTY;
        {
            struct db_query q DB_CLEANUP = db_query(w->db, SQL_APP_SUBSCRIPTION_LIST);
            db_bind_int(&q, 1, app->row.id);
            while ((r = db_row(&q)) == 1)
                buf_printf(&had, "%s%.*s", had.len ? " " : "",
                           STR_FMT(db_text(&q, COL_APP_SUBSCRIPTION_LIST_EVENT_TYPE)));
        }
        app->events_before = arena_dup(w->arena, buf_str(&had));
        struct db_query q DB_CLEANUP = db_query(w->db, SQL_APP_SUBSCRIPTION_CLEAR);
        db_bind_int(&q, 1, app->row.id);
        r = r < 0 ? r : db_run(&q);
    }
    return r < 0 ? r : 0;
}

static int subscribe_named(struct seed_work *w, const struct seed_app_row *app, struct str name, struct str path) {
    bool found = false;
    int r = 0;
    for (int e = 0; e < API_EVENTS && r == 0; e++)
        if (api_events[e].of && (str_eq(name, STR("all")) || str_eq(name, api_events[e].type))) {
            found = true;
            r = subscribe(w, app->row.id, api_events[e].type);
        }
    return found ? r
                 : seed_find(w->seed, path,
                             "hired sends no event \"%.*s\"; docs/API.md lists them, and all stands "
                             "for every one",
                             STR_FMT(str_head(name, 100)));
}

int seed_subscribe(struct seed_work *w) {
    int r = 0;
    for (size_t i = 0; i < w->n_apps && r == 0; i++) {
        const struct seed_app_row *app = &w->apps[i];
        for (struct str rest = app->events_before; !str_is_empty(rest) && r == 0;)
            r = subscribe(w, app->row.id, str_cut(&rest, ' '));
        if (!app->in || str_is_absent(app->secret)) /* it stood: what it has is left */
            continue;
        struct str path = seed_item_path(w, "apps", (size_t)(app->in - w->part->in.apps.v));
        for (size_t k = 0; k < app->in->events.n && r == 0; k++)
            r = subscribe_named(w, app, app->in->events.v[k],
                                arena_printf(w->arena, "%.*s.events[%zu]", STR_FMT(path), k));
    }
    return r;
}

/* ---- people ---- */

static struct user_view view_of(const struct seed_work *w, const struct seed_app_row *app) {
    return (struct user_view){w->tenant.id, app ? app->row.id : 0, app ? app->row.developer : w->tenant.id};
}

static int import_user(struct seed_work *w, const struct seed_app_row *app, const struct user_import *in,
                       struct str path, int64_t *ret_uid) {
    const struct user_view view = view_of(w, app);
    struct str why = STR_ABSENT;
    int r = user_import(w->db, w->seal, &view, in, w->arena, ret_uid, &why);
    if (r == -EEXIST)
        return seed_find(w->seed, path, "%.*s", STR_FMT(str_is_absent(why) ? STR("another user has this id") : why));
    return r < 0 ? r : 0;
}

int seed_user(struct seed_work *w, struct str user_id, int64_t *ret_uid) {
    const struct user_view view = view_of(w, NULL);
    const struct user_import in = {.user_id = user_id};

    *ret_uid = 0;
    if (str_is_empty(user_id))
        return 0;
    int r = user_find(w->db, w->seal, &view, USER_USER_ID, user_id, ret_uid);
    return r == -ENOENT ? import_user(w, NULL, &in, STR(""), ret_uid) : r;
}

static struct str contact_of(struct seed_work *w, const struct seed_user *u) {
    const struct user doc = {.email = u->email, .mobile = u->mobile};
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    record_write_stored(&type_user, &doc, &out);
    return arena_dup(w->arena, buf_str(&out));
}

static int add_open_ids(struct seed_work *w, const struct seed_user *u, struct str path) {
    int r = 0;
    for (size_t i = 0; i < u->open_ids.n && r == 0; i++) {
        struct str at = arena_printf(w->arena, "%.*s.open_ids[%zu]", STR_FMT(path), i);
        const struct seed_app_row *app = seed_app_named(w, u->open_ids.v[i].app, at);
        const struct user_import in = {.user_id = u->user_id, .open_id = u->open_ids.v[i].open_id};
        int64_t uid;
        r = app ? import_user(w, app, &in, at, &uid) : -EINVAL;
    }
    return r;
}

/* Logins are unique among all tenants. */
static struct str login_of(struct seed_work *w, struct str login) {
    return w->copy ? arena_printf(w->arena, "%.*s-%.*s", STR_FMT(login), STR_FMT(w->tenant.tenant_key)) : login;
}

static int make_account(struct seed_work *w, size_t i, int64_t uid, struct str path) {
    const struct seed_user *u = &w->part->in.users.v[i];
    struct account account = {.tenant = w->tenant.id,
                              .login = login_of(w, u->login),
                              .name = str_is_absent(u->name) ? u->user_id : u->name,
                              .en_name = str_is_absent(u->en_name) ? STR("") : u->en_name,
                              .password = w->part->password_hashes[i],
                              .users_id = uid};
    for (size_t k = 0; k < u->roles.n; k++)
        account.roles |= account_role_bit(u->roles.v[k]);
    int r = account_add(w->db, &account, w->arena, clock_now_ms());
    w->account_made[i] = r == 0;
    return r == -EEXIST ? seed_find(w->seed, path, "the login %.*s is taken", STR_FMT(u->login)) : r;
}

static int make_user(struct seed_work *w, size_t i, struct str path) {
    const struct seed_user *u = &w->part->in.users.v[i];
    const struct user_import in = {.user_id = u->user_id,
                                   .union_id = u->union_id,
                                   .name = u->name,
                                   .en_name = u->en_name,
                                   .doc = contact_of(w, u),
                                   .email = u->email,
                                   .mobile = u->mobile};
    int64_t uid;
    int r = import_user(w, NULL, &in, path, &uid);
    if (r == 0)
        r = add_open_ids(w, u, path);
    return r < 0 || str_is_absent(u->login) ? r : make_account(w, i, uid, path);
}

int seed_make_users(struct seed_work *w) {
    const struct seed_tenant *in = &w->part->in;
    int r = 0;
    for (size_t i = 0; i < in->users.n && r == 0; i++)
        if (!seed_stands(w, "users", in->users.v[i].user_id))
            r = make_user(w, i, seed_item_path(w, "users", i));
    return r;
}

/* ---- what a test is told ---- */

static int describe_app(struct seed_work *w, const struct seed_app_row *app, struct seed_made_app *out) {
    struct receiver receiver;
    int64_t expire = 0;
    int r = receiver_read(w->db, app->row.id, w->arena, &receiver);

    if (r == 0)
        r = token_issue(w->db, w->seal, SEAL_TENANT_TOKEN, app->row.id, w->tenant.id, clock_now_ms(), w->arena,
                        &out->tenant_access_token, &expire);
    if (r < 0)
        return r;
    out->name = app->row.name;
    out->app_id = app->row.app_id;
    out->app_secret = app->secret;
    out->encrypt_key = str_is_empty(receiver.encrypt_key) ? STR_ABSENT : receiver.encrypt_key;
    out->verification_token = receiver.verification_token;
    out->request_url = str_is_empty(receiver.url) ? STR_ABSENT : receiver.url;
    out->expire = SET_INT(expire);
    return 0;
}

static int describe_user(struct seed_work *w, size_t i, struct seed_made_user *out) {
    const struct seed_user *u = &w->part->in.users.v[i];
    int64_t uid;
    int r = seed_user(w, u->user_id, &uid);

    *out = (struct seed_made_user){.user_id = u->user_id, .name = u->name, .roles = u->roles};
    if (!str_is_absent(u->login))
        out->login = login_of(w, u->login);
    if (w->account_made[i])
        out->password = w->part->passwords[i];
    out->ids.v = arena_array(w->arena, struct seed_made_open_id, w->n_apps + 1);
    for (size_t k = 0; k < w->n_apps && r == 0; k++) {
        const struct seed_app_row *app = &w->apps[k];
        const struct user_view view = view_of(w, app);
        struct seed_made_open_id *id = &out->ids.v[out->ids.n];
        if (!app->in)
            continue;
        id->app = app->row.name;
        id->app_id = app->row.app_id;
        r = user_external_id(w->db, w->seal, &view, USER_OPEN_ID, uid, w->arena, &id->open_id);
        if (r == 0)
            r = user_external_id(w->db, w->seal, &view, USER_UNION_ID, uid, w->arena, &id->union_id);
        out->ids.n++;
    }
    return r;
}

static struct str_list ids_of(struct seed_work *w, const char *list, const char *key) {
    json_t *records = json_object_get(w->part->json, list), *record;
    struct str_list ids = {arena_array(w->arena, struct str, json_array_size(records) + 1), 0};
    size_t i = 0;
    json_array_foreach(records, i, record) {
        ids.v[ids.n++] = seed_text(record, key);
    }
    return ids;
}

static void describe_account(struct seed_work *w, const struct seed_vendor *v, struct seed_made_account *out) {
    *out = (struct seed_made_account){.account_id = v->account_id, .name = v->name, .app = v->app};
    out->package_ids.v = arena_array(w->arena, struct str, v->packages.n + 1);
    for (size_t i = 0; i < v->packages.n; i++)
        out->package_ids.v[out->package_ids.n++] = v->packages.v[i].id;
    out->additional_item_ids.v = arena_array(w->arena, struct str, v->additional_items.n + 1);
    for (size_t i = 0; i < v->additional_items.n; i++)
        out->additional_item_ids.v[out->additional_item_ids.n++] = v->additional_items.v[i].id;
    out->order_field_keys.v = arena_array(w->arena, struct str, v->order_fields.n + 1);
    for (size_t i = 0; i < v->order_fields.n; i++)
        out->order_field_keys.v[out->order_field_keys.n++] = v->order_fields.v[i].key;
}

int seed_describe(struct seed_work *w, struct seed_made *ret) {
    const struct seed_tenant *in = &w->part->in;
    int r = 0;

    *ret = (struct seed_made){.tenant_key = w->tenant.tenant_key, .name = w->tenant.name};
    ret->apps.v = arena_array(w->arena, struct seed_made_app, w->n_apps + 1);
    for (size_t i = 0; i < w->n_apps && r == 0; i++)
        if (w->apps[i].in && !w->apps[i].row.disabled)
            r = describe_app(w, &w->apps[i], &ret->apps.v[ret->apps.n++]);
    ret->users.v = arena_array(w->arena, struct seed_made_user, in->users.n + 1);
    for (size_t i = 0; i < in->users.n && r == 0; i++)
        r = describe_user(w, i, &ret->users.v[ret->users.n++]);
    ret->accounts.v = arena_array(w->arena, struct seed_made_account, in->vendors.n + 1);
    for (size_t i = 0; i < in->vendors.n; i++)
        describe_account(w, &in->vendors.v[i], &ret->accounts.v[ret->accounts.n++]);
    ret->job_ids = ids_of(w, "jobs", "id");
    ret->talent_ids = ids_of(w, "talents", "id");
    ret->application_ids = ids_of(w, "applications", "id");
    ret->order_ids = ids_of(w, "orders", "order_id");
    ret->interview_ids = ids_of(w, "interviews", "id");
    return r;
}
