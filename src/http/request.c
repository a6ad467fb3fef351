/* SPDX-License-Identifier: Apache-2.0
 *
 * Requests: from the bytes of a head to the application.
 */
#include <errno.h>

#include "base/clock.h"
#include "http/conn.h"
#include "http/forwarded.h"

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

/* For a handler that needs no body: reads the part of the body that has arrived. If that is not all of it, the handler
 * is called without waiting for the rest, and the connection is closed after the answer (reply_may_keep), because the
 * rest may never be sent and the bytes of the next request would then be taken for it. */
static void begin_without_body(struct conn *c) {
    uint32_t answers = c->answers;
    body_begin(c);
    body_step(c);
    if (c->state != CONN_BODY || c->answers != answers || !conn_set_state(c, CONN_HANDLER))
        return;
    c->deadline = NEVER;
    c->loop->app->handle(&c->x->req);
}

/* Describes the body that the head announces. */
static void expect_body(struct conn *c) {
    const struct http_head *h = &c->x->head;
    c->body_chunked = h->chunked;
    c->chunked = (struct chunked){0};
    c->body_got = 0;
    c->body_left = h->content_length > 0 ? (uint64_t)h->content_length : 0;
    c->body_open = c->body_chunked || c->body_left > 0;
    c->dropping = c->paused = false;
}

static void begin_body(struct conn *c) {
    struct http_request *r = &c->x->req;
    if (!conn_set_state(c, CONN_BODY))
        return;
    if (c->body_left > r->body_max)
        conn_refuse(c, 413, "the body is too long");
    else if (r->no_body && !r->sink)
        begin_without_body(c);
    else
        body_begin(c);
}

/* The application has seen the head, has not answered, and does not hold the request. */
static void after_head(struct conn *c) {
    struct exchange *x = c->x;
    if (c->body_open)
        begin_body(c);
    else if (x->req.sink)
        x->req.sink->done(&x->req);
    else
        c->loop->app->handle(&x->req);
}

static void begin_request(struct conn *c, size_t head_len) {
    const struct http_app *app = c->loop->app;
    struct exchange *x = c->x;
    expect_body(c);
    if (c->body_open && x->in_cap - x->len < IN_ROOM_MIN) {
        exchange_make_room(x, IN_ROOM_MIN);
        http_head_rebase(&x->head, x->in + x->pos);
    }
    x->pos += head_len;
    x->body_at = x->pos;
    fill_request(c);
    counter_add(&c->loop->stats.requests, 1);
    if (!conn_set_state(c, CONN_HANDLER))
        return;
    c->deadline = NEVER;
    uint32_t answers = c->answers;
    if (app->on_head)
        app->on_head(&x->req);
    if (c->answers == answers && !x->req.held)
        after_head(c);
}

int http_release(struct http_request *r) {
    struct conn *c = exchange_of(r)->conn;
    if (!c)
        return -EPIPE;
    INVARIANT_RETURN(loop_is_current(c->loop), -EINVAL);
    INVARIANT_RETURN(r->held && c->state == CONN_HANDLER, -EINVAL);
    r->held = false;
    after_head(c);
    if (!c->processing) /* the part of the body that has arrived is processed in the loop's next turn */
        loop_defer(c);
    return 0;
}

/* Sets the caller from what trusted proxies say. Returns false if the request was refused. */
static bool read_forwarded(struct conn *c) {
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

bool head_step(struct conn *c) {
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
    if (c->loop->limits.proxies.n > 0 && !read_forwarded(c))
        return false;
    begin_request(c, head_len);
    return true;
}
