/* SPDX-License-Identifier: Apache-2.0
 *
 * hired user: console accounts.
 */
#include "cli/user.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/json.h"
#include "cli/cli.h"

static const char help[] =
    "usage: hired user create NAME --role ROLE... [--display NAME] [--en-name NAME] [--user-id ID]\n"
    "       hired user list\n"
    "       hired user password NAME\n"
    "       hired user roles NAME --role ROLE...\n"
    "       hired user disable|enable NAME\n\n"
    "Creates and changes the accounts of the web console. Answers are JSON; a password that is generated\n"
    "here is shown only once.\n\n"
    "  --role ROLE      admin, recruiter, approver or interviewer; several, separated by spaces\n"
    "  --display NAME   the person's name (default: NAME)\n"
    "  --en-name NAME   the same in English\n"
    "  --user-id ID     user_id of the tenant's user to whom the account belongs\n"
    "  --password-file FILE  first line of the file (-: standard input) is the password\n"
    "  --tenant KEY     which tenant; optional if there is only one\n"
    "  --data DIR       the data directory (data)\n\n"
    "password and disable end all sessions of the account.\n\n"
    "example: hired user create lin --role recruiter --display 林月 --user-id 9f21a7d4\n";

struct user_work {
    struct tenant_row tenant;
    struct account account;
    struct str password; /* generated or read; absent: none */
    bool made;
    struct str done; /* action for the audit log: "account.create" */
};

static int audit(struct cli *c, const struct user_work *w) {
    const struct audit_entry entry = {
        .tenant = w->tenant.id,
        .now_ms = cli_stamp(c, w->tenant.id),
        .actor_kind = AUDIT_OPERATOR,
        .action = w->done,
        .subject = arena_printf(&c->arena, "%lld", (long long)w->account.id),
    };
    return audit_add(c->db, &entry);
}

static void write_account(struct buf *out, const struct user_work *w) {
    const struct account *a = &w->account;
    json_begin(out, '{');
    json_member_id(out, STR("id"), a->id);
    json_member_str(out, STR("user"), a->login);
    json_member_str(out, STR("password"), w->made ? w->password : STR_ABSENT);
    json_member_str(out, STR("name"), a->name);
    json_member_str(out, STR("en_name"), a->en_name);
    json_key(out, STR("roles"));
    account_write_roles(out, a->roles);
    json_member_bool(out, STR("disabled"), a->disabled);
    json_end(out, '}');
}

static int read_roles(struct cli *c, const struct buf *given, unsigned *ret) {
    struct str rest = buf_str(given);
    *ret = 0;
    while (!str_is_absent(rest)) {
        struct str name = str_cut(&rest, ' ');
        unsigned bit = account_role_bit(name);
        if (name.len > 0 && bit == 0) {
            cli_fail(c, "unknown role \"%.*s\"; there are admin, recruiter, approver and interviewer", STR_FMT(name));
            return -EINVAL;
        }
        *ret |= bit;
    }
    if (*ret == 0)
        cli_fail(c, "needs --role admin, recruiter, approver or interviewer");
    return *ret == 0 ? -EINVAL : 0;
}

/* Reads the first line of a file, or generates a password. Returns 0, or -EINVAL after an error message. */
static int get_password(struct cli *c, const char *file, struct user_work *w) {
    if (!file) {
        w->password = account_password_new(&c->arena);
        w->made = true;
        return 0;
    }
    char line[512];
    FILE *f = strcmp(file, "-") == 0 ? stdin : fopen(file, "re");
    char *got = f ? fgets(line, sizeof line, f) : NULL;
    if (f && f != stdin)
        fclose(f);
    if (!got) {
        cli_fail(c, "cannot read a password from %s", file);
        return -EINVAL;
    }
    line[strcspn(line, "\r\n")] = 0;
    w->password = arena_dup(&c->arena, str_without_mark(str_of(line)));
    if (!str_is_utf8(w->password) || str_chars(w->password) < ACCOUNT_PASSWORD_MIN) {
        cli_fail(c, "a password has at least %d characters", ACCOUNT_PASSWORD_MIN);
        return -EINVAL;
    }
    return 0;
}

int user_make(struct cli *c, struct account *account, struct str password) {
    account->password = account_password_hash(password, &c->arena);
    int r = account_add(c->db, account, &c->arena, clock_now_ms());
    if (r == -EEXIST)
        return cli_fail(c, "the name \"%.*s\" is taken already", STR_FMT(account->login));
    return r < 0 ? cli_fail_errno(c, r, "make the account", NULL) : 0;
}

int user_find_uid(struct cli *c, int64_t tenant, struct str user_id, int64_t *ret) {
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_USERS_BY_USER_ID);
    db_bind_int(&q, 1, tenant);
    db_bind_text(&q, 2, user_id);
    int r = db_row(&q);
    if (r == 1)
        *ret = db_int(&q, COL_USERS_BY_USER_ID_ID);
    return r;
}

/* ---- create ---- */

struct creation {
    struct user_work w;
    const char *user_id;
};

static int create(struct cli *c, void *ctx) {
    struct creation *n = ctx;
    struct user_work *w = &n->w;
    w->account.tenant = w->tenant.id;
    if (n->user_id) {
        int r = user_find_uid(c, w->tenant.id, str_of(n->user_id), &w->account.users_id);
        if (r <= 0)
            return r < 0 ? cli_fail_errno(c, r, "find the user", NULL)
                         : cli_fail(c, "the tenant has no user with the user_id \"%s\"", n->user_id);
    }
    int r = user_make(c, &w->account, w->password);
    if (r != 0)
        return r;
    w->done = STR("account.create");
    r = audit(c, w);
    return r < 0 ? cli_fail_errno(c, r, "write the audit log", NULL) : 0;
}

static int user_create_main(int argc, char **argv) {
    const char *tenant = NULL, *display = NULL, *en_name = NULL, *user_id = NULL, *file = NULL;
    struct buf roles BUF_CLEANUP = BUF_EMPTY, out BUF_CLEANUP = BUF_EMPTY;
    const struct arg args[] = {{"--tenant", ARG_TEXT, &tenant},
                               {"--role", ARG_LIST, &roles},
                               {"--display", ARG_TEXT, &display},
                               {"--en-name", ARG_TEXT, &en_name},
                               {"--user-id", ARG_TEXT, &user_id},
                               {"--password-file", ARG_TEXT, &file},
                               {NULL, ARG_FLAG, NULL}};
    struct cli c CLI_CLEANUP;
    struct creation n = {0};

    if (cli_begin(&c, argv[0], args, &argc, argv) < 0)
        return 2;
    const char *login = cli_word(&c, argc, argv, "the name to sign in with");
    if (!login)
        return 2;
    const char *fault = account_login_fault(str_of(login));
    if (fault) {
        cli_fail(&c, "the name to sign in with %s", fault);
        return 2;
    }
    const struct str names[] = {str_of(display ? display : login), str_of(en_name   ? en_name
                                                                          : display ? display
                                                                                    : login)};
    for (int i = 0; i < 2; i++)
        if (!str_is_utf8(names[i]) || names[i].len == 0 || str_chars(names[i]) > 100) {
            cli_fail(&c, "--display and --en-name take 1 to 100 characters");
            return 2;
        }
    n.user_id = user_id;
    n.w.account = (struct account){.login = str_of(login), .name = names[0], .en_name = names[1]};
    if (read_roles(&c, &roles, &n.w.account.roles) < 0 || get_password(&c, file, &n.w) < 0)
        return 2;
    if (cli_open(&c, CLI_WRITE) < 0 || cli_tenant_of(&c, tenant, &n.w.tenant) < 0 || cli_transact(&c, create, &n) != 0)
        return 1;
    write_account(&out, &n.w);
    return cli_print_json(&out);
}

static int user_list_main(int argc, char **argv) {
    const char *tenant = NULL;
    const struct arg args[] = {{"--tenant", ARG_TEXT, &tenant}, {NULL, ARG_FLAG, NULL}};
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    struct cli c CLI_CLEANUP;
    struct user_work w = {0};
    struct account *accounts;
    size_t n;

    if (cli_begin(&c, argv[0], args, &argc, argv) < 0 || cli_no_word(&c, argc, argv) < 0)
        return 2;
    if (cli_open(&c, CLI_READ) < 0 || cli_tenant_of(&c, tenant, &w.tenant) < 0)
        return 1;
    int r = account_list(c.db, w.tenant.id, &c.arena, &accounts, &n);
    if (r < 0)
        return cli_fail_errno(&c, r, "list the accounts", NULL);
    json_begin(&out, '[');
    for (size_t i = 0; i < n; i++) {
        w.account = accounts[i];
        write_account(&out, &w);
    }
    json_end(&out, ']');
    return cli_print_json(&out);
}

/* ---- other changes ---- */

struct change {
    struct user_work w;
    const char *login;
    unsigned roles; /* 0: unchanged */
    int disabled;   /* -1: unchanged */
};

static int change(struct cli *c, void *ctx) {
    struct change *n = ctx;
    struct account *a = &n->w.account;
    int r = account_by_login(c->db, str_of(n->login), &c->arena, a);
    if (r == 1 && a->tenant != n->w.tenant.id)
        r = 0;
    if (r == 0)
        return cli_fail(c, "there is no account \"%s\"; hired user list shows them", n->login);
    if (r > 0 && !str_is_absent(n->w.password)) {
        r = account_set_password(c->db, a, account_password_hash(n->w.password, &c->arena), STR(""));
    } else if (r > 0) {
        a->roles = n->roles ? n->roles : a->roles;
        a->disabled = n->disabled >= 0 ? n->disabled : a->disabled;
        r = account_update(c->db, a);
    }
    if (r >= 0)
        r = audit(c, &n->w);
    return r < 0 ? cli_fail_errno(c, r, "change the account", NULL) : 0;
}

static int change_main(int argc, char **argv, bool password, bool with_roles, int disabled) {
    const char *tenant = NULL, *file = NULL;
    struct buf roles BUF_CLEANUP = BUF_EMPTY, out BUF_CLEANUP = BUF_EMPTY;
    const struct arg args[] = {{"--tenant", ARG_TEXT, &tenant},
                               {with_roles ? "--role" : "--tenant", ARG_LIST, &roles},
                               {password ? "--password-file" : "--tenant", ARG_TEXT, &file},
                               {NULL, ARG_FLAG, NULL}};
    struct cli c CLI_CLEANUP;
    struct change n = {.disabled = disabled};

    if (cli_begin(&c, argv[0], args, &argc, argv) < 0)
        return 2;
    n.login = cli_word(&c, argc, argv, "the name of an account");
    if (!n.login || (with_roles && read_roles(&c, &roles, &n.roles) < 0) ||
        (password && get_password(&c, file, &n.w) < 0))
        return 2;
    n.w.done = password ? STR("account.password") : STR("account.update");
    if (cli_open(&c, CLI_WRITE) < 0 || cli_tenant_of(&c, tenant, &n.w.tenant) < 0 || cli_transact(&c, change, &n) != 0)
        return 1;
    write_account(&out, &n.w);
    return cli_print_json(&out);
}

static int user_password_main(int argc, char **argv) {
    return change_main(argc, argv, true, false, -1);
}

static int user_roles_main(int argc, char **argv) {
    return change_main(argc, argv, false, true, -1);
}

static int user_disable_main(int argc, char **argv) {
    return change_main(argc, argv, false, false, 1);
}

static int user_enable_main(int argc, char **argv) {
    return change_main(argc, argv, false, false, 0);
}

int cli_user(int argc, char **argv) {
    static const struct cli_verb verbs[] = {{"create", user_create_main},
                                            {"list", user_list_main},
                                            {"password", user_password_main},
                                            {"roles", user_roles_main},
                                            {"disable", user_disable_main},
                                            {"enable", user_enable_main},
                                            {NULL, NULL}};

    return cli_verbs("user", help, verbs, argc, argv);
}
