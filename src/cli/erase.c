/* SPDX-License-Identifier: Apache-2.0
 *
 * hired erase: removes a person's data from all records and files.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/id.h"
#include "base/json.h"
#include "cli/cli.h"
#include "cli/open.h"
#include "gateway/caller/account.h"
#include "hire/erasure/erasure.h"
#include "store/before.h"
#include "store/files/files.h"

#define LOG_WAIT_S 30 /* how long readers may delay the truncation of the WAL */
#define PIN_WAIT_S 60 /* how long a running backup may delay the removal of files */
#define FILES_AT_ONCE 64

static const char help[] =
    "usage: hired erase TALENT_ID --reason TEXT [--look] [--tenant KEY] [--json]\n\n"
    "Erases a person's data from every record: names, numbers, addresses, resumes, texts about the\n"
    "person, reports and attachments. Ids, states and times stay. Open background checks are terminated\n"
    "and their vendors told. This cannot be undone; backups are not changed. It may be repeated.\n"
    "docs/ERASURE.md lists each table. The answer is JSON: how many records were changed.\n\n"
    "  --reason TEXT  the reason, for the audit log; without the person's data\n"
    "  --look         only shows what would be changed\n"
    "  --tenant KEY   which tenant; optional if there is only one\n"
    "  --json         prints the answer on one line\n"
    "  --data DIR     the data directory (data)\n\n"
    "example: hired erase 7612524932627127164 --reason \"asked for it on 3 March, ticket 4711\"\n";

struct erasure {
    struct tenant_row tenant;
    int64_t talent;
    struct str reason;
    bool look;
    struct erasure_counts n;
};

static int audit_erasure(struct cli *c, const struct erasure *e, int64_t now_ms) {
    const struct audit_entry entry = {
        .tenant = e->tenant.id,
        .now_ms = now_ms,
        .actor_kind = ACTOR_OPERATOR,
        .action = STR("erasure.create"),
        .subject = arena_printf(&c->arena, "%lld", (long long)e->talent),
        .detail = e->reason,
    };
    return audit_add(c->db, &entry);
}

static int erase_it(struct cli *c, void *ctx) {
    struct erasure *e = ctx;
    struct hire h = cli_hire(c, e->tenant.id);
    int r = hire_bounded(&h, "--reason", e->reason, true, ERASURE_REASON_MAX);

    if (r == 0)
        r = erasure_run(&h, e->talent, &e->n);
    if (r == 0)
        r = audit_erasure(c, e, h.now_ms);
    return r < 0 ? cli_fail_errno(c, r, "erase the data", &h) : 0;
}

/* The rows of the files stay. If a server is fetching one of the files at this moment, it waits for the fetch and
 * removes the file then, or at its next start. */
static int remove_all(struct cli *c, struct files *files) {
    struct files_name names[FILES_AT_ONCE];
    int64_t after = 0;
    struct files_removal right;
    int n = FILES_AT_ONCE, r = 0, may = files_removal_begin(files, &right);

    for (int i = 0; i < PIN_WAIT_S && may == -EAGAIN; i++) {
        nanosleep(&(struct timespec){.tv_sec = 1}, NULL);
        may = files_removal_begin(files, &right);
    }
    if (may == -EAGAIN)
        return cli_fail(c, "erased, but a running backup keeps the files for the time being; a start of hired serve "
                           "removes them");
    while (n == FILES_AT_ONCE && r == 0) {
        {
            struct db_query q DB_CLEANUP = db_query(c->db, SQL_FILE_REMOVAL_NEXT);
            db_bind_int(&q, 1, after);
            db_bind_int(&q, 2, FILES_AT_ONCE);
            for (n = 0; n < FILES_AT_ONCE && (r = db_row(&q)) == 1; n++)
                names[n] =
                    (struct files_name){db_int(&q, COL_FILE_REMOVAL_NEXT_TENANT), db_int(&q, COL_FILE_REMOVAL_NEXT_ID)};
        }
        for (int i = 0; i < n && r >= 0; i++)
            r = files_remove(files, names[i], true);
        after = n > 0 ? names[n - 1].id : 0;
        r = r < 0 ? r : 0;
    }
    files_removal_end(&right);
    return r < 0 ? cli_fail(c, "erased, but a file cannot be removed: %s; a start of hired serve tries again",
                            strerror(-r))
                 : 0;
}

static int remove_files(struct cli *c) {
    const struct db_options o = config_db_options(&c->config);
    struct files *files;
    struct str why;
    int r = files_new(&files, &o, &why);
    if (r < 0)
        return cli_fail(c, "%.*s", STR_FMT(why));
    r = remove_all(c, files);
    files_free(files);
    return r;
}

/* Beside a server the server does it. */
static int remove_copies(struct cli *c) {
    int r = c->remote ? 0 : before_tidy(c->config.data, INT64_MAX);
    return r < 0 ? cli_fail(c, "erased, but a copy of the database from before a migration cannot be removed: %s",
                            strerror(-r))
                 : 0;
}

static int empty_log(struct cli *c) {
    for (int i = 0; i < LOG_WAIT_S && !db_forgotten(c->db); i++) {
        db_tend(c->db, true);
        if (!db_forgotten(c->db))
            nanosleep(&(struct timespec){.tv_sec = 1}, NULL);
    }
    return db_forgotten(c->db) ? 0
                               : cli_fail(c, "erased, but another process keeps reading the database, so its log could "
                                             "not be emptied; a start of hired serve does it");
}

static void write_answer(struct buf *out, struct str id, const struct erasure *e) {
    json_begin(out, '{');
    json_member_str(out, STR("talent_id"), id);
    json_member_bool(out, STR("erased"), !e->look);
    json_member_int(out, STR("applications"), e->n.applications);
    json_member_int(out, STR("orders"), e->n.orders);
    json_member_int(out, STR("terminated"), e->n.open_orders);
    json_member_int(out, STR("interviews"), e->n.interviews);
    json_member_int(out, STR("external"), e->n.external);
    json_member_int(out, STR("events"), e->n.events);
    json_member_int(out, STR("files"), e->n.files);
    json_end(out, '}');
}

static int look(struct cli *c, struct erasure *e) {
    struct hire h = cli_hire(c, e->tenant.id);
    int r = erasure_look(&h, e->talent, &e->n);

    return r < 0 ? cli_fail_errno(c, r, "look", &h) : 0;
}

static int erase(struct cli *c, struct erasure *e) {
    int status = cli_transact(c, erase_it, e);

    if (status == 0)
        status = remove_files(c);
    if (status == 0)
        status = remove_copies(c);
    return status == 0 ? empty_log(c) : status;
}

static int erase_main(int argc, char **argv) {
    const char *tenant = NULL, *reason = NULL, *id;
    bool line = false;
    struct erasure e = {0};
    const struct arg args[] = {{"--tenant", ARG_TEXT, &tenant},
                               {"--reason", ARG_TEXT, &reason},
                               {"--look", ARG_FLAG, &e.look},
                               {"--json", ARG_FLAG, &line},
                               {NULL, ARG_FLAG, NULL}};
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    struct cli c CLI_CLEANUP;
    int status;

    if (cli_begin(&c, argv[0], args, &argc, argv) < 0 || !(id = cli_word(&c, argc, argv, "the id of a talent")))
        return 2;
    if (id_parse(str_of(id), &e.talent) < 0) {
        cli_fail(&c, "\"%s\" is not the id of a talent; ids are decimal digits", id);
        return 2;
    }
    if (!e.look && (!reason || !*reason)) {
        cli_fail(&c, "needs --reason TEXT: why the data is erased, for the audit log");
        return 2;
    }
    e.reason = str_of(reason ? reason : "");
    if (cli_open(&c, e.look ? CLI_READ : CLI_WRITE) < 0 || cli_tenant_of(&c, tenant, &e.tenant) < 0)
        return 1;
    status = e.look ? look(&c, &e) : erase(&c, &e);
    if (status != 0)
        return status;
    write_answer(&out, str_of(id), &e);
    if (!line)
        return cli_print_json(&out);
    printf("%.*s\n", (int)out.len, out.ptr);
    return 0;
}

int cli_erase(int argc, char **argv) {
    if (args_help(argc, argv) || argc < 2) {
        fputs(help, argc < 2 ? stderr : stdout);
        return argc < 2 ? 2 : 0;
    }
    return erase_main(argc, argv);
}
