/* SPDX-License-Identifier: Apache-2.0
 *
 * The head of a request: from bytes to request line and headers, or to a refusal. Pure: no sockets, no memory of its
 * own.
 *
 * Feed it the same growing run of bytes again and again; work is linear in the bytes however small the pieces are, and
 * a broken line is refused as soon as it is complete (a forbidden control byte as soon as it is seen).
 */
#ifndef HIRED_HTTP_PARSE_H
#define HIRED_HTTP_PARSE_H

#include "http/http.h"

struct http_head {
    /* Found. All text points into the bytes of the last call. */
    struct str method, target;
    struct str path, query; /* parts of target; query absent if there is no '?' */
    struct str host;        /* value of the Host header; absent only in HTTP/1.0 */
    unsigned minor;         /* 0 or 1, of HTTP/1.x */
    struct http_header *headers;
    size_t n_headers;
    int64_t content_length; /* -1: not given */
    bool chunked, close, keep_alive, expect_continue;

    /* Why not. */
    unsigned status; /* to answer with */
    const char *why; /* fixed text */

    /* How far the parsing has come. */
    size_t headers_max;
    const char *base;   /* the bytes of the last call, to notice that they moved */
    size_t line, scan;  /* where the current line begins; what of it is known to be clean */
    bool skipped_empty; /* the one empty line before a request that RFC 9112 2.2 lets pass */
    bool has_request_line;
};

/* Ready for a new request; headers has room for headers_max. */
void http_head_init(struct http_head *h, struct http_header *headers, size_t headers_max);

/* Parses bytes[0..len), which begin with what earlier calls for this request saw (at the same place or moved). Returns
 * 1 and the head's length when it is complete, 0 when more is needed, -EBADMSG with h->status and h->why when it is to
 * be refused. A head longer than head_max bytes is refused. */
int http_head_parse(struct http_head *h, const char *bytes, size_t len, size_t head_max, size_t *ret_len);

/* The bytes were moved to another place as they are: points everything found there. */
void http_head_rebase(struct http_head *h, const char *to);

/* "GET" and so on; HTTP_OTHER for what has no name here. Exact case. */
enum http_method http_method_of(struct str name);

/* Classes of bytes, shared with the chunked decoder. */
enum { HTTP_BYTE_TOKEN = 1, HTTP_BYTE_TARGET = 2, HTTP_BYTE_TEXT = 4, HTTP_BYTE_HOST = 8, HTTP_BYTE_DIGIT = 16 };
extern const uint8_t http_bytes[256];

static inline bool http_byte_is(char c, unsigned classes) {
    return (http_bytes[(unsigned char)c] & classes) != 0;
}

#endif
