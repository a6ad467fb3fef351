/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers whose body the application brings piece by piece, each when the one before it has been sent.
 */
#include "http/conn.h"

static struct conn *conn_of(const struct http_source *s) {
    const struct exchange *x = s->exchange;
    return x && x->conn && x->conn->state == CONN_REPLY ? x->conn : NULL;
}

void source_end(struct exchange *x) {
    struct http_source *s = x->source;
    x->source = NULL;
    if (!s)
        return;
    s->exchange = NULL;
    s->wanted = false;
    s->end(s);
}

/* After want has returned: the piece was given, the socket has taken all of it, and it was not the last. */
static bool wants_next(const struct conn *c) {
    return c->state == CONN_REPLY && c->x->left > 0 && !c->writing && !c->x->source->wanted;
}

/* A source may give within want, and http_source_give comes back here. The call that began goes on then, so that the
 * stack does not grow with the number of pieces. */
void source_step(struct conn *c) {
    if (c->wanting)
        return;
    c->wanting = true;
    do {
        struct http_source *s = c->x->source;
        s->wanted = true;
        s->want(s);
    } while (wants_next(c));
    c->wanting = false;
}

void http_source_fail(struct http_source *s, const char *why) {
    struct conn *c = conn_of(s);
    if (!c || !INVARIANT(s->wanted))
        return;
    s->wanted = false;
    pieces_fail(c, why);
}

void http_source_give(struct http_source *s, struct str bytes) {
    struct conn *c = conn_of(s);
    if (!c)
        return;
    if (bytes.len == 0 || bytes.len > c->x->left) {
        http_source_fail(s, "it has another size than before");
        return;
    }
    INVARIANT_RETURN(s->wanted && !c->writing);
    s->wanted = false;
    pieces_go_on(c, pieces_send(c, bytes));
}

void http_reply_source(struct http_request *r, unsigned status, struct str content_type,
                       const struct http_header *headers, size_t n_headers, struct http_source *s, uint64_t len) {
    struct exchange *x = exchange_of(r);
    struct reply_head h = {.status = status, .type = content_type, .headers = headers, .n_headers = n_headers};
    h.length = (int64_t)len;
    s->exchange = NULL;
    s->wanted = false;
    if (!pieces_begin(x)) {
        s->end(s);
        return;
    }
    s->exchange = x;
    x->source = s;
    pieces_start(x, &h);
}
