/* SPDX-License-Identifier: Apache-2.0
 *
 * Bodies of requests: in place behind the head where they fit, collected in a buffer, handed to a sink, or dropped.
 */
#include <errno.h>
#include <sys/uio.h>

#include "http/conn.h"

bool body_too_slow(const struct conn *c, uint64_t now) {
    const struct http_limits *limits = &c->loop->limits;
    uint64_t ms = now - c->since;
    return ms >= limits->body_timeout_ms && c->arrived * 1000 / (ms ? ms : 1) < limits->body_rate_min;
}

static void say_continue(struct conn *c) {
    static char line[] = "HTTP/1.1 100 Continue\r\n\r\n";
    struct iovec iov = {line, sizeof(line) - 1};
    if (conn_send(c, &iov, 1) != 1) /* the socket's buffer is full before the first answer: the peer reads nothing */
        conn_close(c);
}

void body_begin(struct conn *c) {
    struct exchange *x = c->x;
    c->dropping = false;
    c->since = uv_now(&c->loop->uv);
    c->arrived = x->len - x->pos;
    c->deadline = c->since + c->loop->limits.body_timeout_ms;
    c->body_in_place = !x->req.sink && !c->body_chunked && c->body_left <= x->in_cap - x->pos;
    if (x->head.expect_continue && x->len == x->pos && !x->req.no_body)
        say_continue(c);
}

static bool body_done(struct conn *c) {
    struct exchange *x = c->x;
    c->body_open = false;
    if (c->dropping) {
        conn_answered(c);
        return true;
    }
    if (!conn_set_state(c, CONN_HANDLER))
        return false;
    c->deadline = NEVER;
    if (x->req.sink) {
        x->req.sink->done(&x->req);
        return true;
    }
    if (!c->body_in_place)
        x->req.body = buf_str(&x->body);
    c->loop->app->handle(&x->req);
    return true;
}

/* Gives a piece of the body to its receiver. Returns true to go on, false when paused, answered or refused. */
static bool give(struct conn *c, const char *bytes, size_t len) {
    struct exchange *x = c->x;
    if (c->dropping || len == 0)
        return true;
    if (!x->req.sink) {
        buf_add(&x->body, bytes, len);
        return true;
    }
    uint32_t answers = c->answers;
    int r = x->req.sink->data(&x->req, bytes, len);
    if (c->answers != answers || c->state == CONN_CLOSED)
        return false;
    if (r == -EAGAIN) {
        c->paused = true;
        c->paused_at = uv_now(&c->loop->uv);
        c->deadline = NEVER;
        return false;
    }
    if (r < 0)
        conn_refuse(c, 500, "the body could not be taken");
    return r >= 0;
}

/* All of the input is parsed: the next bytes may overwrite the part of the body that was there. */
static void rewind_input(struct exchange *x) {
    if (x->pos == x->len)
        x->pos = x->len = x->body_at;
}

static bool step_length(struct conn *c) {
    struct exchange *x = c->x;
    size_t available = x->len - x->pos;
    size_t take = available < c->body_left ? available : (size_t)c->body_left;
    if (c->body_in_place && !c->dropping) {
        if (take < c->body_left)
            return false;
        x->req.body = (struct str){x->in + x->pos, take};
        x->pos += take;
        return body_done(c);
    }
    const char *bytes = x->in + x->pos;
    x->pos += take;
    c->body_left -= take;
    if (!give(c, bytes, take))
        return c->state == CONN_BODY && !c->paused;
    if (c->body_left == 0)
        return body_done(c);
    rewind_input(x);
    return false;
}

static bool step_chunked(struct conn *c) {
    struct exchange *x = c->x;
    while (x->pos < x->len) {
        size_t used;
        struct str piece;
        int r = chunked_next(&c->chunked, x->in + x->pos, x->len - x->pos, &used, &piece);
        if (r < 0) {
            conn_refuse(c, 400, c->chunked.why);
            return false;
        }
        x->pos += used;
        c->body_got += piece.len;
        if (c->body_got > x->req.body_max) {
            conn_refuse(c, 413, "the body is too long");
            return false;
        }
        if (!give(c, piece.ptr, piece.len))
            return false;
        if (r == 1)
            return body_done(c);
    }
    rewind_input(x);
    return false;
}

bool body_step(struct conn *c) {
    if (c->paused)
        return false;
    return c->body_chunked ? step_chunked(c) : step_length(c);
}

void http_body_resume(struct http_request *r) {
    struct conn *c = exchange_of(r)->conn;
    if (!c || !c->paused || c->state != CONN_BODY)
        return;
    uint64_t now = uv_now(&c->loop->uv);
    c->paused = false;
    c->since += now - c->paused_at;
    c->deadline = now + c->loop->limits.body_timeout_ms;
    loop_defer(c);
}
