/* SPDX-License-Identifier: Apache-2.0
 *
 * The SQLite driver as one side of a transfer (store/transfer/side.h).
 */
#include "store/transfer/side.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/sqlite/sqlite.h"

struct sqlite_side {
    struct side base;
    const char *dir;
    struct db *db;
    sqlite3_stmt *read, *put;
    const struct schema_table *table; /* of put */
};

static struct sqlite_side *side_of(struct side *s) {
    return (struct sqlite_side *)s;
}

static sqlite3 *handle_of(const struct sqlite_side *s) {
    return sqlite_of(s->db)->handle;
}

static int failed(struct sqlite_side *s, const char *doing) {
    int code = sqlite3_extended_errcode(handle_of(s)), r = db_errno(code);
    *s->base.why = arena_printf(s->base.arena, "%s: %s (%s).%s", s->base.name.ptr, sqlite3_errmsg(handle_of(s)), doing,
                                r == -ENOSPC ? " When there is room, run the command again: it goes on." : "");
    return r < 0 ? r : -EIO;
}

static int failed_errno(struct sqlite_side *s, int r, const char *doing) {
    *s->base.why = arena_printf(s->base.arena, "%s: %s (%s).%s", s->base.name.ptr, strerror(-r), doing,
                                r == -ENOSPC ? " When there is room, run the command again: it goes on." : "");
    return r;
}

/* ---- reading ---- */

static int read_rows(struct side *base, const struct schema_table *t, const char *sql) {
    struct sqlite_side *s = side_of(base);
    return sqlite3_prepare_v2(handle_of(s), sql, -1, &s->read, NULL) == SQLITE_OK ? 0 : failed(s, t->name);
}

static int read_cell(struct sqlite_side *s, int i, struct cell *ret) {
    switch (sqlite3_column_type(s->read, i)) {
    case SQLITE_NULL:
        *ret = (struct cell){.kind = CELL_NULL};
        return 0;
    case SQLITE_INTEGER:
        *ret = (struct cell){.kind = CELL_INT, .number = sqlite3_column_int64(s->read, i)};
        return 0;
    case SQLITE_TEXT: {
        const char *text = (const char *)sqlite3_column_text(s->read, i);
        *ret = (struct cell){.kind = CELL_TEXT, .text = {text ? text : "", (size_t)sqlite3_column_bytes(s->read, i)}};
        return 0;
    }
    default:
        *s->base.why = arena_printf(s->base.arena, "%s: the column %s has a value that is neither a number nor a text.",
                                    s->base.name.ptr, sqlite3_column_name(s->read, i));
        return -EINVAL;
    }
}

static int next_row(struct side *base, struct row *ret) {
    struct sqlite_side *s = side_of(base);
    int step = sqlite3_step(s->read), r = 0;
    if (step != SQLITE_ROW)
        return step == SQLITE_DONE ? 0 : failed(s, "reading rows");
    for (int i = 0; i < sqlite3_column_count(s->read) && r == 0; i++)
        r = read_cell(s, i, &ret->cell[i]);
    return r < 0 ? r : 1;
}

static void read_end(struct side *base) {
    struct sqlite_side *s = side_of(base);
    sqlite3_finalize(s->read);
    s->read = NULL;
}

/* The first column of the first row, in the arena; absent if there is none. */
static int ask(struct side *base, const char *sql, struct str *ret) {
    struct sqlite_side *s = side_of(base);
    sqlite3_stmt *q = NULL;
    int step = sqlite3_prepare_v2(handle_of(s), sql, -1, &q, NULL);
    *ret = STR_ABSENT;
    if (step == SQLITE_OK)
        step = sqlite3_step(q);
    if (step == SQLITE_ROW)
        *ret = arena_dup(s->base.arena, str_of((const char *)sqlite3_column_text(q, 0)));
    sqlite3_finalize(q);
    return step == SQLITE_ROW || step == SQLITE_DONE ? 0 : failed(s, "looking at it");
}

/* Of the file and its log: who they are, how large, and when they were changed. */
static int state(struct side *base, struct str *ret) {
    struct sqlite_side *s = side_of(base);
    struct arena *a = base->arena;
    struct stat file, log = {0};
    if (stat(arena_printf(a, "%s/hired.db", s->dir).ptr, &file) < 0)
        return failed_errno(s, -errno, "looking at it");
    if (stat(arena_printf(a, "%s/hired.db-wal", s->dir).ptr, &log) < 0 || log.st_size == 0)
        log = (struct stat){0}; /* reading may leave an empty one */
    *ret = arena_printf(a, "sqlite %llu:%llu, %lld bytes of %lld.%09ld, log %lld bytes of %lld.%09ld",
                        (unsigned long long)file.st_dev, (unsigned long long)file.st_ino, (long long)file.st_size,
                        (long long)file.st_mtim.tv_sec, file.st_mtim.tv_nsec, (long long)log.st_size,
                        (long long)log.st_mtim.tv_sec, log.st_mtim.tv_nsec);
    return 0;
}

/* ---- writing ---- */

static int run(struct sqlite_side *s, const char *sql, struct str parameter, const char *doing) {
    sqlite3_stmt *q = NULL;
    int r = sqlite3_prepare_v2(handle_of(s), sql, -1, &q, NULL);
    if (r == SQLITE_OK && !str_is_absent(parameter))
        r = sqlite3_bind_text(q, 1, parameter.ptr, (int)parameter.len, SQLITE_STATIC);
    if (r == SQLITE_OK)
        r = sqlite3_step(q);
    sqlite3_finalize(q);
    return r == SQLITE_DONE ? 0 : failed(s, doing);
}

static int write_note(struct sqlite_side *s, struct str value) {
    return str_is_absent(value)
               ? run(s, "DELETE FROM meta WHERE key = '" META_TRANSFER "'", value, "releasing it")
               : run(s,
                     "INSERT INTO meta (key, value) VALUES ('" META_TRANSFER "', $1) ON CONFLICT (key) DO UPDATE SET "
                     "value = excluded.value",
                     value, "noting the migration");
}

/* Ends a transaction: r is the error so far. */
static int end(struct sqlite_side *s, int r) {
    if (r < 0) {
        db_rollback(s->db);
        return r;
    }
    r = db_commit(s->db);
    return r < 0 ? failed_errno(s, r, "writing") : 0;
}

static int start(struct sqlite_side *s) {
    int r = db_begin(s->db);
    return r < 0 ? failed_errno(s, r, "beginning to write") : 0;
}

static int open_db(struct sqlite_side *s, enum db_access access) {
    const struct db_options o = {.dir = s->dir, .busy_ms = 1000};
    return sqlite_open(&s->db, &o, access, s->base.arena, s->base.why);
}

static void put_done(struct sqlite_side *s) {
    sqlite3_finalize(s->put);
    s->put = NULL;
    s->table = NULL;
}

/* A new file is made faster than the rows of a large one are deleted. */
static int remake(struct sqlite_side *s) {
    static const char *const ends[] = {"", "-wal", "-shm"};
    put_done(s);
    s->db = db_close(s->db);
    for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
        const char *path = arena_printf(s->base.arena, "%s/hired.db%s", s->dir, ends[i]).ptr;
        if (unlink(path) < 0 && errno != ENOENT)
            return failed_errno(s, -errno, "removing the interrupted copy");
    }
    return open_db(s, DB_WRITE);
}

static int begin(struct side *base, struct str value) {
    struct sqlite_side *s = side_of(base);
    int r = side_is_used(base);
    if (r == 1)
        r = remake(s);
    if (r < 0 || (r = start(s)) < 0)
        return r;
    for (unsigned i = 0; i < schema_tables_n && r == 0; i++) { /* what the schema steps put there */
        const struct schema_table *t = &schema_tables[i];
        const char *filter = row_filter(t);
        r = run(
            s,
            arena_printf(base->arena, "DELETE FROM %s%s%s", t->name, filter ? " WHERE " : "", filter ? filter : "").ptr,
            STR_ABSENT, t->name);
    }
    return end(s, r < 0 ? r : write_note(s, value));
}

static int put_prepare(struct sqlite_side *s, const struct schema_table *t) {
    struct buf sql BUF_CLEANUP = BUF_EMPTY;
    put_done(s);
    buf_printf(&sql, "INSERT INTO %s (", t->name);
    row_columns(&sql, t, t->columns);
    buf_add_lit(&sql, ") VALUES (");
    for (unsigned i = 0; i < t->columns; i++)
        buf_printf(&sql, "%s?%u", i > 0 ? ", " : "", i + 1);
    buf_add_lit(&sql, ")");
    if (sqlite3_prepare_v2(handle_of(s), sql.ptr, (int)sql.len, &s->put, NULL) != SQLITE_OK)
        return failed(s, t->name);
    s->table = t;
    return 0;
}

static int put_begin(struct side *base, const struct schema_table *t) {
    struct sqlite_side *s = side_of(base);
    int r = s->table == t ? 0 : put_prepare(s, t);
    return r < 0 ? r : start(s);
}

static int put(struct side *base, const struct row *row) {
    struct sqlite_side *s = side_of(base);
    for (unsigned i = 0; i < s->table->columns; i++) {
        const struct cell *c = &row->cell[i];
        int at = (int)i + 1;
        int r = c->kind == CELL_NULL  ? sqlite3_bind_null(s->put, at)
                : c->kind == CELL_INT ? sqlite3_bind_int64(s->put, at, c->number)
                                      : sqlite3_bind_text64(s->put, at, c->text.ptr ? c->text.ptr : "", c->text.len,
                                                            SQLITE_STATIC, SQLITE_UTF8);
        if (r != SQLITE_OK)
            return failed(s, s->table->name);
    }
    int step = sqlite3_step(s->put);
    int r = step == SQLITE_DONE ? 0 : failed(s, s->table->name);
    sqlite3_reset(s->put);
    return r;
}

static int put_end(struct side *base) {
    return end(side_of(base), 0);
}

static int set_note(struct side *base, struct str value) {
    struct sqlite_side *s = side_of(base);
    int r = start(s);
    return r < 0 ? r : end(s, write_note(s, value));
}

/* ---- opening ---- */

static void close_side(struct side *base) {
    struct sqlite_side *s = side_of(base);
    put_done(s);
    read_end(base);
    db_close(s->db);
    free(s);
}

static const struct side_functions functions = {
    .ask = ask,
    .state = state,
    .read = read_rows,
    .next = next_row,
    .read_end = read_end,
    .begin = begin,
    .put_begin = put_begin,
    .put = put,
    .put_end = put_end,
    .set_note = set_note,
    .close = close_side,
};

static struct sqlite_side *side_new(const char *dir, struct arena *a, struct str *why) {
    struct sqlite_side *s = mem_alloc(sizeof(*s));
    s->base = (struct side){.fn = &functions, .arena = a, .why = why, .name = arena_printf(a, "%s/hired.db", dir)};
    s->dir = dir;
    return s;
}

int sqlite_side_source(struct side **ret, const char *dir, struct arena *a, struct str *ret_why) {
    struct sqlite_side *s = side_new(dir, a, ret_why);
    int r = open_db(s, DB_READ);
    if (r == 0 && (r = side_is_unfinished(&s->base)) == 1) {
        *ret_why = arena_printf(a, "%s is itself the unfinished copy of another database.", s->base.name.ptr);
        r = -EUCLEAN;
    }
    return side_give(&s->base, r, ret);
}

/* Whether the database that is there may be filled. */
static int may_fill(struct sqlite_side *s) {
    int r = side_has_own_data(&s->base);
    if (r != 1)
        return r;
    *s->base.why =
        arena_printf(s->base.arena, "%s is a database with data of its own; a migration needs a directory without one.",
                     s->base.name.ptr);
    return -ENOTEMPTY;
}

int sqlite_side_target(struct side **ret, const char *dir, struct arena *a, struct str *ret_why) {
    struct sqlite_side *s = side_new(dir, a, ret_why);
    int r = access(s->base.name.ptr, F_OK) < 0 ? -errno : open_db(s, DB_READ);
    if (r == 0) {
        r = may_fill(s);
        s->db = db_close(s->db);
    } else if (r == -ENOENT)
        r = 0;
    if (r == 0)
        r = open_db(s, DB_WRITE);
    return side_give(&s->base, r, ret);
}
