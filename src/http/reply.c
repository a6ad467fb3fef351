/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers: status line, headers, and the body from the exchange's output buffer.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <sys/uio.h>

#include "base/log.h"
#include "http/conn.h"

const char *http_reason(unsigned status) {
    switch (status) {
#define REASON(number, text)                                                                                           \
    case number:                                                                                                       \
        return text;
        REASON(100, "Continue")
        REASON(101, "Switching Protocols")
        REASON(200, "OK")
        REASON(201, "Created")
        REASON(202, "Accepted")
        REASON(204, "No Content")
        REASON(206, "Partial Content")
        REASON(301, "Moved Permanently")
        REASON(302, "Found")
        REASON(303, "See Other")
        REASON(304, "Not Modified")
        REASON(307, "Temporary Redirect")
        REASON(308, "Permanent Redirect")
        REASON(400, "Bad Request")
        REASON(401, "Unauthorized")
        REASON(403, "Forbidden")
        REASON(404, "Not Found")
        REASON(405, "Method Not Allowed")
        REASON(406, "Not Acceptable")
        REASON(408, "Request Timeout")
        REASON(409, "Conflict")
        REASON(410, "Gone")
        REASON(411, "Length Required")
        REASON(412, "Precondition Failed")
        REASON(413, "Content Too Large")
        REASON(414, "URI Too Long")
        REASON(415, "Unsupported Media Type")
        REASON(416, "Range Not Satisfiable")
        REASON(417, "Expectation Failed")
        REASON(422, "Unprocessable Content")
        REASON(426, "Upgrade Required")
        REASON(429, "Too Many Requests")
        REASON(431, "Request Header Fields Too Large")
        REASON(500, "Internal Server Error")
        REASON(501, "Not Implemented")
        REASON(502, "Bad Gateway")
        REASON(503, "Service Unavailable")
        REASON(504, "Gateway Timeout")
        REASON(505, "HTTP Version Not Supported")
        REASON(508, "Loop Detected")
#undef REASON
    default:
        return "";
    }
}

struct str http_header_get(const struct http_request *r, struct str name) {
    for (size_t i = 0; i < r->n_headers; i++)
        if (r->headers[i].name.len == name.len && str_eq_nocase(r->headers[i].name, name))
            return r->headers[i].value;
    return STR_ABSENT;
}

struct str http_peer(const struct http_request *r) {
    char text[INET6_ADDRSTRLEN] = "";
    if (r->peer.ss_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)&r->peer)->sin6_addr, text, sizeof(text));
    else if (r->peer.ss_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)&r->peer)->sin_addr, text, sizeof(text));
    struct str s = str_of(text), mapped = STR("::ffff:");
    if (str_starts(s, mapped) && str_find(s, '.') != SIZE_MAX)
        s = str_skip(s, mapped.len);
    return arena_dup(r->arena, s);
}

struct buf *http_out(struct http_request *r) {
    return &exchange_of(r)->out;
}

/* Control bytes become spaces: with CR LF in a value, the client that chose the value could add headers to the answer.
 */
static void add_clean(struct buf *b, struct str s) {
    size_t from = b->len;
    buf_add_str(b, s);
    for (size_t i = from; i < b->len; i++)
        if (!http_byte_is(b->ptr[i], HTTP_BYTE_TEXT))
            b->ptr[i] = ' ';
}

static void add_status(struct buf *b, unsigned status) {
    if (status == 200) {
        buf_add_lit(b, "HTTP/1.1 200 OK\r\nDate: ");
        return;
    }
    buf_add_lit(b, "HTTP/1.1 ");
    buf_add_i64(b, status);
    buf_add_char(b, ' ');
    buf_add_str(b, str_of(http_reason(status)));
    buf_add_lit(b, "\r\nDate: ");
}

void reply_head_write(struct exchange *x, const struct reply_head *h) {
    struct buf *b = &x->reply_head;
    b->len = 0;
    buf_reserve(b, 512);
    add_status(b, h->status);
    buf_add(b, x->conn->loop->date, DATE_LEN);
    if (h->type.len > 0) {
        buf_add_lit(b, "\r\nContent-Type: ");
        add_clean(b, h->type);
    }
    if (h->status == 101) {
        buf_add_lit(b, "\r\nConnection: Upgrade");
    } else if (h->status != 204 && h->status != 304) {
        if (h->length >= 0) {
            buf_add_lit(b, "\r\nContent-Length: ");
            buf_add_i64(b, h->length);
        } else if (x->head.minor == 1) {
            buf_add_lit(b, "\r\nTransfer-Encoding: chunked");
        }
    }
    for (size_t i = 0; i < h->n_headers; i++) {
        buf_add_lit(b, "\r\n");
        add_clean(b, h->headers[i].name);
        buf_add_lit(b, ": ");
        add_clean(b, h->headers[i].value);
    }
    if (!h->keep)
        buf_add_lit(b, "\r\nConnection: close\r\n\r\n");
    else if (x->head.minor == 0 && h->status != 101)
        buf_add_lit(b, "\r\nConnection: keep-alive\r\n\r\n");
    else
        buf_add_lit(b, "\r\n\r\n");
}

bool reply_may_keep(const struct conn *c) {
    const struct http_head *h = &c->x->head;
    if (c->closing_after || c->loop->draining || h->close || (h->minor == 0 && !h->keep_alive))
        return false;
    if (!c->body_open)
        return true;
    if (c->x->req.no_body) /* a client that announces a body without sending it sends its next request instead */
        return !c->body_chunked && c->body_left <= c->x->len - c->x->pos;
    /* The rest of an unwanted body must be short and certain to arrive: a client that waits for "100 Continue" may
     * never send it. */
    return !c->body_chunked && !h->expect_continue && c->body_left <= DROP_MAX;
}

static bool has_body(const struct exchange *x, unsigned status) {
    return x->req.method != HTTP_HEAD && status != 204 && status != 304;
}

/* The body is that of x->out, or bytes that live during this call only. */
static void send_reply(struct exchange *x, unsigned status, struct str type, const struct http_header *headers,
                       size_t n_headers, struct str body) {
    struct conn *c = x->conn;
    if (!conn_begin_answer(c, CONN_REPLY))
        return;
    struct reply_head h = {.status = status, .type = type, .headers = headers, .n_headers = n_headers};
    h.length = (int64_t)body.len;
    h.keep = reply_may_keep(c);
    c->closing_after = !h.keep;
    reply_head_write(x, &h);
    struct iovec iov[2] = {{x->reply_head.ptr, x->reply_head.len}, {(char *)(uintptr_t)body.ptr, body.len}};
    int n = has_body(x, status) && body.len > 0 ? 2 : 1;
    int r = body.ptr == x->out.ptr ? conn_send(c, iov, n) : conn_send_copied(c, iov, n, &x->out);
    if (r < 0)
        conn_close(c);
    else if (r == 1)
        conn_answered(c);
}

void http_reply(struct http_request *r, unsigned status, struct str content_type, const struct http_header *headers,
                size_t n_headers) {
    http_reply_bytes(r, status, content_type, headers, n_headers, buf_str(http_out(r)));
}

void http_reply_bytes(struct http_request *r, unsigned status, struct str content_type,
                      const struct http_header *headers, size_t n_headers, struct str body) {
    struct exchange *x = exchange_of(r);
    if (x->conn)
        send_reply(x, status, content_type, headers, n_headers, body);
    else
        exchange_end(x);
}

void http_reply_close(struct http_request *r, unsigned status, struct str content_type,
                      const struct http_header *headers, size_t n_headers, const char *why) {
    struct exchange *x = exchange_of(r);
    if (x->conn && conn_owes_answer(x->conn)) {
        log_line(LOG_DEBUG, "connection closed after the answer", "why", why ? why : "", NULL);
        x->conn->closing_after = true;
    }
    http_reply(r, status, content_type, headers, n_headers);
}
