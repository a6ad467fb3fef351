/* SPDX-License-Identifier: Apache-2.0
 *
 * The PostgreSQL driver: transactions that write, savepoints, and transactions that read. README.md says why one
 * transaction writes at a time.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/id.h"
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
    db->gives_work = false;
    db->lost = false;
    db->since_ns = 0;
}

void pg_reading_end(struct pg_db *db) {
    if (!db->reading || db->snapshot || has_walk(db))
        return;
    db->reading = false;
    if (db->conn) {
        pg_command(db, PG_COMMIT);
        pg_send(db);
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
    struct pg_db *db = pg_of(base);
    db->snapshot = false;
    pg_reading_end(db);
    if (db->conn && db->queued > 0 && !pg_holds(db))
        pg_send(db); /* a COMMIT of pg_snapshot_renew */
}

int pg_snapshot_renew(struct db *base) {
    struct pg_db *db = pg_of(base);
    if (db->reading && db->conn && !has_walk(db)) {
        pg_command(db, PG_COMMIT); /* goes with the first statement of the next snapshot */
        db->reading = false;
        forget_transaction(db);
        db->snapshot = false;
    } else
        pg_snapshot_end(base);
    return pg_snapshot_begin(base);
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
    pg_command(db, PG_BEGIN_WRITE);
    pg_command(db, PG_LOCK);
    db->wait_ms = db->timeout_ms + db->busy_ms;
    r = pg_exchange(db, -1, &result);
    if (r < 0)
        return r;
    if (db->error_at >= 0) {
        r = pg_limit_error(db, pg_fault(db, result, "BEGIN"));
        pg_command(db, PG_ROLLBACK);
        pg_send(db);
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
    db->late.len = 0;
    base->transaction++;
    base->savepoint++;
    return 0;
}

bool pg_in_transaction(const struct db *base) {
    const struct pg_db *db = pg_of(base);
    return base->in_transaction && !db->lost && (db->aborted == 0 || db->savepoint);
}

/* Goes with the COMMIT. The server passes it on when the transaction is visible. */
static void tell_others(struct pg_db *db) {
    char sql[64];
    snprintf(sql, sizeof(sql), "NOTIFY " PG_CHANNEL ", 'work %u'", id_node());
    pg_queue(db, sql);
}

static int commit_once(struct pg_db *db) {
    PGresult *result;
    int r;
    do {
        if ((r = pg_limit(db)) < 0)
            return r;
        if (db->gives_work)
            tell_others(db);
        int keep = pg_command(db, PG_COMMIT);
        r = pg_exchange(db, keep, &result);
    } while (r == PG_AGAIN);
    if (r < 0 && r != PG_LOST)
        return r; /* a posted statement failed */
    if (r == PG_LOST) {
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

/* Before a rollback: what was posted may fail, and the rollback must not be passed over then. */
static void settle_blindly(struct pg_db *db) {
    if (db->posts.n > 0)
        pg_send(db);
    db->posts.n = 0;
}

void pg_rollback(struct db *base) {
    struct pg_db *db = pg_of(base);
    if (!base->in_transaction)
        return;
    base->in_transaction = false;
    pg_walks_gone(db, PG_GONE_TRANSACTION);
    if (db->conn) {
        settle_blindly(db);
        pg_command(db, PG_ROLLBACK); /* without a transaction, only a warning */
        pg_send(db);
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
    int r = pg_exchange(db, -1, &result);
    if (r < 0)
        return r == PG_AGAIN ? 0 : r == PG_LOST ? -EIO : r;
    if (db->error_at >= 0)
        db->aborted = pg_fault(db, result, "SAVEPOINT");
    PQclear(result);
    return db->aborted;
}

int pg_savepoint(struct db *base) {
    struct pg_db *db = pg_of(base);
    if (!pg_in_transaction(base) || db->savepoint)
        return -EIO;
    if (db->posts.n > 0 && !db->posts.released && pg_confirm(db) < 0)
        return db->aborted < 0 ? db->aborted : -EIO;
    pg_command(db, PG_SAVEPOINT_JOB); /* is sent with the next statement, as all below */
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
    pg_command(db, PG_RELEASE_JOB);
    db->posts.released = true;
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
    if (db->posts.released)
        (void)pg_confirm(db); /* those of an earlier savepoint */
    settle_blindly(db);
    if (!db->conn)
        return;
    pg_command(db, PG_ROLLBACK_TO_JOB);
    pg_command(db, PG_RELEASE_JOB);
    db->savepoint = false;
    db->aborted = 0;
    db->timeout_ms = -1;
    (void)pass_on(db);
}
