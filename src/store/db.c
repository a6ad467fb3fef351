/* SPDX-License-Identifier: Apache-2.0
 *
 * Opens connections, and hands each call on to the connection's driver.
 */
#include <errno.h>

#include "base/invariant.h"
#include "base/log.h"
#include "store/driver.h"
#include "store/transfer/row.h"

/* ---- connections ---- */

/* Ids up to the time that the database notes may be in use. */
static int read_ids(struct db *db, struct str *ret_why) {
    int64_t until = 0;
    struct db_query q DB_CLEANUP = db_query(db, SQL_META_GET);
    db_bind_text(&q, 1, STR("ids_until"));
    int r = db_row(&q);
    if (r < 0) {
        *ret_why = STR("The database's note of the ids in use (meta: ids_until) cannot be read.");
        return r;
    }
    if (r == 1 && (str_to_i64(db_text(&q, COL_META_GET_VALUE), &until) < 0 || until < 0)) {
        *ret_why = STR("The database's note of the ids in use (meta: ids_until) is not a number.");
        return -EUCLEAN;
    }
    ids_start(db, until);
    return 0;
}

/* A copy whose rows were not all compared with those of its source is not served. */
static int refuse_unfinished(struct db *db, struct str *ret_why) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_META_GET);
    db_bind_text(&q, 1, STR(META_TRANSFER));
    int r = db_row(&q);
    if (r == 0)
        return 0;
    *ret_why =
        r < 0 ? STR("The database's note of a migration (meta: " META_TRANSFER ") cannot be read.")
              : STR("The database is the unfinished copy of another one: `hired migrate` was interrupted, or found "
                    "a difference. Run the same `hired migrate` again; it goes on.");
    return r < 0 ? r : -EUCLEAN;
}

int db_open(struct db **ret, const struct db_options *o, enum db_access access, struct arena *a, struct str *ret_why) {
    struct db *db;
    int r = o->engine == DB_POSTGRESQL ? postgresql_open(&db, o, access, a, ret_why)
                                       : sqlite_open(&db, o, access, a, ret_why);
    if (r < 0)
        return r;
    r = refuse_unfinished(db, ret_why);
    if (r == 0 && access == DB_WRITE)
        r = read_ids(db, ret_why);
    if (r < 0)
        db_close(db);
    else
        *ret = db;
    return r;
}

struct db *db_close(struct db *db) {
    return db ? db->driver->close(db) : NULL;
}

bool db_can(const struct db *db, enum db_capability what) {
    return (db->driver->capabilities & what) != 0;
}

/* ---- statements ---- */

struct db_query db_query(struct db *db, enum db_statement which) {
    struct db_query q = db->driver->query(db, which);
    q.row = db_statement_texts[which].row;
    return q;
}

void db_query_end(struct db_query *q) {
    if (q->stmt)
        q->db->driver->query_end(q);
}

void db_bind_int(struct db_query *q, int n, int64_t value) {
    q->db->driver->bind_int(q, n, value);
}

void db_bind_text(struct db_query *q, int n, struct str s) {
    q->db->driver->bind_text(q, n, s);
}

void db_bind_null(struct db_query *q, int n) {
    q->db->driver->bind_null(q, n);
}

int db_row(struct db_query *q) {
    return q->db->driver->row(q);
}

int db_run(struct db_query *q) {
    return q->db->driver->run(q);
}

int db_post(struct db_query *q) {
    const struct db_driver *driver = q->db->driver;
    return driver->post ? driver->post(q) : driver->run(q);
}

unsigned db_ahead_max(const struct db *db) {
    return db->driver->ahead ? DB_AHEAD_MAX : 1;
}

void db_ahead(struct db_query *q) {
    if (q->db->driver->ahead)
        q->db->driver->ahead(q);
}

/* The place of a column in the statement's row, or -1 if the column belongs to another row. */
static int place_of(const struct db_query *q, int column) {
    unsigned row = (unsigned)column >> 8;
    bool of_row = row == 0 || row == q->row;
    if (!of_row)
        log_fmt(LOG_DEBUG, "column %d of row %u is read from a statement of row %u", column & 0xff, row, q->row);
    INVARIANT_RETURN(of_row, -1);
    return column & 0xff;
}

int64_t db_int(const struct db_query *q, int column) {
    int place = place_of(q, column);
    return place < 0 ? 0 : q->db->driver->get_int(q, place);
}

bool db_is_null(const struct db_query *q, int column) {
    int place = place_of(q, column);
    return place < 0 || q->db->driver->is_null(q, place);
}

struct str db_text(const struct db_query *q, int column) {
    int place = place_of(q, column);
    return place < 0 ? STR_ABSENT : q->db->driver->text(q, place);
}

/* ---- transactions ---- */

int db_begin(struct db *db) {
    return db->driver->begin(db);
}

int db_commit(struct db *db) {
    return db->driver->commit(db);
}

void db_rollback(struct db *db) {
    db->driver->rollback(db);
}

int db_savepoint(struct db *db) {
    return db->driver->savepoint(db);
}

int db_release(struct db *db) {
    return db->driver->release(db);
}

void db_rollback_savepoint(struct db *db) {
    db->driver->rollback_savepoint(db);
}

uint64_t db_savepoint_number(const struct db *db) {
    return db->savepoint;
}

int db_savepoint_error(const struct db *db, uint64_t number) {
    return db->driver->savepoint_error ? db->driver->savepoint_error(db, number) : 0;
}

void db_remember(struct db *db, int64_t number) {
    db->remembered = number;
    db->remembered_in = db_in_transaction(db) ? db->transaction : 0;
}

bool db_recall(const struct db *db, int64_t *ret) {
    if (db->remembered_in == 0 || db->remembered_in != db->transaction || !db_in_transaction(db))
        return false;
    *ret = db->remembered;
    return true;
}

void db_unremember(struct db *db) {
    db->remembered_in = 0;
}

bool db_in_transaction(const struct db *db) {
    return db->driver->in_transaction(db);
}

int db_snapshot_begin(struct db *db) {
    return db->driver->snapshot_begin(db);
}

int db_snapshot_renew(struct db *db) {
    if (db->driver->snapshot_renew)
        return db->driver->snapshot_renew(db);
    db_snapshot_end(db);
    return db_snapshot_begin(db);
}

void db_snapshot_end(struct db *db) {
    db->driver->snapshot_end(db);
}

const char *db_why(const struct db *db) {
    return db->driver->why(db);
}

/* ---- the rest ---- */

void db_tend(struct db *db, bool idle) {
    if (db_can(db, DB_CAN_TEND))
        db->driver->tend(db, idle);
}

void db_forget(struct db *db) {
    if (db_can(db, DB_CAN_FORGET))
        db->driver->forget(db);
}

bool db_forgotten(const struct db *db) {
    return !db_can(db, DB_CAN_FORGET) || db->driver->forgotten(db);
}

int64_t db_change_count(struct db *db) {
    return db->driver->change_count(db);
}

int db_check(struct db *db, void (*fn)(void *ctx, struct str line), void *ctx) {
    return db->driver->check(db, db_can(db, DB_CAN_CHECK_STRUCTURE), fn, ctx);
}

int db_check_references(struct db *db, void (*fn)(void *ctx, struct str line), void *ctx) {
    return db->driver->check(db, false, fn, ctx);
}

void db_set_deadline(struct db *db, int64_t deadline_ns) {
    db->driver->set_deadline(db, deadline_ns);
}

int db_copy(struct db *db, const char *path, const struct db_copying *how) {
    return db_can(db, DB_CAN_COPY) ? db->driver->copy(db, path, how) : -EOPNOTSUPP;
}

void db_log(struct db *db, struct db_log *ret) {
    *ret = (struct db_log){0};
    if (db_can(db, DB_CAN_LOG))
        db->driver->log(db, ret);
}

void db_watch_log(struct db *db, const struct db_log_watch *watch, void *ctx) {
    if (db_can(db, DB_CAN_LOG))
        db->driver->watch_log(db, watch, ctx);
}
