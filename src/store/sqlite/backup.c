/* SPDX-License-Identifier: Apache-2.0
 *
 * Copies the whole database while other connections write, and checks a copy.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/pace.h"
#include "store/sqlite/sqlite.h"

#define STEP_BYTES (4 << 20) /* copied between two calls of progress and of the pace */

struct target {
    sqlite3 *handle;
    int fd; /* the same file, to write back what SQLite has written; closed after handle, because closing it drops
               SQLite's locks */
};

static int set_up_target(sqlite3 *handle) {
    /* An interrupted copy is thrown away, so it needs no journal; finish_target syncs it once. */
    int r = sqlite3_exec(handle,
                         "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -16384;"
                         "PRAGMA locking_mode = EXCLUSIVE",
                         NULL, NULL, NULL);
    return r == SQLITE_OK ? 0 : db_errno(r);
}

/* Creates the file before SQLite does, with a mode that never lets other users read it. */
static int make_target(const char *path, struct target *ret) {
    int r;

    ret->fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (ret->fd < 0)
        return -errno;
    r = sqlite3_open_v2(path, &ret->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE,
                        NULL);
    return r == SQLITE_OK ? set_up_target(ret->handle) : db_errno(r);
}

static int finish_target(struct target *t, int r) {
    if (sqlite3_close(t->handle) != SQLITE_OK && r == 0)
        r = -EIO;
    if (t->fd < 0)
        return r;
    if (r == 0 && fsync(t->fd) < 0)
        r = -errno;
    close(t->fd);
    return r;
}

/* Begins to write back what was copied so far. A large amount of unwritten data at once would delay other processes'
 * syncs on the same disk. */
static void write_back(const struct target *t) {
    (void)sync_file_range(t->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
}

static int copy_pages(sqlite3 *from, struct target *to, int step_pages, const struct db_copying *how,
                      struct read_limit *limit) {
    sqlite3_backup *copy = sqlite3_backup_init(to->handle, "main", from, "main");
    struct pace pace = {.rate = how->rate};
    int r = SQLITE_OK;
    bool go_on = true;

    if (!copy)
        return db_errno(sqlite3_errcode(to->handle));
    while (r == SQLITE_OK && go_on && limit_look(limit, from) == 0) {
        r = sqlite3_backup_step(copy, step_pages);
        if (how->progress && (r == SQLITE_OK || r == SQLITE_DONE))
            go_on = how->progress(how->ctx, sqlite3_backup_pagecount(copy) - sqlite3_backup_remaining(copy),
                                  sqlite3_backup_pagecount(copy));
        write_back(to);
        if (r == SQLITE_OK)
            pace_moved(&pace, STEP_BYTES);
    }
    /* Its result repeats that of the last step. */
    sqlite3_backup_finish(copy);
    if (r == SQLITE_OK)
        return go_on ? limit->over : -ECANCELED;
    return r == SQLITE_DONE ? 0 : db_errno(r);
}

int sqlite_ask_number(sqlite3 *handle, const char *sql, int *ret) {
    sqlite3_stmt *s = NULL;
    int r = sqlite3_prepare_v2(handle, sql, -1, &s, NULL);

    if (r == SQLITE_OK)
        r = sqlite3_step(s);
    if (r == SQLITE_ROW)
        *ret = sqlite3_column_int(s, 0);
    sqlite3_finalize(s);
    return r == SQLITE_ROW ? 0 : db_errno(r == SQLITE_DONE || r == SQLITE_OK ? SQLITE_ERROR : r);
}

/* Without a transaction that has read, each step of the copy would read in a transaction of its own, and a write
 * between two steps would make SQLite begin the copy again. */
static int copy_snapshot(sqlite3 *from, struct target *to, const struct db_copying *how, struct read_limit *limit) {
    bool own = sqlite3_get_autocommit(from);
    int page_size = 0, tables, r = 0;

    if (own && (r = sqlite3_exec(from, "BEGIN", NULL, NULL, NULL)) != SQLITE_OK)
        return db_errno(r);
    r = sqlite_ask_number(from, "SELECT COUNT(*) FROM sqlite_schema", &tables);
    if (r == 0)
        r = sqlite_ask_number(from, "PRAGMA page_size", &page_size);
    if (r == 0 && sqlite3_db_readonly(from, "main") == 1)
        pages_copy_of(to->handle, from);
    if (r == 0)
        r = copy_pages(from, to, page_size > 0 ? STEP_BYTES / page_size : 1, how, limit);
    if (own)
        sqlite3_exec(from, "COMMIT", NULL, NULL, NULL);
    return r;
}

static int copy_to(sqlite3 *from, const char *path, const struct db_copying *how, struct read_limit *limit) {
    static const struct db_copying plain;
    struct target to = {.fd = -1};
    int r = make_target(path, &to);

    if (r == 0)
        r = copy_snapshot(from, &to, how ? how : &plain, limit);
    return finish_target(&to, r);
}

int sqlite_copy(struct db *db, const char *path, const struct db_copying *how) {
    /* The time that a copy takes depends on the size of the database, so only the log limits it. */
    struct read_limit limit = {.log_max = sqlite_of(db)->limit.log_max};
    limit_begin(&limit);
    return copy_to(sqlite_of(db)->handle, path, how, &limit);
}

/* ---- files that need not have this binary's schema ---- */

/* Opens it for reading and writing, because a database with a write-ahead log needs that. */
static int open_plain(const char *path, sqlite3 **ret) {
    int r = sqlite3_open_v2(path, ret, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE, NULL);

    if (r == SQLITE_OK)
        r = sqlite3_extended_result_codes(*ret, 1);
    return r == SQLITE_OK ? 0 : db_errno(r);
}

int db_check_file(const char *path, void (*fn)(void *ctx, struct str line), void *ctx) {
    sqlite3 *handle = NULL;
    sqlite3_stmt *s = NULL;
    int findings = 0, r = open_plain(path, &handle);

    if (r == 0 && (r = sqlite3_prepare_v2(handle, "PRAGMA quick_check(100)", -1, &s, NULL)) == SQLITE_OK)
        while ((r = sqlite3_step(s)) == SQLITE_ROW) {
            struct str line = {(const char *)sqlite3_column_text(s, 0), (size_t)sqlite3_column_bytes(s, 0)};
            if (!line.ptr || str_eq(line, STR("ok")))
                continue;
            findings++;
            fn(ctx, line);
        }
    sqlite3_finalize(s);
    sqlite3_close(handle);
    return r == SQLITE_DONE ? findings : r < 0 ? r : db_errno(r);
}
