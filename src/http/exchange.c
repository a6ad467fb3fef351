/* SPDX-License-Identifier: Apache-2.0
 *
 * Exchanges: one request and its answer with all their memory, pooled on each loop.
 */
#include <stdlib.h>
#include <unistd.h>

#include "http/conn.h"

static struct exchange *exchange_new(void) {
    struct exchange *x = mem_alloc(sizeof(*x));
    x->in = mem_grow(NULL, IN_SIZE);
    x->in_cap = IN_SIZE;
    x->fd = -1;
    return x;
}

struct exchange *exchange_free(struct exchange *x) {
    if (!x)
        return NULL;
    if (x->fd >= 0)
        close(x->fd);
    arena_free(&x->arena);
    buf_free(&x->body);
    buf_free(&x->reply_head);
    buf_free(&x->out);
    free(x->headers);
    free(x->in);
    free(x);
    return NULL;
}

void exchange_next(struct exchange *x) {
    source_end(x);
    if (x->arena.blocks)
        arena_reset(&x->arena);
    buf_reset(&x->body, BODY_KEEP);
    buf_reset(&x->out, OUT_KEEP);
    x->reply_head.len = 0;
    if (x->fd >= 0)
        close(x->fd);
    x->fd = -1;
    x->left = 0;
    if (x->pos == x->len)
        x->pos = x->len = 0;
    x->req.start_ns = 0;
    x->req.sink = NULL;
    x->req.ctx = NULL;
    x->req.no_cancel = x->req.no_body = x->req.held = false;
    x->req.https = false;
    if (x->conn) /* a proxy may have sent the last request for another client */
        memcpy(&x->req.peer, &x->conn->peer, sizeof(x->conn->peer));
    http_head_init(&x->head, x->headers, x->headers_cap);
}

struct exchange *exchange_take(struct conn *c) {
    struct http_loop *l = c->loop;
    struct exchange *x = l->pool;
    if (x) {
        l->pool = x->next;
        l->n_pool--;
    } else {
        x = exchange_new();
    }
    if (x->headers_cap != l->limits.headers_max) {
        x->headers_cap = l->limits.headers_max;
        x->headers = mem_grow(x->headers, x->headers_cap * sizeof(struct http_header));
    }
    x->conn = c;
    x->owner = EXCHANGE_CONN;
    x->req.arena = &x->arena;
    x->req.loop = l;
    exchange_next(x);
    return x;
}

void exchange_release(struct http_loop *l, struct exchange *x) {
    if (!x)
        return;
    INVARIANT_RETURN(x->owner != EXCHANGE_POOL); /* otherwise two requests would share it */
    INVARIANT_RETURN(!x->fs_busy);               /* otherwise a thread would write into the next answer */
    source_end(x);
    x->conn = NULL;
    x->owner = EXCHANGE_POOL;
    if (l->n_pool >= POOL_MAX) {
        exchange_free(x);
        return;
    }
    x->pos = x->len = 0;
    exchange_next(x);
    if (x->in_cap > IN_SIZE) {
        x->in = mem_grow(x->in, IN_SIZE);
        x->in_cap = IN_SIZE;
    }
    x->next = l->pool;
    l->pool = x;
    l->n_pool++;
}

void exchange_orphan(struct exchange *x) {
    INVARIANT_RETURN(x->owner == EXCHANGE_CANCELLED && !x->conn);
    x->owner = EXCHANGE_ORPHAN;
    x->next = x->req.loop->orphans;
    x->req.loop->orphans = x;
}

void exchange_end(struct exchange *x) {
    INVARIANT_RETURN(loop_is_current(x->req.loop));
    if (x->owner == EXCHANGE_CANCELLED) { /* within app->gone; lose_request releases it */
        x->owner = EXCHANGE_ENDED;
        return;
    }
    INVARIANT_RETURN(x->owner == EXCHANGE_ORPHAN);
    struct exchange **at = &x->req.loop->orphans;
    while (*at && *at != x)
        at = &(*at)->next;
    INVARIANT_RETURN(*at);
    *at = x->next;
    exchange_release(x->req.loop, x);
}

void exchange_make_room(struct exchange *x, size_t room) {
    if (x->in_cap - x->len >= room)
        return;
    if (x->pos > 0) {
        memmove(x->in, x->in + x->pos, x->len - x->pos);
        x->len -= x->pos;
        x->pos = 0;
    }
    if (x->in_cap - x->len >= room)
        return;
    while (x->in_cap - x->len < room)
        x->in_cap *= 2;
    x->in = mem_grow(x->in, x->in_cap);
}
