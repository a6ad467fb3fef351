/* SPDX-License-Identifier: Apache-2.0
 *
 * The server: its listening sockets and its loops, from the first to the last.
 */
#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/internal.h"

enum { BACKLOG = 4096, LOOPS_MAX = 256, SPARE_DESCRIPTORS = 256 };

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

/* Options that connections inherit. A stream or a WebSocket may be silent for long: the system's own probes find out
 * within two minutes that its peer has vanished without a word. */
static int set_options(int fd, bool shared) {
    const struct {
        int level, name, value;
    } options[] = {
        {SOL_SOCKET, SO_REUSEADDR, 1},      {IPPROTO_TCP, TCP_NODELAY, 1},    {SOL_SOCKET, SO_KEEPALIVE, 1},
        {IPPROTO_TCP, TCP_KEEPIDLE, 60},    {IPPROTO_TCP, TCP_KEEPINTVL, 15}, {IPPROTO_TCP, TCP_KEEPCNT, 4},
        {SOL_SOCKET, SO_REUSEPORT, shared},
    };
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
        if (setsockopt(fd, options[i].level, options[i].name, &options[i].value, sizeof(int)) < 0)
            return -1;
    return 0;
}

static int listen_one(const struct addrinfo *ai, bool shared) {
    int fd = socket(ai->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    int r = set_options(fd, shared);
    if (r == 0)
        r = bind(fd, ai->ai_addr, ai->ai_addrlen);
    if (r == 0)
        r = listen(fd, BACKLOG);
    if (r < 0) {
        r = -errno;
        close(fd);
        return r;
    }
    return fd;
}

static in_port_t *port_of(struct sockaddr *a) {
    return a->sa_family == AF_INET6 ? &((struct sockaddr_in6 *)a)->sin6_port : &((struct sockaddr_in *)a)->sin_port;
}

/* Opens n sockets on one address. With several, the first look is one without SO_REUSEPORT: it fails if another process
 * listens there already, which SO_REUSEPORT would let pass in silence, and both would get half of the connections. */
static int listen_all(struct addrinfo *ai, int *fds, unsigned n, unsigned *ret_port) {
    struct sockaddr_storage bound;
    socklen_t len = sizeof(bound);
    int fd = listen_one(ai, false);
    if (fd < 0)
        return fd;
    if (getsockname(fd, (struct sockaddr *)&bound, &len) < 0) {
        int r = -errno;
        close(fd);
        return r;
    }
    *port_of(ai->ai_addr) = *port_of((struct sockaddr *)&bound);
    *ret_port = ntohs(*port_of((struct sockaddr *)&bound));
    if (n == 1) {
        fds[0] = fd;
        return 0;
    }
    close(fd);
    for (unsigned i = 0; i < n; i++) {
        fds[i] = listen_one(ai, true);
        if (fds[i] < 0) {
            int r = fds[i];
            while (i > 0)
                close(fds[--i]);
            return r;
        }
    }
    return 0;
}

static int resolve_and_listen(const char *host, unsigned port, int *fds, unsigned n, unsigned *ret_port,
                              struct str *ret_why) {
    static _Thread_local char why[200];
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE}, *list = NULL;
    char service[8];
    snprintf(service, sizeof(service), "%u", port);
    int r = port > 65535 ? EAI_SERVICE : getaddrinfo(host, service, &hints, &list);
    if (r != 0) {
        snprintf(why, sizeof(why), "cannot listen on %s:%u: %s", host, port, gai_strerror(r));
        r = -EINVAL;
    } else {
        r = listen_all(list, fds, n, ret_port);
        snprintf(why, sizeof(why), "cannot listen on %s:%u: %s", host, port, r < 0 ? strerror(-r) : "");
        freeaddrinfo(list);
    }
    if (r < 0)
        *ret_why = str_of(why);
    return r;
}

int http_server_new(struct http_server **ret, const char *host, unsigned port, unsigned n_loops,
                    const struct http_limits *limits, const struct http_app *app, void *app_ctx, struct str *ret_why) {
    int fds[LOOPS_MAX];
    if (n_loops < 1 || n_loops > LOOPS_MAX) {
        *ret_why = STR("the number of threads must be from 1 to 256");
        return -EINVAL;
    }
    unsigned real_port = 0;
    int r = resolve_and_listen(host, port, fds, n_loops, &real_port, ret_why);
    if (r < 0)
        return r;
    struct http_server *s = mem_alloc(sizeof(*s));
    s->app = app;
    s->app_ctx = app_ctx;
    s->port = real_port;
    s->loops = mem_alloc(n_loops * sizeof(*s->loops));
    for (s->n_loops = 0; s->n_loops < n_loops; s->n_loops++) {
        r = loop_init(&s->loops[s->n_loops], s, s->n_loops, fds[s->n_loops], limits);
        if (r < 0)
            break;
    }
    if (r < 0) {
        *ret_why = str_of(strerror(-r));
        for (unsigned i = s->n_loops; i < n_loops; i++)
            close(fds[i]);
        http_server_free(s);
        return r;
    }
    *ret = s;
    return 0;
}

/* The usual 1024 descriptors are fewer than the connections we promise. */
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
