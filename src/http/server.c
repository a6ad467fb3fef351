/* SPDX-License-Identifier: Apache-2.0
 *
 * The server: opens its sockets, starts and ends its loops.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "http/loop.h"

enum { LOOPS_MAX = 256, SPARE_DESCRIPTORS = 256 };

void http_limits_init(struct http_limits *l) {
    *l = (struct http_limits){
        .head_max = 32 * 1024,
        .body_max = 1024 * 1024,
        .headers_max = 100,
        .head_timeout_ms = 10 * 1000,
        .body_timeout_ms = 20 * 1000,
        .body_rate_min = 256,
        .idle_timeout_ms = 75 * 1000,
        .write_timeout_ms = 30 * 1000,
        .connections_max = 10000,
    };
}

int http_server_new(struct http_server **ret, const char *host, unsigned port, unsigned n_loops,
                    const struct http_limits *limits, const struct http_app *app, void *app_ctx, struct str *ret_why) {
    int fds[LISTEN_MAX * LOOPS_MAX];
    if (n_loops < 1 || n_loops > LOOPS_MAX) {
        *ret_why = STR("the number of threads must be from 1 to 256");
        return -EINVAL;
    }
    unsigned real_port = 0;
    int r = listen_open(host, port, n_loops, fds, &real_port, ret_why);
    if (r < 0)
        return r;
    unsigned n_addresses = (unsigned)r;
    struct http_server *s = mem_alloc(sizeof(*s));
    s->app = app;
    s->app_ctx = app_ctx;
    s->port = real_port;
    s->loops = mem_alloc(n_loops * sizeof(*s->loops));
    for (s->n_loops = 0; s->n_loops < n_loops; s->n_loops++) {
        r = loop_init(&s->loops[s->n_loops], s, s->n_loops, fds + s->n_loops, n_addresses, n_loops, limits);
        if (r < 0)
            break;
    }
    if (r < 0) {
        *ret_why = str_of(strerror(-r));
        for (unsigned i = 0; i < n_addresses * n_loops; i++)
            if (i % n_loops >= s->n_loops)
                close(fds[i]);
        http_server_free(s);
        return r;
    }
    *ret = s;
    return 0;
}

/* The usual limit of 1024 descriptors is lower than connections_max. */
static void raise_descriptors(const struct http_limits *limits) {
    struct rlimit r;
    rlim_t wanted = (rlim_t)limits->connections_max + SPARE_DESCRIPTORS;
    if (getrlimit(RLIMIT_NOFILE, &r) < 0 || r.rlim_cur >= wanted)
        return;
    r.rlim_cur = r.rlim_max < wanted ? r.rlim_max : wanted;
    setrlimit(RLIMIT_NOFILE, &r);
}

int http_server_start(struct http_server *s) {
    signal(SIGPIPE, SIG_IGN); /* libuv writes without MSG_NOSIGNAL */
    raise_descriptors(&s->loops[0].limits);
    for (unsigned i = 0; i < s->n_loops; i++) {
        int r = loop_start(&s->loops[i]);
        if (r < 0) {
            http_server_drain(s, 0);
            return r;
        }
    }
    return 0;
}

void http_server_drain(struct http_server *s, unsigned grace_ms) {
    for (unsigned i = 0; i < s->n_loops; i++)
        if (s->loops[i].running)
            loop_drain(&s->loops[i], grace_ms);
    for (unsigned i = 0; i < s->n_loops; i++)
        loop_join(&s->loops[i]);
}

struct http_server *http_server_free(struct http_server *s) {
    if (!s)
        return NULL;
    http_server_drain(s, 0);
    for (unsigned i = 0; i < s->n_loops; i++)
        loop_fini(&s->loops[i]);
    free(s->loops);
    free(s);
    return NULL;
}

unsigned http_server_port(const struct http_server *s) {
    return s->port;
}

struct http_loop *http_server_loop(struct http_server *s, unsigned index) {
    return &s->loops[index];
}

unsigned http_server_loops(const struct http_server *s) {
    return s->n_loops;
}
