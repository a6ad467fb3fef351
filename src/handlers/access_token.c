/* SPDX-License-Identifier: Apache-2.0
 *
 * auth/v3: tokens for custom apps.
 */
#include "api_types.h"
#include "base/json.h"
#include "gateway/auth.h"
#include "handlers/handlers.h"
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
