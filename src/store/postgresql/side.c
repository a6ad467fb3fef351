/* SPDX-License-Identifier: Apache-2.0
 *
 * The PostgreSQL driver as one side of a transfer (store/transfer/side.h). Its connection leaves pipeline mode, since
 * COPY does not work there. Rows are read in the form that copy_form.h describes.
 */
#include "store/transfer/side.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "store/postgresql/copy_form.h"
#include "store/postgresql/postgresql.h"

#define SEND_BYTES 65536
#define LOCK_MS 3000

struct pg_side {
    struct side base;
    const char *url;
    struct db *db;
    PGconn *conn;
    const struct schema_table *table; /* that is read or put */
    struct copy_in in;
    bool reading; /* the server sends rows */
    struct buf out;
};

static struct pg_side *side_of(struct side *s) {
    return (struct pg_side *)s;
}

/* ---- questions ---- */

static int failed(struct pg_side *s, const PGresult *result, const char *doing) {
    const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    const char *message = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    int r = state ? pg_errno(state) : -EIO;
    if (PQstatus(s->conn) == CONNECTION_BAD && !state) {
        *s->base.why =
            arena_printf(s->base.arena, "The connection to %s broke (%s). Run the command again: it goes on.",
                         s->base.name.ptr, doing);
        return -EHOSTUNREACH;
    }
    *s->base.why =
        arena_printf(s->base.arena, "%s: %s (%s).%s", s->base.name.ptr, message ? message : "an unknown error", doing,
                     r == -ENOSPC ? " When there is room, run the command again: it goes on." : "");
    return r;
}

static int check(struct pg_side *s, PGresult *result, ExecStatusType wanted, const char *doing) {
    int r = PQresultStatus(result) == wanted ? 0 : failed(s, result, doing);
    PQclear(result);
    return r;
}

static int run(struct pg_side *s, const char *sql, const char *doing) {
    return check(s, PQexec(s->conn, sql), PGRES_COMMAND_OK, doing);
}

/* The first column of the first row, in the arena; absent if there is none. */
static int ask(struct side *base, const char *sql, struct str *ret) {
    struct pg_side *s = side_of(base);
    PGresult *result = PQexec(s->conn, sql);
    *ret = STR_ABSENT;
    if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) > 0 && !PQgetisnull(result, 0, 0))
        *ret = arena_dup(s->base.arena, str_of(PQgetvalue(result, 0, 0)));
    return check(s, result, PGRES_TUPLES_OK, "looking at it");
}

/* What changes with every change that hired makes: stamps, rights, the ids in use; and the server's counts of changed
 * rows, which also begin anew after a crash of the server. */
static int state(struct side *base, struct str *ret) {
    static const char sql[] =
        "SELECT concat_ws(' ', 'postgresql', (SELECT oid FROM pg_database WHERE datname = current_database()),"
        " (SELECT md5(string_agg(key || '=' || value, ' ' ORDER BY key)) FROM meta),"
        " (SELECT md5(string_agg(tenant || ':' || last_ms, ' ' ORDER BY tenant)) FROM tenant_stamp),"
        " (SELECT string_agg(CAST(n AS TEXT), ',' ORDER BY id) FROM access_change),"
        " (SELECT concat_ws(',', SUM(n_tup_ins), SUM(n_tup_upd), SUM(n_tup_del)) FROM pg_stat_user_tables"
        "  WHERE schemaname = current_schema()))";
    return ask(base, sql, ret);
}

/* ---- reading ---- */

static int read_rows(struct side *base, const struct schema_table *t, const char *sql) {
    struct pg_side *s = side_of(base);
    struct str copy = arena_printf(base->arena, "COPY (%s) TO STDOUT (FORMAT binary)", sql);
    int r = check(s, PQexec(s->conn, copy.ptr), PGRES_COPY_OUT, t->name);
    copy_in_begin(&s->in);
    s->table = t;
    s->reading = r == 0;
    return r;
}

/* The server has sent everything, or it failed. */
static int read_result(struct pg_side *s) {
    int r = 0;
    s->reading = false;
    for (PGresult *result; (result = PQgetResult(s->conn));)
        r = r < 0 ? (PQclear(result), r) : check(s, result, PGRES_COMMAND_OK, s->table->name);
    return r;
}

static int next_row(struct side *base, struct row *ret) {
    struct pg_side *s = side_of(base);
    for (;;) {
        char *bytes = NULL;
        int r = copy_in_row(&s->in, s->table, ret);
        if (r == -EPROTO) {
            *base->why = arena_printf(base->arena, "%s sent rows of the table %s that cannot be read.", base->name.ptr,
                                      s->table->name);
            return r;
        }
        if (r == 1 || !s->reading)
            return r;
        int n = PQgetCopyData(s->conn, &bytes, 0);
        if (n > 0)
            copy_in_add(&s->in, (struct str){bytes, (size_t)n});
        PQfreemem(bytes);
        if (n <= 0 && (r = read_result(s)) < 0)
            return r;
    }
}

static void read_end(struct side *base) {
    struct pg_side *s = side_of(base);
    char error[256], *bytes;
    if (!s->reading)
        return;
    PGcancel *cancel = PQgetCancel(s->conn);
    if (cancel)
        (void)PQcancel(cancel, error, sizeof(error));
    PQfreeCancel(cancel);
    while (PQgetCopyData(s->conn, &bytes, 0) > 0)
        PQfreemem(bytes);
    struct str why = *base->why;
    (void)read_result(s); /* that it was cancelled */
    *base->why = why;
}

/* ---- writing ---- */

static void add_note(struct pg_side *s, struct buf *sql, struct str value) {
    char *literal = PQescapeLiteral(s->conn, value.ptr, value.len);
    buf_printf(sql,
               "INSERT INTO meta (key, value) VALUES ('" META_TRANSFER "', %s) ON CONFLICT (key) DO UPDATE SET value = "
               "excluded.value;",
               literal ? literal : "''");
    PQfreemem(literal);
}

/* A script is one transaction. */
static int begin(struct side *base, struct str value) {
    struct pg_side *s = side_of(base);
    struct buf sql BUF_CLEANUP = BUF_EMPTY;
    buf_add_lit(&sql, "TRUNCATE ");
    for (unsigned i = 0, n = 0; i < schema_tables_n; i++)
        if (!row_filter(&schema_tables[i]))
            buf_printf(&sql, "%s%s", n++ > 0 ? ", " : "", schema_tables[i].name);
    buf_add_lit(&sql, ";");
    for (unsigned i = 0; i < schema_tables_n; i++)
        if (row_filter(&schema_tables[i]))
            buf_printf(&sql, "DELETE FROM %s WHERE %s;", schema_tables[i].name, row_filter(&schema_tables[i]));
    add_note(s, &sql, value);
    buf_add_char(&sql, 0);
    return run(s, sql.ptr, "emptying it");
}

static int send(struct pg_side *s) {
    if (s->out.len > 0 && PQputCopyData(s->conn, s->out.ptr, (int)s->out.len) != 1)
        return failed(s, NULL, s->table->name);
    s->out.len = 0;
    return 0;
}

static int put_begin(struct side *base, const struct schema_table *t) {
    struct pg_side *s = side_of(base);
    struct buf sql BUF_CLEANUP = BUF_EMPTY;
    buf_printf(&sql, "COPY %s (", t->name);
    row_columns(&sql, t, t->columns);
    buf_add_str(&sql, STR(") FROM STDIN (FORMAT binary)"));
    buf_add_char(&sql, 0);
    s->table = t;
    s->out.len = 0;
    copy_out_begin(&s->out);
    return check(s, PQexec(s->conn, sql.ptr), PGRES_COPY_IN, t->name);
}

static int put(struct side *base, const struct row *row) {
    struct pg_side *s = side_of(base);
    int r = row_fits_postgresql(s->table, row, base->arena, base->why);
    if (r < 0)
        return r;
    copy_out_row(&s->out, s->table, row);
    return s->out.len < SEND_BYTES ? 0 : send(s);
}

static int put_end(struct side *base) {
    struct pg_side *s = side_of(base);
    copy_out_end(&s->out);
    int r = send(s);
    if (r == 0 && PQputCopyEnd(s->conn, NULL) != 1)
        r = failed(s, NULL, s->table->name);
    return r < 0 ? r : read_result(s);
}

/* ANALYZE: without it the planner knows nothing of the new rows until autovacuum comes by. */
static int set_note(struct side *base, struct str value) {
    struct pg_side *s = side_of(base);
    struct buf sql BUF_CLEANUP = BUF_EMPTY;
    int r = str_is_absent(value) ? run(s, "ANALYZE", "analyzing it") : 0;
    if (str_is_absent(value))
        buf_add_lit(&sql, "DELETE FROM meta WHERE key = '" META_TRANSFER "'");
    else
        add_note(s, &sql, value);
    buf_add_char(&sql, 0);
    return r < 0 ? r : run(s, sql.ptr, "noting the migration");
}

/* ---- opening ---- */

static void disconnect(struct pg_side *s) {
    s->db = db_close(s->db);
    s->conn = NULL;
}

static void close_side(struct side *base) {
    struct pg_side *s = side_of(base);
    disconnect(s);
    copy_in_free(&s->in);
    buf_free(&s->out);
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

/* Returns 1 if the lock was taken; 0 if another session has it for LOCK_MS: the server may take so long to notice that
 * the process of an interrupted migration has ended. */
static int take_lock(struct pg_side *s, const char *sql) {
    int64_t until_ms = clock_mono_ms() + LOCK_MS;
    struct str got;
    for (;;) {
        int r = ask(&s->base, sql, &got);
        if (r < 0 || str_eq(got, STR("t")))
            return r < 0 ? r : 1;
        if (clock_mono_ms() >= until_ms)
            return 0;
        nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    }
}

/* Nothing else of hired may use the database: no server, and no command that writes. */
static int take_locks(struct pg_side *s) {
    int serve = take_lock(s, "SELECT pg_try_advisory_lock(" PG_LOCK_SERVE ")");
    int r = serve == 1 ? take_lock(s, "SELECT pg_try_advisory_lock(" PG_LOCK_WRITE ")") : serve;
    if (r != 0)
        return r < 0 ? r : 0;
    *s->base.why = arena_printf(s->base.arena,
                                serve == 1 ? "A command of hired writes in %s now; try again when it ends."
                                           : "A server of hired uses %s, or another migration. Stop all nodes first.",
                                s->base.name.ptr);
    return -EBUSY;
}

static int connect_side(struct pg_side *s, enum db_access access) {
    const struct db_options o = {.engine = DB_POSTGRESQL, .url = s->url, .busy_ms = 10000};
    int r = postgresql_open(&s->db, &o, access, s->base.arena, s->base.why);
    if (r < 0)
        return r;
    s->conn = pg_of(s->db)->conn;
    const char *host = PQhost(s->conn);
    s->base.name = arena_printf(s->base.arena, "the database %s of %s", PQdb(s->conn), host ? host : "this machine");
    if (!PQexitPipelineMode(s->conn) || PQsetnonblocking(s->conn, 0) < 0)
        return failed(s, NULL, "setting it up");
    /* Rows are read along the key, not sorted. The other side may be slow, so nothing ends the session for its pauses.
     */
    return run(s,
               "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET tcp_user_timeout = 0;"
               "SET enable_sort = off; SET enable_seqscan = off; SET enable_bitmapscan = off",
               "setting it up");
}

static struct pg_side *side_new(const char *url, struct arena *a, struct str *why) {
    struct pg_side *s = mem_alloc(sizeof(*s));
    s->base = (struct side){.fn = &functions, .arena = a, .why = why, .name = STR("the database")};
    s->url = url;
    return s;
}

int postgresql_side_source(struct side **ret, const char *url, struct arena *a, struct str *ret_why) {
    struct pg_side *s = side_new(url, a, ret_why);
    int r = connect_side(s, DB_READ);
    if (r == 0)
        r = take_locks(s);
    if (r == 0 && (r = side_is_unfinished(&s->base)) == 1) {
        *ret_why = arena_printf(a, "In %s is itself the unfinished copy of another database.", s->base.name.ptr);
        r = -EUCLEAN;
    }
    return side_give(&s->base, r, ret);
}

/* Whether the database that is there may be filled. */
static int may_fill(struct pg_side *s) {
    int r = side_has_own_data(&s->base);
    if (r != 1)
        return r;
    *s->base.why =
        arena_printf(s->base.arena, "There is data in %s already; a migration needs a new one.", s->base.name.ptr);
    return -ENOTEMPTY;
}

/* To open for writing would bring an older database of somebody else's up to date, so it is looked at before. */
int postgresql_side_target(struct side **ret, const char *url, struct arena *a, struct str *ret_why) {
    struct pg_side *s = side_new(url, a, ret_why);
    int r = connect_side(s, DB_READ);
    if (r == 0)
        r = may_fill(s);
    disconnect(s);
    if (r == 0 || r == -ENOENT) { /* an empty one, or none, which is then said again */
        r = connect_side(s, DB_WRITE);
        if (r == 0)
            r = take_locks(s);
        if (r == 0)
            r = may_fill(s);
    }
    return side_give(&s->base, r, ret);
}
