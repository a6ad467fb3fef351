/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers whose body is sent piece by piece: file.c and source.c bring the pieces.
 */
#include <sys/uio.h>

#include "base/log.h"
#include "http/conn.h"

bool pieces_begin(struct exchange *x) {
    if (x->conn)
        return conn_begin_answer(x->conn, CONN_REPLY);
    exchange_end(x);
    return false;
}

int pieces_send(struct conn *c, struct str piece) {
    struct exchange *x = c->x;
    struct iovec iov[2] = {{x->reply_head.ptr, x->reply_head.len}, {(char *)(uintptr_t)piece.ptr, piece.len}};
    int skip = x->reply_head.len == 0;
    x->reply_head.len = 0; /* the memory stays as it is until written */
    x->left -= piece.len;
    return conn_send(c, iov + skip, (piece.len > 0 ? 2 : 1) - skip);
}

void pieces_go_on(struct conn *c, int sent) {
    if (sent < 0)
        conn_close(c);
    else if (sent == 1 && c->x->left == 0)
        conn_answered(c);
    else if (sent == 1 && c->x->source)
        source_step(c);
    else if (sent == 1)
        file_step(c);
}

void pieces_fail(struct conn *c, const char *why) {
    log_line(LOG_ERROR, "a file could not be sent", "why", why, NULL);
    conn_close(c); /* the head says 200 and the whole length, so only a closed connection can tell the client */
}

void pieces_start(struct exchange *x, struct reply_head *h) {
    struct conn *c = x->conn;
    h->keep = reply_may_keep(c);
    c->closing_after = !h->keep;
    reply_head_write(x, h);
    x->left = x->req.method == HTTP_HEAD ? 0 : (uint64_t)h->length;
    pieces_go_on(c, x->left == 0 ? pieces_send(c, STR("")) : 1);
}
