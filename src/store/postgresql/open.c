/* SPDX-License-Identifier: Apache-2.0
 *
 * The PostgreSQL driver: opens and closes connections; the table of its functions.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/postgresql/postgresql.h"
#include "store/postgresql/schema.h"
#include "store/sqlite/sqlite.h"

#define STATEMENT_MS 60000
#define FINDINGS_MAX 100

/* ---- checks ---- */

static int check_statement(struct db *base, unsigned which, void (*fn)(void *ctx, struct str line), void *ctx) {
    struct db_query q DB_CLEANUP = pg_query(base, (enum db_statement)which);
    int n = 0, r;
    while ((r = pg_row(&q)) == 1 && n < FINDINGS_MAX) {
        fn(ctx, pg_text(&q, 0));
        n++;
    }
    pg_query_end(&q);
    return r < 0 ? r : n;
}

/* Lets the planner read whole tables and join them by hashes, as checks do; or not, as everything else (connect.c). */
static void prefer(struct pg_db *db, bool whole) {
    static const char *const names[] = {"seqscan", "bitmapscan", "hashjoin", "mergejoin", "sort"};
    if (!db->conn)
        return;
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        char sql[48];
        snprintf(sql, sizeof(sql), "SET enable_%s = %s", names[i], whole ? "on" : "off");
        pg_queue(db, sql); /* is sent with the next statement */
    }
}

/* The server has its own checks of its files; here only what the rows say of each other is checked. */
static int check(struct db *base, bool structure, void (*fn)(void *ctx, struct str line), void *ctx) {
    struct pg_db *db = pg_of(base);
    int n = 0, r = 0;
    db->unlimited = true; /* its time depends on the size of the database */
    prefer(db, true);
    for (unsigned i = 0; r >= 0 && i < db->texts_n; i++)
        if (str_starts(str_of(db->texts[i].name), STR("check_"))) {
            r = check_statement(base, i, fn, ctx);
            n += r > 0 ? r : 0;
        }
    db->unlimited = false;
    prefer(db, false);
    return r < 0 ? r : n;
}

/* ---- connections ---- */

static const char *why(const struct db *base) {
    return pg_of(base)->why[0] ? pg_of(base)->why : NULL;
}

static struct db *close_db(struct db *base) {
    struct pg_db *db = pg_of(base);
    pg_rollback(base);
    if (db->conn)
        PQfinish(db->conn);
    for (unsigned i = 0; i <= db->texts_n; i++) {
        for (struct pg_statement *s = db->statements[i], *next; s; s = next) {
            next = s->next;
            PQclear(s->rows);
            free(s->digits);
            free(s);
        }
        free(db->known[i]);
    }
    free(db->statements);
    free(db->known);
    buf_free(&db->state);
    buf_free(&db->late);
    pg_address_free(db->address);
    free(db);
    return NULL;
}

static const struct db_driver driver = {
    .close = close_db,
    .query = pg_query,
    .query_end = pg_query_end,
    .bind_int = pg_bind_int,
    .bind_text = pg_bind_text,
    .bind_null = pg_bind_null,
    .row = pg_row,
    .run = pg_run,
    .post = pg_post,
    .ahead = pg_ahead,
    .get_int = pg_int,
    .is_null = pg_is_null,
    .text = pg_text,
    .columns = pg_columns,
    .is_int = pg_is_int,
    .begin = pg_begin,
    .commit = pg_commit,
    .rollback = pg_rollback,
    .savepoint = pg_savepoint,
    .release = pg_release,
    .rollback_savepoint = pg_rollback_savepoint,
    .savepoint_error = pg_savepoint_error,
    .in_transaction = pg_in_transaction,
    .snapshot_begin = pg_snapshot_begin,
    .snapshot_renew = pg_snapshot_renew,
    .snapshot_end = pg_snapshot_end,
    .change_count = pg_change_count,
    .set_deadline = pg_set_deadline,
    .check = check,
    .why = why,
};

int pg_open_with(struct db **ret, const struct db_options *o, enum db_access access, const char *const *steps,
                 unsigned steps_n, const struct db_statement_text *texts, unsigned texts_n, struct arena *a,
                 struct str *ret_why) {
    struct pg_address *address;
    int r = pg_address_new(&address, o->url, o->connect_ms, ret_why);
    if (r < 0)
        return r;
    struct pg_db *db = mem_alloc(sizeof(*db));
    *db = (struct pg_db){.base = {.driver = &driver, .access = access},
                         .address = address,
                         .busy_ms = o->busy_ms,
                         .read_ms = o->read_ms,
                         .no_sync = o->no_sync,
                         .steps = steps,
                         .steps_n = steps_n,
                         .texts = texts,
                         .texts_n = texts_n};
    /* The lock is waited for within a statement. */
    db->statement_ms = (o->statement_ms ? o->statement_ms : STATEMENT_MS) + o->busy_ms;
    db->statements = mem_alloc((texts_n + 1) * sizeof(*db->statements));
    db->known = mem_alloc((texts_n + 1) * sizeof(*db->known));
    r = pg_connect(db, true, a, ret_why);
    if (r < 0)
        close_db(&db->base);
    else
        *ret = &db->base;
    return r;
}

int postgresql_open(struct db **ret, const struct db_options *o, enum db_access access, struct arena *a,
                    struct str *ret_why) {
    return pg_open_with(ret, o, access, postgresql_steps, schema_steps_n, db_statement_texts, DB_STATEMENTS, a,
                        ret_why);
}
