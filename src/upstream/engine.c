/* SPDX-License-Identifier: Apache-2.0
 *
 * A loop's curl multi handle: libuv watches its sockets and its timer.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "upstream/relay.h"

#define TICK_MS 50

/* ---- relays that have something to do ---- */

static void pump_ready(struct engine *e) {
    while (e->ready) {
        struct relay *y = e->ready;
        e->ready = y->ready;
        y->is_ready = false;
        relay_pump(y);
    }
}

static void on_kick(uv_timer_t *t) {
    pump_ready(t->data);
}

void engine_ready(struct relay *y) {
    struct engine *e = y->engine;
    if (y->is_ready || e->ending)
        return;
    y->is_ready = true;
    y->ready = e->ready;
    e->ready = y;
    uv_timer_start(&e->kick, on_kick, 0, 0);
}

/* ---- curl's sockets and timer ---- */

struct watch {
    uv_poll_t poll;
    struct engine *engine;
    curl_socket_t fd;
};

static void collect(struct engine *e) {
    CURLMsg *msg;
    int left;
    while ((msg = curl_multi_info_read(e->multi, &left)) != NULL) {
        char *y = NULL;
        if (msg->msg != CURLMSG_DONE)
            continue;
        CURLcode code = msg->data.result;
        curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &y);
        relay_finish((struct relay *)(void *)y, code);
    }
}

static void act(struct engine *e, curl_socket_t fd, int events) {
    int running;
    curl_multi_socket_action(e->multi, fd, events, &running);
    collect(e);
    pump_ready(e);
}

static void on_timer(uv_timer_t *t) {
    act(t->data, CURL_SOCKET_TIMEOUT, 0);
}

static void on_socket_event(uv_poll_t *poll, int status, int events) {
    const struct watch *w = poll->data;
    int flags = status < 0 ? CURL_CSELECT_ERR : 0;
    if (events & UV_READABLE)
        flags |= CURL_CSELECT_IN;
    if (events & UV_WRITABLE)
        flags |= CURL_CSELECT_OUT;
    act(w->engine, w->fd, flags);
}

static void on_watch_closed(uv_handle_t *h) {
    free(h->data);
}

static struct watch *watch_new(struct engine *e, curl_socket_t fd) {
    struct watch *w = calloc(1, sizeof *w);
    if (!w)
        return NULL;
    *w = (struct watch){.engine = e, .fd = fd};
    if (uv_poll_init_socket(http_loop_uv(e->loop), &w->poll, fd) < 0) {
        free(w);
        return NULL;
    }
    w->poll.data = w;
    curl_multi_assign(e->multi, fd, w);
    return w;
}

/* CURLMOPT_SOCKETFUNCTION */
static int on_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *of_socket) {
    struct engine *e = ctx;
    struct watch *w = of_socket;
    if (what == CURL_POLL_REMOVE) {
        if (!w)
            return 0;
        uv_poll_stop(&w->poll);
        uv_close((uv_handle_t *)&w->poll, on_watch_closed);
        curl_multi_assign(e->multi, fd, NULL);
        return 0;
    }
    if (!w && (w = watch_new(e, fd)) == NULL)
        return -1;
    int events = (what & CURL_POLL_IN ? UV_READABLE : 0) | (what & CURL_POLL_OUT ? UV_WRITABLE : 0);
    return uv_poll_start(&w->poll, events, on_socket_event) < 0 ? -1 : 0;
}

/* CURLMOPT_TIMERFUNCTION */
static int on_timeout_wanted(CURLM *multi, long ms, void *ctx) {
    struct engine *e = ctx;
    if (ms < 0 || e->ending)
        uv_timer_stop(&e->timer);
    else
        uv_timer_start(&e->timer, on_timer, (uint64_t)ms, 0);
    return 0;
}

/* ---- time ---- */

/* Ends a call whose upstream has not moved a byte for too long. A client that takes or sends nothing is the business of
 * src/http. */
static void check_time(struct relay *y, int64_t now) {
    int64_t limit = (int64_t)y->engine->upstream->o.timeout_ms * 1000000;
    if (y->curl_writes_paused || (y->curl_reads_paused && !y->head_done)) {
        y->moved_ns = now;
        return;
    }
    if (now - y->moved_ns < limit)
        return;
    snprintf(y->error, sizeof y->error, "it has sent nothing for %u s", y->engine->upstream->o.timeout_ms / 1000);
    y->fail_status = 504;
    relay_finish(y, CURLE_OPERATION_TIMEDOUT);
}

static void on_tick(uv_timer_t *t) {
    struct engine *e = t->data;
    int64_t now = clock_mono_ns();
    for (struct relay *y = e->relays; y; y = y->next) {
        if (y->curl)
            check_time(y, now);
        if (y->answer == ANSWER_STREAM)
            engine_ready(y);
    }
    pump_ready(e);
}

/* ---- begin and end ---- */

/* The loop ends and calls are left. The wait is over with the last of them, which may be one whose answer is being
 * sent: src/http closes its connection next. */
static void on_end(struct http_wait *w) {
    struct engine *e = (struct engine *)(void *)((char *)w - offsetof(struct engine, wait));
    e->ending = true;
    e->ready = NULL;
    for (struct relay *y = e->relays, *next; y; y = next) {
        next = y->next;
        y->is_ready = false;
        relay_abort(y);
    }
}

void engine_added(struct engine *e, struct relay *y) {
    if (!e->relays)
        http_wait_begin(e->loop, &e->wait);
    y->next = e->relays;
    y->at = &e->relays;
    if (y->next)
        y->next->at = &y->next;
    e->relays = y;
}

void engine_removed(struct engine *e, struct relay *y) {
    *y->at = y->next;
    if (y->next)
        y->next->at = y->at;
    if (!e->relays)
        http_wait_over(&e->wait);
}

int engine_start(struct engine *e, struct upstream *u, struct http_loop *l) {
    uv_timer_t *timers[] = {&e->timer, &e->kick, &e->tick};
    *e = (struct engine){.upstream = u, .loop = l, .multi = curl_multi_init(), .wait = {.end = on_end}};
    if (!e->multi)
        return -ENOMEM;
    for (size_t i = 0; i < sizeof timers / sizeof *timers; i++) {
        uv_timer_init(http_loop_uv(l), timers[i]);
        timers[i]->data = e;
        uv_unref((uv_handle_t *)timers[i]);
    }
    curl_multi_setopt(e->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(e->multi, CURLMOPT_SOCKETDATA, e);
    curl_multi_setopt(e->multi, CURLMOPT_TIMERFUNCTION, on_timeout_wanted);
    curl_multi_setopt(e->multi, CURLMOPT_TIMERDATA, e);
    uv_timer_start(&e->tick, on_tick, TICK_MS, TICK_MS);
    return 0;
}

void engine_stop(struct engine *e) {
    uv_timer_t *timers[] = {&e->timer, &e->kick, &e->tick};
    e->ending = true;
    curl_multi_cleanup(e->multi); /* closes the sockets: on_socket */
    e->multi = NULL;
    for (size_t i = 0; i < sizeof timers / sizeof *timers; i++)
        uv_close((uv_handle_t *)timers[i], NULL);
}

int engine_begin(struct engine *e, struct relay *y) {
    return curl_multi_add_handle(e->multi, y->curl) == CURLM_OK ? 0 : -ENOMEM;
}
