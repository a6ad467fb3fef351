/* SPDX-License-Identifier: Apache-2.0
 *
 * The PostgreSQL driver: statements that are posted (db_post), which are sent with the next exchange; what happens if
 * one of them fails. README.md ("Posted statements") describes it.
 */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "store/postgresql/postgresql.h"

/* ---- failures that are found after the savepoint was released ---- */

static void note_late(struct pg_db *db, uint64_t savepoint, int error) {
    const struct pg_late late = {savepoint, error};
    buf_add(&db->late, &late, sizeof(late));
}

int pg_savepoint_error(const struct db *base, uint64_t savepoint) {
    const struct pg_db *db = pg_of(base);
    struct pg_late late;
    for (size_t at = 0; at < db->late.len; at += sizeof(late)) {
        memcpy(&late, db->late.ptr + at, sizeof(late));
        if (late.savepoint == savepoint)
            return late.error;
    }
    return 0;
}

/* The server waits for a rollback: undoes the savepoint of the posted statements, and begins the caller's present one
 * again. Both go with the next exchange. */
static void undo_released(struct pg_db *db, int error) {
    uint64_t savepoint = db->posts.savepoint;
    note_late(db, savepoint, error);
    pg_command(db, PG_ROLLBACK_TO_JOB);
    pg_command(db, PG_RELEASE_JOB);
    if (db->savepoint)
        pg_command(db, PG_SAVEPOINT_JOB);
    db->timeout_ms = -1; /* a rollback takes settings back */
    stamps_keep(&db->base, savepoint);
}

int pg_posts_settle(struct pg_db *db, PGresult **ret) {
    struct pg_posts posts = db->posts;
    db->posts.n = 0;
    if (posts.n == 0 || db->error_at < 0 || db->error_at > posts.v[posts.n - 1].place)
        return 0;
    const char *name = "a posted statement";
    for (unsigned i = 0; i < posts.n; i++)
        if (posts.v[i].place == db->error_at)
            name = posts.v[i].text->name;
    int r = pg_fault(db, *ret, name);
    if (r == -EEXIST)
        log_line(LOG_ERROR, "database error", "statement", name, "error", "a posted statement met a unique key", NULL);
    PQclear(*ret);
    *ret = NULL;
    if (!posts.released) {
        db->aborted = r; /* the transaction, or the caller's savepoint, which it has to roll back */
        return r;
    }
    undo_released(db, r);
    return PG_AGAIN;
}

int pg_confirm(struct pg_db *db) {
    PGresult *result;
    if (db->posts.n == 0)
        return 0;
    int r = pg_exchange(db, -1, &result);
    if (r == PG_AGAIN)
        return 0; /* the failure is noted */
    if (r == 0 && db->error_at >= 0)
        r = db->aborted = pg_fault(db, result, "SAVEPOINT");
    PQclear(result);
    return r == PG_LOST ? -EIO : r;
}

/* ---- posting ---- */

/* Posted statements of one savepoint at a time are under way, so that a failure is undone by one rollback. */
static int make_room(struct pg_db *db) {
    const struct pg_posts *p = &db->posts;
    bool fits = p->n == 0 || (p->n < PG_POSTS && !p->released && p->savepoint == db->base.savepoint);
    return fits ? 0 : pg_confirm(db);
}

int pg_post(struct db_query *q) {
    struct pg_statement *s = q->stmt;
    struct pg_db *db = pg_of(q->db);
    int r = pg_may_run(q, s);
    if (r < 0)
        return r;
    if (!db->base.in_transaction || (s->of->text->flags & DB_TEXT_WALKS) || s->of->generation != db->generation) {
        return pg_run(q);
    }
    if ((r = make_room(db)) < 0 || (r = pg_limit(db)) < 0)
        return r;
    pg_rows_drop(db, s);
    int place = pg_queue_statement(db, s);
    db->posts.savepoint = db->base.savepoint;
    db->posts.released = false;
    db->posts.v[db->posts.n++] = (struct pg_posted){place, s->of->text};
    s->started = s->ended = true;
    s->failed = 0;
    return 1;
}
