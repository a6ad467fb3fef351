/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers that break off, for the test mode.
 */
#include <sys/socket.h>
#include <sys/uio.h>

#include "base/log.h"
#include "http/conn.h"

void http_reply_cut(struct http_request *r, unsigned status, struct str content_type, const struct http_header *headers,
                    size_t n_headers, struct str body, size_t sent) {
    struct exchange *x = exchange_of(r);
    struct conn *c = x->conn;
    if (!c) {
        exchange_end(x);
        return;
    }
    if (!conn_begin_answer(c, CONN_REPLY))
        return;
    const struct reply_head h = {.status = status,
                                 .type = content_type,
                                 .headers = headers,
                                 .n_headers = n_headers,
                                 .length = (int64_t)body.len,
                                 .keep = true};
    c->closing_after = true;
    reply_head_write(x, &h);
    if (sent > body.len)
        sent = body.len;
    struct iovec iov[2] = {{x->reply_head.ptr, x->reply_head.len}, {(char *)(uintptr_t)body.ptr, sent}};
    int n = r->method != HTTP_HEAD && sent > 0 ? 2 : 1;
    int result = body.ptr == x->out.ptr ? conn_send(c, iov, n) : conn_send_copied(c, iov, n, &x->out);
    if (result < 0)
        conn_close(c);
    else if (result == 1)
        conn_answered(c);
}

void http_reset(struct http_request *r) {
    static const struct linger at_once = {.l_onoff = 1, .l_linger = 0}; /* closing sends RST instead of FIN */
    struct exchange *x = exchange_of(r);
    struct conn *c = x->conn;
    if (!c) {
        exchange_end(x);
        return;
    }
    INVARIANT_RETURN(conn_owes_answer(c));
    if (setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) < 0)
        log_line(LOG_WARN, "a connection cannot be reset, only closed", NULL);
    r->no_cancel = true;
    conn_close(c);
    if (x->owner == EXCHANGE_ORPHAN)
        exchange_end(x);
}
