/* SPDX-License-Identifier: Apache-2.0
 *
 * hired tenant: the tenants of a store and their settings.
 */
#include <errno.h>
#include <stdio.h>

#include "base/json.h"
#include "cli/cli.h"
#include "cli/open.h"
#include "hire/tenant/tenant.h"

static const char help[] =
    "usage: hired tenant create --name NAME [--tenant KEY]\n"
    "       hired tenant list\n"
    "       hired tenant set [--tenant KEY] [--approve-arrangement on|off] [--approve-report on|off]\n\n"
    "Creates and changes tenants: the companies whose records are kept. Answers are JSON.\n\n"
    "  --name NAME                   the company's name\n"
    "  --tenant KEY                  its tenant_key; create generates one if it is missing\n"
    "  --approve-arrangement on|off  whether arranged background checks need an approval\n"
    "  --approve-report on|off       whether a vendor's final report needs an approval\n"
    "  --data DIR                    the data directory (data)\n\n"
    "example: hired tenant create --name 'Example Ltd' --data data\n";

static void write_tenant(struct buf *out, const struct tenant_row *t) {
    json_begin(out, '{');
    json_member_str(out, STR("tenant_key"), t->tenant_key);
    json_member_str(out, STR("name"), t->name);
    json_member_bool(out, STR("approve_arrangement"), t->approve_arrangement);
    json_member_bool(out, STR("approve_report"), t->approve_report);
    json_end(out, '}');
}

struct tenant_work {
    struct str key, name;
    int arrangement, report; /* -1: unchanged */
    struct tenant_row row;
};

static int create(struct cli *c, void *ctx) {
    struct tenant_work *w = ctx;
    int r = tenant_create(c->db, w->key, w->name, &c->arena, &w->row);

    if (r == -EEXIST)
        return cli_fail(c, "there is a tenant \"%.*s\" already", STR_FMT(w->key));
    return r < 0 ? cli_fail_errno(c, r, "create the tenant", NULL) : 0;
}

static bool key_ok(struct str key) {
    if (key.len < 1 || key.len > 64)
        return false;
    for (size_t i = 0; i < key.len; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-", key.ptr[i]))
            return false;
    return true;
}

static int tenant_create_main(int argc, char **argv) {
    const char *key = NULL, *name = NULL;
    const struct arg args[] = {{"--tenant", ARG_TEXT, &key}, {"--name", ARG_TEXT, &name}, {NULL, ARG_FLAG, NULL}};
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    struct cli c CLI_CLEANUP;
    struct tenant_work w = {0};

    if (cli_begin(&c, argv[0], args, &argc, argv) < 0)
        return 2;
    if (argc > 1 || !name || !*name || strlen(name) > 200 || !str_is_utf8(str_of(name))) {
        cli_fail(&c, "needs --name NAME, a text of at most 200 bytes, and no other word");
        return 2;
    }
    if (key && !key_ok(str_of(key))) {
        cli_fail(&c, "--tenant takes 1 to 64 letters, digits, - and _, not \"%s\"", key);
        return 2;
    }
    w = (struct tenant_work){.key = str_of(key), .name = str_of(name)};
    if (cli_open(&c, CLI_CREATE) < 0 || cli_transact(&c, create, &w) != 0)
        return 1;
    write_tenant(&out, &w.row);
    return cli_print_json(&out);
}

static int tenant_list_main(int argc, char **argv) {
    const struct arg args[] = {{NULL, ARG_FLAG, NULL}};
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    struct cli c CLI_CLEANUP;
    int r;

    if (cli_begin(&c, argv[0], args, &argc, argv) < 0 || cli_no_word(&c, argc, argv) < 0)
        return 2;
    if (cli_open(&c, CLI_READ) < 0)
        return 1;
    json_begin(&out, '[');
    struct db_query q DB_CLEANUP = db_query(c.db, SQL_TENANT_ALL);
    while ((r = db_row(&q)) == 1)
        write_tenant(&out, &(struct tenant_row){.tenant_key = db_text(&q, COL_TENANT_TENANT_KEY),
                                                .name = db_text(&q, COL_TENANT_NAME),
                                                .approve_arrangement = db_int(&q, COL_TENANT_APPROVE_ARRANGEMENT) != 0,
                                                .approve_report = db_int(&q, COL_TENANT_APPROVE_REPORT) != 0});
    if (r < 0)
        return cli_fail_errno(&c, r, "list the tenants", NULL);
    json_end(&out, ']');
    return cli_print_json(&out);
}

static int set(struct cli *c, void *ctx) {
    struct tenant_work *w = ctx;
    struct hire h = cli_hire(c, w->row.id);
    struct tenant_approvals approvals;
    int r;

    if (w->arrangement >= 0)
        w->row.approve_arrangement = w->arrangement;
    if (w->report >= 0)
        w->row.approve_report = w->report;
    approvals = (struct tenant_approvals){w->row.approve_arrangement, w->row.approve_report};
    r = tenant_approvals_set(&h, &approvals);
    return r < 0 ? cli_fail_errno(c, r, "change the tenant", &h) : 0;
}

static int tenant_set_main(int argc, char **argv) {
    const char *key = NULL;
    struct tenant_work w = {.arrangement = -1, .report = -1};
    const struct arg args[] = {{"--tenant", ARG_TEXT, &key},
                               {"--approve-arrangement", ARG_ONOFF, &w.arrangement},
                               {"--approve-report", ARG_ONOFF, &w.report},
                               {NULL, ARG_FLAG, NULL}};
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    struct cli c CLI_CLEANUP;

    if (cli_begin(&c, argv[0], args, &argc, argv) < 0)
        return 2;
    if (argc > 1 || (w.arrangement < 0 && w.report < 0)) {
        cli_fail(&c, "needs --approve-arrangement on|off or --approve-report on|off, and no other word");
        return 2;
    }
    if (cli_open(&c, CLI_WRITE) < 0 || cli_tenant_of(&c, key, &w.row) < 0 || cli_transact(&c, set, &w) != 0)
        return 1;
    write_tenant(&out, &w.row);
    return cli_print_json(&out);
}

int cli_tenant(int argc, char **argv) {
    static const struct cli_verb verbs[] = {
        {"create", tenant_create_main}, {"list", tenant_list_main}, {"set", tenant_set_main}, {NULL, NULL}};

    return cli_verbs("tenant", help, verbs, argc, argv);
}
