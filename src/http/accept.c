/* SPDX-License-Identifier: Apache-2.0
 *
 * Accepting connections.
 */
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "http/conn.h"

enum {
    ACCEPT_BATCH = 64,     /* connections accepted in a row before the loop's other work */
    ACCEPT_PAUSE_MS = 100, /* after a lack of descriptors or memory */
};

static void on_acceptable(uv_poll_t *poll, int status, int events);

void accept_start(struct http_loop *l) {
    l->accept_again = NEVER;
    for (unsigned i = 0; i < l->n_listeners && !l->draining; i++)
        if (l->listeners[i].fd >= 0)
            uv_poll_start(&l->listeners[i].poll, UV_READABLE, on_acceptable);
}

/* Without descriptors or memory accept fails, and the socket stays readable: the loop would call on_acceptable without
 * end. So it stops polling for ACCEPT_PAUSE_MS. */
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

void accept_stop(struct http_loop *l) {
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
