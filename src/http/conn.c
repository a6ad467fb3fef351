/* SPDX-License-Identifier: Apache-2.0
 *
 * A connection from accept to close: what follows an answer, refusals, timeouts, draining. conn.h has the states.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "http/conn.h"

/* ---- closing ---- */

static void on_closed(uv_handle_t *handle) {
    struct conn *c = handle->data;
    struct http_loop *l = c->loop;
    if (c->x && c->x->fs_busy) { /* on_file_read releases it */
        c->x->conn = NULL;
        c->x->owner = EXCHANGE_FILE;
    } else {
        exchange_release(l, c->x);
    }
    if (c->raw_events)
        c->raw_events->on_closed((struct http_raw *)c, c->raw_ctx);
    buf_free(&c->wait);
    buf_free(&c->flight);
    loop_remove_conn(l, c);
    free(c);
}

/* The connection is gone and the application has not answered: tells it with app->gone. */
static void lose_request(struct conn *c) {
    struct exchange *x = c->x;
    const struct http_app *app = c->loop->app;
    bool answer_follows = x->req.no_cancel || !app->gone;
    c->x = NULL;
    x->conn = NULL;
    x->owner = EXCHANGE_CANCELLED;
    if (app->gone)
        app->gone(&x->req); /* may end the request: EXCHANGE_ENDED */
    if (answer_follows && x->owner == EXCHANGE_CANCELLED)
        exchange_orphan(x);
    else
        exchange_release(c->loop, x);
}

/* The connection is gone or refused while a sink takes its body. */
static void lose_body(struct conn *c) {
    struct http_request *r = &c->x->req;
    const struct http_sink *sink = r->sink;
    r->sink = NULL;
    if (sink && c->body_open && !c->dropping)
        sink->gone(r);
}

void conn_close(struct conn *c) {
    enum conn_state was = c->state;
    if (was == CONN_CLOSED || !conn_set_state(c, CONN_CLOSED))
        return;
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
    exchange_release(c->loop, c->x);
    c->x = NULL;
    if (!conn_set_state(c, CONN_LINGER))
        return;
    c->arrived = 0;
    c->deadline = uv_now(&c->loop->uv) + LINGER_MS;
}

/* The last answer is written. */
static void conn_finish(struct conn *c) {
    bool unread = c->body_open || (c->x && c->x->pos < c->x->len);
    if (c->linger_after || unread)
        conn_linger(c);
    else
        conn_close(c);
}

/* ---- after an answer ---- */

static void conn_next_request(struct conn *c) {
    uint64_t now = uv_now(&c->loop->uv);
    if (!conn_set_state(c, CONN_HEAD))
        return;
    c->body_open = c->dropping = false;
    c->deadline = now + c->loop->limits.idle_timeout_ms;
    exchange_next(c->x);
}

/* The answer is written before the body was complete: reads and drops the rest. */
static void drop_body(struct conn *c) {
    if (!conn_set_state(c, CONN_BODY))
        return;
    c->x->req.sink = NULL;
    c->dropping = true;
    c->paused = false;
    c->since = uv_now(&c->loop->uv);
    c->arrived = 0;
    c->deadline = c->since + c->loop->limits.body_timeout_ms;
}

void conn_answered(struct conn *c) {
    if (c->closing_after)
        conn_finish(c);
    else if (c->body_open)
        drop_body(c);
    else
        conn_next_request(c);
    if (c->processing || c->state == CONN_CLOSED)
        return;
    if (c->x && c->x->pos < c->x->len)
        loop_defer(c);
    else
        conn_settle(c);
}

void conn_process(struct conn *c) {
    bool more = true;
    if (c->processing) /* further up the stack; that call goes on after the handler */
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

/* ---- reading, or not ---- */

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

/* While conn_process is to be called for bytes that are here already, the end of the input does not close the
 * connection: they may complete a request. */
void conn_settle(struct conn *c) {
    if (c->state == CONN_HEAD) {
        if (c->x && c->x->pos == c->x->len) {
            exchange_release(c->loop, c->x);
            c->x = NULL;
        }
        if ((c->eof && !c->deferred) || (c->loop->draining && !c->x)) {
            conn_close(c);
            return;
        }
    } else if (c->state == CONN_BODY && c->eof && !c->paused && !c->deferred) {
        conn_close(c);
        return;
    }
    bool want = wants_to_read(c);
    if (want == c->reading || c->state == CONN_CLOSED)
        return;
    c->reading = want;
    if (!want)
        uv_read_stop((uv_stream_t *)&c->tcp);
    else if (conn_read_start(c) < 0)
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
    if (!conn_set_state(c, CONN_HANDLER)) /* the answer is given here instead of by the application */
        return;
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
            log_line(LOG_DEBUG, "connection closed", "why", "the peer reads nothing of the answer", NULL);
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

/* ---- opening and draining ---- */

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
    loop_add_conn(l, c);
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
