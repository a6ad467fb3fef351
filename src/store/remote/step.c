/* SPDX-License-Identifier: Apache-2.0
 *
 * The steps of a command's transaction: statements, rows, savepoints, end.
 */
#include "store/remote/step.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/id.h"

#define MS_NS INT64_C(1000000)
#define PAGE_ROWS 64
#define IDS_AHEAD_MS INT64_C(3600000)
#define PAGE_BYTES (256u * 1024)

int64_t remote_step_until(const struct session *s) {
    int64_t until = clock_mono_ns() + s->limits->step_ms * MS_NS;
    return until < s->until_ns ? until : s->until_ns;
}

int remote_answer_status(struct session *s, int status) {
    size_t begun = remote_begin(&s->out, REMOTE_STATUS);
    remote_put32(&s->out, (uint32_t)status);
    remote_end(&s->out, begun);
    return remote_send(s->fd, &s->out, remote_step_until(s));
}

/* ---- rows ---- */

static void put_row(struct session *s, const struct db_query *q, int columns) {
    for (int i = 0; i < columns; i++) {
        struct remote_value v = {.kind = REMOTE_NULL};
        if (db_is_int(q, i))
            v = (struct remote_value){.kind = REMOTE_INT, .number = db_int(q, i)};
        else if (!db_is_null(q, i))
            v = (struct remote_value){.kind = REMOTE_TEXT, .text = db_text(q, i)};
        remote_put_value(&s->out, &v);
    }
}

static void put32_at(struct buf *b, size_t at, uint32_t v) {
    memcpy(b->ptr + at, &v, sizeof(v));
}

static void put16_at(struct buf *b, size_t at, uint16_t v) {
    memcpy(b->ptr + at, &v, sizeof(v));
}

static void page_failed(struct session *s, int error) {
    size_t begun = remote_begin(&s->out, REMOTE_PAGE);
    remote_put32(&s->out, (uint32_t)error);
    remote_put32(&s->out, 0);
    remote_put16(&s->out, 0);
    remote_put32(&s->out, 0);
    remote_end(&s->out, begun);
}

/* Sends the next rows of an open statement. Returns whether there may be more. */
static bool put_page(struct session *s, struct db_query *q, unsigned handle) {
    size_t begun = remote_begin(&s->out, REMOTE_PAGE), head = s->out.len;
    int columns = 0, r = 1;
    uint32_t rows = 0;

    remote_put32(&s->out, 0);
    remote_put32(&s->out, 0);
    remote_put16(&s->out, 0);
    remote_put32(&s->out, 0);
    while (rows < PAGE_ROWS && s->out.len - begun < PAGE_BYTES && (r = db_row(q)) == 1) {
        columns = db_columns(q);
        put_row(s, q, columns);
        rows++;
    }
    put16_at(&s->out, head + 8, (uint16_t)columns);
    put32_at(&s->out, head, r < 0 ? (uint32_t)r : 0);
    put32_at(&s->out, head + 4, r == 1 ? handle + 1 : 0);
    put32_at(&s->out, head + 10, rows);
    if (remote_end(&s->out, begun) < 0) {
        page_failed(s, -E2BIG); /* one row is longer than a frame */
        return false;
    }
    return r == 1;
}

static void close_rows(struct session *s, unsigned handle) {
    if (handle < REMOTE_OPEN_MAX && s->open[handle].used) {
        db_query_end(&s->open[handle].q);
        s->open[handle].used = false;
    }
}

static void bind_call(const struct remote_call *c, struct db_query *q) {
    for (unsigned i = 0; i < c->n; i++) {
        const struct remote_value *v = &c->values[i];
        if (v->kind == REMOTE_INT)
            db_bind_int(q, (int)i + 1, v->number);
        else if (v->kind == REMOTE_TEXT)
            db_bind_text(q, (int)i + 1, v->text);
        else
            db_bind_null(q, (int)i + 1);
    }
}

/* ---- the steps of a transaction ---- */

static int read_call(struct session *s, struct remote_reader *in) {
    int r = remote_get_call(in, DB_STATEMENTS, &s->call);

    return r < 0 || s->call.n != db_statement_texts[s->call.statement].parameters ? -EBADMSG : 0;
}

static int step_run(struct session *s, struct remote_reader *in) {
    int r = read_call(s, in);

    if (r < 0)
        return r;
    r = s->failed;
    if (r == 0) {
        struct db_query q DB_CLEANUP = db_query(s->db, (enum db_statement)s->call.statement);
        bind_call(&s->call, &q);
        r = db_run(&q);
    }
    return remote_answer_status(s, r);
}

static int step_rows(struct session *s, struct remote_reader *in) {
    unsigned handle = 0;

    while (handle < REMOTE_OPEN_MAX && s->open[handle].used)
        handle++;
    if (s->failed < 0 || handle == REMOTE_OPEN_MAX) {
        page_failed(s, s->failed < 0 ? s->failed : -EMFILE);
        return remote_send(s->fd, &s->out, remote_step_until(s));
    }
    struct open_rows *o = &s->open[handle];
    o->frame.len = 0;
    buf_add_str(&o->frame, in->rest);
    struct remote_reader kept = {.rest = buf_str(&o->frame)};
    int r = read_call(s, &kept);
    if (r < 0)
        return r;
    o->q = db_query(s->db, (enum db_statement)s->call.statement);
    o->used = true;
    bind_call(&s->call, &o->q);
    if (!put_page(s, &o->q, handle))
        close_rows(s, handle);
    return remote_send(s->fd, &s->out, remote_step_until(s));
}

static int step_more(struct session *s, struct remote_reader *in) {
    unsigned handle = remote_get32(in) - 1;

    if (in->bad || handle >= REMOTE_OPEN_MAX || !s->open[handle].used)
        return -EBADMSG;
    if (!put_page(s, &s->open[handle].q, handle))
        close_rows(s, handle);
    return remote_send(s->fd, &s->out, remote_step_until(s));
}

static int step_drop(struct session *s, struct remote_reader *in) {
    unsigned handle = remote_get32(in) - 1;

    if (in->bad)
        return -EBADMSG;
    close_rows(s, handle);
    return 0;
}

/* A savepoint within the job's savepoint. Rolling back to it also clears the error of a failed step. */
static int step_savepoint(struct session *s, enum remote_op op) {
    /* The command may not end the job's own savepoint. */
    if (s->savepoint == (op == REMOTE_SAVEPOINT))
        return -EBADMSG;
    s->savepoint = op == REMOTE_SAVEPOINT;
    if (op == REMOTE_UNDO)
        db_rollback_savepoint(s->db);
    else if (s->failed == 0)
        s->failed = op == REMOTE_SAVEPOINT ? db_savepoint(s->db) : db_release(s->db);
    return 0;
}

/* Ends a savepoint that the command left open, before the job ends. */
static int close_savepoint(struct session *s, int r) {
    if (!s->savepoint)
        return r;
    s->savepoint = false;
    if (r == 0)
        return db_release(s->db);
    db_rollback_savepoint(s->db);
    return r;
}

static int step_commit(struct session *s, struct remote_reader *in) {
    int64_t ids_ms = remote_get64(in);
    bool forget = remote_get8(in) != 0;

    /* Ids with a time far in the future would move the ids of all processes there. */
    int64_t now = clock_now_ms(), last = id_last_ms();
    if (in->bad || ids_ms > (now > last ? now : last) + IDS_AHEAD_MS)
        return -EBADMSG;
    if (s->failed < 0) {
        s->end = COMMITTED; /* the command is told that its transaction was rolled back */
        return s->failed;
    }
    if (ids_ms > 0)
        id_go_above(ids_ms + 1); /* the commit records these ids as issued */
    if (forget)
        db_forget(s->db);
    s->end = COMMITTED;
    return 0;
}

int remote_step(struct session *s, struct str frame) {
    struct remote_reader in = {.rest = frame};
    enum remote_op op = (enum remote_op)remote_get8(&in);

    switch (op) {
    case REMOTE_RUN:
        return step_run(s, &in);
    case REMOTE_ROWS:
        return step_rows(s, &in);
    case REMOTE_MORE:
        return step_more(s, &in);
    case REMOTE_DROP:
        return step_drop(s, &in);
    case REMOTE_SAVEPOINT:
    case REMOTE_RELEASE:
    case REMOTE_UNDO:
        return step_savepoint(s, op);
    case REMOTE_COMMIT:
        return step_commit(s, &in);
    case REMOTE_ROLLBACK:
        s->end = ROLLED_BACK;
        return -ECANCELED;
    default:
        return -EBADMSG;
    }
}

int remote_step_end(struct session *s, int r) {
    for (unsigned i = 0; i < REMOTE_OPEN_MAX; i++)
        close_rows(s, i);
    return close_savepoint(s, r);
}
