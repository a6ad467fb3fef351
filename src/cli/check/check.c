/* SPDX-License-Identifier: Apache-2.0
 *
 * hired check: reports everything that is wrong with a configuration or a data directory.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "cli/check/records.h"
#include "cli/cli.h"
#include "cli/kept.h"
#include "cli/open.h"
#include "store/files/files.h"

#define FINDINGS_SHOWN 100

static const char help[] =
    "usage: hired check [--config FILE] [--data DIR]\n\n"
    "Lists all errors: unknown options (with suggestions) and bad values of the configuration, damage of\n"
    "the database, records that cannot be read, kept files that are missing, changed or without a\n"
    "record, files that other users may read. Changes nothing and works while the server runs. The\n"
    "exit status is 0 if there are no errors, else 1.\n\n"
    "  --config FILE  the configuration to check\n"
    "  --data DIR     the data directory (data)\n\n"
    "example: hired check --config /etc/hired.ini --data /var/lib/hired\n";

struct check {
    struct cli *cli;
    const char *dir;
    int64_t findings;
    int64_t records, files;
    int64_t open_files; /* stored files that other users may read */
    mode_t open_mode;   /* of the first of them */
    struct arena scratch;
};

static void find(struct check *ck, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void find(struct check *ck, const char *format, ...) {
    va_list args;

    if (++ck->findings > FINDINGS_SHOWN)
        return;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
}

/* ---- permissions ---- */

static void check_mode(struct check *ck, const char *name, mode_t wanted) {
    struct str path = arena_printf(&ck->scratch, "%s%s%s", ck->dir, *name ? "/" : "", name);
    struct stat st;

    if (stat(path.ptr, &st) == 0 && (st.st_mode & 077) != 0)
        find(ck, "%s: others than its owner may use it (mode %03o); chmod %03o %s", path.ptr,
             (unsigned)st.st_mode & 0777, (unsigned)wanted, path.ptr);
}

/* ---- stored files ---- */

static int check_file(void *ctx, int64_t id, int64_t wanted_size, struct str sha256, int64_t order_id) {
    struct check *ck = ctx;
    struct str what = order_id ? arena_printf(&ck->scratch, "the report file of order %lld", (long long)order_id)
                               : arena_printf(&ck->scratch, "the file of attachment %lld", (long long)id);
    char path[PATH_MAX], hex[KEPT_HEX];
    struct stat st;
    int64_t size;
    int r = files_path(ck->dir, id, path);

    ck->files++;
    if (r == 0)
        r = kept_digest(path, NULL, NULL, &size, hex);
    if (r < 0)
        find(ck, "%s: %.*s %s", path, STR_FMT(what), r == -ENOENT ? "is missing" : strerror(-r));
    else if (size != wanted_size || !str_eq(str_of(hex), sha256))
        find(ck, "%s: %.*s differs from what was stored: %lld bytes instead of %lld, or other content", path,
             STR_FMT(what), (long long)size, (long long)wanted_size);
    else if (stat(path, &st) == 0 && (st.st_mode & 077) != 0 && ck->open_files++ == 0)
        ck->open_mode = st.st_mode & 0777;
    arena_reset(&ck->scratch);
    return 0;
}

/* A wrong chmod or copy usually affects all files, so they are reported in one line. */
static void tell_open_files(struct check *ck) {
    if (ck->open_files > 0)
        find(ck,
             "%s/files: others than the owner may read %lld of %lld kept files (the first: mode %03o); chmod -R go= "
             "%s/files",
             ck->dir, (long long)ck->open_files, (long long)ck->files, (unsigned)ck->open_mode, ck->dir);
}

static bool file_is_known(struct check *ck, int64_t id) {
    struct db_query q DB_CLEANUP = db_query(ck->cli->db, SQL_FILE_OWNER);

    db_bind_int(&q, 1, id);
    return db_row(&q) != 0;
}

/* A file is written before the row that names it, and drafts are temporary: young files are not reported. */
static int check_entry(void *ctx, const struct files_entry *e) {
    struct check *ck = ctx;

    if (time(NULL) - e->changed_s <= 3600)
        return 0;
    if (e->kind != FILES_KEPT)
        find(ck, "%s: is no file of hired; it may be removed", e->path);
    else if (!file_is_known(ck, e->id))
        find(ck, "%s: belongs to no record; a server removes it when it is a day old", e->path);
    return 0;
}

static void check_stray_files(struct check *ck) {
    int r = 0;

    for (unsigned i = 0; i < 256 && r == 0; i++)
        r = files_walk(ck->dir, i, check_entry, ck);
    if (r < 0)
        find(ck, "%s/files: cannot be read: %s", ck->dir, strerror(-r));
}

/* ---- running the checks ---- */

static void tell_line(void *ctx, struct str line) {
    struct check *ck = ctx;

    find(ck, "%s/hired.db: %.*s", ck->dir, STR_FMT(line));
}

static int all_tenants(struct check *ck, int64_t **ret, size_t *ret_n) {
    struct db_query q DB_CLEANUP = db_query(ck->cli->db, SQL_TENANT_ALL);
    int64_t *ids = NULL;
    size_t n = 0, cap = 0;
    int r;

    while ((r = db_row(&q)) == 1) {
        ids = array_grow(ids, n, &cap, sizeof(*ids));
        ids[n++] = db_int(&q, COL_TENANT_ID);
    }
    *ret = ids;
    *ret_n = n;
    return r;
}

static void tell_record(void *ctx, struct str line) {
    find(ctx, "%.*s", STR_FMT(line));
}

static void check_database(struct check *ck) {
    int64_t *tenants = NULL;
    size_t n = 0;
    int r = db_check(ck->cli->db, tell_line, ck);

    if (r >= 0)
        r = all_tenants(ck, &tenants, &n);
    for (size_t i = 0; i < n && r >= 0; i++)
        r = check_records(ck->cli, tenants[i], tell_record, ck, &ck->records);
    if (r >= 0)
        r = kept_walk(ck->cli->db, check_file, ck);
    tell_open_files(ck);
    if (r >= 0)
        check_stray_files(ck);
    else
        find(ck, "%s/hired.db: cannot be read to its end: %s", ck->dir, strerror(-r));
    free(tenants);
}

static int finish(struct check *ck) {
    if (ck->findings > FINDINGS_SHOWN)
        fprintf(stderr, "... and %lld more\n", (long long)(ck->findings - FINDINGS_SHOWN));
    arena_free(&ck->scratch);
    if (ck->findings > 0)
        return 1;
    printf("all is well: configuration, database (%lld records of all tenants, as hired export counts them), %lld kept "
           "files\n",
           (long long)ck->records, (long long)ck->files);
    return 0;
}

static void tell_environment(void *ctx, struct str line) {
    find(ctx, "%.*s", STR_FMT(line));
}

/* The configuration's errors are one per line. */
static bool check_config(struct check *ck, struct cli *c, int *argc, char **argv) {
    struct str why;

    config_check_environment(&ck->scratch, tell_environment, ck);
    if (config_load(&c->config, argc, argv, &why) == 0)
        return true;
    while (!str_is_absent(why)) {
        struct str line = str_cut(&why, '\n');
        find(ck, "%.*s", STR_FMT(line));
    }
    return false;
}

static int check_main(int argc, char **argv) {
    const struct arg args[] = {{NULL, ARG_FLAG, NULL}};
    struct cli c CLI_CLEANUP = {.command = argv[0]};
    struct check ck = {.cli = &c};
    bool config_ok = check_config(&ck, &c, &argc, argv);

    log_set_level(LOG_ERROR);
    if (args_take(argv[0], args, &argc, argv) < 0 || cli_no_word(&c, argc, argv) < 0)
        return 2;
    ck.dir = c.config.data ? c.config.data : "data";
    /* If "data" itself is invalid, the default directory must not be checked instead; with any other error, the
     * directory is known. */
    if (!config_ok && access(ck.dir, F_OK) < 0)
        return finish(&ck);
    if (cli_open(&c, CLI_READ) < 0) {
        ck.findings++;
    } else {
        check_mode(&ck, "", 0700);
        check_mode(&ck, "hired.db", 0600);
        check_mode(&ck, "hired.db-wal", 0600);
        check_mode(&ck, "demo.json", 0600);
        check_database(&ck);
    }
    return finish(&ck);
}

int cli_check(int argc, char **argv) {
    if (!args_help(argc, argv))
        return check_main(argc, argv);
    fputs(help, stdout);
    return 0;
}
