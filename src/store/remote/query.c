/* SPDX-License-Identifier: Apache-2.0
 *
 * Statements of a connection that writes through the serving process. Values are kept here until the statement runs;
 * rows arrive in pages.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "store/remote/internal.h"

struct remote_query {
    struct db_query local; /* outside of a transaction */
    bool is_local;
    bool asked, ended; /* rows */
    int failed;
    enum db_statement which;
    uint32_t more;   /* the number by which MORE requests further rows; 0: there are none */
    struct buf page; /* a copy of the page: rows are read from it */
    struct remote_reader rest;
    unsigned columns, rows; /* columns of the page; rows not read yet */
    uint64_t bound;
    struct remote_value values[REMOTE_COLUMNS_MAX], cells[REMOTE_COLUMNS_MAX];
    char digits[REMOTE_COLUMNS_MAX][24]; /* integers that were requested as text */
};

struct db_query remote_query(struct db *db, enum db_statement which) {
    struct remote *r = remote_of(db);
    struct db_query q = {.db = db};
    struct remote_query *s = mem_alloc(sizeof(*s));

    s->is_local = !remote_in_transaction(db);
    s->which = which;
    if (s->is_local)
        s->local = db_query(r->reader, which);
    q.stmt = s;
    return q;
}

static void drop_rows(struct remote *r, struct remote_query *s) {
    if (s->more == 0 || r->lost || !r->base.in_transaction)
        return;
    size_t begun = remote_begin(&r->out, REMOTE_DROP);
    remote_put32(&r->out, s->more);
    remote_end(&r->out, begun);
    s->more = 0;
}

void remote_query_end(struct db_query *q) {
    struct remote_query *s = q->stmt;

    if (!s)
        return;
    if (s->is_local)
        db_query_end(&s->local);
    else
        drop_rows(remote_of(q->db), s);
    buf_free(&s->page);
    free(s);
    q->stmt = NULL;
    q->error = -EINVAL;
}

static struct remote_value *bind_place(struct db_query *q, int n) {
    struct remote_query *s = q->stmt;

    if (!s || q->error < 0)
        return NULL;
    if (n < 1 || (unsigned)n > db_statement_texts[s->which].parameters) {
        log_line(LOG_ERROR, "database error", "statement", db_statement_texts[s->which].name, "error",
                 "no such parameter", NULL);
        q->error = -EINVAL;
        return NULL;
    }
    drop_rows(remote_of(q->db), s);
    s->asked = s->ended = false;
    s->failed = 0;
    s->bound |= UINT64_C(1) << (n - 1);
    return &s->values[n - 1];
}

static bool bind_local(struct db_query *q) {
    struct remote_query *s = q->stmt;
    return s && s->is_local;
}

static struct db_query *local_of(const struct db_query *q) {
    return &((struct remote_query *)q->stmt)->local;
}

void remote_bind_int(struct db_query *q, int n, int64_t value) {
    if (bind_local(q)) {
        db_bind_int(local_of(q), n, value);
        return;
    }
    struct remote_value *v = bind_place(q, n);
    if (v)
        *v = (struct remote_value){.kind = REMOTE_INT, .number = value};
}

void remote_bind_null(struct db_query *q, int n) {
    if (bind_local(q)) {
        db_bind_null(local_of(q), n);
        return;
    }
    struct remote_value *v = bind_place(q, n);
    if (v)
        *v = (struct remote_value){.kind = REMOTE_NULL};
}

void remote_bind_text(struct db_query *q, int n, struct str text) {
    if (bind_local(q)) {
        db_bind_text(local_of(q), n, text);
        return;
    }
    if (str_is_absent(text)) {
        remote_bind_null(q, n);
        return;
    }
    struct remote_value *v = bind_place(q, n);
    if (v)
        *v = (struct remote_value){.kind = REMOTE_TEXT, .text = text};
}

/* Writes the statement and its values into a frame. */
static int put_call(struct db_query *q, struct remote_query *s, enum remote_op op) {
    struct remote *r = remote_of(q->db);
    unsigned n = db_statement_texts[s->which].parameters;
    uint64_t all = n == 64 ? UINT64_MAX : (UINT64_C(1) << n) - 1;

    if (r->lost || !r->base.in_transaction)
        return r->lost ? -EPIPE : -EPERM;
    if (s->bound != all) {
        log_line(LOG_ERROR, "database error", "statement", db_statement_texts[s->which].name, "error",
                 "a parameter has no value", NULL);
        return -EINVAL;
    }
    size_t begun = remote_begin(&r->out, op);
    remote_put16(&r->out, (uint16_t)s->which);
    remote_put8(&r->out, (uint8_t)n);
    for (unsigned i = 0; i < n; i++)
        remote_put_value(&r->out, &s->values[i]);
    return remote_end(&r->out, begun);
}

int remote_run(struct db_query *q) {
    struct remote_query *s = q->stmt;
    int e;

    if (!s || q->error < 0)
        return q->error < 0 ? q->error : -EINVAL;
    if (s->is_local)
        return db_run(&s->local);
    drop_rows(remote_of(q->db), s);
    e = put_call(q, s, REMOTE_RUN);
    return e < 0 ? e : remote_ask_status(remote_of(q->db));
}

/* Takes the requested page. */
static int take_page(struct remote *r, struct remote_query *s) {
    struct remote_reader answer;
    int e = remote_ask(r, REMOTE_PAGE, &answer);

    s->more = 0;
    s->rows = 0;
    if (e < 0)
        return e;
    int status = (int)(int32_t)remote_get32(&answer);
    s->more = remote_get32(&answer);
    s->columns = remote_get16(&answer);
    s->rows = remote_get32(&answer);
    if (answer.bad || s->columns > REMOTE_COLUMNS_MAX || (s->rows > 0 && s->columns == 0))
        return remote_lose(r, -EBADMSG, "the server's answer cannot be read");
    /* Copied, because the inbox is used again before all rows are read. */
    s->page.len = 0;
    buf_add_str(&s->page, answer.rest);
    s->rest = (struct remote_reader){.rest = buf_str(&s->page)};
    return status;
}

static int ask_rows(struct db_query *q, struct remote_query *s) {
    struct remote *r = remote_of(q->db);
    int e;

    if (!s->asked) {
        s->asked = true;
        e = put_call(q, s, REMOTE_ROWS);
    } else {
        size_t begun = remote_begin(&r->out, REMOTE_MORE);
        remote_put32(&r->out, s->more);
        e = remote_end(&r->out, begun);
    }
    return e < 0 ? e : take_page(r, s);
}

int remote_row(struct db_query *q) {
    struct remote_query *s = q->stmt;

    if (!s || q->error < 0)
        return q->error < 0 ? q->error : -EINVAL;
    if (s->is_local)
        return db_row(&s->local);
    if (!s->ended && s->rows == 0 && (!s->asked || s->more != 0)) {
        s->failed = ask_rows(q, s);
        s->ended = s->failed < 0;
    }
    if (s->ended || s->rows == 0) {
        s->ended = true;
        return s->failed < 0 ? s->failed : 0;
    }
    s->rows--;
    for (unsigned i = 0; i < s->columns; i++)
        remote_get_value(&s->rest, &s->cells[i]);
    if (s->rest.bad)
        return remote_lose(remote_of(q->db), -EBADMSG, "the server's answer cannot be read");
    return 1;
}

int64_t remote_int(const struct db_query *q, int column) {
    struct remote_query *s = q->stmt;
    int64_t number = 0;

    if (s->is_local)
        return db_int(&s->local, column);
    if ((unsigned)column >= s->columns)
        return 0;
    const struct remote_value *v = &s->cells[column];
    if (v->kind == REMOTE_TEXT)
        str_to_i64(v->text, &number);
    return v->kind == REMOTE_INT ? v->number : number;
}

bool remote_is_null(const struct db_query *q, int column) {
    struct remote_query *s = q->stmt;

    if (s->is_local)
        return db_is_null(&s->local, column);
    return (unsigned)column >= s->columns || s->cells[column].kind == REMOTE_NULL;
}

struct str remote_text(const struct db_query *q, int column) {
    struct remote_query *s = q->stmt;

    if (s->is_local)
        return db_text(&s->local, column);
    if ((unsigned)column >= s->columns || s->cells[column].kind == REMOTE_NULL)
        return STR_ABSENT;
    if (s->cells[column].kind == REMOTE_TEXT)
        return s->cells[column].text;
    snprintf(s->digits[column], sizeof(s->digits[column]), "%lld", (long long)s->cells[column].number);
    return str_of(s->digits[column]);
}

int remote_columns(const struct db_query *q) {
    struct remote_query *s = q->stmt;
    return s->is_local ? db_columns(&s->local) : (int)s->columns;
}

bool remote_is_int(const struct db_query *q, int column) {
    struct remote_query *s = q->stmt;
    return s->is_local ? db_is_int(&s->local, column) : s->cells[column].kind == REMOTE_INT;
}
