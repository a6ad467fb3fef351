/* SPDX-License-Identifier: Apache-2.0
 *
 * Waits: everything by which the application is called on a loop later, other than requests. The loop's end ends them.
 * Timers and work on a thread of libuv's pool are the two common kinds.
 */
#include <errno.h>
#include <stdlib.h>

#include "http/loop.h"

/* ---- the list ---- */

static void link_wait(struct http_wait **list, struct http_wait *w) {
    w->at = list;
    w->next = *list;
    if (w->next)
        w->next->at = &w->next;
    *list = w;
}

static void unlink_wait(struct http_wait *w) {
    *w->at = w->next;
    if (w->next)
        w->next->at = w->at;
    w->at = NULL;
}

void http_wait_begin(struct http_loop *l, struct http_wait *w) {
    /* The loop does not wait for one that begins after its end. */
    (void)(INVARIANT(loop_is_current(l)) && INVARIANT(!l->ended));
    w->loop = l;
    link_wait(&l->waits, w);
}

void http_wait_over(struct http_wait *w) {
    INVARIANT_RETURN(loop_is_current(w->loop));
    INVARIANT_RETURN(w->at && *w->at == w); /* it is over once */
    unlink_wait(w);
    /* This may be the wait for which the loop has not ended yet. The loop ends in a later turn, because the application
     * is in the middle of a call. */
    if (w->loop->draining)
        uv_async_send(&w->loop->wake);
}

void waits_end(struct http_loop *l) {
    while (l->waits) {
        struct http_wait *w = l->waits;
        unlink_wait(w);
        link_wait(&l->ended_waits, w);
        w->end(w);
    }
}

/* ---- timers ---- */

struct http_timer {
    struct http_wait wait;
    uv_timer_t uv;
    void (*fire)(void *arg);
    void (*end)(void *arg);
    void *arg;
};

static void timer_closed(uv_handle_t *uv) {
    free(uv->data);
}

void http_timer_stop(struct http_timer *t) {
    http_wait_over(&t->wait);
    uv_close((uv_handle_t *)&t->uv, timer_closed);
}

static void timer_fires(uv_timer_t *uv) {
    struct http_timer *t = uv->data;
    t->fire(t->arg);
}

static void timer_ends(struct http_wait *w) {
    struct http_timer *t = (struct http_timer *)w; /* its first member */
    void (*end)(void *arg) = t->end;
    void *arg = t->arg;
    http_timer_stop(t);
    end(arg);
}

struct http_timer *http_timer_start(struct http_loop *l, unsigned every_ms, void (*fire)(void *arg),
                                    void (*end)(void *arg), void *arg) {
    struct http_timer *t = mem_alloc(sizeof *t);
    *t = (struct http_timer){.wait.end = timer_ends, .fire = fire, .end = end, .arg = arg};
    uv_timer_init(&l->uv, &t->uv);
    t->uv.data = t;
    uv_timer_start(&t->uv, timer_fires, every_ms, every_ms);
    http_wait_begin(l, &t->wait);
    return t;
}

/* ---- work on a thread of the pool ---- */

static void work_runs(uv_work_t *uv) {
    struct http_work *w = uv->data;
    w->run(w);
}

static void work_done(uv_work_t *uv, int status) {
    struct http_work *w = uv->data;
    http_wait_over(&w->wait);
    w->done(w, status < 0 ? -ECANCELED : 0);
}

/* If a thread has begun the work it cannot be cancelled, and the loop waits until it is done. */
static void work_ends(struct http_wait *wait) {
    struct http_work *w = (struct http_work *)wait; /* its first member */
    (void)uv_cancel((uv_req_t *)&w->uv);
}

int http_work_begin(struct http_loop *l, struct http_work *w) {
    w->wait.end = work_ends;
    w->uv.data = w;
    int r = uv_queue_work(&l->uv, &w->uv, work_runs, work_done);
    if (r == 0)
        http_wait_begin(l, &w->wait);
    return r;
}
