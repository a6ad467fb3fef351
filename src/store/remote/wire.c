/* SPDX-License-Identifier: Apache-2.0
 *
 * Frames between a command and the serving process. Everything that a peer sends is checked.
 */
#include "store/remote/wire.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "base/clock.h"

#define SLICE_MS 200
#define RECEIVE_AT_ONCE 65536
#define INBOX_KEEP (1u << 20)

/* ---- writing ---- */

size_t remote_begin(struct buf *b, enum remote_op op) {
    size_t begun = b->len;

    remote_put32(b, 0);
    remote_put8(b, (uint8_t)op);
    return begun;
}

int remote_end(struct buf *b, size_t begun) {
    size_t len = b->len - begun - sizeof(uint32_t);

    if (len > REMOTE_FRAME_MAX) {
        b->len = begun;
        return -E2BIG;
    }
    memcpy(b->ptr + begun, &(uint32_t){(uint32_t)len}, sizeof(uint32_t));
    return 0;
}

void remote_put8(struct buf *b, uint8_t v) {
    buf_add_char(b, (char)v);
}

void remote_put16(struct buf *b, uint16_t v) {
    buf_add(b, &v, sizeof(v));
}

void remote_put32(struct buf *b, uint32_t v) {
    buf_add(b, &v, sizeof(v));
}

void remote_put64(struct buf *b, int64_t v) {
    buf_add(b, &v, sizeof(v));
}

void remote_put_text(struct buf *b, struct str s) {
    /* remote_end refuses a text that is longer than a frame; only the length must not wrap around. */
    remote_put32(b, s.len > UINT32_MAX ? UINT32_MAX : (uint32_t)s.len);
    buf_add_str(b, s);
}

void remote_put_value(struct buf *b, const struct remote_value *v) {
    remote_put8(b, (uint8_t)v->kind);
    if (v->kind == REMOTE_INT)
        remote_put64(b, v->number);
    else if (v->kind == REMOTE_TEXT)
        remote_put_text(b, v->text);
}

/* ---- reading ---- */

struct str remote_get_bytes(struct remote_reader *r, size_t n) {
    struct str s = {r->rest.ptr, n};

    if (r->bad || r->rest.len < n) {
        r->bad = true;
        return STR("");
    }
    r->rest = str_skip(r->rest, n);
    return s;
}

#define GET(name, type)                                                                                                \
    type name(struct remote_reader *r) {                                                                               \
        struct str s = remote_get_bytes(r, sizeof(type));                                                              \
        type v = 0;                                                                                                    \
        if (!r->bad)                                                                                                   \
            memcpy(&v, s.ptr, sizeof(v));                                                                              \
        return v;                                                                                                      \
    }
GET(remote_get8, uint8_t)
GET(remote_get16, uint16_t)
GET(remote_get32, uint32_t)
GET(remote_get64, int64_t)
#undef GET

struct str remote_get_text(struct remote_reader *r) {
    uint32_t n = remote_get32(r);

    return remote_get_bytes(r, n);
}

void remote_get_value(struct remote_reader *r, struct remote_value *ret) {
    uint8_t kind = remote_get8(r);

    *ret = (struct remote_value){.kind = REMOTE_NULL, .text = STR_ABSENT};
    if (kind == REMOTE_INT) {
        ret->kind = REMOTE_INT;
        ret->number = remote_get64(r);
    } else if (kind == REMOTE_TEXT) {
        ret->kind = REMOTE_TEXT;
        ret->text = remote_get_text(r);
    } else if (kind != REMOTE_NULL)
        r->bad = true;
}

int remote_get_call(struct remote_reader *r, unsigned statements, struct remote_call *ret) {
    ret->statement = remote_get16(r);
    ret->n = remote_get8(r);
    if (r->bad || ret->statement >= statements || ret->n > REMOTE_COLUMNS_MAX)
        return -EBADMSG;
    for (unsigned i = 0; i < ret->n; i++)
        remote_get_value(r, &ret->values[i]);
    return r->bad || r->rest.len > 0 ? -EBADMSG : 0;
}

/* ---- frames on a socket ---- */

/* Sets a short socket timeout: data that is there needs one system call, and deadlines are kept. */
int remote_prepare(int fd) {
    const struct timeval slice = {.tv_usec = SLICE_MS * 1000};

    if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &slice, sizeof(slice)) < 0 ||
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &slice, sizeof(slice)) < 0)
        return -errno;
    return 0;
}

/* Returns 0 if the failed call should be repeated. */
static int try_again(int error, int64_t until_ns) {
    if (error == EAGAIN || error == EWOULDBLOCK || error == EINTR)
        return clock_mono_ns() >= until_ns ? -ETIMEDOUT : 0;
    return error == ECONNRESET ? -EPIPE : -error;
}

int remote_send(int fd, struct buf *b, int64_t until_ns) {
    size_t sent = 0;
    int r = 0;

    while (sent < b->len && r == 0) {
        ssize_t n = send(fd, b->ptr + sent, b->len - sent, MSG_NOSIGNAL);
        if (n >= 0)
            sent += (size_t)n;
        else
            r = try_again(errno, until_ns);
    }
    b->len = 0;
    return r;
}

/* Whether b holds a complete frame: 1 (in *ret), 0 not yet, -EBADMSG. */
static int take_frame(struct remote_inbox *in, struct str *ret) {
    size_t have = in->bytes.len - in->taken;
    uint32_t len;

    if (have < sizeof(len))
        return 0;
    memcpy(&len, in->bytes.ptr + in->taken, sizeof(len));
    if (len == 0 || len > REMOTE_FRAME_MAX)
        return -EBADMSG;
    if (have - sizeof(len) < len)
        return 0;
    *ret = (struct str){in->bytes.ptr + in->taken + sizeof(len), len};
    in->taken += sizeof(len) + len;
    return 1;
}

/* Removes the frames that were returned from the beginning of the buffer. */
static void compact(struct remote_inbox *in) {
    size_t left = in->bytes.len - in->taken;

    if (in->taken == 0)
        return;
    if (left > 0)
        memmove(in->bytes.ptr, in->bytes.ptr + in->taken, left);
    in->bytes.len = left;
    in->taken = 0;
    if (left == 0 && in->bytes.cap > INBOX_KEEP)
        buf_free(&in->bytes);
}

int remote_receive(int fd, struct remote_inbox *in, int64_t until_ns, struct str *ret) {
    int r = take_frame(in, ret);

    if (r != 0)
        return r;
    compact(in);
    for (;;) {
        buf_reserve(&in->bytes, RECEIVE_AT_ONCE);
        ssize_t n = recv(fd, in->bytes.ptr + in->bytes.len, in->bytes.cap - in->bytes.len, 0);
        if (n > 0) {
            in->bytes.len += (size_t)n;
            if ((r = take_frame(in, ret)) != 0)
                return r;
        } else if (n == 0 || errno == ECONNRESET) {
            return in->bytes.len > 0 ? -EBADMSG : 0;
        } else if ((r = try_again(errno, until_ns)) < 0) {
            return r;
        }
        /* Checked after each read, so that single bytes do not extend the deadline. */
        if (clock_mono_ns() >= until_ns)
            return -ETIMEDOUT;
    }
}
