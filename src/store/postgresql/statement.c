/* SPDX-License-Identifier: Apache-2.0
 *
 * The PostgreSQL driver: statements and their parameters. Values are kept here until the statement runs.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "store/postgresql/postgresql.h"

/* ---- preparing ---- */

/* One attempt to let the server prepare a statement and describe its parameters. */
static int describe_once(struct pg_db *db, struct pg_text *t, PGresult **ret) {
    /* Without a savepoint, a statement that does not fit the schema would abort the transaction. */
    bool guards = pg_holds(db);
    int guard = guards ? pg_command(db, PG_SAVEPOINT_GUARD) : -1;
    pg_queue_prepare(db, t);
    int keep = pg_queue_describe(db, t);
    if (guards)
        pg_command(db, PG_RELEASE_GUARD);
    int r = pg_exchange(db, keep, ret);
    if (r < 0)
        return r;
    if (db->error_at >= 0) {
        r = pg_fault(db, *ret, t->text->name);
        if (guards && db->error_at > guard) {
            pg_command(db, PG_ROLLBACK_TO_GUARD);
            pg_command(db, PG_RELEASE_GUARD);
        } else if (guards)
            db->aborted = r;
    }
    return r;
}

/* The server gives a parameter beside an INTEGER column or a small number 32 bits, also in "next_ms > $1 + 15000". All
 * of hired's integers have 64, so those parameters get the wider type, and the statement is prepared again under
 * another name. */
static void widen(struct pg_text *t) {
    bool narrow = false;
    for (unsigned i = 0; i < t->text->parameters; i++)
        if (t->types[i] == PG_TYPE_INT4 || t->types[i] == PG_TYPE_INT2) {
            t->types[i] = PG_TYPE_INT8;
            narrow = true;
        }
    if (!narrow)
        return;
    t->name[0] = 'w';
    t->generation = 0;
}

static int describe(struct pg_db *db, struct pg_text *t) {
    PGresult *result = NULL;
    bool holds = pg_holds(db);
    int r = PG_LOST;

    for (int attempt = 0; (r == PG_LOST && attempt < (holds ? 1 : 2)) || r == PG_AGAIN; attempt++) {
        r = pg_ready(db);
        if (r == 0 && (r = pg_limit(db)) == 0)
            r = describe_once(db, t, &result);
    }
    if (r == 0 && PQnparams(result) != (int)t->text->parameters)
        r = -EINVAL;
    for (int i = 0; r == 0 && i < (int)t->text->parameters; i++)
        t->types[i] = PQparamtype(result, i);
    PQclear(result);
    if (r < 0)
        return r == PG_LOST ? -EIO : r;
    t->described = true;
    t->generation = db->generation;
    widen(t);
    return 0;
}

static struct pg_text *text_new(struct pg_db *db, const struct db_statement_text *text, unsigned which) {
    struct pg_text *t = mem_alloc(sizeof(*t) + text->parameters * sizeof(*t->types));
    t->text = text;
    snprintf(t->name, sizeof(t->name), "s%u", which);
    return t;
}

static int statement_new(struct pg_db *db, unsigned which, struct pg_statement **ret) {
    struct pg_text **t = &db->known[which];
    if (!*t)
        *t = text_new(db, which < db->texts_n ? &db->texts[which] : &pg_change_text, which);
    int r = (*t)->described ? 0 : describe(db, *t);
    if (r < 0)
        return r;
    struct pg_statement *s = mem_alloc(sizeof(*s));
    s->of = *t;
    *ret = s;
    return 0;
}

/* Why no statement may run now: the transaction or the snapshot has failed. */
static int may_ask(const struct pg_db *db) {
    if (db->lost)
        return -EIO;
    return db->aborted;
}

struct db_query pg_query(struct db *base, enum db_statement which) {
    struct pg_db *db = pg_of(base);
    struct db_query q = {.db = base};
    struct pg_statement **at = &db->statements[which];

    while (*at && (*at)->busy)
        at = &(*at)->next;
    if (!*at && ((q.error = may_ask(db)) < 0 || (q.error = statement_new(db, which, at)) < 0))
        return q;
    (*at)->busy = true;
    q.stmt = *at;
    return q;
}

static void restart(struct pg_db *db, struct pg_statement *s) {
    pg_rows_drop(db, s);
    pg_ahead_drop(db, s);
    s->started = s->ended = false;
    s->failed = 0;
}

void pg_query_end(struct db_query *q) {
    struct pg_statement *s = q->stmt;
    if (!s)
        return;
    restart(pg_of(q->db), s);
    s->bound = 0;
    s->busy = false;
    q->stmt = NULL;
    q->error = -EINVAL;
}

/* ---- parameters ---- */

/* Returns the statement, ready to take the value of $n; or NULL if the call is wrong. */
static struct pg_statement *bind_place(struct db_query *q, int n) {
    struct pg_statement *s = q->stmt;
    if (!s || q->error < 0)
        return NULL;
    if (n < 1 || (unsigned)n > s->of->text->parameters) {
        log_line(LOG_ERROR, "database error", "statement", s->of->text->name, "error", "no such parameter", NULL);
        q->error = -EINVAL;
        return NULL;
    }
    if (s->started || s->ended || s->ahead || s->fetched)
        restart(pg_of(q->db), s);
    s->bound |= UINT64_C(1) << (n - 1);
    return s;
}

static void set(struct pg_statement *s, int i, const char *value, size_t len, int format) {
    s->values[i] = value;
    s->lengths[i] = (int)len;
    s->formats[i] = format;
}

static void refuse(struct db_query *q, const char *why) {
    const struct pg_statement *s = q->stmt;
    log_line(LOG_ERROR, "database error", "statement", s->of->text->name, "error", why, NULL);
    q->error = -EINVAL;
}

/* Digits, for a parameter of another type than an integer; those for a text go as binary, which is the same. */
static void set_digits(struct pg_statement *s, int i, int64_t value) {
    bool text = s->of->types[i] == PG_TYPE_TEXT || s->of->types[i] == PG_TYPE_VARCHAR;
    int len = snprintf(s->numbers[i], sizeof(s->numbers[i]), "%" PRId64, value);
    set(s, i, s->numbers[i], (size_t)len, text ? PG_FORMAT_BINARY : PG_FORMAT_TEXT);
}

static void set_int(struct db_query *q, struct pg_statement *s, int i, int64_t value) {
    Oid type = s->of->types[i];
    if (!pg_is_binary_int(type)) {
        set_digits(s, i, value);
        return;
    }
    size_t len = type == PG_TYPE_INT2 ? 2 : type == PG_TYPE_INT4 ? 4 : 8;
    int64_t most = len == 2 ? INT16_MAX : len == 4 ? INT32_MAX : INT64_MAX;
    if (value > most || value < -most - 1) {
        refuse(q, "a value is too large for its column");
        return;
    }
    uint64_t bytes = (uint64_t)value;
    for (size_t at = len; at-- > 0; bytes >>= 8)
        s->numbers[i][at] = (char)(bytes & 0xff); /* network order */
    set(s, i, s->numbers[i], len, PG_FORMAT_BINARY);
}

void pg_bind_int(struct db_query *q, int n, int64_t value) {
    struct pg_statement *s = bind_place(q, n);
    if (s)
        set_int(q, s, n - 1, value);
}

void pg_bind_null(struct db_query *q, int n) {
    struct pg_statement *s = bind_place(q, n);
    if (s)
        set(s, n - 1, NULL, 0, PG_FORMAT_BINARY);
}

void pg_bind_text(struct db_query *q, int n, struct str text) {
    struct pg_statement *s = bind_place(q, n);
    if (!s)
        return;
    Oid type = s->of->types[n - 1];
    int64_t number;
    if (str_is_absent(text))
        set(s, n - 1, NULL, 0, PG_FORMAT_BINARY);
    else if (type != PG_TYPE_TEXT && type != PG_TYPE_VARCHAR && str_to_i64(text, &number) == 0)
        set_int(q, s, n - 1, number);
    else if (type != PG_TYPE_TEXT && type != PG_TYPE_VARCHAR)
        refuse(q, "a text was given for a number");
    else if (text.len > INT32_MAX / 2 || memchr(text.ptr, 0, text.len))
        refuse(q, "a text is too long or contains a NUL"); /* PostgreSQL has no such texts */
    else
        set(s, n - 1, text.ptr, text.len, PG_FORMAT_BINARY);
}
