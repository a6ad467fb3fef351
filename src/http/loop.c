/* SPDX-License-Identifier: Apache-2.0
 *
 * A loop: its thread, its connections, the tick that checks deadlines, tasks from other threads, its end.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/log.h"
#include "http/conn.h"

static void maybe_end(struct http_loop *l);

/* ---- connections ---- */

void loop_add_conn(struct http_loop *l, struct conn *c) {
    c->next = l->conns;
    if (l->conns)
        l->conns->prev = c;
    l->conns = c;
    l->n_conns++;
    if (c->shed) {
        l->n_shed++;
        counter_add(&l->stats.refused_connections, 1);
    } else {
        counter_add(&l->stats.accepted, 1);
    }
    atomic_store_explicit(&l->stats.open_connections, l->n_conns, memory_order_relaxed);
}

void loop_remove_conn(struct http_loop *l, struct conn *c) {
    if (c->prev)
        c->prev->next = c->next;
    else
        l->conns = c->next;
    if (c->next)
        c->next->prev = c->prev;
    if (c->deferred) {
        struct conn **at = &l->deferred;
        while (*at != c)
            at = &(*at)->next_deferred;
        *at = c->next_deferred;
    }
    l->n_conns--;
    if (c->shed)
        l->n_shed--;
    else
        atomic_fetch_sub_explicit(&l->server->connections, 1, memory_order_relaxed);
    atomic_store_explicit(&l->stats.open_connections, l->n_conns, memory_order_relaxed);
    maybe_end(l);
}

/* Runs in the loop's next turn, before it polls. */
static void run_deferred(uv_idle_t *idle) {
    struct http_loop *l = idle->data;
    struct conn *list = l->deferred;
    uv_idle_stop(idle);
    l->deferred = NULL;
    while (list) { /* libuv frees connections only in its closing phase, so next_deferred stays valid */
        struct conn *c = list;
        list = c->next_deferred;
        c->deferred = false;
        conn_process(c);
    }
}

void loop_defer(struct conn *c) {
    struct http_loop *l = c->loop;
    if (c->deferred || c->state == CONN_CLOSED)
        return;
    c->deferred = true;
    c->next_deferred = l->deferred;
    l->deferred = c;
    uv_idle_start(&l->idle, run_deferred);
}

/* ---- time ---- */

static void refresh_date(struct http_loop *l) {
    static const char days[][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    int64_t second = clock_now_ms() / 1000;
    char text[80];
    struct tm tm;
    if (second == l->date_second)
        return;
    l->date_second = second;
    gmtime_r(&(time_t){second}, &tm);
    snprintf(text, sizeof(text), "%s, %02d %s %04d %02d:%02d:%02d GMT", days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon],
             (tm.tm_year + 1900) % 10000, tm.tm_hour, tm.tm_min, tm.tm_sec);
    memcpy(l->date, text, DATE_LEN);
}

/* A quarter of the shortest timeout, but at least 10 ms. */
static uint64_t tick_ms(const struct http_limits *limits) {
    unsigned all[] = {limits->head_timeout_ms, limits->body_timeout_ms, limits->idle_timeout_ms,
                      limits->write_timeout_ms};
    unsigned shortest = 1000;
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        shortest = all[i] < shortest ? all[i] : shortest;
    return shortest / 4 < 10 ? 10 : shortest / 4;
}

static void on_tick(uv_timer_t *tick) {
    struct http_loop *l = tick->data;
    uint64_t now = uv_now(&l->uv);
    refresh_date(l);
    if (l->accept_again <= now)
        accept_start(l);
    bool all = l->draining && now >= l->drain_until;
    if (all)
        waits_end(l); /* before conn_close, so that they can still answer their requests */
    for (struct conn *c = l->conns; c; c = c->next) { /* conn_close unlinks later, in libuv's closing phase */
        if (all)
            conn_close(c);
        else if (c->deadline <= now)
            conn_expire(c, now);
    }
    maybe_end(l);
}

/* ---- tasks from other threads ---- */

int http_loop_post(struct http_loop *l, void (*fn)(struct http_loop *l, void *arg), void *arg) {
    uv_mutex_lock(&l->lock);
    if (l->ended) {
        uv_mutex_unlock(&l->lock);
        return -ESHUTDOWN;
    }
    l->tasks = array_grow(l->tasks, l->n_tasks, &l->tasks_cap, sizeof(*l->tasks));
    l->tasks[l->n_tasks++] = (struct loop_task){fn, arg};
    if (l->n_tasks == 1)
        uv_async_send(&l->wake);
    uv_mutex_unlock(&l->lock);
    return 0;
}

static void run_tasks(struct http_loop *l) {
    uv_mutex_lock(&l->lock);
    struct loop_task *tasks = l->tasks;
    size_t n = l->n_tasks;
    l->tasks = NULL;
    l->n_tasks = l->tasks_cap = 0;
    uv_mutex_unlock(&l->lock);
    for (size_t i = 0; i < n; i++)
        tasks[i].fn(l, tasks[i].arg);
    free(tasks);
}

static void on_wake(uv_async_t *wake) {
    struct http_loop *l = wake->data;
    run_tasks(l);
    maybe_end(l);
}

/* ---- start and end ---- */

static void close_handles(struct http_loop *l) {
    accept_stop(l);
    for (unsigned i = 0; i < l->n_listeners; i++)
        uv_close((uv_handle_t *)&l->listeners[i].poll, NULL);
    uv_close((uv_handle_t *)&l->tick, NULL);
    uv_close((uv_handle_t *)&l->idle, NULL);
    uv_close((uv_handle_t *)&l->wake, NULL);
}

/* Runs posted tasks until there are none and no wait has begun meanwhile; after that http_loop_post refuses. Returns
 * false if there are waits. */
static bool end_tasks(struct http_loop *l) {
    while (!l->ended) {
        waits_end(l);
        if (l->ended_waits)
            return false;
        run_tasks(l);
        uv_mutex_lock(&l->lock);
        l->ended = l->n_tasks == 0 && !l->waits && !l->ended_waits;
        uv_mutex_unlock(&l->lock);
    }
    return true;
}

/* Ends the loop if the steps under "waits" in http.h have come that far. */
static void maybe_end(struct http_loop *l) {
    bool late = uv_now(&l->uv) >= l->drain_until;
    if (!l->draining || l->ending || l->n_conns > 0 || ((l->orphans || l->waits || l->ended_waits) && !late))
        return;
    l->ending = true;
    if (!end_tasks(l)) {
        l->ending = false; /* http_wait_over wakes the loop, and on_wake calls this again */
        return;
    }
    if (l->app->loop_stop && l->start_error == 0)
        l->app->loop_stop(l);
    close_handles(l);
}

struct drain_order {
    unsigned grace_ms;
};

static void begin_drain(struct http_loop *l, void *arg) {
    struct drain_order *order = arg;
    uint64_t until = uv_now(&l->uv) + order->grace_ms;
    if (!l->draining || until < l->drain_until)
        l->drain_until = until;
    free(order);
    if (l->draining)
        return;
    l->draining = true;
    accept_stop(l);
    for (struct conn *c = l->conns; c; c = c->next)
        conn_drain(c);
}

void loop_drain(struct http_loop *l, unsigned grace_ms) {
    struct drain_order *order = mem_alloc(sizeof(*order));
    order->grace_ms = grace_ms;
    if (http_loop_post(l, begin_drain, order) < 0)
        free(order);
}

static void loop_main(void *arg) {
    struct http_loop *l = arg;
    char name[16];
    snprintf(name, sizeof(name), "http-%u", l->index);
    pthread_setname_np(pthread_self(), name);
    l->current = pthread_self();
    uv_update_time(&l->uv);
    refresh_date(l);
    l->start_error = l->app->loop_start ? l->app->loop_start(l) : 0;
    bool failed = l->start_error < 0;
    if (!failed)
        accept_start(l);
    uv_sem_post(&l->started);
    uv_run(&l->uv, UV_RUN_DEFAULT);
}

int loop_start(struct http_loop *l) {
    sigset_t all, before; /* the main thread handles signals */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int r = uv_thread_create(&l->thread, loop_main, l);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (r < 0)
        return r;
    l->running = true;
    uv_sem_wait(&l->started);
    return l->start_error;
}

void loop_join(struct http_loop *l) {
    if (l->running)
        uv_thread_join(&l->thread);
    l->running = false;
}

/* After a failure of init_handles: no other handle is open. The caller keeps the sockets. */
static void forget_listeners(struct http_loop *l) {
    for (unsigned i = 0; i < l->n_listeners; i++)
        uv_close((uv_handle_t *)&l->listeners[i].poll, NULL);
    uv_run(&l->uv, UV_RUN_DEFAULT);
    uv_loop_close(&l->uv);
}

static int init_handles(struct http_loop *l, const int *listen_fds, unsigned n_addresses, unsigned step) {
    int r;

    for (; l->n_listeners < n_addresses; l->n_listeners++) {
        struct listener *from = &l->listeners[l->n_listeners];
        from->fd = listen_fds[l->n_listeners * step];
        r = uv_poll_init(&l->uv, &from->poll, from->fd);
        if (r < 0)
            return r;
        from->poll.data = l;
    }
    return uv_async_init(&l->uv, &l->wake, on_wake);
}

int loop_init(struct http_loop *l, struct http_server *s, unsigned index, const int *listen_fds, unsigned n_addresses,
              unsigned step, const struct http_limits *limits) {
    l->server = s;
    l->app = s->app;
    l->index = index;
    l->limits = *limits;
    l->accept_again = NEVER;
    int r = uv_loop_init(&l->uv);
    if (r < 0)
        return r;
    r = init_handles(l, listen_fds, n_addresses, step);
    if (r < 0) {
        forget_listeners(l);
        return r;
    }
    uv_timer_init(&l->uv, &l->tick);
    uv_idle_init(&l->uv, &l->idle);
    l->tick.data = l->idle.data = l->wake.data = l;
    uv_timer_start(&l->tick, on_tick, 0, tick_ms(limits));
    uv_mutex_init(&l->lock);
    uv_sem_init(&l->started, 0);
    l->scratch = mem_alloc(SCRATCH_SIZE);
    return 0;
}

void loop_fini(struct http_loop *l) {
    if (!l->ended) { /* its thread never ran */
        l->ended = true;
        close_handles(l);
        uv_run(&l->uv, UV_RUN_DEFAULT);
    }
    if (uv_loop_close(&l->uv) < 0)
        log_line(LOG_ERROR, "a loop ended with handles still open", NULL);
    while (l->pool) {
        struct exchange *x = l->pool;
        l->pool = x->next;
        exchange_free(x);
    }
    while (l->orphans) {
        struct exchange *x = l->orphans;
        l->orphans = x->next;
        exchange_free(x);
    }
    free(l->tasks);
    free(l->scratch);
    uv_sem_destroy(&l->started);
    uv_mutex_destroy(&l->lock);
}

/* ---- getters and limits ---- */

static void take_limits(struct http_loop *l, void *arg) {
    struct http_limits *limits = arg;
    l->limits = *limits;
    free(limits);
    uv_timer_set_repeat(&l->tick, tick_ms(&l->limits));
}

void http_server_set_limits(struct http_server *s, const struct http_limits *limits) {
    for (unsigned i = 0; i < s->n_loops; i++) {
        struct http_limits *copy = mem_alloc(sizeof(*copy));
        *copy = *limits;
        if (http_loop_post(&s->loops[i], take_limits, copy) < 0)
            free(copy);
    }
}

uv_loop_t *http_loop_uv(struct http_loop *l) {
    return &l->uv;
}

unsigned http_loop_index(const struct http_loop *l) {
    return l->index;
}

void *http_loop_app_ctx(struct http_loop *l) {
    return l->server->app_ctx;
}

static uint64_t counter_read(const _Atomic uint64_t *c) {
    return atomic_load_explicit(c, memory_order_relaxed);
}

void http_loop_stats(const struct http_loop *l, struct http_stats *ret) {
    const struct counters *s = &l->stats;
    ret->accepted = counter_read(&s->accepted);
    ret->refused_connections = counter_read(&s->refused_connections);
    ret->open_connections = counter_read(&s->open_connections);
    ret->requests = counter_read(&s->requests);
    ret->bytes_in = counter_read(&s->bytes_in);
    ret->bytes_out = counter_read(&s->bytes_out);
}
