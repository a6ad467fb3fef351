/* SPDX-License-Identifier: Apache-2.0
 *
 * auth/v3: tokens for custom apps, and tickets and tokens for store apps.
 *
 * These operations need no authentication, so before() does most of the work on the loop: it refuses a wrong secret
 * and answers with the current token if that is valid long enough. Only if a token must be made, the handler runs on
 * the writer thread; it repeats all checks.
 */
#include "api_handlers.h"
#include "api_types.h"
#include "base/clock.h"
#include "base/json.h"
#include "gateway/caller/secret.h"
#include "gateway/caller/tenant.h"
#include "gateway/caller/token.h"
#include "handlers/handlers.h"
#include "hire/outbox/outbox.h"

/* A token with its remaining seconds, and the app and tenant that it is for. */
struct token {
    enum seal_kind kind;
    int64_t app, tenant;
    struct str text;
    int64_t expire_s;
};

/* Finds the app of that kind by id and secret. */
static int app_with_secret(struct call *c, struct str app_id, struct str secret, enum app_kind kind,
                           struct app_row *ret) {
    unsigned wait_s;
    int r = secret_check(c->db, c->secrets, app_id, secret, c->address, clock_mono_ms(), c->arena, ret, &wait_s);
    if (r < 0)
        return r;
    if (r == SECRET_WAIT) {
        c->limit = attempts_with_secret.pair;
        c->reset_s = wait_s;
        return answer_fail_gateway(c, CODE_LIMITED);
    }
    if (r == SECRET_WRONG || ret->kind != kind)
        return answer_fail_gateway(c, CODE_TOKEN_SECRET);
    return r == SECRET_ADDRESS ? answer_fail_address(c, c->address) : 0;
}

/* Finds the current token, or (make: on the writer's connection) makes a new one. Returns 1, 0 (a token must be
 * made) or < 0. */
static int find_token(struct call *c, bool make, struct token *t) {
    if (!make)
        return token_current(c->db, c->seal, t->kind, t->app, t->tenant, c->now_ms, c->arena, &t->text, &t->expire_s);
    int r = token_issue(c->db, c->seal, t->kind, t->app, t->tenant, c->now_ms, c->arena, &t->text, &t->expire_s);
    return r < 0 ? r : 1;
}

/* Writes the fields of the answer in this order; a field with an absent name is left out. */
static int answer_token(struct call *c, int found, const struct token *t, struct str name, struct str second_name) {
    if (found <= 0)
        return found;
    c->answered = true;
    json_member_str(c->out, name, t->text);
    json_member_int(c->out, STR("expire"), t->expire_s);
    if (!str_is_absent(second_name))
        json_member_str(c->out, second_name, t->text);
    return 0;
}

/* ---- custom apps ---- */

static int custom_app_token(struct call *c, struct str app_id, struct str secret, bool make, struct token *ret) {
    struct app_row app;
    int r = app_with_secret(c, app_id, secret, APP_CUSTOM, &app);
    if (r < 0)
        return r;
    *ret = (struct token){.kind = SEAL_TENANT_TOKEN, .app = app.id, .tenant = app.tenant};
    return find_token(c, make, ret);
}

static int tenant_token_internal(struct call *c, bool make) {
    const struct tenant_access_token_internal_body *in = c->body;
    struct token t;
    int r = custom_app_token(c, in->app_id, in->app_secret, make, &t);
    return answer_token(c, r, &t, STR("tenant_access_token"), STR_ABSENT);
}

int before_tenant_access_token_internal(struct call *c) {
    return tenant_token_internal(c, false);
}

int handle_tenant_access_token_internal(struct call *c) {
    return tenant_token_internal(c, true);
}

/* For a custom app the platform gives the same token under both names. */
static int app_token_internal(struct call *c, bool make) {
    const struct app_access_token_internal_body *in = c->body;
    struct token t;
    int r = custom_app_token(c, in->app_id, in->app_secret, make, &t);
    return answer_token(c, r, &t, STR("app_access_token"), STR("tenant_access_token"));
}

int before_app_access_token_internal(struct call *c) {
    return app_token_internal(c, false);
}

int handle_app_access_token_internal(struct call *c) {
    return app_token_internal(c, true);
}

/* ---- store apps ---- */

int before_app_ticket_resend(struct call *c) {
    const struct app_ticket_resend_body *in = c->body;
    struct app_row app;
    return app_with_secret(c, in->app_id, in->app_secret, APP_STORE, &app);
}

int handle_app_ticket_resend(struct call *c) {
    const struct app_ticket_resend_body *in = c->body;
    struct hire h = domain_of(c);
    struct app_row app;
    int r = app_with_secret(c, in->app_id, in->app_secret, APP_STORE, &app);
    return r < 0 ? r : hire_push_app_ticket(&h, app.id);
}

static int app_token_of_ticket(struct call *c, bool make) {
    const struct app_access_token_create_body *in = c->body;
    struct hire h = domain_of(c);
    struct app_row app;
    int r = app_with_secret(c, in->app_id, in->app_secret, APP_STORE, &app);
    if (r < 0)
        return r;
    r = hire_app_ticket_good(&h, app.id, in->app_ticket);
    if (r <= 0)
        return r < 0 ? r : answer_fail_gateway(c, CODE_TOKEN_TICKET);
    struct token t = {.kind = SEAL_APP_TOKEN, .app = app.id};
    return answer_token(c, find_token(c, make, &t), &t, STR("app_access_token"), STR_ABSENT);
}

int before_app_access_token_create(struct call *c) {
    return app_token_of_ticket(c, false);
}

int handle_app_access_token_create(struct call *c) {
    return app_token_of_ticket(c, true);
}

static int tenant_token_of_store_app(struct call *c, bool make) {
    const struct tenant_access_token_create_body *in = c->body;
    struct tenant_row tenant;
    struct app_row app;
    int r = token_open_app(c->db, c->seal, in->app_access_token, c->now_ms, c->arena, &app);
    if (r <= 0)
        return r < 0 ? r : answer_fail_gateway(c, CODE_TOKEN_APP_TOKEN);
    if (!app_address_allowed(app.ip_allow, c->address))
        return answer_fail_address(c, c->address);
    r = tenant_find(c->db, in->tenant_key, c->arena, &tenant);
    if (r == 1)
        r = app_is_installed(c->db, tenant.id, app.id);
    if (r <= 0)
        return r < 0 ? r : answer_fail_gateway(c, CODE_TOKEN_NOT_INSTALLED);
    struct token t = {.kind = SEAL_TENANT_TOKEN, .app = app.id, .tenant = tenant.id};
    return answer_token(c, find_token(c, make, &t), &t, STR("tenant_access_token"), STR_ABSENT);
}

int before_tenant_access_token_create(struct call *c) {
    return tenant_token_of_store_app(c, false);
}

int handle_tenant_access_token_create(struct call *c) {
    return tenant_token_of_store_app(c, true);
}
