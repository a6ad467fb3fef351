/* SPDX-License-Identifier: Apache-2.0
 *
 * Connections that an application has taken over with http_upgrade (WebSocket): bytes in, bytes out.
 */
#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "http/conn.h"

struct http_raw *http_upgrade(struct http_request *r, const struct http_header *headers, size_t n_headers,
                              const struct http_raw_events *events, void *ctx) {
    struct exchange *x = exchange_of(r);
    struct conn *c = x->conn;
    if (!c) {
        exchange_end(x);
        return NULL;
    }
    if (c->body_open || x->req.content_length > 0 || x->head.minor == 0) {
        x->out.len = 0;
        http_reply_close(r, 400, STR_ABSENT, NULL, 0, "an upgrade of a request with a body, or of HTTP/1.0");
        return NULL;
    }
    struct reply_head h = {.status = 101, .headers = headers, .n_headers = n_headers, .length = 0, .keep = true};
    if (!INVARIANT(conn_owes_answer(c)))
        return NULL;
    c->raw_events = events;
    c->raw_ctx = ctx;
    if (!conn_begin_answer(c, CONN_RAW)) {
        c->raw_events = NULL;
        return NULL;
    }
    reply_head_write(x, &h);
    struct iovec iov = {x->reply_head.ptr, x->reply_head.len};
    if (conn_queue(c, &iov, 1, RAW_WAIT_MAX) < 0)
        conn_close(c);
    else if (!c->processing)
        loop_defer(c);
    return (struct http_raw *)c;
}

static void raw_finish(struct conn *c);

bool raw_feed(struct conn *c) {
    struct exchange *x = c->x;
    if (!x)
        return false;
    c->x = NULL;
    if (x->pos < x->len && !c->raw_closing)
        c->raw_events->on_read((struct http_raw *)c, c->raw_ctx, x->in + x->pos, x->len - x->pos);
    exchange_release(c->loop, x);
    if (c->eof && c->state == CONN_RAW && !c->raw_closing)
        c->raw_events->on_read((struct http_raw *)c, c->raw_ctx, "", 0);
    else if (c->state == CONN_RAW && c->raw_closing && !c->writing) /* http_raw_close was called before */
        raw_finish(c);
    return false;
}

void raw_read(struct conn *c, const char *bytes, size_t len) {
    raw_feed(c);
    if (c->state == CONN_RAW && !c->raw_closing)
        c->raw_events->on_read((struct http_raw *)c, c->raw_ctx, bytes, len);
}

void raw_eof(struct conn *c) {
    if (c->x) /* raw_feed tells the application of the end too */
        raw_feed(c);
    else if (!c->raw_closing)
        c->raw_events->on_read((struct http_raw *)c, c->raw_ctx, "", 0);
}

int http_raw_write(struct http_raw *raw, struct str bytes) {
    struct conn *c = (struct conn *)raw;
    if (c->state != CONN_RAW || c->raw_closing)
        return -EPIPE;
    if (bytes.len == 0)
        return 0;
    struct iovec iov = {(char *)(uintptr_t)bytes.ptr, bytes.len};
    int sent = conn_queue(c, &iov, 1, RAW_WAIT_MAX);
    if (sent >= 0)
        return 0;
    if (sent != -ENOBUFS) {
        conn_close(c);
        return -EPIPE;
    }
    return sent;
}

size_t http_raw_waiting(const struct http_raw *raw) {
    return conn_waiting((const struct conn *)raw);
}

/* Shuts down our side; CONN_LINGER reads and drops the peer's last bytes, which could otherwise cause a reset. */
static void raw_finish(struct conn *c) {
    if (c->x) /* the request's memory may still be in use further up the stack: raw_feed releases it, and finishes */
        return;
    if (c->eof || shutdown(c->fd, SHUT_WR) < 0) {
        conn_close(c);
        return;
    }
    if (!conn_set_state(c, CONN_LINGER))
        return;
    c->arrived = 0;
    c->deadline = uv_now(&c->loop->uv) + LINGER_MS;
}

void http_raw_close(struct http_raw *raw) {
    struct conn *c = (struct conn *)raw;
    if (c->state != CONN_RAW || c->raw_closing)
        return;
    c->raw_closing = true;
    /* conn_expire closes the connection if the peer reads nothing any more. */
    c->deadline = uv_now(&c->loop->uv) + c->loop->limits.write_timeout_ms;
    if (!c->writing)
        raw_finish(c);
}

void raw_written(struct conn *c) {
    if (c->raw_closing)
        raw_finish(c);
}
