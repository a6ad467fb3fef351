/* SPDX-License-Identifier: Apache-2.0
 *
 * A loop: its thread, its listening sockets, the clock tick that ends what takes too long, tasks from other threads.
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
#include "http/internal.h"

static void maybe_end(struct http_loop *l);

/* ---- connections ---- */

void loop_take(struct http_loop *l, struct conn *c) {
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

void loop_drop(struct http_loop *l, struct conn *c) {
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

/* Runs in the next turn of the loop, before it waits for anything. */
static void run_deferred(uv_idle_t *idle) {
    struct http_loop *l = idle->data;
    struct conn *list = l->deferred;
    uv_idle_stop(idle);
    l->deferred = NULL;
    while (list) { /* connections are freed by libuv's closing phase only, so the list stays whole */
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

/* ---- accepting ---- */

static void on_acceptable(uv_poll_t *poll, int status, int events);

static void listen_again(struct http_loop *l) {
    l->accept_again = NEVER;
    for (unsigned i = 0; i < l->n_listeners && !l->draining; i++)
        if (l->listeners[i].fd >= 0)
            uv_poll_start(&l->listeners[i].poll, UV_READABLE, on_acceptable);
}

/* Out of descriptors or memory: leave the queue alone for a while instead of being woken for it without end. */
static void pause_accepting(struct http_loop *l, int error) {
    uint64_t now = uv_now(&l->uv);
    if (l->warn_again <= now) {
        log_line(LOG_WARN, "cannot accept connections for now", "error", strerror(error), NULL);
        l->warn_again = now + WARN_PAUSE_MS;
    }
    for (unsigned i = 0; i < l->n_listeners; i++)
        uv_poll_stop(&l->listeners[i].poll);
    l->accept_again = now + ACCEPT_PAUSE_MS;
}

static void accept_one(struct http_loop *l, int fd, const struct sockaddr_in6 *peer) {
    size_t open = atomic_fetch_add_explicit(&l->server->connections, 1, memory_order_relaxed);
    if (open < l->limits.connections_max) {
        conn_open(l, fd, peer, false);
        return;
    }
    atomic_fetch_sub_explicit(&l->server->connections, 1, memory_order_relaxed);
    if (l->n_shed < SHED_MAX) {
        conn_open(l, fd, peer, true);
    } else {
        counter_add(&l->stats.refused_connections, 1);
        close(fd);
    }
}

static void on_acceptable(uv_poll_t *poll, int status, int events) {
    struct http_loop *l = poll->data;
    struct listener *from = (struct listener *)poll; /* its first member */
    for (int i = 0; i < ACCEPT_BATCH; i++) {
        struct sockaddr_in6 peer = {0};
        socklen_t len = sizeof(peer);
        int fd = accept4(from->fd, (struct sockaddr *)&peer, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            accept_one(l, fd, &peer);
            continue;
        }
        if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)
            pause_accepting(l, errno);
        if (errno != ECONNABORTED && errno != EINTR)
            return;
    }
}

static void stop_accepting(struct http_loop *l) {
    for (unsigned i = 0; i < l->n_listeners; i++) {
        struct listener *from = &l->listeners[i];
        if (from->fd < 0)
            continue;
        uv_poll_stop(&from->poll);
        close(from->fd);
        from->fd = -1;
    }
    l->accept_again = NEVER;
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

/* Fine enough for the shortest timeout, and never a burden. */
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
        listen_again(l);
    bool all = l->draining && now >= l->drain_until;
    if (all)
        waits_end(l);                                 /* while their requests can still be answered */
    for (struct conn *c = l->conns; c; c = c->next) { /* closing unlinks later, in libuv's closing phase */
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

/* Returns false if there was nothing to run. */
static bool run_tasks(struct http_loop *l) {
    uv_mutex_lock(&l->lock);
    struct loop_task *tasks = l->tasks;
    size_t n = l->n_tasks;
    l->tasks = NULL;
    l->n_tasks = l->tasks_cap = 0;
    uv_mutex_unlock(&l->lock);
    for (size_t i = 0; i < n; i++)
        tasks[i].fn(l, tasks[i].arg);
    free(tasks);
    return n > 0;
}

static void on_wake(uv_async_t *wake) {
    struct http_loop *l = wake->data;
    run_tasks(l);
    maybe_end(l);
}

/* ---- beginning and end ---- */

static void close_handles(struct http_loop *l) {
    stop_accepting(l);
    for (unsigned i = 0; i < l->n_listeners; i++)
        uv_close((uv_handle_t *)&l->listeners[i].poll, NULL);
    uv_close((uv_handle_t *)&l->tick, NULL);
    uv_close((uv_handle_t *)&l->idle, NULL);
    uv_close((uv_handle_t *)&l->wake, NULL);
}

/* Runs what was posted, until there is nothing more and no wait has come of it; from then on nothing can be posted.
 * Returns false if there are waits. */
static bool end_tasks(struct http_loop *l) {
    while (!l->ended) {
        waits_end(l);
        if (l->waits_told)
            return false;
        run_tasks(l);
        uv_mutex_lock(&l->lock);
        l->ended = l->n_tasks == 0 && !l->waits && !l->waits_told;
        uv_mutex_unlock(&l->lock);
    }
    return true;
}

/* The loop ends as http.h says under "waits". */
static void maybe_end(struct http_loop *l) {
    bool late = uv_now(&l->uv) >= l->drain_until;
    if (!l->draining || l->ending || l->n_conns > 0 || ((l->held || l->waits || l->waits_told) && !late))
        return;
    l->ending = true;
    if (!end_tasks(l)) {
        l->ending = false; /* http_wait_over comes back here */
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
    stop_accepting(l);
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
    uv_update_time(&l->uv);
    refresh_date(l);
    l->start_error = l->app->loop_start ? l->app->loop_start(l) : 0;
    bool failed = l->start_error < 0;
    if (!failed)
        listen_again(l);
    uv_sem_post(&l->started);
    uv_run(&l->uv, UV_RUN_DEFAULT);
}

int loop_start(struct http_loop *l) {
    sigset_t all, before; /* signals are the main thread's business */
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

/* After a failure, when its other handles do not exist yet; the sockets stay the caller's. */
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
    while (l->held) {
        struct exchange *x = l->held;
        l->held = x->next;
        exchange_free(x);
    }
    free(l->tasks);
    free(l->scratch);
    uv_sem_destroy(&l->started);
    uv_mutex_destroy(&l->lock);
}

/* ---- small things ---- */

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

void *http_loop_data(const struct http_loop *l) {
    return l->app_data;
}

void http_loop_set_data(struct http_loop *l, void *data) {
    l->app_data = data;
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
