/* SPDX-License-Identifier: Apache-2.0
 *
 * console/api/users and audit: who may sign in, and who did what.
 */
#include "api_handlers.h"
#include "base/id.h"
#include "base/json.h"
#include "console/list.h"
#include "console/people.h"
#include "console/version.h"

void write_actor(struct call *c, enum hire_actor_kind kind, int64_t id, struct str name, struct str en_name) {
    static const struct str kinds[] = {STR_INIT("system"), STR_INIT("app"), STR_INIT("user"), STR_INIT("operator")};
    json_key(c->out, STR("actor"));
    json_begin(c->out, '{');
    json_member_str(c->out, STR("kind"), kinds[kind & 3]);
    if (id != 0)
        json_member_id(c->out, STR("id"), id);
    json_member_str(c->out, STR("name"), name);
    json_member_str(c->out, STR("en_name"), en_name);
    json_end(c->out, '}');
}

int user_id_of(struct call *c, int64_t uid, struct str *ret) {
    *ret = STR_ABSENT;
    if (uid == 0)
        return 0;
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_USERS_USER_ID);
    db_bind_int(&q, 1, c->tenant);
    db_bind_int(&q, 2, uid);
    int r = db_row(&q);
    if (r == 1)
        *ret = arena_dup(c->arena, db_text(&q, COL_USERS_USER_ID_USER_ID));
    return r < 0 ? r : 0;
}

int find_user(struct call *c, struct str user_id, int64_t *ret) {
    *ret = 0;
    if (str_is_empty(user_id))
        return 0;
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_USERS_BY_USER_ID);
    db_bind_int(&q, 1, c->tenant);
    db_bind_text(&q, 2, user_id);
    int r = db_row(&q);
    if (r == 0)
        return console_fail(c, (struct reason){.word = REASON_USER_UNKNOWN, .subject = str_head(user_id, 100)},
                            "there is no user with the user_id %.*s", STR_FMT(str_head(user_id, 100)));
    if (r == 1)
        *ret = db_int(&q, COL_USERS_BY_USER_ID_ID);
    return r < 0 ? r : 0;
}

/* All that an administrator changes of it. */
static struct str account_version(struct call *c, const struct account *a) {
    return version_of(c, arena_printf(c->arena, "%.*s\n%.*s\n%u\n%lld\n%d", STR_FMT(a->name), STR_FMT(a->en_name),
                                      a->roles, (long long)a->users_id, a->disabled));
}

int write_account(struct call *c, const struct account *a, bool all) {
    struct str user_id;
    int r = user_id_of(c, a->users_id, &user_id);
    if (r < 0)
        return r;
    json_begin(c->out, '{');
    json_member_id(c->out, STR("id"), a->id);
    json_member_str(c->out, STR("user"), a->login);
    json_member_str(c->out, STR("name"), a->name);
    json_member_str(c->out, STR("en_name"), a->en_name);
    json_key(c->out, STR("roles"));
    account_write_roles(c->out, a->roles);
    json_member_str(c->out, STR("user_id"), user_id);
    if (all) {
        json_member_bool(c->out, STR("disabled"), a->disabled);
        json_member_str(c->out, STR("version"), account_version(c, a));
        console_member_time(c->out, STR("create_time"), a->created_ms);
        console_member_time(c->out, STR("last_sign_in"), a->signed_in_ms);
    }
    json_end(c->out, '}');
    return 0;
}

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

/* Nobody locks themselves out by mistake. */
static int spares_oneself(struct call *c, const struct account *a) {
    const struct console_account_update_body *in = c->body;
    if (a->id != c->person->account)
        return 0;
    if (in->disabled.set && in->disabled.v)
        return console_fail(c, (struct reason){.word = REASON_OWN_ACCOUNT},
                            "nobody can disable their own account; ask another administrator");
    if (!(a->roles & ROLE_BIT(ROLE_ADMIN)))
        return console_fail(c, (struct reason){.word = REASON_OWN_ACCOUNT},
                            "nobody can give up their own administration; ask another administrator");
    return 0;
}

/* Somebody must be left who can administer the tenant. */
static int keeps_an_admin(struct call *c) {
    int admins = account_admins(c->db, c->tenant);
    if (admins == 0)
        return console_fail(c, (struct reason){.word = REASON_LAST_ADMIN},
                            "nobody would be left who can administer; make another administrator first");
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
    if ((r = version_check(c, in->version, account_version(c, &a))) < 0)
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

/* ---- the audit log ---- */

/* An optional time; absent: what it stands for then. */
static int filter_time(struct call *c, const char *name, struct str text, int64_t absent, int64_t *ret) {
    *ret = absent;
    if (str_is_empty(text) || (str_to_i64(text, ret) == 0 && *ret >= 0))
        return 0;
    return call_fail(c, CODE_PARAMETER, "%s must be a time in milliseconds since 1970", name);
}

/* The application of an order or an interview; 0: there is none. */
static int application_of(struct call *c, enum db_statement which, int64_t id, int64_t *ret) {
    struct db_query q DB_CLEANUP = db_query(c->db, which);
    *ret = 0;
    db_bind_int(&q, 1, c->tenant);
    db_bind_int(&q, 2, id);
    int r = db_row(&q);
    if (r == 1)
        *ret = db_int(&q, COL_FIRST);
    return r < 0 ? r : 0;
}

/* Orders and interviews are known by whom they are about; an order is shown on the page of its application. */
static int write_place(struct call *c, struct hire *h, struct str action, struct str subject) {
    bool order = str_starts(action, STR("order.")), interview = str_starts(action, STR("interview."));
    int64_t id, application;
    if (!(order || interview) || id_parse(subject, &id) < 0)
        return 0;
    int r = application_of(c, order ? SQL_CONSOLE_ORDER : SQL_CONSOLE_INTERVIEW_APPLICATION, id, &application);
    if (r < 0 || application == 0)
        return r;
    json_member_id(c->out, STR("application_id"), application);
    return write_subject(c, h, application);
}

int handle_console_audit_list(struct call *c) {
    const struct console_audit_list_query *in = c->query;
    int64_t filters[3], *account = &filters[0], *since = &filters[1], *until = &filters[2];
    struct list l;
    int r = call_filter_id(c, "account_id", in->account_id, account);
    if (r == 0)
        r = filter_time(c, "since", in->since, 0, since);
    if (r == 0)
        r = filter_time(c, "until", in->until, HIRE_TIME_MAX, until);
    if (r == 0)
        r = list_begin(&l, c, in->page_size, in->page_token, filters, 3,
                       arena_printf(c->arena, "%.*s\n%.*s", STR_FMT(in->action), STR_FMT(in->subject)));
    if (r < 0)
        return r;
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_CONSOLE_AUDIT_LIST);
    db_bind_int(&q, 1, c->tenant);
    db_bind_int(&q, 2, l.from.a < id_at(*until) ? l.from.a : id_at(*until));
    db_bind_int(&q, 3, *account);
    db_bind_text(&q, 4, str_is_absent(in->action) ? STR("") : in->action);
    db_bind_text(&q, 5, str_is_absent(in->subject) ? STR("") : in->subject);
    db_bind_int(&q, 6, l.limit + 1);
    db_bind_int(&q, 7, id_at(*since));
    while ((r = db_row(&q)) == 1 && list_add(&l, db_int(&q, COL_CONSOLE_AUDIT_LIST_ID), 0)) {
        json_begin(c->out, '{');
        json_member_id(c->out, STR("id"), db_int(&q, COL_CONSOLE_AUDIT_LIST_ID));
        console_member_time(c->out, STR("at"), db_int(&q, COL_CONSOLE_AUDIT_LIST_AT_MS));
        write_actor(c, (enum hire_actor_kind)db_int(&q, COL_CONSOLE_AUDIT_LIST_ACTOR_KIND),
                    db_int(&q, COL_CONSOLE_AUDIT_LIST_ACTOR), db_text(&q, COL_CONSOLE_AUDIT_LIST_ACTOR_NAME),
                    db_text(&q, COL_CONSOLE_AUDIT_LIST_ACTOR_EN_NAME));
        json_member_str(c->out, STR("action"), db_text(&q, COL_CONSOLE_AUDIT_LIST_ACTION));
        json_member_str(c->out, STR("subject"), db_text(&q, COL_CONSOLE_AUDIT_LIST_SUBJECT));
        if ((r = write_place(c, &l.h, db_text(&q, COL_CONSOLE_AUDIT_LIST_ACTION),
                             db_text(&q, COL_CONSOLE_AUDIT_LIST_SUBJECT))) < 0)
            return r;
        json_member_str(c->out, STR("detail"), db_text(&q, COL_CONSOLE_AUDIT_LIST_DETAIL));
        json_member_str(c->out, STR("address"), db_text(&q, COL_CONSOLE_AUDIT_LIST_ADDRESS));
        json_member_str(c->out, STR("log_id"), db_text(&q, COL_CONSOLE_AUDIT_LIST_LOG_ID));
        json_end(c->out, '}');
    }
    if (r < 0)
        return r;
    list_end(&l);
    return 0;
}
