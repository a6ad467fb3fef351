/* SPDX-License-Identifier: Apache-2.0
 *
 * The SQLite driver: opens and closes connections, runs schema steps, maintains the log, checks the file.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/owner.h"
#include "store/sqlite/format.h"
#include "store/sqlite/pages.h"
#include "store/sqlite/sqlite.h"

#define LOG_PAGES 16384      /* 64 MB: the log is checkpointed at this size */
#define LOG_PAGES_MANY 65536 /* 256 MB: readers keep the log from being reused, so wait a little for them */
#define LOG_WAIT_MS 100
#define STEPS_UNCLEAN 7 /* a database with at most so many steps may have old bytes in unused space */
#define FORGET_AGAIN_NS INT64_C(1000000000) /* between two attempts to empty the log for db_forget */
#define LOG_KEEP_BYTES (128 << 20)          /* a larger log file is truncated when it is reused */

#define TEXT_(x) #x
#define TEXT(x) TEXT_(x)

/* ---- upkeep ---- */

static void checkpoint(struct db *db, int mode) {
    int in_log = 0, in_place = 0;
    int r = sqlite3_wal_checkpoint_v2(sqlite_of(db)->handle, NULL, mode, &in_log, &in_place);
    bool failed = r != SQLITE_OK && (r & 0xff) != SQLITE_BUSY;
    if (failed)
        db_fault(db, r, "checkpoint");
    sqlite_of(db)->checkpoints += !failed;
    sqlite_of(db)->failed_checkpoints += failed;
    sqlite_of(db)->log_clean = r == SQLITE_OK && in_log == in_place;
    /* What readers hold back is tried again only after as much has been added to the log. */
    sqlite_of(db)->log_due = sqlite_of(db)->log_pages + sqlite_of(db)->log_step;
}

/* Empties the log; waits a little for its readers. */
static void cut_log(struct db *db) {
    unsigned wait = sqlite_of(db)->busy_ms;
    sqlite_of(db)->busy_ms = LOG_WAIT_MS;
    checkpoint(db, SQLITE_CHECKPOINT_TRUNCATE);
    sqlite_of(db)->busy_ms = wait;
    if (sqlite_of(db)->log_clean) {
        sqlite_of(db)->log_pages = 0;
        sqlite_of(db)->log_due = sqlite_of(db)->log_step;
        sqlite_of(db)->forget = false;
    }
}

/* A checkpoint lets the next write begin the log anew, so it waits for whoever still needs the log. */
static bool may_reset_log(struct db *db, bool closing) {
    const struct sqlite_db *s = sqlite_of(db);
    return !s->watch || s->watch->may_reset(s->watch_ctx, closing);
}

static void tend(struct db *db, bool idle) {
    if (sqlite_of(db)->forget && clock_mono_ns() >= sqlite_of(db)->forget_ns) {
        if (may_reset_log(db, false))
            cut_log(db);
        sqlite_of(db)->forget_ns = clock_mono_ns() + FORGET_AGAIN_NS;
    }
    if (sqlite_of(db)->log_pages == 0 ||
        (sqlite_of(db)->log_clean && sqlite_of(db)->log_pages < sqlite_of(db)->log_due))
        return;
    bool due = sqlite_of(db)->log_pages >= sqlite_of(db)->log_due;
    if (!due && !idle)
        return;
    if (!may_reset_log(db, false))
        sqlite_of(db)->log_due = sqlite_of(db)->log_pages + sqlite_of(db)->log_step / 4;
    else if (due && sqlite_of(db)->log_pages >= sqlite_of(db)->log_many)
        cut_log(db);
    else
        checkpoint(db, SQLITE_CHECKPOINT_PASSIVE);
}

void sqlite_watch_log(struct db *db, const struct db_log_watch *watch, void *ctx) {
    sqlite_of(db)->watch = watch;
    sqlite_of(db)->watch_ctx = ctx;
}

void sqlite_log(struct db *db, struct db_log *ret) {
    struct sqlite_db *s = sqlite_of(db);
    if (s->page_size == 0 && sqlite_ask_number(s->handle, "PRAGMA page_size", &s->page_size) < 0)
        s->page_size = 0;
    ret->bytes =
        s->log_pages > 0 ? WAL_HEADER + (uint64_t)s->log_pages * (uint64_t)(s->page_size + WAL_FRAME_HEADER) : 0;
    ret->checkpoints = s->checkpoints;
    ret->failed_checkpoints = s->failed_checkpoints;
}

void sqlite_forget(struct db *db) {
    sqlite_of(db)->forget = true;
    sqlite_of(db)->forget_ns = 0;
}

bool sqlite_forgotten(const struct db *db) {
    return !sqlite_of(db)->forget;
}

void sqlite_tend(struct db *db, bool idle) {
    sqlite_of(db)->tended = true;
    tend(db, idle);
}

/* ---- opening ---- */

static void setup_sqlite(void) {
    /* SQLite may refuse both if it is in use already (as in a test with its own VFS); that only makes it slower. The
     * first saves a lock at every allocation; the second keeps savepoints' data in memory instead of files. */
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, -1);
    sqlite3_initialize();
    if (pages_install() != SQLITE_OK)
        log_line(LOG_ERROR, "pages of the database get no checksums", "why", "SQLite has no file system driver", NULL);
}

void sqlite_setup(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, setup_sqlite);
}

/* Short sleeps: SQLite's own busy handler sleeps up to 100 ms and would rarely hit the gaps between the transactions
 * of a busy writer in another process. */
static int on_busy(void *ctx, int count) {
    struct db *db = ctx;
    int64_t now = clock_mono_ns();
    if (count == 0)
        sqlite_of(db)->busy_since_ns = now;
    if (now - sqlite_of(db)->busy_since_ns >= (int64_t)sqlite_of(db)->busy_ms * 1000000)
        return 0;
    long nap_us = count < 10 ? 500 : 1000 + (long)(now % 3000);
    nanosleep(&(struct timespec){.tv_nsec = nap_us * 1000}, NULL);
    return 1;
}

/* After a commit; the log has so many pages now. */
static int on_commit(void *ctx, sqlite3 *handle, const char *name, int pages) {
    struct db *db = ctx;
    if (pages < sqlite_of(db)->log_pages)
        sqlite_of(db)->log_due = sqlite_of(db)->log_step; /* the log was restarted */
    sqlite_of(db)->log_pages = pages;
    sqlite_of(db)->log_clean = false;
    if (sqlite_of(db)->watch)
        sqlite_of(db)->watch->committed(sqlite_of(db)->watch_ctx, pages);
    if (!sqlite_of(db)->tended)
        tend(db, false);
    return SQLITE_OK;
}

int opening_failed(struct opening *o, int code, const char *doing) {
    int error = sqlite3_system_errno(sqlite_of(o->db)->handle);
    int r = db_errno(code);

    if (r == -EUCLEAN)
        *o->why =
            arena_printf(o->arena, "%s is damaged, or not a database of hired (%s).", o->path, sqlite3_errstr(code));
    else if (r == -EBUSY)
        *o->why = arena_printf(o->arena, "%s is locked by another process; it was waited for %u ms.", o->path,
                               sqlite_of(o->db)->busy_ms);
    else
        *o->why = arena_printf(o->arena, "Cannot open %s: %s while %s%s%s.", o->path, sqlite3_errstr(code), doing,
                               error ? ": " : "", error ? strerror(error) : "");
    return r == 0 ? -EIO : r;
}

int opening_exec(struct opening *o, const char *sql, const char *doing) {
    int r = sqlite3_exec(sqlite_of(o->db)->handle, sql, NULL, NULL, NULL);
    return r == SQLITE_OK ? 0 : opening_failed(o, sqlite3_extended_errcode(sqlite_of(o->db)->handle), doing);
}

int opening_ask(struct opening *o, const char *sql, struct str *ret) {
    sqlite3_stmt *s = NULL;
    int r = sqlite3_prepare_v2(sqlite_of(o->db)->handle, sql, -1, &s, NULL);
    if (r == SQLITE_OK)
        r = sqlite3_step(s);
    if (r == SQLITE_ROW)
        *ret = arena_dup(o->arena, str_of((const char *)sqlite3_column_text(s, 0)));
    else if (r == SQLITE_DONE)
        *ret = STR_ABSENT;
    else
        r = opening_failed(o, sqlite3_extended_errcode(sqlite_of(o->db)->handle), "reading it");
    sqlite3_finalize(s);
    return r < 0 ? r : 0;
}

/* Creates the directory and the file if they do not exist. */
static int make_file(struct opening *o, const char *dir) {
    int r = owner_make_directory(dir);
    if (r < 0) {
        *o->why = arena_printf(o->arena, "Cannot make the directory %s: %s.", dir, strerror(-r));
        return r;
    }
    struct str partial = arena_printf(o->arena, "%s/restore.partial", dir);
    if (access(partial.ptr, F_OK) == 0) {
        *o->why = arena_printf(o->arena,
                               "A restore into %s was interrupted: run the same hired restore again, or remove %s if "
                               "the directory's own data is to be used.",
                               dir, partial.ptr);
        return -EUCLEAN;
    }
    /* Only the owner may read it; the log gets the same mode. An existing file is not opened here: closing it would
     * release the locks that this process has on it. */
    int fd = open(o->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno != EEXIST) {
        r = -errno;
        *o->why = arena_printf(o->arena, "Cannot make %s: %s.", o->path, strerror(-r));
        return r;
    }
    if (fd >= 0)
        close(fd);
    return 0;
}

static void configure_handle(struct db *db) {
    sqlite3 *h = sqlite_of(db)->handle;
    sqlite3_extended_result_codes(h, 1);
    sqlite3_busy_handler(h, on_busy, db); /* before anything touches the file */
    sqlite3_wal_hook(h, on_commit, db);
    sqlite3_limit(h, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_db_config(h, SQLITE_DBCONFIG_ENABLE_FKEY, 0, NULL);
    sqlite3_db_config(h, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(h, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(h, SQLITE_DBCONFIG_DQS_DML, 0, NULL); /* "x" is a name, as in PostgreSQL */
    sqlite3_db_config(h, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
}

/* If two processes create the same database at once, one gets SQLITE_BUSY without its busy handler being called. */
static int set_wal(struct opening *o) {
    int64_t start = clock_mono_ns();
    struct str mode;
    int r;
    while ((r = opening_ask(o, "PRAGMA journal_mode = WAL", &mode)) == -EBUSY &&
           clock_mono_ns() - start < (int64_t)sqlite_of(o->db)->busy_ms * 1000000)
        nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
    if (r < 0 || str_eq(mode, STR("wal")))
        return r;
    *o->why = arena_printf(
        o->arena, "%s cannot have a write-ahead log; it must lie on a local file system (not NFS or the like).",
        o->path);
    return -EOPNOTSUPP;
}

int layout_new_file(sqlite3 *handle) {
    int r = sqlite3_exec(handle, "PRAGMA page_size = " PAGE_BYTES, NULL, NULL, NULL);
    return r == SQLITE_OK ? pages_reserve(handle) : r; /* after page_size, and before the first page is written */
}

/* ---- the schema ---- */

/* How many schema steps were taken; 0 for an empty file. */
static int schema_taken(struct opening *o, unsigned *ret) {
    struct str s;
    int64_t taken;
    int r;

    if ((r = opening_ask(o, "SELECT COUNT(*) FROM sqlite_schema", &s)) < 0)
        return r;
    if (str_eq(s, STR("0"))) {
        *ret = 0;
        return 0;
    }
    if ((r = opening_ask(o, "PRAGMA application_id", &s)) < 0)
        return r;
    if (str_eq(s, STR(TEXT(1214870117)))) {
        if ((r = opening_ask(o, "SELECT value FROM meta WHERE key = 'schema'", &s)) < 0)
            return r;
        if (!str_is_absent(s) && str_to_i64(s, &taken) == 0 && taken >= 0 && taken < 1000000) {
            *ret = (unsigned)taken + 1;
            return 0;
        }
    }
    *o->why = arena_printf(o->arena, "%s is a database, but not one of hired.", o->path);
    return -EUCLEAN;
}

/* Whether the database with so many steps taken is rewritten on its way to the present schema. */
static bool is_rewritten(const struct opening *o, unsigned taken) {
    return o->steps == schema_steps && o->steps_n > SCHEMA_REWRITTEN && taken > 0 && taken <= SCHEMA_REWRITTEN;
}

/* Whether an earlier process began to rewrite the database: it took it out of WAL mode, and it is not put back, because
 * that would look like a change (rewrite.c). Returns 1, 0 or < 0. */
static int rewriting_was_interrupted(struct opening *o) {
    struct str mode;
    unsigned taken;
    int r = schema_taken(o, &taken);
    if (r == 0 && is_rewritten(o, taken))
        r = opening_ask(o, "PRAGMA journal_mode", &mode) < 0 ? -EIO : str_eq(mode, STR("delete"));
    return r;
}

static int configure(struct opening *o, const struct db_options *options) {
    struct str s;
    int r;

    if (o->db->access == DB_WRITE) {
        if ((r = layout_new_file(sqlite_of(o->db)->handle)) != SQLITE_OK)
            return opening_failed(o, r, "setting it up");
        if ((r = rewriting_was_interrupted(o)) < 0 || (r == 0 && (r = set_wal(o)) < 0))
            return r;
    } else if ((r = opening_ask(o, "PRAGMA schema_version", &s)) < 0) /* fails here if the file is not a database */
        return r;
    s = arena_printf(o->arena,
                     "PRAGMA synchronous = %s;"
                     "PRAGMA cache_size = %d;"
                     "PRAGMA secure_delete = ON;" /* see scrub.c */
                     "PRAGMA mmap_size = %zu;"
                     "PRAGMA journal_size_limit = %d;"
                     "PRAGMA temp_store = MEMORY;"
                     "PRAGMA case_sensitive_like = ON;" /* as in PostgreSQL */
                     "PRAGMA cell_size_check = ON;",
                     options->no_sync ? "OFF" : "FULL", o->db->access == DB_WRITE ? -65536 : -16384,
                     options->mmap_bytes, LOG_KEEP_BYTES);
    return opening_exec(o, s.ptr, "setting it up");
}

static int schema_refuse(struct opening *o, unsigned taken) {
    if (taken == 0) {
        *o->why = arena_printf(o->arena, "There is no database yet: %s is empty.", o->path);
        return -ENOENT;
    }
    if (taken > o->steps_n)
        *o->why =
            arena_printf(o->arena,
                         "%s has schema %u, made by a newer hired; this one knows schemas up to %u. Use the newer "
                         "hired, or a backup from before the upgrade.",
                         o->path, taken - 1, o->steps_n - 1);
    else
        *o->why =
            arena_printf(o->arena,
                         "%s has schema %u, this hired needs %u. Start `hired serve` once: it brings the database "
                         "up to date.",
                         o->path, taken - 1, o->steps_n - 1);
    return -EPROTO;
}

/* Called within the transaction. */
static int schema_take_steps(struct opening *o, unsigned taken, unsigned until) {
    int r;
    if (taken == 0) {
        struct str s = arena_printf(o->arena, "PRAGMA application_id = %d", APPLICATION_ID);
        if ((r = opening_exec(o, s.ptr, "making the schema")) < 0)
            return r;
    }
    for (unsigned i = taken; i < until; i++) {
        struct str doing = arena_printf(o->arena, "taking schema step %03u", i);
        if ((r = opening_exec(o, o->steps[i], doing.ptr)) < 0)
            return r;
    }
    struct str s = arena_printf(o->arena,
                                "INSERT INTO meta (key, value) VALUES ('schema', '%u')"
                                " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                                until - 1);
    if ((r = opening_exec(o, s.ptr, "noting the schema")) < 0 || taken == 0 || until != SCHEMA_REWRITTEN)
        return r;
    return opening_exec(o,
                        "INSERT INTO meta (key, value) VALUES ('" COPIED_BEFORE "', '1') ON CONFLICT (key) DO NOTHING",
                        "noting the copy");
}

/* Takes the missing steps before step until in one transaction: all or none. */
static int schema_migrate(struct opening *o, unsigned until) {
    unsigned taken;
    int r = opening_exec(o, "BEGIN IMMEDIATE", "waiting to migrate it");
    if (r < 0)
        return r;
    /* Another process may have taken the steps meanwhile. */
    if ((r = schema_taken(o, &taken)) == 0 && taken > o->steps_n)
        r = schema_refuse(o, taken);
    if (r == 0 && taken < until)
        r = schema_take_steps(o, taken, until);
    if (r == 0)
        r = opening_exec(o, "COMMIT", "committing the schema");
    if (r < 0) {
        sqlite3_exec(sqlite_of(o->db)->handle, "ROLLBACK", NULL, NULL, NULL);
        return r;
    }
    if (taken < until) {
        char from[16], to[16];
        snprintf(from, sizeof(from), "%d", (int)taken - 1);
        snprintf(to, sizeof(to), "%u", until - 1);
        log_line(LOG_INFO, taken == 0 ? "database made" : "database migrated", "from", taken == 0 ? "none" : from,
                 "schema", to, NULL);
    }
    return 0;
}

/* Before schema 007, old bytes stayed in the file: rewrites the file once. Without space for that, the database is
 * used as it is. */
static void make_clean(struct opening *o) {
    sqlite3 *h = sqlite_of(o->db)->handle;
    log_line(LOG_INFO, "database is rewritten, once", NULL);
    sqlite3_limit(h, SQLITE_LIMIT_ATTACHED, 1); /* VACUUM attaches its temporary database */
    int r = sqlite3_exec(h, "VACUUM", NULL, NULL, NULL);
    sqlite3_limit(h, SQLITE_LIMIT_ATTACHED, 0);
    if (r != SQLITE_OK)
        db_fault(o->db, r, "VACUUM");
}

/* Whether the rewriting must keep the file as it was: not if a copy was made before steps that were taken in place,
 * perhaps by an earlier process. */
static int decide_copy(struct opening *o) {
    struct str copied;
    int r = opening_ask(o, "SELECT value FROM meta WHERE key = '" COPIED_BEFORE "'", &copied);
    o->keep = r == 0 && str_is_absent(copied) && !o->no_copy;
    return r;
}

/* Returns 1: the database was rewritten, so open it again; 0, or < 0. */
static int schema_check(struct opening *o) {
    unsigned taken;
    int r = schema_taken(o, &taken);
    if (r < 0 || taken == o->steps_n)
        return r;
    if (o->db->access == DB_READ || taken > o->steps_n)
        return schema_refuse(o, taken);
    r = taken > 0 && taken != SCHEMA_REWRITTEN && !o->no_copy
            ? sqlite_copy_before(o->db, o->path, taken, o->arena, o->why)
            : 0;
    if (r == 0 && is_rewritten(o, taken)) {
        if (taken < SCHEMA_REWRITTEN)
            r = schema_migrate(o, SCHEMA_REWRITTEN);
        if (r == 0)
            r = decide_copy(o);
        if (r == 0)
            r = rewrite_database(o);
        return r < 0 ? r : 1;
    }
    if (r == 0)
        r = schema_migrate(o, o->steps_n);
    if (r == 0 && taken > 0 && taken <= STEPS_UNCLEAN && o->steps_n > STEPS_UNCLEAN)
        make_clean(o);
    return r;
}

unsigned db_schema_version(void) {
    return schema_steps_n - 1;
}

/* ---- connections ---- */

/* Returns 1: the database was rewritten, so open it again; 0, or < 0. */
static int open_once(struct opening *o, const struct db_options *options) {
    int flags = (o->db->access == DB_WRITE ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) | SQLITE_OPEN_NOMUTEX |
                SQLITE_OPEN_PRIVATECACHE;
    int r;

    if (o->db->access == DB_WRITE && (r = make_file(o, options->dir)) < 0)
        return r;
    if (o->db->access == DB_READ && access(o->path, F_OK) < 0) {
        r = -errno;
        *o->why = r == -ENOENT ? arena_printf(o->arena, "There is no database in %s.", options->dir)
                               : arena_printf(o->arena, "Cannot open %s: %s.", o->path, strerror(-r));
        return r;
    }
    r = sqlite3_open_v2(o->path, &sqlite_of(o->db)->handle, flags, NULL);
    if (r != SQLITE_OK)
        return opening_failed(o, r, "opening it");
    if (o->db->access == DB_WRITE && sqlite3_db_readonly(sqlite_of(o->db)->handle, "main") == 1) {
        *o->why = arena_printf(o->arena, "Cannot write to %s: this user may only read it.", o->path);
        return -EACCES; /* SQLite would report it only at the first write */
    }
    configure_handle(o->db);
    sqlite_look_at_clock(o->db);
    if ((r = configure(o, options)) < 0)
        return r;
    return schema_check(o);
}

static int open_file(struct opening *o, const struct db_options *options) {
    int r = open_once(o, options);
    if (r == 1)
        r = open_once(o, options);
    return r == 1 ? -EIO : r;
}

int db_open_with(struct db **ret, const struct db_options *options, enum db_access access, const char *const *steps,
                 unsigned steps_n, const struct db_statement_text *texts, unsigned texts_n, struct arena *a,
                 struct str *ret_why) {
    sqlite_setup();
    struct db *db = mem_alloc(sizeof(struct sqlite_db));
    db->driver = &sqlite_driver;
    db->access = access;
    sqlite_of(db)->busy_ms = options->busy_ms;
    if (access == DB_READ)
        sqlite_of(db)->limit = (struct read_limit){.ms = options->read_ms, .log_max = options->log_max};
    sqlite_of(db)->log_due = sqlite_of(db)->log_step = LOG_PAGES;
    sqlite_of(db)->log_many = LOG_PAGES_MANY;
    sqlite_of(db)->texts = texts;
    sqlite_of(db)->texts_n = texts_n;
    sqlite_of(db)->statements = mem_alloc(texts_n * sizeof(*sqlite_of(db)->statements) + 1);

    struct str why = STR_ABSENT;
    /* With "./" in front, SQLite does not read a directory named "file:..." as a URI. */
    struct str path = arena_printf(a, "%s%s/hired.db", options->dir[0] == '/' ? "" : "./", options->dir);
    struct opening o = {.db = db,
                        .arena = a,
                        .why = &why,
                        .path = path.ptr,
                        .steps = steps,
                        .steps_n = steps_n,
                        .no_copy = options->no_copy};
    int r = open_file(&o, options);
    if (r < 0) {
        *ret_why = why;
        db_close(db);
        return r;
    }
    *ret = db;
    return 0;
}

int sqlite_open(struct db **ret, const struct db_options *o, enum db_access access, struct arena *a,
                struct str *ret_why) {
    return db_open_with(ret, o, access, schema_steps, schema_steps_n, db_statement_texts, DB_STATEMENTS, a, ret_why);
}

/* What is in the log belongs to the database: who copies hired.db alone loses it. Closing the last connection removes
 * the log; a reader of another process would keep it, so it is emptied before. */
static void empty_log(struct db *db) {
    if (db->access != DB_WRITE || !sqlite_of(db)->handle)
        return;
    (void)may_reset_log(db, true);
    if (sqlite_of(db)->log_pages > 0)
        cut_log(db);
}

/* Tells that another process's reader kept the log. path: the database's. */
static void tell_left_log(const char *path) {
    struct arena scratch ARENA_CLEANUP = ARENA_EMPTY;
    struct stat st;
    struct str log = arena_printf(&scratch, "%s-wal", path);
    if (stat(log.ptr, &st) == 0 && st.st_size > 0)
        log_fmt(LOG_WARN,
                "%s stays, because another process reads the database; it belongs to it: do not copy %s without it",
                log.ptr, path);
}

struct db *sqlite_close_db(struct db *db) {
    struct arena scratch ARENA_CLEANUP = ARENA_EMPTY;
    const char *name = sqlite_of(db)->handle ? sqlite3_db_filename(sqlite_of(db)->handle, "main") : NULL;
    struct str path = name && db->access == DB_WRITE ? arena_dup(&scratch, str_of(name)) : STR_ABSENT;
    db_rollback(db);
    empty_log(db);
    for (unsigned i = 0; i < sqlite_of(db)->texts_n; i++)
        for (struct statement *s = sqlite_of(db)->statements[i], *next; s; s = next) {
            next = s->next;
            sqlite3_finalize(s->handle);
            free(s);
        }
    for (int i = 0; i < CONTROLS; i++)
        sqlite3_finalize(sqlite_of(db)->controls[i]);
    int r = sqlite3_close(sqlite_of(db)->handle);
    if (r != SQLITE_OK)
        db_fault(db, r, "close");
    if (path.len > 0)
        tell_left_log(path.ptr);
    free(sqlite_of(db)->statements);
    free(db);
    return NULL;
}
