/* SPDX-License-Identifier: Apache-2.0
 *
 * The PostgreSQL driver: runs statements and reads their rows. Rows of a statement that may return any number of them
 * (DB_TEXT_WALKS) are fetched in portions from a cursor; those of others at once.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "store/postgresql/postgresql.h"

#define TEXT_(x) #x
#define TEXT(x) TEXT_(x)

/* ---- cursors ---- */

static void walk_add(struct pg_db *db, struct pg_statement *s) {
    s->in_savepoint = db->savepoint;
    s->held = false;
    s->next_open = db->walks;
    db->walks = s;
}

static void walk_remove(struct pg_db *db, struct pg_statement *s) {
    struct pg_statement **at = &db->walks;
    while (*at && *at != s)
        at = &(*at)->next_open;
    if (*at)
        *at = s->next_open;
    s->cursor = 0;
}

void pg_walks_gone(struct pg_db *db, enum pg_gone with) {
    for (struct pg_statement *s = db->walks, *next; s; s = next) {
        next = s->next_open;
        bool gone = with == PG_GONE_CONNECTION || (with == PG_GONE_TRANSACTION && !s->held) ||
                    (with == PG_GONE_SAVEPOINT && s->in_savepoint);
        if (!gone)
            continue;
        walk_remove(db, s);
        s->ended = true;
        s->failed = with == PG_GONE_CONNECTION ? -EIO : -ESTALE;
    }
}

void pg_rows_drop(struct pg_db *db, struct pg_statement *s) {
    bool walks = (s->of->text->flags & DB_TEXT_WALKS) && s->started;
    PQclear(s->rows);
    s->rows = NULL;
    free(s->digits);
    s->digits = NULL;
    s->fetched = false;
    s->at = s->n = 0;
    if (s->cursor) {
        char sql[32];
        snprintf(sql, sizeof(sql), "CLOSE w%u", s->cursor);
        bool there = db->conn && db->aborted == 0;
        if (there)
            pg_queue(db, sql);
        walk_remove(db, s);
        if (there && !pg_holds(db))
            pg_send(db); /* within a transaction it goes with the next command */
    }
    if (walks)
        pg_reading_end(db);
}

static int queue_fetch(struct pg_db *db, const struct pg_statement *s) {
    char sql[48];
    snprintf(sql, sizeof(sql), "FETCH " TEXT(PG_PORTION) " FROM w%u", s->cursor);
    return pg_queue(db, sql);
}

/* Opens a cursor and fetches its first portion. The parameters of DECLARE are those of its SELECT. Outside of a writing
 * transaction the cursor outlives the transaction in which it was opened (WITH HOLD): a caller may begin to write
 * before it has read all rows. */
static int queue_walk(struct pg_db *db, struct pg_statement *s) {
    struct buf sql BUF_CLEANUP = BUF_EMPTY;
    s->cursor = ++db->cursors;
    buf_printf(&sql, "DECLARE w%u NO SCROLL CURSOR %sFOR %s", s->cursor, db->base.in_transaction ? "" : "WITH HOLD ",
               s->of->text->sql);
    buf_add_char(&sql, 0);
    pg_queue_text(db, sql.ptr, s);
    return queue_fetch(db, s);
}

/* ---- running ---- */

int pg_may_run(struct db_query *q, const struct pg_statement *s) {
    if (!s || q->error < 0)
        return q->error < 0 ? q->error : -EINVAL;
    const struct pg_db *db = pg_of(q->db);
    unsigned n = s->of->text->parameters;
    uint64_t all = n == 64 ? UINT64_MAX : (UINT64_C(1) << n) - 1;
    bool writes = s->of->text->flags & DB_TEXT_WRITES;
    const char *wrong = s->bound != all ? "a parameter has no value" : NULL;
    int r = wrong ? -EINVAL : 0;

    if (!wrong && writes && db->base.access == DB_READ)
        return -EROFS;
    if (!wrong && writes && !db->base.in_transaction) {
        wrong = "writes outside of a transaction";
        r = -EPERM;
    }
    if (wrong) {
        log_line(LOG_ERROR, "database error", "statement", s->of->text->name, "error", wrong, NULL);
        return r;
    }
    if (db->lost || (db->base.in_transaction && !pg_in_transaction(q->db)))
        return -EIO;
    return db->aborted;
}

/* The places of the commands in an exchange; -1: it does not have it. */
struct places {
    int begin, prepare, guard, keep;
};

static struct places queue_all(struct pg_db *db, struct pg_statement *s) {
    struct places p = {-1, -1, -1, -1};
    bool walks = s->of->text->flags & DB_TEXT_WALKS;
    if (!pg_holds(db) && (db->snapshot || walks))
        p.begin = pg_command(db, PG_BEGIN_READ);
    pg_ahead_queue(db);
    if (!walks && s->of->generation != db->generation)
        p.prepare = pg_queue_prepare(db, s->of);
    /* After an error the server refuses everything up to a rollback, and the caller may go on after -EEXIST. */
    if ((s->of->text->flags & DB_TEXT_COLLIDES) && db->base.in_transaction)
        p.guard = pg_command(db, PG_SAVEPOINT_GUARD);
    p.keep = walks ? queue_walk(db, s) : pg_queue_statement(db, s);
    if (p.guard >= 0)
        pg_command(db, PG_RELEASE_GUARD);
    return p;
}

/* The exchange failed at error_at. */
static int failed(struct pg_db *db, const struct pg_statement *s, const struct places *p, const PGresult *result) {
    int r = pg_limit_error(db, pg_fault(db, result, s->of->text->name));
    if (p->guard >= 0 && db->error_at > p->guard) {
        pg_command(db, PG_ROLLBACK_TO_GUARD);
        pg_command(db, PG_RELEASE_GUARD);
    } else if (pg_holds(db))
        db->aborted = r;
    return r;
}

static int execute_once(struct pg_db *db, struct pg_statement *s) {
    int r = pg_limit(db);
    if (r < 0)
        return r;
    struct places p = queue_all(db, s);
    r = pg_exchange(db, p.keep, &s->rows);
    bool alone = !pg_ahead_end(db);
    if (r < 0) {
        s->cursor = 0;
        return r;
    }
    int error_at = db->error_at;
    if (p.prepare >= 0 && (error_at < 0 || error_at > p.prepare))
        s->of->generation = db->generation;
    if (p.begin >= 0 && (error_at < 0 || error_at > p.begin))
        db->reading = true;
    if (error_at < 0)
        return 0;
    s->cursor = 0;
    r = failed(db, s, &p, s->rows);
    PQclear(s->rows);
    s->rows = NULL;
    return !alone && !pg_holds(db) ? PG_AGAIN : r; /* it may have been another query's fault */
}

/* A read that belongs to nothing is repeated on a new connection, or after a conflict with a standby's recovery. */
static int execute(struct pg_db *db, struct pg_statement *s) {
    pg_ahead_drop(db, s);
    for (int attempt = 0;; attempt++) {
        bool alone = !pg_holds(db);
        int r = pg_ready(db);
        if (r == 0)
            r = execute_once(db, s);
        if (r == 0 && s->cursor)
            walk_add(db, s);
        if (r == PG_AGAIN)
            continue;
        if (alone && attempt == 0 && (r == PG_LOST || (r == -EBUSY && db->conn && !db->reading)))
            continue;
        return r == PG_LOST ? -EIO : r;
    }
}

/* ---- rows ---- */

static void take_rows(struct pg_statement *s) {
    s->at = -1;
    s->n = PQntuples(s->rows);
    s->last = !s->cursor || s->n < PG_PORTION;
}

static int fetch_more(struct pg_db *db, struct pg_statement *s) {
    PGresult *rows;
    int r = db->aborted < 0 ? db->aborted : pg_limit(db);
    if (r < 0)
        return r;
    int keep = queue_fetch(db, s);
    if (pg_exchange(db, keep, &rows) < 0)
        return -EIO;
    if (db->error_at >= 0) {
        r = pg_limit_error(db, pg_fault(db, rows, s->of->text->name));
        PQclear(rows);
        if (pg_holds(db))
            db->aborted = r;
        return r;
    }
    PQclear(s->rows);
    s->rows = rows;
    take_rows(s);
    return 0;
}

static int end_rows(struct pg_db *db, struct pg_statement *s, int r) {
    pg_rows_drop(db, s);
    s->ended = true;
    s->failed = r;
    return r;
}

int pg_row(struct db_query *q) {
    struct pg_statement *s = q->stmt;
    struct pg_db *db = pg_of(q->db);
    int r = 0;

    if (!s || q->error < 0)
        return q->error < 0 ? q->error : -EINVAL;
    if (s->ended)
        return s->failed;
    if (!s->started && s->fetched) {
        s->started = true;
        take_rows(s);
    }
    if (!s->started) {
        if ((r = pg_may_run(q, s)) < 0)
            return r;
        s->started = true;
        if ((r = execute(db, s)) < 0)
            return end_rows(db, s, r);
        take_rows(s);
    }
    if (s->at + 1 >= s->n && !s->last)
        r = fetch_more(db, s);
    if (r < 0 || s->at + 1 >= s->n)
        return end_rows(db, s, r);
    s->at++;
    return 1;
}

/* The number of rows that the statement changed, as the server says: "INSERT 0 2". */
static int changes_of(PGresult *result) {
    if (str_starts(str_of(PQcmdStatus(result)), STR("SELECT")))
        return 0;
    long n = strtol(PQcmdTuples(result), NULL, 10);
    return n < INT_MAX ? (int)n : INT_MAX;
}

int pg_run(struct db_query *q) {
    struct pg_statement *s = q->stmt;
    struct pg_db *db = pg_of(q->db);
    int r = pg_may_run(q, s);
    if (r < 0)
        return r;
    pg_rows_drop(db, s);
    s->started = true;
    s->failed = 0;
    r = execute(db, s);
    if (r == 0 && !s->cursor)
        r = changes_of(s->rows);
    end_rows(db, s, r < 0 ? r : 0);
    return r;
}
