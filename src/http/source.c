/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers whose body the application brings piece by piece, each when the one before it has been sent.
 */
#include <sys/uio.h>

#include "base/log.h"
#include "http/conn.h"

static struct conn *conn_of(const struct http_source *s) {
    const struct exchange *x = s->exchange;
    return x && x->conn && x->conn->state == CONN_REPLY ? x->conn : NULL;
}

void source_end(struct exchange *x) {
    struct http_source *s = x->source;
    x->source = NULL;
    x->source_left = 0;
    if (!s)
        return;
    s->exchange = NULL;
    s->wanted = false;
    s->end(s);
}

void source_step(struct conn *c) {
    struct http_source *s = c->x->source;
    s->wanted = true;
    s->want(s);
}

static void go_on(struct conn *c, int sent) {
    if (sent < 0)
        conn_close(c);
    else if (sent == 1 && c->x->source_left == 0)
        conn_answered(c);
    else if (sent == 1)
        source_step(c);
}

void http_source_fail(struct http_source *s, const char *why) {
    struct conn *c = conn_of(s);
    if (!c || !INVARIANT(s->wanted))
        return;
    s->wanted = false;
    log_line(LOG_ERROR, "a file could not be sent", "why", why, NULL);
    conn_close(c); /* Content-Length is sent already, so the client can see the failure only by a closed connection */
}

void http_source_give(struct http_source *s, struct str bytes) {
    struct conn *c = conn_of(s);
    if (!c)
        return;
    struct exchange *x = c->x;
    if (bytes.len == 0 || bytes.len > x->source_left) {
        http_source_fail(s, "it has another size than before");
        return;
    }
    INVARIANT_RETURN(s->wanted && !c->writing);
    struct iovec iov[2] = {{x->reply_head.ptr, x->reply_head.len}, {(char *)(uintptr_t)bytes.ptr, bytes.len}};
    int skip = x->reply_head.len == 0;
    x->reply_head.len = 0; /* the memory stays as it is until written */
    s->wanted = false;
    x->source_left -= bytes.len;
    go_on(c, conn_send(c, iov + skip, 2 - skip));
}

void http_reply_source(struct http_request *r, unsigned status, struct str content_type,
                       const struct http_header *headers, size_t n_headers, struct http_source *s, uint64_t len) {
    struct exchange *x = exchange_of(r);
    struct conn *c = x->conn;
    s->exchange = NULL;
    s->wanted = false;
    if (!c || !conn_begin_answer(c, CONN_REPLY)) {
        if (!c)
            exchange_end(x);
        s->end(s);
        return;
    }
    s->exchange = x;
    x->source = s;
    struct reply_head h = {.status = status, .type = content_type, .headers = headers, .n_headers = n_headers};
    h.length = (int64_t)len;
    h.keep = reply_may_keep(c);
    c->closing_after = !h.keep;
    reply_head_write(x, &h);
    if (r->method == HTTP_HEAD || len == 0) {
        struct iovec iov = {x->reply_head.ptr, x->reply_head.len};
        go_on(c, conn_send(c, &iov, 1));
        return;
    }
    x->source_left = len;
    source_step(c);
}
