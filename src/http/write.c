/* SPDX-License-Identifier: Apache-2.0
 *
 * Writing to a connection: bytes that the socket takes are sent at once, the rest when it is writable.
 */
#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "http/conn.h"

static size_t socket_queue(const struct conn *c) {
    return uv_stream_get_write_queue_size((const uv_stream_t *)&c->tcp);
}

size_t conn_waiting(const struct conn *c) {
    return c->wait.len + (c->writing ? socket_queue(c) : 0);
}

/* Sends without blocking. Returns the number of bytes, which may be 0. */
static ssize_t send_now(struct conn *c, struct iovec *iov, int n) {
    struct msghdr m = {.msg_iov = iov, .msg_iovlen = (size_t)n};
    ssize_t sent;
    do
        sent = n == 1 ? send(c->fd, iov->iov_base, iov->iov_len, MSG_NOSIGNAL | MSG_DONTWAIT)
                      : sendmsg(c->fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
    while (sent < 0 && errno == EINTR);
    if (sent < 0)
        return errno == EAGAIN || errno == ENOBUFS ? 0 : -errno;
    counter_add(&c->loop->stats.bytes_out, (uint64_t)sent);
    return sent;
}

/* Drops the first sent bytes of iov. Returns how many entries are left; *iov moves on. */
static int skip_sent(struct iovec **iov, int n, size_t sent) {
    while (n > 0 && sent >= (*iov)->iov_len) {
        sent -= (*iov)->iov_len;
        ++*iov;
        n--;
    }
    if (n > 0) {
        (*iov)->iov_base = (char *)(*iov)->iov_base + sent;
        (*iov)->iov_len -= sent;
    }
    return n;
}

static void on_written(uv_write_t *req, int status);

static int write_later(struct conn *c, const struct iovec *iov, int n) {
    uv_buf_t bufs[4];
    for (int i = 0; i < n; i++)
        bufs[i] = uv_buf_init(iov[i].iov_base, (unsigned)iov[i].iov_len);
    int r = uv_write(&c->write, (uv_stream_t *)&c->tcp, bufs, (unsigned)n, on_written);
    if (r < 0)
        return r;
    c->writing = true;
    uv_update_time(&c->loop->uv); /* a handler may have run for long since the loop read the clock */
    c->deadline = uv_now(&c->loop->uv) + c->loop->limits.write_timeout_ms;
    c->queue_seen = socket_queue(c);
    counter_add(&c->loop->stats.bytes_out, c->queue_seen);
    return 0;
}

/* Sends what the socket takes at once. *iov and *n become the rest. Returns 1 if none is left, 0, or a negative errno.
 */
static int send_some(struct conn *c, struct iovec **iov, int *n) {
    ssize_t sent = send_now(c, *iov, *n);
    if (sent < 0)
        return (int)sent;
    *n = skip_sent(iov, *n, (size_t)sent);
    return *n == 0;
}

int conn_send(struct conn *c, struct iovec *iov, int n) {
    int r = send_some(c, &iov, &n);
    return r != 0 ? r : write_later(c, iov, n);
}

int conn_send_copied(struct conn *c, struct iovec *iov, int n, struct buf *keep) {
    int r = send_some(c, &iov, &n);
    if (r != 0)
        return r;
    keep->len = 0;
    for (int i = 0; i < n; i++)
        buf_add(keep, iov[i].iov_base, iov[i].iov_len);
    struct iovec rest = {keep->ptr, keep->len};
    return write_later(c, &rest, 1);
}

/* Sends the waiting bytes. Returns 1 if none are left, 0 if a write is under way, or a negative errno. */
static int send_waiting(struct conn *c) {
    c->flight.len = 0;
    if (c->wait.len == 0)
        return 1;
    struct buf swap = c->flight;
    c->flight = c->wait;
    c->wait = swap;
    struct iovec iov = {c->flight.ptr, c->flight.len};
    return conn_send(c, &iov, 1);
}

int conn_queue(struct conn *c, struct iovec *iov, int n, size_t wait_max) {
    size_t total = 0;
    for (int i = 0; i < n; i++)
        total += iov[i].iov_len;
    if (c->writing) {
        if (conn_waiting(c) + total > wait_max)
            return -ENOBUFS;
    } else {
        int r = send_some(c, &iov, &n);
        if (r != 0)
            return r;
    }
    for (int i = 0; i < n; i++)
        buf_add(&c->wait, iov[i].iov_base, iov[i].iov_len);
    return c->writing ? 0 : send_waiting(c);
}

static void on_written(uv_write_t *req, int status) {
    struct conn *c = req->handle->data;
    c->writing = false;
    if (c->state == CONN_CLOSED)
        return;
    int r = status < 0 ? status : send_waiting(c);
    if (r < 0) {
        conn_close(c);
        return;
    }
    if (r == 0)
        return;
    c->deadline = NEVER;
    if (c->state == CONN_REPLY)
        pieces_go_on(c, 1);
    else if (c->state == CONN_RAW)
        raw_written(c);
}
