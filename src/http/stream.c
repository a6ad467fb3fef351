/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers without a known end, in chunks.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/uio.h>

#include "http/conn.h"

/* Closes the connection, which calls app->gone, in the loop's next turn, because the application is in the middle of a
 * call. */
static void stream_broken(struct conn *c) {
    c->broken = true;
    loop_defer(c);
}

void http_stream_begin(struct http_request *r, unsigned status, struct str content_type,
                       const struct http_header *headers, size_t n_headers) {
    struct exchange *x = exchange_of(r);
    struct conn *c = x->conn;
    if (!c || !conn_begin_answer(c, CONN_STREAM))
        return;
    if (x->head.minor == 0 || c->body_open)
        c->closing_after = true;
    struct reply_head h = {.status = status, .type = content_type, .headers = headers, .n_headers = n_headers};
    h.length = -1;
    h.keep = reply_may_keep(c);
    c->closing_after = !h.keep;
    reply_head_write(x, &h);
    struct iovec iov = {x->reply_head.ptr, x->reply_head.len};
    if (conn_queue(c, &iov, 1, STREAM_WAIT_MAX) < 0)
        stream_broken(c);
    else if (!c->processing)
        conn_settle(c);
}

int http_stream_write(struct http_request *r, struct str bytes) {
    struct exchange *x = exchange_of(r);
    struct conn *c = x->conn;
    char size[24];
    if (!c || c->broken)
        return -EPIPE;
    INVARIANT_RETURN(c->state == CONN_STREAM, -EPIPE);
    if (bytes.len == 0 || r->method == HTTP_HEAD)
        return 0;
    int sent;
    if (x->head.minor == 1) {
        int n = snprintf(size, sizeof(size), "%zx\r\n", bytes.len);
        struct iovec iov[3] = {{size, (size_t)n}, {(char *)(uintptr_t)bytes.ptr, bytes.len}, {size + n - 2, 2}};
        sent = conn_queue(c, iov, 3, STREAM_WAIT_MAX);
    } else {
        struct iovec iov = {(char *)(uintptr_t)bytes.ptr, bytes.len};
        sent = conn_queue(c, &iov, 1, STREAM_WAIT_MAX);
    }
    if (sent >= 0 || sent == -ENOBUFS)
        return sent < 0 ? sent : 0;
    stream_broken(c);
    return -EPIPE;
}

void http_stream_fail(struct http_request *r) {
    struct conn *c = exchange_of(r)->conn;
    if (c && INVARIANT(c->state == CONN_STREAM))
        stream_broken(c);
}

void http_stream_end(struct http_request *r) {
    struct exchange *x = exchange_of(r);
    struct conn *c = x->conn;
    static char last[] = "0\r\n\r\n";
    if (!c) {
        exchange_end(x);
        return;
    }
    INVARIANT_RETURN(c->state == CONN_STREAM);
    int sent = c->writing ? 0 : 1;
    if (x->head.minor == 1 && r->method != HTTP_HEAD) {
        struct iovec iov = {last, sizeof(last) - 1};
        sent = conn_queue(c, &iov, 1, SIZE_MAX);
    }
    c->answers++;
    if (!conn_set_state(c, CONN_REPLY))
        return;
    if (sent < 0)
        conn_close(c);
    else if (sent == 1)
        conn_answered(c);
}
