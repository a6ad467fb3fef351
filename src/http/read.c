/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading from a connection: into which buffer, and what the bytes mean in each state.
 */
#include "http/conn.h"

/* Room behind what has been collected of a body, at most to its end. */
static uv_buf_t body_room(struct conn *c) {
    struct buf *body = &c->x->body;
    buf_reserve(body, c->body_left < SCRATCH_SIZE ? (size_t)c->body_left : SCRATCH_SIZE);
    size_t room = body->cap - body->len;
    return uv_buf_init(body->ptr + body->len, (unsigned)(room < c->body_left ? room : c->body_left));
}

/* Whether the next bytes can be read straight into the body. They cannot while earlier bytes of it wait in the input
 * buffer, as between http_release and the loop's next turn: they would be put before those. */
static bool may_read_into_body(const struct conn *c) {
    const struct exchange *x = c->x;
    return c->state == CONN_BODY && !c->dropping && !c->body_chunked && !c->body_in_place && !x->req.sink &&
           x->pos == x->len;
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf) {
    struct conn *c = handle->data;
    c->body_direct = false;
    if (c->state == CONN_RAW || c->state == CONN_LINGER) {
        *buf = uv_buf_init(c->loop->scratch, SCRATCH_SIZE);
        return;
    }
    if (!c->x)
        c->x = exchange_take(c);
    struct exchange *x = c->x;
    if (may_read_into_body(c)) {
        c->body_direct = true;
        *buf = body_room(c);
        return;
    }
    if (c->state == CONN_HEAD)
        exchange_make_room(x, IN_ROOM_MIN);
    *buf = uv_buf_init(x->in + x->len, (unsigned)(x->in_cap - x->len));
}

static void take_body_bytes(struct conn *c, size_t len) {
    struct exchange *x = c->x;
    c->arrived += len;
    c->deadline = uv_now(&c->loop->uv) + c->loop->limits.body_timeout_ms;
    if (c->body_direct) {
        x->body.len += len;
        c->body_left -= len;
    } else {
        x->len += len;
    }
    conn_process(c);
    if (c->state != CONN_BODY || c->paused || !body_too_slow(c, uv_now(&c->loop->uv)))
        return;
    if (c->dropping)
        conn_close(c); /* the request has been answered: a 408 would be taken for the next one's answer */
    else
        conn_refuse(c, 408, "the body comes too slowly");
}

static void take_bytes(struct conn *c, const char *bytes, size_t len) {
    struct exchange *x = c->x;
    counter_add(&c->loop->stats.bytes_in, len);
    switch (c->state) {
    case CONN_RAW:
        raw_read(c, bytes, len);
        return;
    case CONN_LINGER:
        c->arrived += len;
        if (c->arrived > LINGER_MAX)
            conn_close(c);
        return;
    case CONN_BODY:
        take_body_bytes(c, len);
        return;
    case CONN_HEAD:
        x->len += len;
        conn_process(c);
        return;
    default: /* the bytes of a later request; they are parsed when this one is answered */
        x->len += len;
        conn_settle(c);
    }
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf) {
    struct conn *c = stream->data;
    if (n > 0) {
        take_bytes(c, buf->base, (size_t)n);
        return;
    }
    if (n == 0) { /* EAGAIN */
        conn_settle(c);
        return;
    }
    c->reading = false;
    uv_read_stop(stream);
    if (n != UV_EOF) {
        conn_close(c);
        return;
    }
    c->eof = true;
    if (c->state == CONN_STREAM || c->state == CONN_LINGER)
        conn_close(c);
    else if (c->state == CONN_RAW)
        raw_eof(c);
    else
        conn_process(c); /* a request in hand is still answered: the peer may have shut down its sending side only */
}

int conn_read_start(struct conn *c) {
    return uv_read_start((uv_stream_t *)&c->tcp, on_alloc, on_read);
}
