/* SPDX-License-Identifier: Apache-2.0
 *
 * Rewrites a database of an older schema into a new file.
 *
 * Tables whose layout changed cannot be changed in place without a log as large as they are, and the size of pages not
 * at all. So the rows are copied table by table into hired.db.next, which has the new schema; orders in portions. What
 * was copied is recorded in that file's table moved, in the same transaction, so an interrupted copy goes on where it
 * ended. The table also records what the older file was like: if it has changed since, the copy begins again. When all
 * is copied and the numbers of rows agree, the new file takes the later steps, the older file is linked as
 * hired.db.before-017, and the new one takes its name. Until then the older file is only read.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/dir.h"
#include "base/log.h"
#include "store/sqlite/sqlite.h"

#define PORTION 20000
#define LOG_BYTES INT64_C(67108864)     /* the new file's log may have as much */
#define PROGRESS_NS INT64_C(5000000000) /* between two lines of the log */

struct rewriting {
    struct opening *o;
    const char *path, *next;
    struct str source; /* what the older file is like */
    sqlite3 *handle;   /* of the new file, with the older one attached */
    int64_t rows;      /* copied by this process */
    int64_t logged_ns;
};

/* ---- SQL on the new file ---- */

static int failed(struct rewriting *w, const char *doing) {
    struct opening *o = w->o;
    int code = sqlite3_extended_errcode(w->handle), r = db_errno(code);
    *o->why =
        arena_printf(o->arena, "Cannot rewrite %s into %s: %s while %s. No record is lost; the next start goes on.",
                     w->path, w->next, sqlite3_errmsg(w->handle), doing);
    return r == 0 ? -EIO : r;
}

static int run(struct rewriting *w, const char *sql, const char *doing) {
    return sqlite3_exec(w->handle, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : failed(w, doing);
}

static int run_of(struct rewriting *w, const char *format, const char *table) {
    struct str sql = arena_printf(w->o->arena, format, table, table);
    return run(w, sql.ptr, table);
}

/* The first column of the first row as text, in the arena; absent if there is no row, or no such table. */
static struct str ask(struct rewriting *w, const char *sql, const char *parameter) {
    struct str s = STR_ABSENT;
    sqlite3_stmt *q = NULL;
    if (sqlite3_prepare_v2(w->handle, sql, -1, &q, NULL) == SQLITE_OK &&
        sqlite3_bind_text(q, 1, parameter, -1, SQLITE_STATIC) == SQLITE_OK && sqlite3_step(q) == SQLITE_ROW)
        s = arena_dup(w->o->arena, str_of((const char *)sqlite3_column_text(q, 0)));
    sqlite3_finalize(q);
    return s;
}

/* Runs a statement with one text parameter. */
static int run_with(struct rewriting *w, const char *sql, const char *parameter, const char *doing) {
    sqlite3_stmt *q = NULL;
    int r = sqlite3_prepare_v2(w->handle, sql, -1, &q, NULL);
    if (r == SQLITE_OK)
        r = sqlite3_bind_text(q, 1, parameter, -1, SQLITE_STATIC);
    if (r == SQLITE_OK)
        r = sqlite3_step(q);
    sqlite3_finalize(q);
    return r == SQLITE_DONE ? 0 : failed(w, doing);
}

/* ---- the new file ---- */

static void remove_next(struct rewriting *w) {
    static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        unlink(arena_printf(w->o->arena, "%s%s", w->next, ends[i]).ptr);
}

static int open_next(struct rewriting *w) {
    int fd = open(w->next, O_RDWR | O_CREAT | O_CLOEXEC, 0600), r;
    if (fd < 0) {
        r = -errno;
        *w->o->why = arena_printf(w->o->arena, "Cannot make %s: %s.", w->next, strerror(-r));
        return r;
    }
    close(fd);
    if (sqlite3_open_v2(w->next, &w->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        return failed(w, "opening it");
    sqlite3_extended_result_codes(w->handle, 1);
    if (layout_new_file(w->handle) != SQLITE_OK)
        return failed(w, "setting it up");
    if ((r = run(w,
                 "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536;"
                 "PRAGMA wal_autocheckpoint = 4096;",
                 "setting it up")) < 0)
        return r;
    return run_with(w, "ATTACH $1 AS old", w->path, "opening the older file");
}

static void close_next(struct rewriting *w) {
    sqlite3_close(w->handle);
    w->handle = NULL;
}

static int make_schema(struct rewriting *w) {
    int r = run(w, "BEGIN; CREATE TABLE moved (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL);", "making it");
    for (unsigned i = 0; i <= SCHEMA_REWRITTEN && r == 0; i++)
        r = run(w, w->o->steps[i], "making the schema");
    if (r == 0)
        r = run_with(w, "INSERT INTO moved VALUES ('source', $1)", w->source.ptr, "making it");
    return r < 0 ? r : run(w, "COMMIT", "making it");
}

/* Opens the new file of an earlier attempt, or begins one. */
static int begin_next(struct rewriting *w) {
    int r = open_next(w);
    bool goes_on = r == 0 && str_eq(ask(w, "SELECT value FROM moved WHERE name = $1", "source"), w->source);

    if (goes_on) {
        log_line(LOG_INFO, "the database is being rewritten, where it was interrupted", "into", w->next, NULL);
        return 0;
    }
    close_next(w);
    remove_next(w);
    log_line(LOG_INFO, "the database is being rewritten; that happens once", "into", w->next, NULL);
    r = open_next(w);
    return r < 0 ? r : make_schema(w);
}

/* ---- rows ---- */

static void show(struct rewriting *w, const char *table) {
    char rows[24];
    if (clock_mono_ns() - w->logged_ns < PROGRESS_NS)
        return;
    w->logged_ns = clock_mono_ns();
    snprintf(rows, sizeof(rows), "%" PRId64, w->rows);
    log_line(LOG_INFO, "rewriting", "table", table, "rows", rows, NULL);
}

/* Reads the key of the row that was copied last; the lowest key if there is none. */
static int last_key(struct rewriting *w, const struct schema_move *move, int64_t key[3]) {
    sqlite3_stmt *q = NULL;
    int r = sqlite3_prepare_v2(w->handle, move->last, -1, &q, NULL);
    if (r == SQLITE_OK)
        r = sqlite3_step(q);
    for (int i = 0; i < 3; i++)
        key[i] = r == SQLITE_ROW ? sqlite3_column_int64(q, i) : INT64_MIN;
    sqlite3_finalize(q);
    return r == SQLITE_ROW || r == SQLITE_DONE ? 0 : failed(w, move->table);
}

/* Copies the next portion. Returns the number of its rows, or < 0. */
static int copy_portion(struct rewriting *w, const struct schema_move *move, sqlite3_stmt *q) {
    int64_t key[3];
    int r = last_key(w, move, key);
    if (r < 0)
        return r;
    for (int i = 0; i < 3; i++)
        sqlite3_bind_int64(q, i + 1, key[i]);
    sqlite3_bind_int(q, 4, PORTION);
    r = sqlite3_step(q);
    sqlite3_reset(q);
    if (r != SQLITE_DONE)
        return failed(w, move->table);
    w->rows += sqlite3_changes(w->handle);
    show(w, move->table);
    return sqlite3_changes(w->handle);
}

static int copy_portions(struct rewriting *w, const struct schema_move *move) {
    sqlite3_stmt *q = NULL;
    int r = 1;
    if (sqlite3_prepare_v2(w->handle, move->sql, -1, &q, NULL) != SQLITE_OK)
        return failed(w, move->table);
    while (r > 0)
        r = copy_portion(w, move, q);
    sqlite3_finalize(q);
    return r;
}

/* The columns that the table has in both files, separated by commas. */
static struct str common_columns(struct rewriting *w, const char *table) {
    return ask(w,
               "SELECT group_concat(n.name) FROM pragma_table_info($1, 'main') n "
               "JOIN pragma_table_info($1, 'old') o ON o.name = n.name",
               table);
}

static int copy_whole(struct rewriting *w, const struct schema_move *move, const char *table) {
    struct str columns = common_columns(w, table), sql;
    if (!move && str_is_absent(columns))
        return 0;                                    /* a new table */
    int r = run_of(w, "DELETE FROM main.%s", table); /* what the schema steps put there */
    if (r < 0)
        return r;
    sql = move ? str_of(move->sql)
               : arena_printf(w->o->arena, "INSERT INTO main.%s (%s) SELECT %s FROM old.%s", table, columns.ptr,
                              columns.ptr, table);
    r = run(w, sql.ptr, table);
    w->rows += sqlite3_changes(w->handle);
    show(w, table);
    return r;
}

static const struct schema_move *move_of(const char *table) {
    for (const struct schema_move *m = schema_moves; m->table; m++)
        if (m->step == SCHEMA_REWRITTEN && strcmp(m->table, table) == 0)
            return m;
    return NULL;
}

static int same_number(struct rewriting *w, const char *table) {
    struct str sql =
        arena_printf(w->o->arena, "SELECT (SELECT COUNT(*) FROM main.%s) = (SELECT COUNT(*) FROM old.%s) WHERE $1 = $1",
                     table, table);
    if (str_is_absent(common_columns(w, table)) || str_eq(ask(w, sql.ptr, table), STR("1")))
        return 0;
    *w->o->why = arena_printf(w->o->arena,
                              "Cannot rewrite %s: not all rows of the table %s could be copied. No record is "
                              "lost. `hired check` of the older version says what is wrong with it.",
                              w->path, table);
    return -EUCLEAN;
}

static int copy_table(struct rewriting *w, const char *table) {
    const struct schema_move *move = move_of(table);
    int r;
    if (!str_is_absent(ask(w, "SELECT value FROM moved WHERE name = $1", table)))
        return 0;
    if (move && move->last && (r = copy_portions(w, move)) < 0)
        return r;
    if ((r = run(w, "BEGIN", table)) < 0)
        return r;
    if (!move || !move->last)
        r = copy_whole(w, move, table);
    if (r == 0)
        r = same_number(w, table);
    if (r == 0)
        r = run_with(w, "INSERT INTO moved VALUES ($1, '')", table, table);
    return r < 0 ? r : run(w, "COMMIT", table);
}

static int copy_tables(struct rewriting *w) {
    sqlite3_stmt *q = NULL;
    int r = 0, step;
    if (sqlite3_prepare_v2(w->handle,
                           "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' "
                           "AND name <> 'moved' ORDER BY name",
                           -1, &q, NULL) != SQLITE_OK)
        return failed(w, "reading its tables");
    struct str names[256];
    size_t n = 0;
    while ((step = sqlite3_step(q)) == SQLITE_ROW && n < sizeof names / sizeof *names)
        names[n++] = arena_dup(w->o->arena, str_of((const char *)sqlite3_column_text(q, 0)));
    sqlite3_finalize(q);
    if (step != SQLITE_DONE)
        return failed(w, "reading its tables");
    for (size_t i = 0; i < n && r == 0; i++)
        r = copy_table(w, names[i].ptr);
    return r;
}

/* ---- the end ---- */

/* Takes the steps behind SCHEMA_REWRITTEN here, so that the file is not copied once more before them. */
static int finish_next(struct rewriting *w) {
    struct str sql = arena_printf(w->o->arena,
                                  "UPDATE meta SET value = '%u' WHERE key = 'schema'; COMMIT;"
                                  "PRAGMA application_id = %d; PRAGMA journal_mode = DELETE;",
                                  w->o->steps_n - 1, APPLICATION_ID);
    int r = run(w,
                "PRAGMA wal_checkpoint(TRUNCATE); DETACH old; BEGIN; DROP TABLE moved;"
                "DELETE FROM meta WHERE key = '" COPIED_BEFORE "';",
                "finishing it");
    for (unsigned i = SCHEMA_REWRITTEN + 1; i < w->o->steps_n && r == 0; i++)
        r = run(w, w->o->steps[i], "taking the later schema steps");
    if (r == 0)
        r = run(w, sql.ptr, "finishing it");
    close_next(w);
    return r;
}

static int sync_file(const char *path) {
    int fd = open(path, O_RDONLY | O_CLOEXEC), r = 0;
    if (fd < 0 || fsync(fd) < 0)
        r = -errno;
    if (fd >= 0)
        close(fd);
    return r;
}

/* Puts the new file in the place of the older one, which gets another name. */
static int exchange(struct rewriting *w) {
    struct arena *a = w->o->arena;
    const char *before = arena_printf(a, "%s.before-%03d", w->path, SCHEMA_REWRITTEN).ptr;
    int r = sync_file(w->next);

    if (r == 0 && w->o->keep) { /* its time says from when on it is a copy (store/before.h) */
        unlink(before);
        if (link(w->path, before) < 0 || utimensat(AT_FDCWD, before, NULL, 0) < 0)
            r = -errno;
    }
    if (r == 0 && rename(w->next, w->path) < 0)
        r = -errno;
    if (r == 0)
        r = dir_sync_parent(w->path);
    if (r < 0)
        *w->o->why = arena_printf(a, "Cannot put %s in the place of %s: %s.", w->next, w->path, strerror(-r));
    else
        log_line(LOG_INFO, "the database was rewritten", "before", w->o->keep ? before : "", NULL);
    return r;
}

/* ---- the beginning ---- */

/* Takes the older file out of WAL mode, which needs that no other process has it open, and closes it. */
static int close_old(struct opening *o) {
    struct str mode = STR_ABSENT;
    int r = opening_ask(o, "PRAGMA journal_mode = DELETE", &mode);
    if (r == 0 && !str_eq(mode, STR("delete"))) {
        *o->why = arena_printf(o->arena, "%s is open in another process of hired; end that one first.", o->path);
        return -EBUSY;
    }
    if (r < 0)
        return r;
    sqlite3_close(sqlite_of(o->db)->handle);
    sqlite_of(o->db)->handle = NULL;
    return 0;
}

static int look_at_source(struct rewriting *w) {
    struct opening *o = w->o;
    struct stat st, had = {0};
    struct statvfs fs;
    if (stat(w->path, &st) < 0 || statvfs(w->path, &fs) < 0)
        return -errno;
    stat(w->next, &had);
    w->source = arena_printf(o->arena, "%lld bytes, changed %lld.%09ld", (long long)st.st_size,
                             (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
    int64_t room = (int64_t)fs.f_bavail * (int64_t)fs.f_frsize + had.st_size;
    int64_t need = st.st_size + st.st_size / 4 + LOG_BYTES;
    if (room >= need)
        return 0;
    *o->why = arena_printf(o->arena,
                           "%s must be rewritten for this version, which needs %lld MB beside it; there are %lld MB. "
                           "No record is lost.",
                           w->path, (long long)(need >> 20), (long long)(room >> 20));
    return -ENOSPC;
}

int rewrite_database(struct opening *o) {
    struct rewriting w = {.o = o, .path = o->path, .next = arena_printf(o->arena, "%s.next", o->path).ptr};
    int r = close_old(o);

    if (r == 0)
        r = look_at_source(&w);
    if (r == 0)
        r = begin_next(&w);
    if (r == 0)
        r = copy_tables(&w);
    if (r == 0)
        r = finish_next(&w);
    if (r == 0)
        r = exchange(&w);
    close_next(&w);
    if (r < 0 && str_is_absent(*o->why))
        *o->why = arena_printf(o->arena, "Cannot rewrite %s: %s.", w.path, strerror(-r));
    return r;
}
