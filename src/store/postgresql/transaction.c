/* SPDX-License-Identifier: Apache-2.0
 *
 * The PostgreSQL driver: transactions that write, savepoints, and transactions that read. README.md says why one
 * transaction writes at a time.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "store/postgresql/postgresql.h"

#define QUEUED_MAX 200 /* commands that wait to be sent with a later one */

/* ---- reading ---- */

static bool has_walk(const struct pg_db *db) {
    for (const struct pg_statement *s = db->walks; s; s = s->next_open)
        if (!s->held)
            return true;
    return false;
}

/* The transaction on the server has ended. */
static void forget_transaction(struct pg_db *db) {
    if (db->aborted)
        db->timeout_ms = -1; /* a rollback takes settings back */
    db->aborted = 0;
    db->savepoint = false;
    db->lost = false;
    db->since_ns = 0;
}

void pg_reading_end(struct pg_db *db) {
    if (!db->reading || db->snapshot || has_walk(db))
        return;
    db->reading = false;
    if (db->conn) {
        pg_queue(db, "COMMIT");
        pg_post(db);
    }
    forget_transaction(db);
}

int pg_snapshot_begin(struct db *base) {
    struct pg_db *db = pg_of(base);
    if (db->snapshot || db->base.in_transaction) {
        log_line(LOG_ERROR, "database error", "statement", "BEGIN", "error", "a transaction is open already", NULL);
        return -EINVAL;
    }
    /* BEGIN goes with the first statement. A connection that cannot be opened is told now. */
    int r = pg_ready(db);
    db->snapshot = r == 0;
    return r;
}

void pg_snapshot_end(struct db *base) {
    pg_of(base)->snapshot = false;
    pg_reading_end(pg_of(base));
}

const struct db_statement_text pg_change_text = {"change_count", "SELECT CAST(pg_current_snapshot() AS TEXT)", 0, 0, 0};

/* The snapshot names the transactions that are visible, so its text differs if one has ended. */
int64_t pg_change_count(struct db *base) {
    struct pg_db *db = pg_of(base);
    struct db_query q DB_CLEANUP = pg_query(base, (enum db_statement)db->texts_n);
    struct str state = pg_row(&q) == 1 ? pg_text(&q, 0) : STR_ABSENT;
    if (str_is_absent(state) || !str_eq(state, buf_str(&db->state))) {
        db->state.len = 0;
        buf_add_str(&db->state, state);
        db->changes++;
    }
    return db->changes;
}

/* ---- writing ---- */

/* Cursors that are being read go on outside of the transaction that ends here. */
static void hold_walks(struct pg_db *db) {
    if (!db->reading)
        return;
    for (struct pg_statement *s = db->walks; s; s = s->next_open)
        s->held = true;
    pg_reading_end(db);
}

static int begin_once(struct pg_db *db) {
    PGresult *result;
    int r = pg_limit(db);
    if (r < 0)
        return r;
    hold_walks(db);
    pg_queue(db, "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE");
    pg_queue(db, "SELECT pg_advisory_xact_lock(" PG_LOCK_WRITE ")");
    db->wait_ms = db->timeout_ms + db->busy_ms;
    r = pg_exchange(db, -1, &result);
    if (r < 0)
        return r;
    if (db->error_at >= 0) {
        r = pg_limit_error(db, pg_fault(db, result, "BEGIN"));
        pg_queue(db, "ROLLBACK");
        pg_post(db);
        db->timeout_ms = -1;
    }
    PQclear(result);
    return r;
}

int pg_begin(struct db *base) {
    struct pg_db *db = pg_of(base);
    int r = PG_LOST;

    if (base->access == DB_READ)
        return -EROFS;
    if (base->in_transaction || db->snapshot) {
        log_line(LOG_ERROR, "database error", "statement", "BEGIN", "error", "a transaction is open already", NULL);
        return -EINVAL;
    }
    for (int attempt = 0; r == PG_LOST && attempt < 2; attempt++) {
        r = pg_ready(db);
        if (r == 0)
            r = begin_once(db);
    }
    if (r < 0)
        return r == PG_LOST ? -EIO : r;
    base->in_transaction = true;
    base->transaction++;
    base->savepoint++;
    return 0;
}

bool pg_in_transaction(const struct db *base) {
    const struct pg_db *db = pg_of(base);
    return base->in_transaction && !db->lost && (db->aborted == 0 || db->savepoint);
}

static int commit_once(struct pg_db *db) {
    PGresult *result;
    int keep, r = pg_limit(db);
    if (r < 0)
        return r;
    keep = pg_queue(db, "COMMIT");
    if (pg_exchange(db, keep, &result) < 0) {
        log_line(LOG_ERROR, "the connection was lost during a commit: it may have been made or not", NULL);
        return -EIO;
    }
    if (db->error_at >= 0)
        r = pg_fault(db, result, "COMMIT");
    else if (strcmp(PQcmdStatus(result), "COMMIT") != 0)
        r = -EIO; /* "ROLLBACK": an error was not noticed before */
    PQclear(result);
    /* A failed COMMIT has rolled back; one that was not reached has not. */
    return r;
}

int pg_commit(struct db *base) {
    struct pg_db *db = pg_of(base);
    if (!base->in_transaction)
        return -EINVAL;
    int r = db->lost ? -EIO : db->aborted;
    if (r == 0)
        r = ids_cover(base);
    if (r == 0)
        r = commit_once(db);
    if (r < 0) {
        pg_rollback(base);
        return r;
    }
    base->in_transaction = false;
    forget_transaction(db);
    return 0;
}

void pg_rollback(struct db *base) {
    struct pg_db *db = pg_of(base);
    if (!base->in_transaction)
        return;
    base->in_transaction = false;
    pg_walks_gone(db, PG_GONE_TRANSACTION);
    if (db->conn) {
        pg_queue(db, "ROLLBACK"); /* without a transaction, only a warning */
        pg_post(db);
    }
    forget_transaction(db);
    db->timeout_ms = -1;
}

/* ---- savepoints ---- */

/* Sends what has gathered, if it is much. */
static int pass_on(struct pg_db *db) {
    PGresult *result;
    if (db->queued < QUEUED_MAX)
        return 0;
    if (pg_exchange(db, -1, &result) < 0)
        return -EIO;
    if (db->error_at >= 0)
        db->aborted = pg_fault(db, result, "SAVEPOINT");
    PQclear(result);
    return db->aborted;
}

int pg_savepoint(struct db *base) {
    struct pg_db *db = pg_of(base);
    if (!pg_in_transaction(base) || db->savepoint)
        return -EIO;
    pg_queue(db, "SAVEPOINT job"); /* is sent with the next statement, as all below */
    db->savepoint = true;
    base->savepoint++;
    return pass_on(db);
}

int pg_release(struct db *base) {
    struct pg_db *db = pg_of(base);
    if (!pg_in_transaction(base) || !db->savepoint)
        return -EIO;
    if (db->aborted)
        return db->aborted;
    pg_queue(db, "RELEASE job");
    db->savepoint = false;
    for (struct pg_statement *s = db->walks; s; s = s->next_open)
        s->in_savepoint = false;
    return pass_on(db);
}

void pg_rollback_savepoint(struct db *base) {
    struct pg_db *db = pg_of(base);
    if (!pg_in_transaction(base) || !db->savepoint)
        return;
    stamps_undo_savepoint(base);
    pg_walks_gone(db, PG_GONE_SAVEPOINT);
    pg_queue(db, "ROLLBACK TO job");
    pg_queue(db, "RELEASE job");
    db->savepoint = false;
    db->aborted = 0;
    db->timeout_ms = -1;
    (void)pass_on(db);
}
