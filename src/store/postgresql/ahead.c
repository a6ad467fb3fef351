/* SPDX-License-Identifier: Apache-2.0
 *
 * The PostgreSQL driver: queries that the caller has announced (db_ahead). They are sent together with the next
 * statement, and their rows wait until they are read.
 */
#include <stdlib.h>

#include "store/postgresql/postgresql.h"

/* Nothing that could fail or wait by itself is sent ahead. */
static bool may_go_ahead(struct db_query *q, struct pg_statement *s) {
    const struct pg_db *db = pg_of(q->db);
    return !s->started && !s->ended && !s->fetched && pg_may_run(q, s) == 0 && s->of->generation == db->generation &&
           (s->of->text->flags & (DB_TEXT_WALKS | DB_TEXT_WRITES | DB_TEXT_COLLIDES)) == 0;
}

void pg_ahead(struct db_query *q) {
    struct pg_statement *s = q->stmt;
    struct pg_db *db = pg_of(q->db);
    if (!s || s->ahead || !db->conn || db->ahead_n == PG_AHEAD || !may_go_ahead(q, s))
        return;
    s->ahead = true;
    s->place = -1;
    db->ahead[db->ahead_n++] = s;
}

void pg_ahead_drop(struct pg_db *db, struct pg_statement *s) {
    unsigned i = 0;
    if (!s->ahead)
        return;
    s->ahead = false;
    while (i < db->ahead_n && db->ahead[i] != s)
        i++;
    if (i < db->ahead_n)
        db->ahead_n--;
    for (; i < db->ahead_n; i++)
        db->ahead[i] = db->ahead[i + 1];
}

void pg_ahead_queue(struct pg_db *db) {
    for (unsigned i = 0; i < db->ahead_n; i++)
        db->ahead[i]->place = pg_queue_statement(db, db->ahead[i]);
}

bool pg_ahead_take(struct pg_db *db, int place, PGresult *result) {
    for (unsigned i = 0; i < db->ahead_n; i++)
        if (db->ahead[i]->place == place && PQresultStatus(result) == PGRES_TUPLES_OK) {
            struct pg_statement *s = db->ahead[i];
            s->rows = result;
            s->fetched = true;
            return true;
        }
    return false;
}

bool pg_ahead_end(struct pg_db *db) {
    bool sent = db->ahead_n > 0;
    for (unsigned i = 0; i < db->ahead_n; i++) {
        db->ahead[i]->ahead = false;
        db->ahead[i]->place = -1;
    }
    db->ahead_n = 0;
    return sent;
}
