/* SPDX-License-Identifier: Apache-2.0
 *
 * console/api/users: the accounts that may sign in.
 */
#include "api_handlers.h"
#include "base/id.h"
#include "base/json.h"
#include "console/people.h"
#include "console/version.h"

int handle_console_account_list(struct call *c) {
    struct account *all;
    size_t n;
    int r = account_list(c->db, c->tenant, c->arena, &all, &n);
    json_begin(c->out, '{');
    json_key(c->out, STR("items"));
    json_begin(c->out, '[');
    for (size_t i = 0; r == 0 && i < n; i++)
        r = write_account(c, &all[i], true);
    json_end(c->out, ']');
    json_end(c->out, '}');
    return r;
}

static unsigned read_roles(const struct str_list *names) {
    unsigned roles = 0;
    for (size_t i = 0; i < names->n; i++)
        roles |= account_role_bit(names->v[i]);
    return roles;
}

static int answer_account(struct call *c, const struct account *a, struct str made) {
    json_begin(c->out, '{');
    json_key(c->out, STR("account"));
    int r = write_account(c, a, true);
    json_member_str(c->out, STR("password"), made);
    json_end(c->out, '}');
    return r;
}

int before_console_account_create(struct call *c) {
    const struct console_account_create_body *in = c->body;
    c->password = arena_new(c->arena, struct call_password);
    c->password->fresh = str_is_absent(in->password) ? account_password_new(c->arena) : in->password;
    return 0;
}

int handle_console_account_create(struct call *c) {
    const struct console_account_create_body *in = c->body;
    struct account a = {.tenant = c->tenant,
                        .login = in->user,
                        .name = in->name,
                        .en_name = str_is_empty(in->en_name) ? in->name : in->en_name,
                        .roles = read_roles(&in->roles),
                        .password = c->password->fresh_hash};
    const char *fault = account_login_fault(in->user);
    if (fault)
        return call_fail(c, CODE_PARAMETER, "user: a name to sign in with %s", fault);
    int r = find_user(c, in->user_id, &a.users_id);
    if (r == 0)
        r = account_add(c->db, &a, c->arena, c->now_ms);
    if (r == -EEXIST)
        return console_fail(c, (struct reason){.word = REASON_USER_TAKEN, .subject = in->user},
                            "user: the name %.*s is taken already", STR_FMT(in->user));
    if (r < 0)
        return r;
    c->audit_subject = arena_printf(c->arena, "%lld", (long long)a.id);
    return answer_account(c, &a, str_is_absent(in->password) ? c->password->fresh : STR_ABSENT);
}

int before_console_account_update(struct call *c) {
    const struct console_account_update_body *in = c->body;
    c->password = arena_new(c->arena, struct call_password);
    if (in->reset_password.v)
        c->password->fresh = account_password_new(c->arena);
    return 0;
}

/* Administrators cannot lock themselves out by mistake. */
static int spares_oneself(struct call *c, const struct account *a) {
    const struct console_account_update_body *in = c->body;
    if (a->id != c->person->account)
        return 0;
    if (in->disabled.set && in->disabled.v)
        return console_fail(c, (struct reason){.word = REASON_OWN_ACCOUNT},
                            "you cannot disable your own account; ask another administrator");
    if (!(a->roles & ROLE_BIT(ROLE_ADMIN)))
        return console_fail(c, (struct reason){.word = REASON_OWN_ACCOUNT},
                            "you cannot give up your own role of an administrator; ask another administrator");
    return 0;
}

/* At least one account must remain that can administer the tenant. */
static int keeps_an_admin(struct call *c) {
    int admins = account_admins(c->db, c->tenant);
    if (admins == 0)
        return console_fail(c, (struct reason){.word = REASON_LAST_ADMIN},
                            "at least one administrator must remain; make another account an administrator first");
    return admins < 0 ? admins : 0;
}

int handle_console_account_update(struct call *c) {
    const struct console_account_update_params *at = c->params;
    const struct console_account_update_body *in = c->body;
    struct account a;
    int64_t id;
    int r = console_id(c, at->account_id, &id);
    if (r == 0)
        r = account_get(c->db, c->tenant, id, c->arena, &a);
    if (r <= 0)
        return r < 0 ? r : call_fail(c, CODE_NOT_FOUND, NULL);
    if ((r = version_check(c, in->version, version_of_account(c, &a))) < 0)
        return r;
    if (!str_is_empty(in->name))
        a.name = in->name;
    if (!str_is_empty(in->en_name))
        a.en_name = in->en_name;
    if (in->roles.n > 0)
        a.roles = read_roles(&in->roles);
    if (in->disabled.set)
        a.disabled = in->disabled.v;
    r = str_is_absent(in->user_id) ? 0 : find_user(c, in->user_id, &a.users_id);
    if (r == 0)
        r = spares_oneself(c, &a);
    if (r == 0)
        r = account_update(c->db, &a);
    if (r == 0)
        r = keeps_an_admin(c);
    if (r == 0 && in->reset_password.v)
        r = account_set_password(c->db, &a, c->password->fresh_hash, STR(""));
    if (r < 0)
        return r;
    return answer_account(c, &a, c->password->fresh);
}
