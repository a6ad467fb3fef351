/* SPDX-License-Identifier: Apache-2.0
 *
 * console/api/session: sign in, sign out, change one's own password.
 */
#include "api_handlers.h"
#include "api_types.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "console/console.h"
#include "console/people.h"
#include "gateway/caller/app.h"
#include "gateway/caller/attempts.h"
#include "gateway/caller/tenant.h"

/* ---- answers ---- */

static int write_user(struct call *c, const struct person *p) {
    struct str user_id;
    int r = user_id_of(c, p->users_id, &user_id);
    if (r < 0)
        return r;
    json_key(c->out, STR("user"));
    json_begin(c->out, '{');
    json_member_id(c->out, STR("id"), p->account);
    json_member_str(c->out, STR("user"), p->login);
    json_member_str(c->out, STR("name"), p->name);
    json_member_str(c->out, STR("en_name"), p->en_name);
    json_key(c->out, STR("roles"));
    account_write_roles(c->out, p->roles);
    json_member_str(c->out, STR("user_id"), user_id);
    json_end(c->out, '}');
    json_member_str(c->out, STR("csrf_token"), person_session_csrf(c->seal, p->key, c->arena));
    return 0;
}

static struct str cookie_header(const struct call *c, struct str value, int64_t max_age_s) {
    return arena_printf(c->arena, "%.*s=%.*s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%lld%s",
                        STR_FMT(person_session_cookie_name(c->https)), STR_FMT(value), (long long)max_age_s,
                        c->https ? "; Secure" : "");
}

/* ---- sign in ---- */

/* Counts an attempt to sign in; fails the call if there were too many. */
static int take_attempt(struct call *c, struct str login) {
    unsigned wait_s = attempts_take(c->attempts, login, c->address, clock_mono_ms());
    if (wait_s == 0)
        return 0;
    log_line(LOG_WARN, "too many attempts to sign in", "address", arena_dup(c->arena, c->address).ptr, NULL);
    c->reason = (struct reason){.word = REASON_WAIT, .subject = arena_printf(c->arena, "%u", wait_s)};
    return call_fail(c, CODE_TOO_MANY_ATTEMPTS, "%u seconds are left", wait_s);
}

int before_console_session_sign_in(struct call *c) {
    const struct console_session_sign_in_body *in = c->body;
    struct account *found = arena_new(c->arena, struct account);
    int r = take_attempt(c, in->user);
    if (r < 0)
        return r;
    r = account_by_login(c->db, in->user, c->arena, found);
    if (r < 0)
        return r;
    c->password = arena_new(c->arena, struct call_password);
    /* An unknown name takes as long as a wrong password, so the time does not show which names exist. */
    *c->password = (struct call_password){
        .given = in->password, .stored = found->password, .wrong_code = CODE_WRONG_PASSWORD, .found = found};
    return 0;
}

int handle_console_session_sign_in(struct call *c) {
    const struct console_session_sign_in_body *in = c->body;
    struct account now;
    const struct account *found = c->password->found;
    /* The account may have changed while the password was checked. */
    int r = account_get(c->db, found->tenant, found->id, c->arena, &now);
    if (r < 0)
        return r;
    if (r == 0 || now.disabled || !str_eq(now.password, found->password))
        return call_fail(c, CODE_WRONG_PASSWORD, NULL);
    attempts_good(c->attempts, in->user, c->address);
    struct str cookie;
    r = person_session_begin(c->db, &now, c->address, c->now_ms, c->arena, &cookie);
    if (r < 0)
        return r;
    struct person *p = arena_new(c->arena, struct person);
    *p = (struct person){.tenant = now.tenant,
                         .account = now.id,
                         .users_id = now.users_id,
                         .roles = now.roles,
                         .login = now.login,
                         .name = now.name,
                         .en_name = now.en_name,
                         .key = person_session_key(cookie, c->arena)};
    c->person = p;
    c->tenant = p->tenant;
    c->set_cookie = cookie_header(c, cookie, SESSION_LIFE_MS / 1000);
    json_begin(c->out, '{');
    r = write_user(c, p);
    json_end(c->out, '}');
    return r;
}

/* ---- the session ---- */

int handle_console_session_get(struct call *c) {
    struct tenant_row tenant;
    int r = tenant_get(c->db, c->tenant, c->arena, &tenant);
    if (r <= 0)
        return r < 0 ? r : -ENOENT;
    json_begin(c->out, '{');
    r = write_user(c, c->person);
    json_member_str(c->out, STR("tenant_key"), tenant.tenant_key);
    json_member_str(c->out, STR("tenant_name"), tenant.name);
    json_member_str(c->out, STR("version"), STR(HIRED_VERSION));
    if (c->toolbox)
        json_member_bool(c->out, STR("test"), true);
    json_end(c->out, '}');
    return r;
}

int handle_console_session_sign_out(struct call *c) {
    c->set_cookie = cookie_header(c, STR(""), 0);
    return person_session_end(c->db, c->person->key);
}

int before_console_session_change_password(struct call *c) {
    const struct console_session_change_password_body *in = c->body;
    struct account *found = arena_new(c->arena, struct account);
    int r = take_attempt(c, c->person->login);
    if (r == 0)
        r = account_get(c->db, c->tenant, c->person->account, c->arena, found);
    if (r < 0)
        return r;
    c->password = arena_new(c->arena, struct call_password);
    *c->password = (struct call_password){.given = in->password,
                                          .stored = found->password,
                                          .wrong_code = CODE_WRONG_PASSWORD,
                                          .fresh = in->new_password,
                                          .found = found};
    return 0;
}

int handle_console_session_change_password(struct call *c) {
    struct account now;
    const struct account *found = c->password->found;
    /* The account may have changed while the password was checked. */
    int r = account_get(c->db, c->tenant, c->person->account, c->arena, &now);
    if (r < 0)
        return r;
    if (r == 0 || !str_eq(now.password, found->password))
        return call_fail(c, CODE_WRONG_PASSWORD, NULL);
    attempts_good(c->attempts, c->person->login, c->address);
    return account_set_password(c->db, c->password->found, c->password->fresh_hash, c->person->key);
}
