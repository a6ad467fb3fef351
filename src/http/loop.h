/* SPDX-License-Identifier: Apache-2.0
 *
 * A loop and the server it belongs to. Internal to src/http.
 */
#ifndef HIRED_HTTP_LOOP_H
#define HIRED_HTTP_LOOP_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/invariant.h"
#include "http/http.h"

enum {
    SCRATCH_SIZE = 64 * 1024, /* read buffer of raw and lingering connections */
    POOL_MAX = 256,           /* idle exchanges that a loop keeps */
    SHED_MAX = 256, /* connections beyond connections_max that a loop answers with 503; further ones are closed */
    LISTEN_MAX = 8, /* addresses that one host name may give */
    WARN_PAUSE_MS = 10000, /* between two warnings that accept fails */
    DATE_LEN = 29,         /* "Sun, 06 Nov 1994 08:49:37 GMT" */
};

#define NEVER UINT64_MAX /* a deadline that does not come */

struct conn;
struct exchange;

struct loop_task {
    void (*fn)(struct http_loop *l, void *arg);
    void *arg;
};

struct counters {
    _Atomic uint64_t accepted, refused_connections, open_connections, requests, bytes_in, bytes_out;
};

struct listener {
    uv_poll_t poll; /* first, so that the poll's callback finds its listener */
    int fd;         /* -1: closed */
};

struct http_loop {
    uv_loop_t uv;
    struct http_server *server;
    const struct http_app *app;
    unsigned index;
    struct http_limits limits;
    struct listener listeners[LISTEN_MAX]; /* one for each address */
    unsigned n_listeners;
    uint64_t accept_again; /* uv_now() when accepting goes on after a pause; NEVER: not paused */
    uint64_t warn_again;   /* uv_now() from which the next warning about accept may be logged */
    uv_timer_t tick;
    uv_idle_t idle;        /* runs the deferred connections; active only while there are some */
    struct conn *deferred; /* linked by next_deferred */
    struct conn *conns;
    size_t n_conns, n_shed;
    struct exchange *pool;    /* EXCHANGE_POOL, last in first out */
    struct exchange *orphans; /* EXCHANGE_ORPHAN */
    size_t n_pool;
    struct http_wait *waits;       /* end not called yet */
    struct http_wait *ended_waits; /* end called, http_wait_over not yet */
    char *scratch;
    char date[DATE_LEN + 1];
    int64_t date_second;
    bool draining, ending;
    uint64_t drain_until;
    struct counters stats;
    uv_thread_t thread;
    bool running;      /* thread exists */
    pthread_t current; /* the thread's own id, set by itself */
    int start_error;
    uv_sem_t started;
    uv_async_t wake;
    uv_mutex_t lock; /* protects the members below */
    struct loop_task *tasks;
    size_t n_tasks, tasks_cap;
    bool ended; /* no task is taken any more; written on the loop's thread only */
};

struct http_server {
    const struct http_app *app;
    void *app_ctx;
    struct http_loop *loops;
    unsigned n_loops;
    unsigned port;
    _Atomic size_t connections; /* of all loops, without those being shed */
};

/* Each counter has one writer, its loop's thread. */
static inline void counter_add(_Atomic uint64_t *c, uint64_t n) {
    atomic_store_explicit(c, atomic_load_explicit(c, memory_order_relaxed) + n, memory_order_relaxed);
}

/* True on the loop's own thread. An invariant of all functions that the application calls for a request or a wait. */
static inline bool loop_is_current(const struct http_loop *l) {
    return pthread_equal(l->current, pthread_self());
}

/* ---- listen.c ---- */

/* Opens n sockets on every address that host gives (LISTEN_MAX at most): ret_fds[i * n ...] are those of address i.
 * Returns the number of addresses, or a negative errno with a sentence in *ret_why (static). */
int listen_open(const char *host, unsigned port, unsigned n, int *ret_fds, unsigned *ret_port, struct str *ret_why);

/* ---- accept.c ---- */
void accept_start(struct http_loop *l); /* at first, and after a pause */
void accept_stop(struct http_loop *l);  /* closes the listening sockets */

/* ---- loop.c ---- */

/* Takes over the sockets listen_fds[0], listen_fds[step], ... of the n_addresses addresses, if it returns 0. */
int loop_init(struct http_loop *l, struct http_server *s, unsigned index, const int *listen_fds, unsigned n_addresses,
              unsigned step, const struct http_limits *limits);
int loop_start(struct http_loop *l); /* starts the thread and waits for its loop_start */
void loop_join(struct http_loop *l);
void loop_fini(struct http_loop *l);
void loop_drain(struct http_loop *l, unsigned grace_ms); /* any thread */
void loop_add_conn(struct http_loop *l, struct conn *c);
void loop_remove_conn(struct http_loop *l, struct conn *c);
void loop_defer(struct conn *c); /* calls conn_process(c) in the loop's next turn */

/* ---- wait.c ---- */
void waits_end(struct http_loop *l); /* calls end of each wait whose end has not been called yet */

#endif
