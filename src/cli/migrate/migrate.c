/* SPDX-License-Identifier: Apache-2.0
 *
 * hired migrate: moves a whole database between a data directory and PostgreSQL.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"
#include "cli/cli.h"
#include "cli/migrate/files.h"
#include "cli/open.h"
#include "store/owner.h"
#include "store/transfer/transfer.h"

#define BUSY_MS 1000
#define PROGRESS_MS 2000

static const char help[] =
    "usage: hired migrate --from DIR --to postgresql://USER@HOST:PORT/DATABASE [--json]\n"
    "       hired migrate --from postgresql://... --to DIR [--json]\n\n"
    "Copies all records of all tenants between a data directory and PostgreSQL; the source stays as it\n"
    "is. No server may run on either side. Then both sides are read and compared row by row, and each\n"
    "table's number of rows and digest are printed. Kept files (reports, attachments) come along, and\n"
    "their digests are compared too. The copy can be served after that, and not before.\n\n"
    "The target must be a new database, or a directory without a database. An interrupted migration is\n"
    "continued by the same command; if the source has changed since, it begins again. The source must\n"
    "have the present schema: hired serve of this version brings it up to date.\n\n"
    "  --from, --to  a directory, and an address as libpq takes it; a password is better in ~/.pgpass\n"
    "  --json        the tables as JSON on standard output\n\n"
    "example: createdb -T template0 -E UTF8 --locale=C hired\n"
    "         hired migrate --from /var/lib/hired --to postgresql://hired@db.example/hired\n";

struct migrate {
    struct cli *cli;
    struct transfer transfer;
    struct migrate_files files;
    int64_t shown_ms;    /* when the number of files was last shown */
    struct owner *owner; /* of the directory */
    struct buf tables;   /* JSON */
    int64_t rows;
    bool json;
};

/* ---- output ---- */

static void say(void *ctx, struct str line) {
    fprintf(stderr, "hired migrate: %.*s\n", STR_FMT(line));
}

static void progress(void *ctx, enum transfer_step step, const char *table, int64_t rows) {
    fprintf(stderr, "hired migrate: %s %s: %lld rows\n", step == TRANSFER_COPIES ? "copying" : "comparing", table,
            (long long)rows);
}

static void compared(void *ctx, const struct transfer_table *t) {
    struct migrate *m = ctx;
    m->rows += t->rows;
    if (!m->json) {
        printf("%-34s %12lld rows  %s\n", t->name, (long long)t->rows, t->sha256);
        return;
    }
    json_begin(&m->tables, '{');
    json_member_str(&m->tables, STR("table"), str_of(t->name));
    json_member_int(&m->tables, STR("rows"), t->rows);
    json_member_str(&m->tables, STR("sha256"), str_of(t->sha256));
    json_end(&m->tables, '}');
}

static void progress_of_files(void *ctx, int64_t files) {
    struct migrate *m = ctx;
    if (clock_mono_ms() - m->shown_ms < PROGRESS_MS)
        return;
    m->shown_ms = clock_mono_ms();
    fprintf(stderr, "hired migrate: copying kept files: %lld\n", (long long)files);
}

/* ---- the two sides ---- */

static bool is_url(const char *text) {
    return str_starts(str_of(text), STR("postgresql://")) || str_starts(str_of(text), STR("postgres://"));
}

static struct transfer_place place_of(const char *text) {
    struct transfer_place p = {0};
    if (is_url(text))
        p.url = text;
    else
        p.dir = text;
    return p;
}

static int take_places(struct migrate *m, const char *from, const char *to) {
    if (!from || !to)
        return cli_fail(m->cli, "needs --from and --to; see hired migrate --help");
    if (is_url(from) && is_url(to))
        return cli_fail(m->cli, "moves between a directory and PostgreSQL; pg_dump copies a database of PostgreSQL");
    if (!is_url(from) && !is_url(to))
        return cli_fail(m->cli, "moves between a directory and PostgreSQL, whose address begins with postgresql://; "
                                "hired backup copies a directory");
    m->transfer.from = place_of(from);
    m->transfer.to = place_of(to);
    return 0;
}

/* No server and no other command works in the directory meanwhile. */
static int own_directory(struct migrate *m) {
    const char *from = m->transfer.from.dir, *dir = from ? from : m->transfer.to.dir;
    struct str file = arena_printf(&m->cli->arena, "%s/hired.db", dir), why;
    struct owner_note holder = {.command = STR("")};
    if (from && access(file.ptr, F_OK) < 0)
        return cli_fail(m->cli, errno == ENOENT ? "there is no database in %s" : "cannot read the database in %s", dir);
    int r = owner_take(&m->owner, dir, "migrate", 0, &m->cli->arena, &holder, &why);
    if (r == -EBUSY)
        return cli_fail(m->cli, "%.*s Stop it first.", STR_FMT(why));
    return r < 0 ? cli_fail(m->cli, "%.*s", STR_FMT(why)) : 0;
}

static struct db_options options_of(const struct transfer_place *p) {
    return (struct db_options){
        .engine = p->url ? DB_POSTGRESQL : DB_SQLITE, .url = p->url, .dir = p->dir, .busy_ms = BUSY_MS};
}

static int bring_files(void *ctx) {
    struct migrate *m = ctx;
    m->files = (struct migrate_files){.cli = m->cli,
                                      .from = options_of(&m->transfer.from),
                                      .to = options_of(&m->transfer.to),
                                      .progress = progress_of_files,
                                      .ctx = m};
    m->shown_ms = clock_mono_ms();
    int r = migrate_files_run(&m->files);
    m->transfer.why = m->files.why;
    return r;
}

/* ---- the command ---- */

static int tell(struct migrate *m, int64_t ms) {
    if (m->json) {
        struct buf out BUF_CLEANUP = BUF_EMPTY;
        json_begin(&out, '{');
        json_member_int(&out, STR("rows"), m->rows);
        json_member_int(&out, STR("ms"), ms);
        json_member_int(&out, STR("files"), m->files.files);
        json_member_int(&out, STR("file_bytes"), m->files.bytes);
        json_member_raw(&out, STR("tables"), buf_str(&m->tables));
        json_end(&out, '}');
        return cli_print_json(&out);
    }
    printf("%lld rows were migrated, and are the same on both sides.\n", (long long)m->rows);
    printf("%lld kept files with %lld bytes were migrated, and have the digests of their records.\n",
           (long long)m->files.files, (long long)m->files.bytes);
    return 0;
}

static int run(struct migrate *m) {
    struct transfer *t = &m->transfer;
    int64_t begun_ms = clock_mono_ms();
    int r = own_directory(m);
    if (r != 0)
        return r;
    json_begin(&m->tables, '[');
    r = transfer_run(t);
    json_end(&m->tables, ']');
    if (r < 0)
        return cli_fail(m->cli, "%.*s", STR_FMT(t->why));
    r = tell(m, clock_mono_ms() - begun_ms);
    if (r != 0 || m->files.missing == 0)
        return r;
    return cli_fail(m->cli, "%lld kept files are missing, as the lines above say", (long long)m->files.missing);
}

int cli_migrate(int argc, char **argv) {
    const char *from = NULL, *to = NULL;
    struct cli c CLI_CLEANUP = {.command = argv[0]};
    struct migrate m = {.cli = &c};
    const struct arg args[] = {
        {"--from", ARG_TEXT, &from}, {"--to", ARG_TEXT, &to}, {"--json", ARG_FLAG, &m.json}, {NULL, ARG_FLAG, NULL}};

    if (args_help(argc, argv)) {
        fputs(help, stdout);
        return 0;
    }
    if (cli_begin(&c, argv[0], args, &argc, argv) < 0 || cli_no_word(&c, argc, argv) < 0 ||
        take_places(&m, from, to) != 0)
        return 2;
    m.transfer.arena = &c.arena;
    m.transfer.say = say;
    m.transfer.progress = progress;
    m.transfer.compared = compared;
    m.transfer.rest = bring_files;
    m.transfer.ctx = &m;
    int status = run(&m);
    m.owner = owner_release(m.owner);
    buf_free(&m.tables);
    return status;
}
