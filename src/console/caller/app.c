/* SPDX-License-Identifier: Apache-2.0
 *
 * console/api/apps: the apps that may call the open API, and the receivers of their events.
 */
#include "api_events.h"
#include "api_handlers.h"
#include "api_types.h"
#include "base/json.h"
#include "base/netaddr.h"
#include "base/network.h"
#include "console/version.h"
#include "events/delivery/receiver.h"
#include "gateway/caller/token.h"

static int write_subscriptions(struct call *c, int64_t app, struct buf *out) {
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_APP_SUBSCRIPTION_LIST);
    int r;
    json_key(out, STR("subscriptions"));
    json_begin(out, '[');
    db_bind_int(&q, 1, app);
    while ((r = db_row(&q)) == 1)
        json_str(out, db_text(&q, COL_APP_SUBSCRIPTION_LIST_EVENT_TYPE));
    json_end(out, ']');
    return r;
}

/* Whether the app was made outside the tenant or is installed in another tenant too; one tenant may not change such
 * an app. 1, 0 or < 0. */
static int app_is_shared(struct call *c, const struct app_row *app) {
    if (app->home != c->tenant)
        return 1;
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_APP_INSTALL_ELSEWHERE);
    db_bind_int(&q, 1, app->id);
    db_bind_int(&q, 2, c->tenant);
    return db_row(&q);
}

/* Writes the app's members; the app's version is computed from this text. */
static int write_app_members(struct call *c, const struct app_row *app, struct buf *out) {
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_CONSOLE_APP_CREATED);
    db_bind_int(&q, 1, app->id);
    int r = db_row(&q);
    if (r <= 0)
        return r < 0 ? r : -ENOENT;
    json_member_id(out, STR("id"), app->id);
    json_member_str(out, STR("app_id"), app->app_id);
    json_member_str(out, STR("name"), app->name);
    json_member_str(out, STR("kind"), app->kind == APP_STORE ? STR("store") : STR("custom"));
    json_member_bool(out, STR("disabled"), app->disabled);
    int shared = app_is_shared(c, app);
    if (shared < 0)
        return shared;
    json_member_bool(out, STR("shared"), shared > 0);
    json_member_words(out, STR("scopes"), app->scopes);
    if (shared == 0) { /* of a shared app, only its developer may see these */
        json_member_words(out, STR("ip_allow"), app->ip_allow);
        json_member_str(out, STR("request_url"), db_text(&q, COL_CONSOLE_APP_CREATED_REQUEST_URL));
    }
    json_member_bool(out, STR("encrypted"), db_text(&q, COL_CONSOLE_APP_CREATED_ENCRYPT_KEY).len > 0);
    json_member_bool(out, STR("verified"), db_text(&q, COL_CONSOLE_APP_CREATED_VERIFICATION_TOKEN).len > 0);
    r = write_subscriptions(c, app->id, out);
    console_member_time(out, STR("create_time"), db_int(&q, COL_CONSOLE_APP_CREATED_CREATED_MS));
    return r;
}

/* Writes the app's members and its version, which is also returned in ret_version. */
static int write_app_to(struct call *c, const struct app_row *app, struct buf *out, struct str *ret_version) {
    json_begin(out, '{');
    size_t at = out->len;
    int r = write_app_members(c, app, out);
    *ret_version = version_of(c, (struct str){out->ptr + at, out->len - at});
    json_member_str(out, STR("version"), *ret_version);
    json_end(out, '}');
    return r;
}

static int write_app(struct call *c, const struct app_row *app) {
    struct str version;
    return write_app_to(c, app, c->out, &version);
}

static int check_app_version(struct call *c, const struct app_row *app, struct str given) {
    struct buf shown BUF_CLEANUP = BUF_EMPTY;
    struct str now;
    int r = write_app_to(c, app, &shown, &now);
    return r < 0 ? r : version_check(c, given, now);
}

int handle_console_app_list(struct call *c) {
    struct app_row *apps;
    size_t n;
    int r = app_list(c->db, c->tenant, c->arena, &apps, &n);
    json_begin(c->out, '{');
    json_key(c->out, STR("items"));
    json_begin(c->out, '[');
    for (size_t i = 0; r >= 0 && i < n; i++)
        r = write_app(c, &apps[i]);
    json_end(c->out, ']');
    json_end(c->out, '}');
    return r;
}

int handle_console_app_scopes(struct call *c) {
    json_begin(c->out, '{');
    json_key(c->out, STR("scopes"));
    json_begin(c->out, '[');
    for (uint16_t i = 0; i < api_n_scopes; i++)
        json_str(c->out, api_scopes[i]);
    json_end(c->out, ']');
    json_key(c->out, STR("event_types"));
    json_begin(c->out, '[');
    for (unsigned i = 0; i < API_EVENTS; i++)
        if (api_events[i].of)
            json_str(c->out, api_events[i].type);
    json_end(c->out, ']');
    json_end(c->out, '}');
    return 0;
}

/* Finds an app that was made in the tenant and is installed nowhere else; the call fails for any other app. */
static int find_own_app(struct call *c, struct str app_id, struct app_row *ret) {
    int r = app_find(c->db, app_id, c->arena, ret);
    if (r > 0)
        r = app_is_installed(c->db, c->tenant, ret->id);
    if (r == 0)
        return call_fail(c, CODE_NOT_FOUND, NULL);
    if (r > 0)
        r = app_is_shared(c, ret);
    if (r > 0)
        return console_fail(c, (struct reason){.word = REASON_APP_SHARED},
                            "the app was made outside this tenant or is installed in another tenant too; only the "
                            "command line can change it (hired app --help)");
    return r;
}

static struct str joined(struct call *c, const struct str_list *list) {
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    for (size_t i = 0; i < list->n; i++) {
        if (i > 0)
            buf_add_char(&out, ' ');
        buf_add_str(&out, list->v[i]);
    }
    return arena_dup(c->arena, buf_str(&out));
}

static int read_scopes(struct call *c, const struct str_list *list, struct str *ret) {
    struct str unknown;
    if (app_scopes_check(joined(c, list), c->arena, ret, &unknown) < 0)
        return call_fail(c, CODE_PARAMETER, "scopes: there is no scope %.*s", STR_FMT(str_head(unknown, 100)));
    return 0;
}

int handle_console_app_create(struct call *c) {
    const struct console_app_create_body *in = c->body;
    enum app_kind kind = str_eq(in->kind, STR("store")) ? APP_STORE : APP_CUSTOM;
    struct app_row app;
    struct str scopes, secret;
    int r = read_scopes(c, &in->scopes, &scopes);
    if (r == 0)
        r = app_create(c->db, c->tenant, kind, in->name, scopes, STR_ABSENT, STR_ABSENT, c->arena, &app, &secret);
    if (r == 0 && kind == APP_STORE)
        r = app_set_home(c->db, app.id, app.home = c->tenant);
    if (r < 0)
        return r;
    c->audit_subject = app.app_id;
    c->audit_detail = scopes;
    json_begin(c->out, '{');
    json_key(c->out, STR("app"));
    r = write_app(c, &app);
    json_member_str(c->out, STR("app_secret"), secret);
    json_end(c->out, '}');
    return r;
}

/* ---- changes ---- */

static int set_scopes(struct call *c, const struct app_row *app, const struct str_list *list) {
    struct str scopes;
    int r = read_scopes(c, list, &scopes);
    return r < 0 ? r : app_set_scopes(c->db, app->id, scopes);
}

static int set_addresses(struct call *c, const struct app_row *app, const struct str_list *list) {
    for (size_t i = 0; i < list->n; i++) {
        struct network network;
        if (network_parse(list->v[i], &network) < 0)
            return console_fail(c, (struct reason){.word = REASON_ADDRESS_FORM, .subject = str_head(list->v[i], 60)},
                                "ip_allow: %.*s is neither an address nor a network such as 10.1.0.0/16",
                                STR_FMT(str_head(list->v[i], 60)));
    }
    return app_set_ip_allow(c->db, app->id, joined(c, list));
}

static bool event_known(struct str type) {
    for (unsigned i = 0; i < API_EVENTS; i++)
        if (api_events[i].of && str_eq(api_events[i].type, type))
            return true;
    return false;
}

static int set_subscriptions(struct call *c, const struct app_row *app, const struct str_list *types) {
    {
        struct db_query q DB_CLEANUP = db_query(c->db, SQL_APP_SUBSCRIPTION_CLEAR);
        db_bind_int(&q, 1, app->id);
        int r = db_run(&q);
        if (r < 0)
            return r;
    }
    for (size_t i = 0; i < types->n; i++) {
        if (!event_known(types->v[i]))
            return call_fail(c, CODE_PARAMETER, "subscriptions: there is no event %.*s",
                             STR_FMT(str_head(types->v[i], 100)));
        struct db_query q DB_CLEANUP = db_query(c->db, SQL_APP_SUBSCRIPTION_ADD);
        db_bind_int(&q, 1, app->id);
        db_bind_text(&q, 2, types->v[i]);
        db_bind_int(&q, 3, c->now_ms);
        int r = db_run(&q);
        if (r < 0)
            return r;
    }
    return 0;
}

/* ---- the receiver: verified before anything is written ---- */

struct asking {
    int64_t app;
    struct receiver next;
    struct receiver_reach reach;
    struct arena *arena;
    bool made_token;
    int result;
    struct receiver_fault fault;
};

static void ask(void *ctx) {
    struct asking *q = ctx;
    q->result = receiver_ask(&q->next, q->reach, q->arena, &q->fault);
}

/* If the change needs a request to the receiver's address, lets the call wait for its answer. always: also if the
 * address is unchanged. */
static int plan_asking(struct call *c, struct str app_id, const struct receiver *change, bool always) {
    struct asking *q = arena_new(c->arena, struct asking);
    struct app_row app;
    struct receiver now;
    int r = find_own_app(c, app_id, &app);
    if (r == 0)
        r = receiver_read(c->db, app.id, c->arena, &now);
    if (r < 0)
        return r;
    r = receiver_plan(&now, change, c->arena, &q->next, &q->fault);
    if (r < 0)
        return console_fail(c, q->fault.reason, "%.*s", STR_FMT(q->fault.why));
    q->app = app.id;
    q->arena = c->arena;
    q->made_token =
        str_is_empty(change->verification_token) && !str_eq(now.verification_token, q->next.verification_token);
    q->reach = (struct receiver_reach){.loopback = c->private_addresses, .private = c->network_addresses};
    c->errand.ctx = q;
    if (r > 0 || (always && q->next.url.len > 0))
        c->errand.run = ask;
    return 0;
}

static int asked(struct call *c, const struct asking *q) {
    if (q->result >= 0)
        return 0;
    return console_fail(c, q->fault.reason, "the request URL was not accepted: %.*s", STR_FMT(q->fault.why));
}

int before_console_app_update(struct call *c) {
    const struct console_app_update_params *at = c->params;
    const struct console_app_update_body *in = c->body;
    const struct receiver change = {
        .url = in->request_url, .encrypt_key = in->encrypt_key, .verification_token = in->verification_token};
    if (str_is_absent(change.url) && str_is_absent(change.encrypt_key) && str_is_absent(change.verification_token))
        return 0;
    return plan_asking(c, at->app_id, &change, false);
}

int before_console_app_challenge(struct call *c) {
    const struct console_app_challenge_params *at = c->params;
    const struct console_app_challenge_body *in = c->body;
    const struct receiver change = {
        .url = in->request_url, .encrypt_key = in->encrypt_key, .verification_token = in->verification_token};
    int r = plan_asking(c, at->app_id, &change, true);
    if (r == 0 && !c->errand.run)
        return console_fail(c, (struct reason){.word = REASON_RECEIVER_NONE},
                            "the app has no request URL to verify; give request_url");
    return r;
}

int handle_console_app_challenge(struct call *c) {
    return asked(c, c->errand.ctx);
}

/* ---- the change ---- */

static struct str what_changed(struct call *c, const struct console_app_update_body *in) {
    return str_trim(arena_printf(c->arena, "%s%s%s%s%s",
                                 in->disabled.set ? in->disabled.v ? "disabled " : "enabled " : "",
                                 in->scopes.v ? "scopes " : "", in->ip_allow.v ? "addresses " : "",
                                 c->errand.ctx ? "request_url " : "", in->subscriptions.v ? "subscriptions" : ""));
}

static int change_app(struct call *c, const struct app_row *app, const struct console_app_update_body *in) {
    const struct asking *q = c->errand.ctx;
    int r = q ? asked(c, q) : 0;
    if (r == 0 && in->disabled.set)
        r = app_disable(c->db, app->id, in->disabled.v);
    if (r >= 0 && in->scopes.v)
        r = set_scopes(c, app, &in->scopes);
    if (r >= 0 && in->ip_allow.v)
        r = set_addresses(c, app, &in->ip_allow);
    if (r >= 0 && q)
        r = receiver_set(c->db, app->id, &q->next);
    if (r >= 0 && in->subscriptions.v)
        r = set_subscriptions(c, app, &in->subscriptions);
    return r;
}

int handle_console_app_update(struct call *c) {
    const struct console_app_update_params *at = c->params;
    const struct console_app_update_body *in = c->body;
    const struct asking *q = c->errand.ctx;
    struct app_row app;
    int r = find_own_app(c, at->app_id, &app);
    if (r == 0)
        r = check_app_version(c, &app, in->version);
    if (r == 0)
        r = change_app(c, &app, in);
    if (r >= 0)
        r = app_find(c->db, at->app_id, c->arena, &app);
    if (r < 0)
        return r;
    c->audit_detail = what_changed(c, in);
    json_begin(c->out, '{');
    json_key(c->out, STR("app"));
    r = write_app(c, &app);
    if (q && q->made_token)
        json_member_str(c->out, STR("verification_token"), q->next.verification_token);
    json_end(c->out, '}');
    return r;
}

int handle_console_app_rotate(struct call *c) {
    const struct console_app_rotate_params *at = c->params;
    struct app_row app;
    struct str secret;
    int r = find_own_app(c, at->app_id, &app);
    if (r == 0)
        r = app_rotate(c->db, app.id, c->arena, &secret);
    if (r < 0)
        return r;
    json_begin(c->out, '{');
    json_member_str(c->out, STR("app_secret"), secret);
    json_end(c->out, '}');
    return 0;
}

int handle_console_app_token(struct call *c) {
    const struct console_app_token_params *at = c->params;
    struct app_row app;
    struct str token;
    int64_t expire_s;
    int r = find_own_app(c, at->app_id, &app);
    if (r == 0)
        r = token_issue(c->db, c->seal, SEAL_TENANT_TOKEN, app.id, c->tenant, c->now_ms, c->arena, &token, &expire_s);
    if (r < 0)
        return r;
    json_begin(c->out, '{');
    json_member_str(c->out, STR("tenant_access_token"), token);
    json_member_int(c->out, STR("expire"), expire_s);
    json_end(c->out, '}');
    return 0;
}
