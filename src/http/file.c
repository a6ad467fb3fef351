/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers from a file: piece by piece with constant memory. Pieces in the page cache are read at once; for others a
 * thread of libuv's pool waits for the disk, so that the loop does not.
 */
#include <errno.h>
#include <sys/uio.h>
#include <unistd.h>

#include "http/conn.h"

enum { PIECES_IN_A_ROW = 8 }; /* before a read by the pool, in which the loop serves its other connections */

/* Sends the len bytes of the file in out. Returns as pieces_send. */
static int send_piece(struct conn *c, size_t len) {
    c->x->file_at += len;
    return pieces_send(c, (struct str){c->x->out.ptr, len});
}

static void on_file_read(uv_fs_t *req) {
    struct exchange *x = req->data;
    struct conn *c = x->conn;
    ssize_t n = req->result;
    uv_fs_req_cleanup(req);
    x->fs_busy = false;
    if (!c)
        exchange_release(x->req.loop, x);
    else if (c->state == CONN_CLOSED)
        return; /* on_closed releases the exchange */
    else if (n <= 0)
        pieces_fail(c, n < 0 ? uv_strerror((int)n) : "it is shorter than it was");
    else
        pieces_go_on(c, send_piece(c, (size_t)n));
}

static size_t piece_size(const struct exchange *x) {
    return x->left < FILE_PIECE ? (size_t)x->left : FILE_PIECE;
}

static void read_on_pool(struct conn *c) {
    struct exchange *x = c->x;
    INVARIANT_RETURN(!x->fs_busy && !c->writing); /* out is in use */
    uv_buf_t buf = uv_buf_init(x->out.ptr, (unsigned)piece_size(x));
    x->fs.data = x;
    int r = uv_fs_read(&c->loop->uv, &x->fs, x->fd, &buf, 1, (int64_t)x->file_at, on_file_read);
    if (r < 0)
        pieces_fail(c, uv_strerror(r));
    else
        x->fs_busy = true;
}

void file_step(struct conn *c) {
    struct exchange *x = c->x;
    for (int i = 0; i < PIECES_IN_A_ROW; i++) {
        struct iovec iov = {x->out.ptr, piece_size(x)};
        ssize_t n = preadv2(x->fd, &iov, 1, (off_t)x->file_at, RWF_NOWAIT);
        if (n < 0)
            break; /* not in the page cache, or the file system has no RWF_NOWAIT */
        if (n == 0) {
            pieces_fail(c, "it is shorter than it was");
            return;
        }
        int sent = send_piece(c, (size_t)n);
        if (sent != 1 || x->left == 0) {
            pieces_go_on(c, sent);
            return;
        }
    }
    read_on_pool(c);
}

void http_reply_file(struct http_request *r, unsigned status, struct str content_type,
                     const struct http_header *headers, size_t n_headers, int fd, uint64_t from, uint64_t len) {
    struct exchange *x = exchange_of(r);
    struct reply_head h = {.status = status, .type = content_type, .headers = headers, .n_headers = n_headers};
    h.length = (int64_t)len;
    if (!pieces_begin(x)) {
        close(fd);
        return;
    }
    x->fd = fd; /* exchange_next closes it */
    x->file_at = from;
    x->out.len = 0;
    if (r->method != HTTP_HEAD && len > 0)
        buf_reserve(&x->out, FILE_PIECE);
    pieces_start(x, &h);
}
