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
#include "base/clock.h"
#include "cli/check/records.h"
#include "cli/cli.h"
#include "cli/import/import.h"
#include "cli/import/json_heap.h"
#include "cli/kept.h"
#include "cli/open.h"
#include "store/files/directory.h"
#include "store/verify.h"

#define FAULTS_SHOWN 100

/* How long a check of a damaged database may take: pages that refer to each other can make a read endless. */
#define DAMAGED_NS INT64_C(10000000000)
#define DAMAGED_NS_PER_MB INT64_C(60000000)

static const char help[] =
    "usage: hired check [--config FILE] [--data DIR]\n\n"
    "Lists all errors: unknown options (with suggestions) and bad values of the configuration, damaged\n"
    "pages of the database, records that cannot be read or refer to nothing, counts that are wrong, kept\n"
    "files that are missing, changed or without a record, files that other users may read. Changes\n"
    "nothing and works while the server runs. The exit status is 0 if there are no errors, else 1.\n\n"
    "  --config FILE  the configuration to check\n"
    "  --data DIR     the data directory (data)\n\n"
    "example: hired check --config /etc/hired.ini --data /var/lib/hired\n";

struct check {
    struct cli *cli;
    const char *dir;
    struct files *kept;
    int64_t findings;
    int64_t records, documents, files;
    int64_t deadline_ns;      /* 0: none */
    int64_t damaged_findings; /* of the database; while there are any, no file is called removable */
    struct stray {
        char *path;
        bool foreign;
    } * strays;
    size_t n_strays, strays_cap;
    int64_t open_files; /* stored files that other users may read */
    mode_t open_mode;   /* of the first of them */
    struct arena scratch;
};

static void find(struct check *ck, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void find(struct check *ck, const char *format, ...) {
    va_list args;

    if (++ck->findings > FAULTS_SHOWN)
        return;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
}

/* The name of the database in findings. */
static const char *database(struct check *ck) {
    return ck->cli->config.store_url ? "the database" : arena_printf(&ck->scratch, "%s/hired.db", ck->dir).ptr;
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

/* Where the file is, for people: its path, or the database. */
static void place_of(struct check *ck, int64_t id, char ret[PATH_MAX]) {
    if (files_are_remote(ck->kept) || directory_path(ck->dir, id, ret) < 0)
        snprintf(ret, PATH_MAX, "kept file %lld in %s", (long long)id, database(ck));
}

static int check_file(void *ctx, const struct kept_file *f) {
    struct check *ck = ctx;
    struct str what = f->order_id ? arena_printf(&ck->scratch, "the report file of order %lld", (long long)f->order_id)
                                  : arena_printf(&ck->scratch, "the file of attachment %lld", (long long)f->name.id);
    char path[PATH_MAX], hex[KEPT_HEX];
    struct stat st;
    int64_t size;
    int r = kept_digest_of(ck->kept, f->name, NULL, NULL, &size, hex);

    ck->files++;
    place_of(ck, f->name.id, path);
    if (r < 0)
        find(ck, "%s: %.*s %s", path, STR_FMT(what),
             r == -ENOENT    ? "is missing"
             : r == -EUCLEAN ? "is incomplete"
                             : strerror(-r));
    else if (size != f->size || !str_eq(str_of(hex), f->sha256))
        find(ck, "%s: %.*s differs from what was stored: %lld bytes instead of %lld, or other content", path,
             STR_FMT(what), (long long)size, (long long)f->size);
    else if (!files_are_remote(ck->kept) && stat(path, &st) == 0 && (st.st_mode & 077) != 0 && ck->open_files++ == 0)
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

    if (time(NULL) - e->changed_s <= 3600 || (e->kind == FILES_KEPT && file_is_known(ck, e->id)))
        return 0;
    ck->strays = array_grow(ck->strays, ck->n_strays, &ck->strays_cap, sizeof(*ck->strays));
    ck->strays[ck->n_strays++] = (struct stray){strdup(e->path), e->kind != FILES_KEPT};
    return 0;
}

/* If rows were lost, the files that they named must not be removed: they can be brought back with the rows. */
static void tell_strays(struct check *ck) {
    bool lost = ck->damaged_findings > 0 || ck->n_strays > FILES_STRAY_MAX;

    for (size_t i = 0; i < ck->n_strays; i++) {
        const struct stray *s = &ck->strays[i];
        if (s->foreign && files_are_remote(ck->kept))
            find(ck, "%s: was left by an upload or a fetch that did not end; a server removes it when it is a day old",
                 s->path);
        else if (s->foreign)
            find(ck, "%s: is no file of hired%s", s->path, lost ? "" : "; it may be removed");
        else if (lost)
            find(ck, "%s: belongs to no record. Keep it: its record may be among what was lost", s->path);
        else
            find(ck, "%s: belongs to no record; a server removes it when it is a day old", s->path);
        free(s->path);
    }
    free(ck->strays);
    ck->n_strays = 0;
}

static void check_stray_files(struct check *ck) {
    int r = 0;

    for (unsigned i = 0; i < FILES_PARTS && r == 0; i++)
        r = files_walk(ck->kept, i, check_entry, ck);
    tell_strays(ck);
    if (r < 0 && files_are_remote(ck->kept))
        find(ck, "%s: its kept files cannot be listed: %s", database(ck), strerror(-r));
    else if (r < 0)
        find(ck, "%s/files: cannot be read: %s", ck->dir, strerror(-r));
}

/* ---- running the checks ---- */

static void tell_line(void *ctx, struct str line) {
    struct check *ck = ctx;

    ck->damaged_findings++;
    find(ck, "%s: %.*s", database(ck), STR_FMT(line));
}

static void tell_record(void *ctx, struct str line) {
    struct check *ck = ctx;

    ck->damaged_findings++;
    find(ck, "%.*s", STR_FMT(line));
}

/* Verifies the files before SQLite reads them. Returns 0 or a negative errno. */
static int check_pages(struct check *ck) {
    const struct verify_watch w = {.finding = tell_line, .ctx = ck};
    struct verify_result result;
    int r = verify_pages(ck->dir, &w, &result);

    if (r == -ENOENT || r == -EUCLEAN) /* opening it says what is wrong */
        return 0;
    if (r == 0 && result.damaged > 0)
        ck->deadline_ns =
            clock_mono_ns() + DAMAGED_NS + result.pages * result.page_size / (1 << 20) * DAMAGED_NS_PER_MB;
    return r;
}

static int keep_to_deadline(void *ctx, size_t bytes) {
    const struct check *ck = ctx;

    return ck->deadline_ns && clock_mono_ns() >= ck->deadline_ns ? -EINTR : 0;
}

/* A statement that cannot be run because of damage does not prevent the others. */
static void note_result(struct check *ck, int r, const char *what) {
    if (r == -EINTR)
        find(ck, "%s: the check of %s was ended, because the file is damaged and reading it may not end", database(ck),
             what);
    else if (r < 0)
        find(ck, "%s: %s cannot be read to their end: %s", database(ck), what, strerror(-r));
    if (r < 0)
        ck->damaged_findings++;
}

static void check_files(struct check *ck) {
    const struct db_options o = config_db_options(&ck->cli->config);
    struct str why;

    if (files_new(&ck->kept, &o, &why) < 0) {
        find(ck, "%.*s", STR_FMT(why));
        return;
    }
    note_result(ck, kept_walk(ck->cli->db, check_file, ck), "its rows of kept files");
    tell_open_files(ck);
    check_stray_files(ck);
    ck->kept = files_free(ck->kept);
}

static void check_database(struct check *ck) {
    const struct record_watch w = {.pace = keep_to_deadline, .finding = tell_record, .ctx = ck};
    struct db *db = ck->cli->db;
    bool damaged = ck->deadline_ns != 0; /* then SQLite's own check would only repeat it */

    db_set_deadline(db, ck->deadline_ns);
    note_result(ck, damaged ? db_check_references(db, tell_line, ck) : db_check(db, tell_line, ck), "its references");
    note_result(ck, check_all_records(db, &w, &ck->records, &ck->documents), "its records");
    check_files(ck);
}

static int finish(struct check *ck) {
    if (ck->findings > FAULTS_SHOWN)
        fprintf(stderr, "... and %lld more\n", (long long)(ck->findings - FAULTS_SHOWN));
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
    json_heap_begin();
    int r = c.config.store_url ? 0 : check_pages(&ck);
    if (r < 0)
        find(&ck, "%s/hired.db: cannot be read: %s", ck.dir, strerror(-r));
    if (cli_open(&c, CLI_READ) < 0) {
        ck.findings++;
    } else {
        import_journal_tell(&c); /* not an error: whoever began it knows which files to import again */
        check_mode(&ck, "", 0700);
        if (!c.config.store_url) {
            check_mode(&ck, "hired.db", 0600);
            check_mode(&ck, "hired.db-wal", 0600);
        }
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
