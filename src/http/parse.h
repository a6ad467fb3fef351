/* SPDX-License-Identifier: Apache-2.0
 *
 * Parses the head of a request: request line and headers. Pure: no sockets, no memory of its own.
 *
 * Each call gets all bytes of the head that have arrived so far. The total work is linear in their number, however
 * small the pieces are. A bad line is refused when it is complete, a forbidden control byte when it arrives.
 */
#ifndef HIRED_HTTP_PARSE_H
#define HIRED_HTTP_PARSE_H

#include "http/http.h"

struct http_head {
    /* Results. All text points into the bytes of the last call. */
    struct str method, target;
    struct str path, query; /* parts of target; query absent if there is no '?' */
    struct str host;        /* value of the Host header; absent only in HTTP/1.0 */
    unsigned minor;         /* 0 or 1, of HTTP/1.x */
    struct http_header *headers;
    size_t n_headers;
    int64_t content_length; /* -1: not given */
    bool chunked, close, keep_alive, expect_continue;

    /* The refusal. */
    unsigned status; /* to answer with */
    const char *why; /* fixed text */

    /* The parser's progress. */
    size_t headers_max;
    const char *base;   /* the bytes of the last call, to detect that they moved */
    size_t line, scan;  /* where the current line begins; up to where its bytes are checked */
    bool skipped_empty; /* one empty line before a request is allowed by RFC 9112 2.2 */
    bool has_request_line;
};

/* Ready for a new request; headers has room for headers_max. */
void http_head_init(struct http_head *h, struct http_header *headers, size_t headers_max);

/* Parses bytes[0..len), which begin with the bytes of earlier calls for this request (at the same place or moved).
 * Returns 1 and the head's length when it is complete, 0 when more bytes are needed, or -EBADMSG with h->status and
 * h->why when it must be refused. A head longer than head_max bytes is refused. */
int http_head_parse(struct http_head *h, const char *bytes, size_t len, size_t head_max, size_t *ret_len);

/* After the caller has moved the bytes: makes all results point to the new place. */
void http_head_rebase(struct http_head *h, const char *to);

/* HTTP_GET for "GET" and so on, in this case only; HTTP_OTHER for all other names. */
enum http_method http_method_of(struct str name);

/* Classes of bytes, shared with the chunked decoder. */
enum { HTTP_BYTE_TOKEN = 1, HTTP_BYTE_TARGET = 2, HTTP_BYTE_TEXT = 4, HTTP_BYTE_HOST = 8, HTTP_BYTE_DIGIT = 16 };
extern const uint8_t http_bytes[256];

static inline bool http_byte_is(char c, unsigned classes) {
    return (http_bytes[(unsigned char)c] & classes) != 0;
}

#endif
