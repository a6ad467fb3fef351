/* SPDX-License-Identifier: Apache-2.0
 *
 * Checks whether the caller of an operation may call it now: token, scopes and limits of an app, or session and role
 * of a person.
 */
#include <errno.h>

#include "base/clock.h"
#include "gateway/answer.h"
#include "gateway/caller/access_changes.h"
#include "gateway/caller/console_access.h"
#include "gateway/caller/session.h"
#include "gateway/caller/test_access.h"
#include "gateway/internal.h"

/* Copies the caller into the call's arena, because the cache may drop its entry while the writer thread runs the
 * handler. */
static void keep_caller(struct call *c, const struct token_caller *caller) {
    struct caller_app *app = arena_new(c->arena, struct caller_app);
    *app = *caller->app;
    app->app_id = arena_dup(c->arena, app->app_id);
    c->app = app;
    c->tenant = caller->tenant;
}

/* again: look the token up with the call's own connection instead of the reader's cache. */
static int check_token(struct request *x, bool again) {
    struct call *c = &x->call;
    struct str token = token_of_header(http_header_get(x->r, STR("Authorization")));
    if (str_is_empty(token))
        return answer_fail_gateway(c, CODE_NO_TOKEN);
    if (str_starts(token, STR("u-")))
        return answer_fail_gateway(c, CODE_WRONG_TOKEN_TYPE);
    if (!str_starts(token, STR("t-")))
        return answer_fail_gateway(c, CODE_TOKEN_PREFIX);
    struct token_caller caller;
    enum seal_kind kind = c->op->access == OP_APP ? SEAL_APP_TOKEN : SEAL_TENANT_TOKEN;
    int r = again ? token_look(c->db, x->g->seal, kind, token, c->now_ms, c->arena, &caller)
                  : token_check(x->reader->tokens, c->db, x->g->seal, kind, token, c->now_ms, &caller);
    if (r < 0)
        return r;
    if (r == TOKEN_INVALID)
        return answer_fail_gateway(c, CODE_TOKEN_INVALID);
    x->admitted.ends_ms = caller.ends_ms;
    keep_caller(c, &caller); /* the log of requests names the app, even if it may not call */
    if (r == TOKEN_DISABLED)
        return answer_fail_gateway(c, CODE_APP_DISABLED);
    if (r == TOKEN_NOT_INSTALLED || !(c->op->app_types & (c->app->store_app ? OP_APP_STORE : OP_APP_CUSTOM)))
        return answer_fail_gateway(c, CODE_APP_NOT_INSTALLED);
    struct str address = str_is_empty(caller.ip_allow) ? STR_ABSENT : http_peer(x->r);
    if (!str_is_absent(address) && !app_address_allowed(caller.ip_allow, address))
        return answer_fail_address(c, address);
    return 0;
}

static int check_scopes(struct call *c) {
    const uint16_t *any = c->op->scopes_any;
    if (!any)
        return 0;
    for (const uint16_t *s = any; *s != UINT16_MAX; s++)
        if (caller_has_scope(c->app, *s))
            return 0;
    struct buf names BUF_CLEANUP = BUF_EMPTY;
    const size_t most = sizeof c->missing_scopes / sizeof *c->missing_scopes - 1;
    for (size_t i = 0; any[i] != UINT16_MAX; i++) {
        if (i > 0)
            buf_add_lit(&names, ", ");
        buf_add_str(&names, api_scopes[any[i]]);
        if (i < most)
            c->missing_scopes[i] = api_scopes[any[i]];
    }
    c->code = CODE_NO_SCOPE;
    c->http_status = 400;
    c->msg = arena_printf(c->arena, "Access denied. One of the following scopes is required: [%.*s].",
                          STR_FMT(buf_str(&names)));
    return -EBADMSG;
}

static double rate_factor(const struct gateway_settings *s, struct str app_id) {
    if (!s->rate_limits)
        return 0;
    for (size_t i = 0; i < s->n_app_rates; i++)
        if (str_eq(s->app_rates[i].app_id, app_id))
            return s->app_rates[i].factor;
    return 1;
}

/* A call that is run again, because access has changed meanwhile, counts once. */
static int check_limits(struct request *x) {
    struct call *c = &x->call;
    if (x->counted)
        return 0;
    double factor = rate_factor(x->settings, c->app->app_id);
    struct limiter_key key = {c->app->id, c->tenant, c->op->index};
    if (c->op->limits[0].calls == 0 || factor <= 0)
        return 0;
    x->counted = limiter_take(x->g->limiter, key, c->op->limits, factor, portion_get(&x->g->portion), clock_mono_ms(),
                              &c->limit, &c->reset_s);
    return x->counted ? 0 : answer_fail_gateway(c, CODE_LIMITED);
}

/* Members of answers that this caller may not see. */
uint32_t access_hidden(const struct gateway *g, const struct call *c) {
    uint32_t hidden = c->op->field_mask & ~c->app->field_scopes;
    if (c->user_id_type == USER_USER_ID && !caller_has_scope(c->app, g->user_id_scope))
        hidden |= 1;
    return hidden;
}

static int check_person(struct request *x) {
    struct call *c = &x->call;
    int r = console_access_admit(c, x->r, gateway_settings_now(x->g)->base_url);
    x->admitted.ends_ms = c->person ? c->person->ends_ms : INT64_MAX;
    return r;
}

/* The number of the snapshot came with the look-up of the session. */
static int admit_person(struct request *x) {
    int r = check_person(x);
    (void)reader_confirm(x->reader);
    x->admitted.changes = x->reader->access_changes;
    return r;
}

int access_admit(struct request *x) {
    struct call *c = &x->call;
    bool by_token = c->op->access == OP_TENANT || c->op->access == OP_APP;
    if (by_token && !x->trusts)
        (void)reader_confirm(x->reader);
    x->admitted = (struct admission){.changes = x->reader->access_changes, .ends_ms = INT64_MAX};
    if (c->op->access == OP_CONSOLE)
        return admit_person(x);
    if (c->op->access == OP_TEST)
        return test_access_admit(c, x->r, x->g->test_token);
    if (c->op->access == OP_PUBLIC) { /* the operation itself checks what the body contains */
        c->address = http_peer(x->r);
        return 0;
    }
    int r = check_token(x, false);
    if (r == 0)
        r = check_scopes(c);
    if (r == 0)
        r = check_limits(x);
    return r;
}

int access_recheck(struct request *x) {
    struct call *c = &x->call;
    int64_t changes;
    if (c->op->access == OP_PUBLIC || c->op->access == OP_TEST || c->op->anonymous)
        return 0;
    int r = access_changes(c->db, &changes);
    if (r < 0)
        return r;
    c->now_ms = clock_now_ms();
    if (changes == x->admitted.changes && c->now_ms < x->admitted.ends_ms)
        return 0;
    x->admitted.changes = changes;
    if (c->op->access == OP_CONSOLE)
        return check_person(x);
    r = check_token(x, true);
    if (r == 0)
        r = check_scopes(c);
    if (r == 0)
        c->hidden = access_hidden(x->g, c);
    return r;
}
