/* SPDX-License-Identifier: Apache-2.0
 *
 * A connection's life: reading heads, beginning requests, timeouts, refusals, closing.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "http/forwarded.h"
#include "http/internal.h"

/* ---- closing ---- */

static void on_closed(uv_handle_t *handle) {
    struct conn *c = handle->data;
    struct http_loop *l = c->loop;
    if (c->x && c->x->fs_busy)
        c->x->conn = NULL; /* file.c releases it */
    else
        exchange_release(l, c->x);
    if (c->raw_events)
        c->raw_events->on_closed((struct http_raw *)c, c->raw_ctx);
    buf_free(&c->wait);
    buf_free(&c->flight);
    loop_drop(l, c);
    free(c);
}

/* An answer is owed, and nobody there to get it. */
static void lose_request(struct conn *c) {
    struct exchange *x = c->x;
    const struct http_app *app = c->loop->app;
    bool held = x->req.held || !app->gone;
    c->x = NULL;
    x->conn = NULL;
    if (app->gone) {
        x->leaving = true;
        app->gone(&x->req);
        x->leaving = false;
    }
    if (held && !x->left)
        exchange_hold(x);
    else
        exchange_release(c->loop, x);
}

static void lose_body(struct conn *c) {
    struct http_request *r = &c->x->req;
    const struct http_sink *sink = r->sink;
    r->sink = NULL;
    if (sink && c->body_open && !c->dropping)
        sink->gone(r);
}

void conn_close(struct conn *c) {
    enum conn_state was = c->state;
    if (was == CONN_CLOSED)
        return;
    c->state = CONN_CLOSED;
    c->deadline = NEVER;
    uv_close((uv_handle_t *)&c->tcp, on_closed);
    if (!c->x)
        return;
    if (was == CONN_HANDLER || was == CONN_STREAM)
        lose_request(c);
    else if (was == CONN_BODY)
        lose_body(c);
}

static void conn_linger(struct conn *c) {
    if (c->eof || shutdown(c->fd, SHUT_WR) < 0) {
        conn_close(c);
        return;
    }
    c->state = CONN_LINGER;
    c->arrived = 0;
    c->deadline = uv_now(&c->loop->uv) + LINGER_MS;
    exchange_release(c->loop, c->x);
    c->x = NULL;
}

/* Everything is said. */
static void conn_finish(struct conn *c) {
    bool unread = c->body_open || (c->x && c->x->pos < c->x->len);
    if (c->linger_after || unread)
        conn_linger(c);
    else
        conn_close(c);
}

/* ---- requests ---- */

static void conn_next(struct conn *c) {
    uint64_t now = uv_now(&c->loop->uv);
    c->state = CONN_HEAD;
    c->body_open = c->dropping = false;
    c->deadline = now + c->loop->limits.idle_timeout_ms;
    exchange_next(c->x);
}

void conn_answered(struct conn *c) {
    if (c->closing_after) {
        conn_finish(c);
    } else if (c->body_open) {
        c->x->req.sink = NULL;
        c->dropping = true;
        c->paused = false;
        c->state = CONN_BODY;
        c->since = uv_now(&c->loop->uv);
        c->arrived = 0;
        c->deadline = c->since + c->loop->limits.body_timeout_ms;
    } else {
        conn_next(c);
    }
    if (c->processing || c->state == CONN_CLOSED)
        return;
    if (c->x && c->x->pos < c->x->len)
        loop_defer(c);
    else
        conn_settle(c);
}

static void fill_request(struct conn *c) {
    struct exchange *x = c->x;
    struct http_head *h = &x->head;
    struct http_request *r = &x->req;
    r->method = http_method_of(h->method);
    r->method_name = h->method;
    r->path = h->path;
    r->query = h->query;
    r->headers = h->headers;
    r->n_headers = h->n_headers;
    r->body = STR("");
    r->content_length = h->content_length;
    r->body_max = c->loop->limits.body_max;
}

/* Takes what is there of a body that nobody needs; if that is not all of it, the request is handled without. The rest
 * is dropped when it comes, and the connection ends with the answer (reply_may_keep): bytes that never come would have
 * to be taken off the next request. */
static void begin_without_body(struct conn *c) {
    uint32_t turn = c->turn;
    body_begin(c);
    body_step(c);
    if (c->state != CONN_BODY || c->turn != turn)
        return;
    c->state = CONN_HANDLER;
    c->deadline = NEVER;
    c->loop->app->handle(&c->x->req);
}

static void begin_request(struct conn *c, size_t head_len) {
    struct exchange *x = c->x;
    struct http_head *h = &x->head;
    c->body_chunked = h->chunked;
    c->chunked = (struct chunked){0};
    c->body_got = 0;
    c->body_left = h->content_length > 0 ? (uint64_t)h->content_length : 0;
    c->body_open = c->body_chunked || c->body_left > 0;
    c->dropping = c->paused = false;
    if (c->body_open && x->in_cap - x->len < IN_ROOM_MIN) {
        exchange_make_room(x, IN_ROOM_MIN);
        http_head_rebase(h, x->in + x->pos);
    }
    x->pos += head_len;
    x->body_at = x->pos;
    fill_request(c);
    counter_add(&c->loop->stats.requests, 1);
    c->state = CONN_HANDLER;
    c->deadline = NEVER;
    const struct http_app *app = c->loop->app;
    uint32_t turn = c->turn;
    if (app->on_head)
        app->on_head(&x->req);
    if (c->turn != turn)
        return;
    if (!c->body_open) {
        if (x->req.sink)
            x->req.sink->done(&x->req);
        else
            app->handle(&x->req);
        return;
    }
    c->state = CONN_BODY;
    if (c->body_left > x->req.body_max)
        conn_refuse(c, 413, "the body is too long");
    else if (x->req.no_body && !x->req.sink)
        begin_without_body(c);
    else
        body_begin(c);
}

/* Returns false if the request was refused. */
static bool look_behind_proxy(struct conn *c) {
    struct http_request *r = &c->x->req;
    const struct http_head *h = &c->x->head;
    struct forwarded found;
    const char *why;
    int error = forwarded_read(&c->loop->limits.proxies, (const struct sockaddr *)&c->peer, h->headers, h->n_headers,
                               &found, &why);
    if (error < 0) {
        conn_refuse(c, 400, why);
        return false;
    }
    if (error > 0) {
        r->peer = found.client;
        r->https = found.https;
    }
    return true;
}

static bool head_step(struct conn *c) {
    struct exchange *x = c->x;
    size_t head_len;
    if (!x || x->pos == x->len)
        return false;
    bool first = x->req.start_ns == 0;
    if (first)
        x->req.start_ns = clock_mono_ns();
    int r = http_head_parse(&x->head, x->in + x->pos, x->len - x->pos, c->loop->limits.head_max, &head_len);
    if (r < 0) {
        conn_refuse(c, x->head.status, x->head.why);
        return false;
    }
    if (r == 0) {
        if (first)
            c->deadline = uv_now(&c->loop->uv) + c->loop->limits.head_timeout_ms;
        return false;
    }
    if (c->loop->limits.proxies.n > 0 && !look_behind_proxy(c))
        return false;
    begin_request(c, head_len);
    return true;
}

void conn_process(struct conn *c) {
    bool more = true;
    if (c->processing) /* a handler is running further up */
        return;
    if (c->broken)
        conn_close(c);
    c->processing = true;
    while (more) {
        switch (c->state) {
        case CONN_HEAD:
            more = head_step(c);
            break;
        case CONN_BODY:
            more = body_step(c);
            break;
        case CONN_RAW:
            more = raw_feed(c);
            break;
        default:
            more = false;
        }
    }
    c->processing = false;
    conn_settle(c);
}

/* ---- reading ---- */

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf) {
    struct conn *c = handle->data;
    c->direct = false;
    if (c->state == CONN_RAW || c->state == CONN_LINGER) {
        *buf = uv_buf_init(c->loop->scratch, SCRATCH_SIZE);
        return;
    }
    if (!c->x)
        c->x = exchange_take(c);
    struct exchange *x = c->x;
    if (c->state == CONN_BODY && !c->dropping && !c->body_chunked && !c->body_in_place && !x->req.sink) {
        size_t most = c->body_left < SCRATCH_SIZE ? (size_t)c->body_left : SCRATCH_SIZE;
        buf_reserve(&x->body, most);
        most = x->body.cap - x->body.len;
        c->direct = true;
        *buf = uv_buf_init(x->body.ptr + x->body.len, (unsigned)(most < c->body_left ? most : c->body_left));
        return;
    }
    if (c->state == CONN_HEAD)
        exchange_make_room(x, IN_ROOM_MIN);
    *buf = uv_buf_init(x->in + x->len, (unsigned)(x->in_cap - x->len));
}

static void take_bytes(struct conn *c, const char *bytes, size_t len) {
    struct exchange *x = c->x;
    counter_add(&c->loop->stats.bytes_in, len);
    switch (c->state) {
    case CONN_RAW:
        if (!c->raw_closing)
            c->raw_events->on_read((struct http_raw *)c, c->raw_ctx, bytes, len);
        return;
    case CONN_LINGER:
        c->arrived += len;
        if (c->arrived > LINGER_MAX)
            conn_close(c);
        return;
    case CONN_BODY:
        c->arrived += len;
        c->deadline = uv_now(&c->loop->uv) + c->loop->limits.body_timeout_ms;
        if (c->direct) {
            x->body.len += len;
            c->body_left -= len;
        } else {
            x->len += len;
        }
        conn_process(c);
        if (c->state == CONN_BODY && !c->paused && body_too_slow(c, uv_now(&c->loop->uv)))
            conn_refuse(c, 408, "the body comes too slowly");
        return;
    case CONN_HEAD:
        x->len += len;
        conn_process(c);
        return;
    default: /* kept for when the request in hand is answered */
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
    if (n == 0) { /* nothing there after all */
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
    else if (c->state == CONN_RAW && !c->raw_closing)
        c->raw_events->on_read((struct http_raw *)c, c->raw_ctx, "", 0);
    else
        conn_process(c); /* a request in hand is still answered: the peer may have closed its side only */
}

static bool wants_to_read(const struct conn *c) {
    if (c->eof)
        return false;
    switch (c->state) {
    case CONN_BODY:
        return !c->paused;
    case CONN_HANDLER:
    case CONN_REPLY:
    case CONN_STREAM:
        return !c->x || c->x->len < c->x->in_cap;
    case CONN_CLOSED:
        return false;
    default:
        return true;
    }
}

void conn_settle(struct conn *c) {
    if (c->state == CONN_HEAD) {
        if (c->x && c->x->pos == c->x->len) {
            exchange_release(c->loop, c->x);
            c->x = NULL;
        }
        if (c->eof || (c->loop->draining && !c->x)) {
            conn_close(c);
            return;
        }
    } else if (c->state == CONN_BODY && c->eof && !c->paused) {
        conn_close(c);
        return;
    }
    bool want = wants_to_read(c);
    if (want == c->reading || c->state == CONN_CLOSED)
        return;
    c->reading = want;
    if (!want)
        uv_read_stop((uv_stream_t *)&c->tcp);
    else if (uv_read_start((uv_stream_t *)&c->tcp, on_alloc, on_read) < 0)
        conn_close(c);
}

/* ---- refusing ---- */

void conn_refuse(struct conn *c, unsigned status, const char *why) {
    static const struct http_header retry = {STR_INIT("Retry-After"), STR_INIT("1")};
    const struct http_app *app = c->loop->app;
    if (!c->x)
        c->x = exchange_take(c);
    struct exchange *x = c->x;
    if (log_get_level() <= LOG_DEBUG) {
        char text[16];
        snprintf(text, sizeof(text), "%u", status);
        log_line(LOG_DEBUG, "request refused", "status", text, "why", why, "peer", http_peer(&x->req).ptr, NULL);
    }
    if (app->refused)
        app->refused(c->loop, status, why);
    if (c->state == CONN_BODY)
        lose_body(c);
    c->closing_after = c->linger_after = true;
    c->state = CONN_HANDLER; /* so that the answer is ours to give */
    x->req.method = http_method_of(x->head.method);
    x->out.len = 0;
    buf_printf(&x->out, "%u %s: %s\n", status, http_reason(status), why);
    http_reply(&x->req, status, STR("text/plain; charset=utf-8"), status == 503 ? &retry : NULL, status == 503);
    if (!c->processing)
        conn_settle(c);
}

void conn_expire(struct conn *c, uint64_t now) {
    if (c->writing) {
        size_t queue = uv_stream_get_write_queue_size((uv_stream_t *)&c->tcp);
        if (queue == c->queue_seen) {
            log_line(LOG_DEBUG, "connection closed", "why", "the peer takes nothing of the answer", NULL);
            conn_close(c);
            return;
        }
        c->queue_seen = queue;
        c->deadline = now + c->loop->limits.write_timeout_ms;
        return;
    }
    switch (c->state) {
    case CONN_HEAD:
        if (c->x && c->x->len > c->x->pos)
            conn_refuse(c, 408, "the head was not complete in time");
        else
            conn_close(c);
        return;
    case CONN_BODY:
        if (c->dropping)
            conn_close(c);
        else
            conn_refuse(c, 408, "the body stopped coming");
        return;
    case CONN_LINGER:
        conn_close(c);
        return;
    default:
        c->deadline = NEVER;
    }
}

/* ---- beginning and draining ---- */

void conn_open(struct http_loop *l, int fd, const struct sockaddr_in6 *peer, bool shed) {
    struct conn *c = mem_alloc(sizeof(*c));
    c->loop = l;
    c->fd = fd;
    c->peer = *peer;
    c->shed = shed;
    c->state = CONN_HEAD;
    c->deadline = uv_now(&l->uv) + l->limits.idle_timeout_ms;
    int r = uv_tcp_init(&l->uv, &c->tcp);
    if (r < 0) {
        close(fd);
        free(c);
        return;
    }
    c->tcp.data = c;
    loop_take(l, c);
    r = uv_tcp_open(&c->tcp, fd);
    if (r < 0) {
        close(fd);
        conn_close(c);
    } else if (shed) {
        conn_refuse(c, 503, "too many connections");
    } else {
        conn_settle(c);
    }
}

void conn_drain(struct conn *c) {
    if (c->state == CONN_STREAM)
        conn_close(c);
    else if (c->state == CONN_RAW)
        http_raw_close((struct http_raw *)c);
    else
        conn_settle(c);
}
