/* SPDX-License-Identifier: Apache-2.0
 *
 * The SQLite driver: statements and transactions of a connection that open.c opened.
 */
#include "store/sqlite/sqlite.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"

/* ---- statements ---- */

static int statement_prepare(struct db *db, const struct db_statement_text *text, struct statement **ret) {
    sqlite3_stmt *handle = NULL;
    int r = sqlite3_prepare_v3(sqlite_of(db)->handle, text->sql, -1, SQLITE_PREPARE_PERSISTENT, &handle, NULL);
    if (r == SQLITE_ERROR) {
        log_line(LOG_ERROR, "database error", "statement", text->name, "error", sqlite3_errmsg(sqlite_of(db)->handle),
                 NULL);
        return -EINVAL;
    }
    if (r != SQLITE_OK)
        return db_fault(db, sqlite3_extended_errcode(sqlite_of(db)->handle), text->name);

    struct statement *s = mem_alloc(sizeof(*s) + text->parameters);
    s->handle = handle;
    s->text = text;
    s->writes = !sqlite3_stmt_readonly(handle);
    for (unsigned n = 1; n <= text->parameters; n++) {
        char name[16];
        snprintf(name, sizeof(name), "$%u", n);
        s->index[n - 1] = (uint8_t)sqlite3_bind_parameter_index(handle, name);
    }
    *ret = s;
    return 0;
}

static struct db_query sqlite_query(struct db *db, enum db_statement which) {
    struct db_query q = {.db = db};
    struct statement **at = &sqlite_of(db)->statements[which];

    while (*at && (*at)->busy)
        at = &(*at)->next;
    if (!*at && (q.error = statement_prepare(db, &sqlite_of(db)->texts[which], at)) < 0)
        return q;
    (*at)->busy = true;
    q.stmt = *at;
    return q;
}

static void sqlite_query_end(struct db_query *q) {
    struct statement *s = q->stmt;
    if (!s)
        return;
    sqlite3_reset(s->handle);
    sqlite3_clear_bindings(s->handle);
    s->bound = 0;
    s->ended = false;
    s->failed = 0;
    s->busy = false;
    limit_end(&sqlite_of(q->db)->limit, sqlite_of(q->db)->handle);
    q->stmt = NULL;
    q->error = -EINVAL;
}

/* Returns the statement and SQLite's index of $n, ready to bind; or NULL if the call is wrong. */
static struct statement *bind_place(struct db_query *q, int n, int *ret_index) {
    struct statement *s = q->stmt;
    if (!s || q->error < 0)
        return NULL;
    if (n < 1 || (unsigned)n > s->text->parameters) {
        log_line(LOG_ERROR, "database error", "statement", s->text->name, "error", "no such parameter", NULL);
        q->error = -EINVAL;
        return NULL;
    }
    if (s->ended) {
        sqlite3_reset(s->handle);
        s->ended = false;
        s->failed = 0;
    }
    s->bound |= UINT64_C(1) << (n - 1);
    *ret_index = s->index[n - 1];
    return s;
}

static void bind_result(struct db_query *q, int r) {
    if (r != SQLITE_OK)
        q->error = db_fault(q->db, r, ((struct statement *)q->stmt)->text->name);
}

static void sqlite_bind_int(struct db_query *q, int n, int64_t value) {
    int i;
    struct statement *s = bind_place(q, n, &i);
    if (s)
        bind_result(q, sqlite3_bind_int64(s->handle, i, value));
}

static void sqlite_bind_text(struct db_query *q, int n, struct str text) {
    int i;
    struct statement *s = bind_place(q, n, &i);
    if (s)
        bind_result(q, sqlite3_bind_text64(s->handle, i, text.ptr, text.len, SQLITE_STATIC, SQLITE_UTF8));
}

static void sqlite_bind_null(struct db_query *q, int n) {
    int i;
    struct statement *s = bind_place(q, n, &i);
    if (s)
        bind_result(q, sqlite3_bind_null(s->handle, i));
}

/* Whether a statement that writes may run now. */
static int may_write(struct db *db, const struct statement *s) {
    if (db->access == DB_READ)
        return -EROFS;
    if (!db->in_transaction) {
        log_line(LOG_ERROR, "database error", "statement", s->text->name, "error", "writes outside of a transaction",
                 NULL);
        return -EPERM;
    }
    /* The engine has rolled back: this write would be committed on its own. */
    return db_in_transaction(db) ? 0 : -EIO;
}

static int may_step(struct db_query *q, const struct statement *s) {
    if (!s || q->error < 0)
        return q->error < 0 ? q->error : -EINVAL;
    unsigned n = s->text->parameters;
    uint64_t all = n == 64 ? UINT64_MAX : (UINT64_C(1) << n) - 1;
    if (s->bound != all) {
        log_line(LOG_ERROR, "database error", "statement", s->text->name, "error", "a parameter has no value", NULL);
        return -EINVAL;
    }
    return s->writes ? may_write(q->db, s) : 0;
}

/* Returns 1: a row, 0: the end, < 0. */
static int statement_step(struct db_query *q, struct statement *s) {
    struct sqlite_db *db = sqlite_of(q->db);
    s->failed = limit_step(&db->limit, db->handle);
    int r = s->failed < 0 ? SQLITE_INTERRUPT : sqlite3_step(s->handle);
    if (r == SQLITE_ROW)
        return 1;
    s->ended = true;
    if (r == SQLITE_DONE) {
        limit_end(&db->limit, db->handle);
        return 0;
    }
    if (r == SQLITE_INTERRUPT && db->limit.over < 0) {
        s->failed = db->limit.over;
        sqlite3_reset(s->handle);
        return s->failed;
    }
    r = sqlite3_extended_errcode(db->handle);
    s->failed = db_errno(r);
    if (s->failed != -EEXIST)
        s->failed = db_fault(q->db, r, s->text->name);
    sqlite3_reset(s->handle);
    return s->failed;
}

static int sqlite_row(struct db_query *q) {
    struct statement *s = q->stmt;
    if (s && s->ended && q->error == 0)
        return s->failed;
    int r = may_step(q, s);
    if (r < 0)
        return r;
    return statement_step(q, s);
}

static int sqlite_run(struct db_query *q) {
    struct statement *s = q->stmt;
    int r = may_step(q, s);
    if (r < 0)
        return r;
    sqlite3_reset(s->handle);
    s->failed = 0;
    sqlite3_int64 before = sqlite3_total_changes64(sqlite_of(q->db)->handle);
    do {
        r = statement_step(q, s);
    } while (r > 0);
    sqlite3_reset(s->handle);
    if (r < 0)
        return r;
    sqlite3_int64 changes = sqlite3_total_changes64(sqlite_of(q->db)->handle) - before;
    return changes < INT_MAX ? (int)changes : INT_MAX;
}

static int64_t sqlite_get_int(const struct db_query *q, int column) {
    return sqlite3_column_int64(((struct statement *)q->stmt)->handle, column);
}

static bool sqlite_is_null(const struct db_query *q, int column) {
    return sqlite3_column_type(((struct statement *)q->stmt)->handle, column) == SQLITE_NULL;
}

static struct str sqlite_text(const struct db_query *q, int column) {
    sqlite3_stmt *h = ((struct statement *)q->stmt)->handle;
    /* Read as bytes, because reading text may copy it once more to append a NUL. */
    const char *ptr = sqlite3_column_blob(h, column);
    size_t len = (size_t)sqlite3_column_bytes(h, column);
    if (!ptr)
        return sqlite3_column_type(h, column) == SQLITE_NULL ? STR_ABSENT : STR("");
    return (struct str){ptr, len};
}

/* ---- transactions ---- */

static const char *const control_sql[CONTROLS] = {
    [CONTROL_BEGIN] = "BEGIN IMMEDIATE",
    [CONTROL_BEGIN_READ] = "BEGIN",
    [CONTROL_COMMIT] = "COMMIT",
    [CONTROL_ROLLBACK] = "ROLLBACK",
    [CONTROL_SAVEPOINT] = "SAVEPOINT job",
    [CONTROL_RELEASE] = "RELEASE job",
    [CONTROL_ROLLBACK_TO] = "ROLLBACK TO job",
    [CONTROL_DATA_VERSION] = "PRAGMA data_version",
};

/* Runs and resets a control statement; if ret_value is not NULL, sets it to the first column. Returns SQLite's
 * extended code. */
static int control_run(struct db *db, enum db_control which, int64_t *ret_value) {
    sqlite3_stmt **s = &sqlite_of(db)->controls[which];
    int r = SQLITE_OK;
    if (!*s)
        r = sqlite3_prepare_v3(sqlite_of(db)->handle, control_sql[which], -1, SQLITE_PREPARE_PERSISTENT, s, NULL);
    if (r == SQLITE_OK) {
        r = sqlite3_step(*s);
        if (r == SQLITE_ROW && ret_value)
            *ret_value = sqlite3_column_int64(*s, 0);
    }
    if (r == SQLITE_ROW || r == SQLITE_DONE)
        r = SQLITE_OK;
    else
        r = sqlite3_extended_errcode(sqlite_of(db)->handle);
    sqlite3_reset(*s);
    return r;
}

static int control(struct db *db, enum db_control which) {
    int r = control_run(db, which, NULL);
    return r == SQLITE_OK ? 0 : db_fault(db, r, control_sql[which]);
}

static int sqlite_begin(struct db *db) {
    if (db->access == DB_READ)
        return -EROFS;
    if (db->in_transaction) {
        log_line(LOG_ERROR, "database error", "statement", "BEGIN", "error", "a transaction is open already", NULL);
        return -EINVAL;
    }
    int r = control(db, CONTROL_BEGIN);
    if (r < 0)
        return r;
    db->in_transaction = true;
    db->transaction++;
    db->savepoint++;
    return 0;
}

static bool sqlite_in_transaction(const struct db *db) {
    return db->in_transaction && !sqlite3_get_autocommit(sqlite_of(db)->handle);
}

static int sqlite_commit(struct db *db) {
    if (!db_in_transaction(db)) {
        bool begun = db->in_transaction;
        db->in_transaction = false;
        return begun ? -EIO : -EINVAL;
    }
    int r = ids_cover(db);
    if (r == 0)
        r = control(db, CONTROL_COMMIT);
    if (r < 0)
        db_rollback(db);
    db->in_transaction = false;
    return r;
}

static void sqlite_rollback(struct db *db) {
    if (db_in_transaction(db))
        control(db, CONTROL_ROLLBACK);
    db->in_transaction = false;
}

static int sqlite_savepoint(struct db *db) {
    /* Outside of a transaction it would begin one. */
    if (!db_in_transaction(db))
        return -EIO;
    db->savepoint++;
    return control(db, CONTROL_SAVEPOINT);
}

static int sqlite_release(struct db *db) {
    return db_in_transaction(db) ? control(db, CONTROL_RELEASE) : -EIO;
}

static void sqlite_rollback_savepoint(struct db *db) {
    if (!db_in_transaction(db))
        return;
    stamps_undo_savepoint(db);
    if (control(db, CONTROL_ROLLBACK_TO) < 0 || control(db, CONTROL_RELEASE) < 0)
        control(db, CONTROL_ROLLBACK); /* rolls back everything rather than keep half of it: the caller sees that the
                                        * transaction is gone */
}

static int sqlite_snapshot_begin(struct db *db) {
    return control(db, CONTROL_BEGIN_READ);
}

static void sqlite_snapshot_end(struct db *db) {
    if (!sqlite3_get_autocommit(sqlite_of(db)->handle))
        control(db, CONTROL_COMMIT);
    limit_end(&sqlite_of(db)->limit, sqlite_of(db)->handle);
}

static int64_t sqlite_change_count(struct db *db) {
    int64_t version = 0;
    int r = control_run(db, CONTROL_DATA_VERSION, &version);
    if (r == SQLITE_OK)
        sqlite_of(db)->data_version = version;
    else {
        db_fault(db, r, control_sql[CONTROL_DATA_VERSION]);
        sqlite_of(db)->data_version++; /* callers that compare data_version will read again */
    }
    return sqlite_of(db)->data_version;
}

static int sqlite_columns(const struct db_query *q) {
    return q->stmt ? sqlite3_column_count(((struct statement *)q->stmt)->handle) : 0;
}

static bool sqlite_is_int(const struct db_query *q, int column) {
    return sqlite3_column_type(((struct statement *)q->stmt)->handle, column) == SQLITE_INTEGER;
}

static const char *sqlite_why(const struct db *db) {
    return NULL;
}

const struct db_driver sqlite_driver = {
    .capabilities = DB_CAN_TEND | DB_CAN_FORGET | DB_CAN_COPY | DB_CAN_LOG | DB_CAN_CHECK_STRUCTURE,
    .close = sqlite_close_db,
    .query = sqlite_query,
    .query_end = sqlite_query_end,
    .bind_int = sqlite_bind_int,
    .bind_text = sqlite_bind_text,
    .bind_null = sqlite_bind_null,
    .row = sqlite_row,
    .run = sqlite_run,
    .get_int = sqlite_get_int,
    .is_null = sqlite_is_null,
    .text = sqlite_text,
    .columns = sqlite_columns,
    .is_int = sqlite_is_int,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .savepoint = sqlite_savepoint,
    .release = sqlite_release,
    .rollback_savepoint = sqlite_rollback_savepoint,
    .in_transaction = sqlite_in_transaction,
    .snapshot_begin = sqlite_snapshot_begin,
    .snapshot_end = sqlite_snapshot_end,
    .tend = sqlite_tend,
    .forget = sqlite_forget,
    .forgotten = sqlite_forgotten,
    .change_count = sqlite_change_count,
    .set_deadline = sqlite_set_deadline,
    .check = sqlite_check,
    .copy = sqlite_copy,
    .watch_log = sqlite_watch_log,
    .log = sqlite_log,
    .why = sqlite_why,
};
