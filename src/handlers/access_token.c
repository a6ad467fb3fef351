/* SPDX-License-Identifier: Apache-2.0
 *
 * auth/v3: tokens for custom apps, and tickets and tokens for store apps.
 */
#include "api_types.h"
#include "base/json.h"
#include "gateway/auth.h"
#include "handlers/handlers.h"
#include "hire/outbox.h"
#include "api_handlers.h"

/* The tenant_access_token of the custom app with this id and secret. */
static int custom_app_token(struct call *c, struct str app_id, struct str app_secret, struct app_row *ret_app,
                            struct str *ret_token, int64_t *ret_expire_s) {
    int r = app_authenticate(c->db, app_id, app_secret, c->arena, ret_app);
    if (r < 0)
        return r;
    if (r == 0 || ret_app->kind != APP_CUSTOM)
        return answer_fail_gateway(c, CODE_TOKEN_SECRET);
    return auth_token(c->db, c->seal, SEAL_TENANT_TOKEN, ret_app->id, ret_app->tenant, c->now_ms, c->arena, ret_token,
                      ret_expire_s);
}

int handle_tenant_access_token_internal(struct call *c) {
    const struct tenant_access_token_internal_body *in = c->body;
    struct app_row app;
    struct str token;
    int64_t expire_s;
    int r = custom_app_token(c, in->app_id, in->app_secret, &app, &token, &expire_s);
    if (r < 0)
        return r;
    json_member_str(c->out, STR("tenant_access_token"), token);
    json_member_int(c->out, STR("expire"), expire_s);
    return 0;
}

int handle_app_access_token_internal(struct call *c) {
    const struct app_access_token_internal_body *in = c->body;
    struct app_row app;
    struct str token;
    int64_t expire_s;
    int r = custom_app_token(c, in->app_id, in->app_secret, &app, &token, &expire_s);
    if (r < 0)
        return r;
    /* For a custom app the platform answers one token under both names. */
    json_member_str(c->out, STR("app_access_token"), token);
    json_member_int(c->out, STR("expire"), expire_s);
    json_member_str(c->out, STR("tenant_access_token"), token);
    return 0;
}

/* ---- store apps ---- */

static int store_app(struct call *c, struct str app_id, struct str app_secret, struct app_row *ret) {
    int r = app_authenticate(c->db, app_id, app_secret, c->arena, ret);
    if (r < 0)
        return r;
    return r == 0 || ret->kind != APP_STORE ? answer_fail_gateway(c, CODE_TOKEN_SECRET) : 0;
}

/* A token endpoint's call has no caller yet. */
static struct hire hire_of_public(struct call *c) {
    return (struct hire){.db = c->db, .arena = c->arena, .now_ms = c->now_ms, .actor_kind = ACTOR_SYSTEM};
}

int handle_app_ticket_resend(struct call *c) {
    const struct app_ticket_resend_body *in = c->body;
    struct hire h = hire_of_public(c);
    struct app_row app;
    int r = store_app(c, in->app_id, in->app_secret, &app);
    return r < 0 ? r : hire_push_app_ticket(&h, app.id);
}

int handle_app_access_token_create(struct call *c) {
    const struct app_access_token_create_body *in = c->body;
    struct hire h = hire_of_public(c);
    struct app_row app;
    struct str token;
    int64_t expire_s;
    int r = store_app(c, in->app_id, in->app_secret, &app);
    if (r < 0)
        return r;
    r = hire_app_ticket_good(&h, app.id, in->app_ticket);
    if (r <= 0)
        return r < 0 ? r : answer_fail_gateway(c, CODE_TOKEN_TICKET);
    r = auth_token(c->db, c->seal, SEAL_APP_TOKEN, app.id, 0, c->now_ms, c->arena, &token, &expire_s);
    if (r < 0)
        return r;
    json_member_str(c->out, STR("app_access_token"), token);
    json_member_int(c->out, STR("expire"), expire_s);
    return 0;
}

int handle_tenant_access_token_create(struct call *c) {
    const struct tenant_access_token_create_body *in = c->body;
    struct tenant_row tenant;
    struct app_row app;
    struct str token;
    int64_t expire_s;
    int r = auth_app_token_open(c->db, c->seal, in->app_access_token, c->now_ms, c->arena, &app);
    if (r <= 0)
        return r < 0 ? r : answer_fail_gateway(c, CODE_TOKEN_APP_TOKEN);
    r = tenant_find(c->db, in->tenant_key, c->arena, &tenant);
    if (r == 1)
        r = app_is_installed(c->db, tenant.id, app.id);
    if (r <= 0)
        return r < 0 ? r : answer_fail_gateway(c, CODE_TOKEN_NOT_INSTALLED);
    r = auth_token(c->db, c->seal, SEAL_TENANT_TOKEN, app.id, tenant.id, c->now_ms, c->arena, &token, &expire_s);
    if (r < 0)
        return r;
    json_member_str(c->out, STR("tenant_access_token"), token);
    json_member_int(c->out, STR("expire"), expire_s);
    return 0;
}
