/* SPDX-License-Identifier: Apache-2.0
 *
 * The head parser and the chunked decoder: what is taken, what is refused with which status, and that the way the bytes
 * are cut into pieces changes nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "http/chunked.h"
#include "http/parse.h"

#define HEAD_MAX 4096
#define HEADERS_MAX 16

struct parsed {
    int r;
    size_t len;
    struct http_head head;
    struct http_header headers[HEADERS_MAX];
};

/* Feeds text in two pieces, the second in memory of its own (ends exactly at the last byte, for the sanitizers). */
static void parse_split(struct parsed *p, const char *text, size_t len, size_t split, char **ret_memory) {
    char *first = mem_grow(NULL, split), *all = mem_grow(NULL, len);
    memcpy(first, text, split);
    memcpy(all, text, len);
    http_head_init(&p->head, p->headers, HEADERS_MAX);
    p->r = http_head_parse(&p->head, first, split, HEAD_MAX, &p->len);
    if (p->r == 0)
        p->r = http_head_parse(&p->head, all, len, HEAD_MAX, &p->len);
    else if (p->r > 0)
        http_head_rebase(&p->head, all);
    free(first);
    *ret_memory = all;
}

static void assert_str(struct str got, struct str expected) {
    assert_int_equal(str_is_absent(got), str_is_absent(expected));
    assert_int_equal(got.len, expected.len);
    if (got.len)
        assert_memory_equal(got.ptr, expected.ptr, got.len);
}

struct refusal {
    const char *text;
    unsigned status;
    size_t len; /* 0: strlen */
};

static const struct refusal refusals[] = {
    /* framing */
    {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n", 400, 0},
    {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n", 400, 0},
    {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\n", 400, 0},
    {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\n", 400, 0},
    {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +4\r\n\r\n", 400, 0},
    {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400, 0},
    {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4, 5\r\n\r\n", 400, 0},
    {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4, 4\r\n\r\n", 400, 0},
    {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4 4\r\n\r\n", 400, 0},
    {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0x4\r\n\r\n", 400, 0},
    {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4.0\r\n\r\n", 400, 0},
    {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n\r\n", 400, 0},
    {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9223372036854775808\r\n\r\n", 400, 0},
    {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 18446744073709551616\r\n\r\n", 400, 0},
    {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999999\r\n\r\n", 400, 0},
    {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501, 0},
    {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, chunked\r\n\r\n", 501, 0},
    {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 501, 0},
    {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: identity\r\n\r\n", 501, 0},
    {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n", 501, 0},
    {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked;q=1\r\n\r\n", 501, 0},
    {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: \"chunked\"\r\n\r\n", 501, 0},
    {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\r\n\r\n", 501, 0},
    {"POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", 400, 0},
    /* line ends and control bytes */
    {"GET / HTTP/1.1\nHost: x\r\n\r\n", 400, 0},
    {"GET / HTTP/1.1\r\nHost: x\n\r\n", 400, 0},
    {"GET / HTTP/1.1\r\nHost: x\r\n\n", 400, 0},
    {"GET / HTTP/1.1\rHost: x\r\n\r\n", 400, 0},
    {"GET / HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n", 400, 0},
    {"GET / HTTP/1.1\r\nHost: x\r\n\rX: y\r\n\r\n", 400, 0},
    {"GET / HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n", 400, 34},
    {"GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n", 400, 28},
    {"GET / HTTP/1.1\r\nHost: x\r\nA: \x01\r\n\r\n", 400, 0},
    {"GET / HTTP/1.1\r\nHost: x\r\nA: \x7f\r\n\r\n", 400, 0},
    {"GET / HTTP/1.1\r\nHost: x\r\nA: \x1b[31m\r\n\r\n", 400, 0},
    {"\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", 400, 0},
    {"\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", 400, 0},
    /* header lines */
    {"GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400, 0},
    {"GET / HTTP/1.1\r\nHost\t: x\r\n\r\n", 400, 0},
    {"GET / HTTP/1.1\r\n Host: x\r\n\r\n", 400, 0},
    {"GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n", 400, 0},
    {"GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n\tc\r\n\r\n", 400, 0},
    {"GET / HTTP/1.1\r\nHost: x\r\n: b\r\n\r\n", 400, 0},
    {"GET / HTTP/1.1\r\nHost: x\r\nA\r\n\r\n", 400, 0},
    {"GET / HTTP/1.1\r\nHost: x\r\nA(b): c\r\n\r\n", 400, 0},
    {"GET / HTTP/1.1\r\nHost: x\r\nA\xc3\xa9: c\r\n\r\n", 400, 0},
    {"GET / HTTP/1.1\r\nHost: x\r\n \r\n\r\n", 400, 0},
    /* Host */
    {"GET / HTTP/1.1\r\n\r\n", 400, 0},
    {"GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n", 400, 0},
    {"GET / HTTP/1.0\r\nHost: x\r\nhost: y\r\n\r\n", 400, 0},
    {"GET / HTTP/1.1\r\nHost:\r\n\r\n", 400, 0},
    {"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400, 0},
    {"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400, 0},
    {"GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400, 0},
    {"GET / HTTP/1.1\r\nHost: a,b\r\n\r\n", 400, 0},
    {"GET / HTTP/1.1\r\nHost: a:8x\r\n\r\n", 400, 0},
    {"GET / HTTP/1.1\r\nHost: a:1:2\r\n\r\n", 400, 0},
    {"GET / HTTP/1.1\r\nHost: :80\r\n\r\n", 400, 0},
    {"GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", 400, 0},
    {"GET / HTTP/1.1\r\nHost: []\r\n\r\n", 400, 0},
    {"GET / HTTP/1.1\r\nHost: a\xff\r\n\r\n", 400, 0},
    {"GET http://y/ HTTP/1.1\r\nHost: x\r\n\r\n", 400, 0},
    /* request line */
    {"G@T / HTTP/1.1\r\nHost: x\r\n\r\n", 400, 0},
    {"G\xc3T / HTTP/1.1\r\nHost: x\r\n\r\n", 400, 0},
    {" GET / HTTP/1.1\r\nHost: x\r\n\r\n", 400, 0},
    {"GET\t/ HTTP/1.1\r\nHost: x\r\n\r\n", 400, 0},
    {"GET  / HTTP/1.1\r\nHost: x\r\n\r\n", 400, 0},
    {"GET /  HTTP/1.1\r\nHost: x\r\n\r\n", 400, 0},
    {"GET / HTTP/1.1 \r\nHost: x\r\n\r\n", 400, 0},
    {"GET /a b HTTP/1.1\r\nHost: x\r\n\r\n", 400, 0},
    {"GET /\xc3\xa9 HTTP/1.1\r\nHost: x\r\n\r\n", 400, 0},
    {"GET /#f HTTP/1.1\r\nHost: x\r\n\r\n", 400, 0},
    {"GET /a\tb HTTP/1.1\r\nHost: x\r\n\r\n", 400, 0},
    {"GET a HTTP/1.1\r\nHost: x\r\n\r\n", 400, 0},
    {"GET * HTTP/1.1\r\nHost: x\r\n\r\n", 400, 0},
    {"GET ftp://x/ HTTP/1.1\r\nHost: x\r\n\r\n", 400, 0},
    {"CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n", 400, 0},
    {"GET http:///a HTTP/1.1\r\nHost: x\r\n\r\n", 400, 0},
    {"GET http://u@x/ HTTP/1.1\r\nHost: x\r\n\r\n", 400, 0},
    {"GET /\r\n\r\n", 400, 0},
    {"GET\r\n\r\n", 400, 0},
    {"GET / \r\nHost: x\r\n\r\n", 400, 0},
    {"GET / http/1.1\r\nHost: x\r\n\r\n", 400, 0},
    {"GET / HTTP/1\r\nHost: x\r\n\r\n", 400, 0},
    {"GET / HTTP/1.10\r\nHost: x\r\n\r\n", 400, 0},
    {"GET / HTTP/01.1\r\nHost: x\r\n\r\n", 400, 0},
    {"GET / HTTPS/1.1\r\nHost: x\r\n\r\n", 400, 0},
    {"GET / HTTP/1.9\r\nHost: x\r\n\r\n", 505, 0},
    {"GET / HTTP/1.2\r\nHost: x\r\n\r\n", 505, 0},
    {"GET / HTTP/0.9\r\nHost: x\r\n\r\n", 505, 0},
    {"GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505, 0},
    {"GET / HTTP/3.0\r\nHost: x\r\n\r\n", 505, 0},
    {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, 0},
    {"ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJ / HTTP/1.1\r\nHost: x\r\n\r\n", 400, 0},
    /* others */
    {"GET / HTTP/1.1\r\nHost: x\r\nExpect: the-unexpected\r\n\r\n", 417, 0},
    {"GET / HTTP/1.1\r\nA:1\r\nA:2\r\nA:3\r\nA:4\r\nA:5\r\nA:6\r\nA:7\r\nA:8\r\nA:9\r\nA:10\r\nA:11\r\nA:12\r\nA:13\r\n"
     "A:14\r\nA:15\r\nA:16\r\nHost: x\r\n\r\n",
     431, 0},
    /* TLS sent to a plain port */
    {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400, 11},
};

static void test_refusals(void **state) {
    for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
        const struct refusal *t = &refusals[i];
        size_t len = t->len ? t->len : strlen(t->text);
        for (size_t split = 0; split <= len; split++) {
            struct parsed p;
            char *memory;
            parse_split(&p, t->text, len, split, &memory);
            if (p.r != -EBADMSG || p.head.status != t->status || !p.head.why)
                fail_msg("case %zu (%s) split at %zu: returned %d, status %u", i, t->text, split, p.r, p.head.status);
            free(memory);
        }
    }
}

struct accepted {
    const char *text;
    const char *method, *path, *query, *host; /* NULL: absent */
    int64_t content_length;
    size_t n_headers;
    unsigned minor;
    bool chunked, close, keep_alive, expect;
};

static const struct accepted accepted[] = {
    {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "GET", "/", NULL, "x", -1, 1, 1, 0, 0, 0, 0},
    {"\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", "GET", "/", NULL, "x", -1, 1, 1, 0, 0, 0, 0},
    {"GET /a/b%20c?x=1&y=2?z HTTP/1.1\r\nHost: example.com:8080\r\n\r\n", "GET", "/a/b%20c", "x=1&y=2?z",
     "example.com:8080", -1, 1, 1, 0, 0, 0, 0},
    {"GET /? HTTP/1.1\r\nHost: x\r\n\r\n", "GET", "/", "", "x", -1, 1, 1, 0, 0, 0, 0},
    {"GET /a\"<>\\^`{|} HTTP/1.1\r\nHost: x\r\n\r\n", "GET", "/a\"<>\\^`{|}", NULL, "x", -1, 1, 1, 0, 0, 0, 0},
    {"GET / HTTP/1.0\r\n\r\n", "GET", "/", NULL, NULL, -1, 0, 0, 0, 0, 0, 0},
    {"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", "GET", "/", NULL, NULL, -1, 1, 0, 0, 0, 1, 0},
    {"GET / HTTP/1.1\r\nHost: x\r\nConnection: foo , CLOSE\r\n\r\n", "GET", "/", NULL, "x", -1, 2, 1, 0, 1, 0, 0},
    {"POST / HTTP/1.1\r\nhOST:x\r\ncontent-LENGTH:   12\t \r\n\r\n", "POST", "/", NULL, "x", 12, 2, 1, 0, 0, 0, 0},
    {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9223372036854775807\r\n\r\n", "POST", "/", NULL, "x", INT64_MAX, 2,
     1, 0, 0, 0, 0},
    {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\nExpect: 100-Continue\r\n\r\n", "POST", "/", NULL, "x",
     -1, 3, 1, 1, 0, 0, 1},
    {"POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n", "POST", "/", NULL, NULL, 1, 2, 0, 0, 0, 0,
     0},
    {"GET http://x/p?q HTTP/1.1\r\nHost: X\r\n\r\n", "GET", "/p", "q", "X", -1, 1, 1, 0, 0, 0, 0},
    {"GET HTTPS://x:1 HTTP/1.1\r\nHost: x:1\r\n\r\n", "GET", "/", NULL, "x:1", -1, 1, 1, 0, 0, 0, 0},
    {"GET http://x?q HTTP/1.1\r\nHost: x\r\n\r\n", "GET", "/", "q", "x", -1, 1, 1, 0, 0, 0, 0},
    {"OPTIONS * HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", "OPTIONS", "*", NULL, "[::1]:80", -1, 1, 1, 0, 0, 0, 0},
    {"M-SEARCH / HTTP/1.1\r\nHost: 127.0.0.1\r\nA:\r\nB: \t \r\nC: caf\xc3\xa9\tx\r\n\r\n", "M-SEARCH", "/", NULL,
     "127.0.0.1", -1, 4, 1, 0, 0, 0, 0},
};

static void check_accepted(const struct accepted *t, const struct parsed *p) {
    assert_int_equal(p->r, 1);
    assert_int_equal(p->len, strlen(t->text));
    assert_str(p->head.method, str_of(t->method));
    assert_str(p->head.path, str_of(t->path));
    assert_str(p->head.query, str_of(t->query));
    assert_str(p->head.host, str_of(t->host));
    assert_int_equal(p->head.content_length, t->content_length);
    assert_int_equal(p->head.n_headers, t->n_headers);
    assert_int_equal(p->head.minor, t->minor);
    assert_int_equal(p->head.chunked, t->chunked);
    assert_int_equal(p->head.close, t->close);
    assert_int_equal(p->head.keep_alive, t->keep_alive);
    assert_int_equal(p->head.expect_continue, t->expect);
}

static void test_accepted(void **state) {
    for (size_t i = 0; i < sizeof(accepted) / sizeof(accepted[0]); i++) {
        size_t len = strlen(accepted[i].text);
        for (size_t split = 0; split <= len; split++) {
            struct parsed p;
            char *memory;
            parse_split(&p, accepted[i].text, len, split, &memory);
            check_accepted(&accepted[i], &p);
            free(memory);
        }
    }
}

/* One byte at a time, each time at another place. */
static void test_byte_by_byte(void **state) {
    const char *text = "POST /a?b HTTP/1.1\r\nHost: host.example\r\nX-First: one\r\nX-Second:two \r\n\r\n";
    size_t len = strlen(text), got = 0;
    struct http_header headers[HEADERS_MAX];
    struct http_head h;
    char *bytes = NULL;
    http_head_init(&h, headers, HEADERS_MAX);
    for (size_t n = 1; n <= len; n++) {
        char *moved = malloc(n);
        memcpy(moved, text, n);
        free(bytes);
        bytes = moved;
        assert_int_equal(http_head_parse(&h, bytes, n, HEAD_MAX, &got), n == len);
    }
    assert_int_equal(got, len);
    assert_str(h.path, STR("/a"));
    assert_str(h.query, STR("b"));
    assert_str(h.host, STR("host.example"));
    assert_int_equal(h.n_headers, 3);
    assert_str(h.headers[2].name, STR("X-Second"));
    assert_str(h.headers[2].value, STR("two"));
    free(bytes);
}

static void test_stops_at_the_end(void **state) {
    const char *text = "GET /1 HTTP/1.1\r\nHost: x\r\n\r\n\0\nGET";
    struct http_header headers[HEADERS_MAX];
    struct http_head h;
    size_t len;
    http_head_init(&h, headers, HEADERS_MAX);
    assert_int_equal(http_head_parse(&h, text, strlen(text) + 5, HEAD_MAX, &len), 1);
    assert_int_equal(len, strlen(text));
}

static void test_head_max(void **state) {
    char text[HEAD_MAX + 100];
    struct http_header headers[HEADERS_MAX];
    struct http_head h;
    size_t len;
    int n = snprintf(text, sizeof(text), "GET / HTTP/1.1\r\nHost: x\r\nA: ");
    memset(text + n, 'a', sizeof(text) - (size_t)n);
    http_head_init(&h, headers, HEADERS_MAX);
    assert_int_equal(http_head_parse(&h, text, HEAD_MAX - 1, HEAD_MAX, &len), 0);
    assert_int_equal(http_head_parse(&h, text, HEAD_MAX, HEAD_MAX, &len), -EBADMSG);
    assert_int_equal(h.status, 431);

    memcpy(text + HEAD_MAX - 4, "\r\n\r\n", 4); /* exactly as long as it may be */
    http_head_init(&h, headers, HEADERS_MAX);
    assert_int_equal(http_head_parse(&h, text, HEAD_MAX, HEAD_MAX, &len), 1);
    assert_int_equal(len, HEAD_MAX);
    http_head_init(&h, headers, HEADERS_MAX);
    assert_int_equal(http_head_parse(&h, text, sizeof(text), HEAD_MAX - 1, &len), -EBADMSG);
    assert_int_equal(h.status, 431);
}

/* Every byte value at every kind of place: the table is the rule. */
static void test_every_byte(void **state) {
    for (unsigned c = 0; c < 256; c++) {
        bool token = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                     (c != 0 && strchr("!#$%&'*+-.^_`|~", (int)c) != NULL);
        bool target = c > ' ' && c < 0x7f && c != '#';
        bool text = c == '\t' || (c >= ' ' && c != 0x7f);
        struct http_header headers[HEADERS_MAX];
        struct http_head h;
        size_t len;
        char in_method[] = "GxT / HTTP/1.1\r\nHost: x\r\n\r\n", in_target[] = "GET /xy HTTP/1.1\r\nHost: x\r\n\r\n";
        char in_name[] = "GET / HTTP/1.1\r\nHost: x\r\nNxN: v\r\n\r\n";
        char in_value[] = "GET / HTTP/1.1\r\nHost: x\r\nN: vvvvxvvvvvvv\r\n\r\n";
        in_method[1] = in_target[5] = in_name[26] = in_value[32] = (char)c;
        http_head_init(&h, headers, HEADERS_MAX);
        assert_int_equal(
            http_head_parse(&h, in_method, strlen("GxT / HTTP/1.1\r\nHost: x\r\n\r\n"), HEAD_MAX, &len) == 1, token);
        http_head_init(&h, headers, HEADERS_MAX);
        assert_int_equal(http_head_parse(&h, in_target, sizeof(in_target) - 1, HEAD_MAX, &len) == 1, target);
        http_head_init(&h, headers, HEADERS_MAX);
        assert_int_equal(http_head_parse(&h, in_name, sizeof(in_name) - 1, HEAD_MAX, &len) == 1, token || c == ':');
        http_head_init(&h, headers, HEADERS_MAX);
        assert_int_equal(http_head_parse(&h, in_value, sizeof(in_value) - 1, HEAD_MAX, &len) == 1, text);
    }
}

static void test_methods(void **state) {
    assert_int_equal(http_method_of(STR("GET")), HTTP_GET);
    assert_int_equal(http_method_of(STR("PATCH")), HTTP_PATCH);
    assert_int_equal(http_method_of(STR("get")), HTTP_OTHER);
    assert_int_equal(http_method_of(STR("")), HTTP_OTHER);
}

/* ---- chunked ---- */

/* Decodes text in pieces of the given size. Returns what chunked_next returned last. */
static int dechunk(const char *text, size_t len, size_t step, char *out, size_t *ret_out, size_t *ret_used) {
    struct chunked c = {0};
    size_t at = 0, n = 0, end = step < len ? step : len;
    int r = 0;
    while (at < len) {
        size_t used;
        struct str piece;
        r = chunked_next(&c, text + at, end - at, &used, &piece);
        if (r < 0) {
            assert_non_null(c.why);
            break;
        }
        memcpy(out + n, piece.ptr, piece.len);
        n += piece.len;
        at += used;
        if (r == 1)
            break;
        if (at == end)
            end = end + step < len ? end + step : len;
    }
    *ret_out = n;
    *ret_used = at;
    return r;
}

static void test_chunked(void **state) {
    static const struct {
        const char *text, *body; /* body NULL: refused */
        size_t left;             /* bytes behind the end */
    } cases[] = {
        {"0\r\n\r\n", "", 0},
        {"5\r\nhello\r\n0\r\n\r\n", "hello", 0},
        {"5\r\nhello\r\n000\r\n\r\nGET /", "hello", 5},
        {"A\r\n0123456789\r\na;x=y;z=\"q\"\r\n0123456789\r\n0;last\r\nTrailer: v\r\nOther:\r\n\r\n",
         "01234567890123456789", 0},
        {"00000000000000a\r\n0123456789\r\n0\r\n\r\n", "0123456789", 0},
        {"0000000000000000a\r\n0123456789\r\n0\r\n\r\n", NULL, 0},
        {"5\r\nhello0\r\n\r\n", NULL, 0},
        {"4\r\nhello\r\n0\r\n\r\n", NULL, 0},
        {"5\nhello\r\n0\r\n\r\n", NULL, 0},
        {"5\r\nhello\n0\r\n\r\n", NULL, 0},
        {"5\rhello\r\n0\r\n\r\n", NULL, 0},
        {"x\r\nhello\r\n0\r\n\r\n", NULL, 0},
        {"0x5\r\nhello\r\n0\r\n\r\n", NULL, 0},
        {"-1\r\nhello\r\n0\r\n\r\n", NULL, 0},
        {"+5\r\nhello\r\n0\r\n\r\n", NULL, 0},
        {" 5\r\nhello\r\n0\r\n\r\n", NULL, 0},
        {"5 \r\nhello\r\n0\r\n\r\n", NULL, 0},
        {"5 ;a\r\nhello\r\n0\r\n\r\n", NULL, 0},
        {"\r\nhello\r\n0\r\n\r\n", NULL, 0},
        {";a\r\n\r\n", NULL, 0},
        {"5;a\x01\r\nhello\r\n0\r\n\r\n", NULL, 0},
        {"5;a\nb\r\nhello\r\n0\r\n\r\n", NULL, 0},
        {"ffffffffffffffff\r\nhello\r\n", NULL, 0},
        {"10000000000000005\r\nhello\r\n", NULL, 0},
        {"0\r\n Folded: x\r\n\r\n", NULL, 0},
        {"0\r\nName : x\r\n\r\n", NULL, 0},
        {"0\r\n: x\r\n\r\n", NULL, 0},
        {"0\r\nName\r\n\r\n", NULL, 0},
        {"0\r\nName: x\n\r\n", NULL, 0},
        {"0\r\n\n", NULL, 0},
    };
    char out[256];
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        size_t len = strlen(cases[i].text), n, used;
        for (size_t step = 1; step <= len; step++) {
            int r = dechunk(cases[i].text, len, step, out, &n, &used);
            if (r != (cases[i].body ? 1 : -EBADMSG))
                fail_msg("case %zu (%s) in steps of %zu: %d", i, cases[i].text, step, r);
            if (cases[i].body) {
                assert_str((struct str){out, n}, str_of(cases[i].body));
                assert_int_equal(used, len - cases[i].left);
            }
        }
    }
}

static void test_chunked_bounds(void **state) {
    static char text[3 * CHUNKED_TRAILERS_MAX], out[64];
    size_t n, used;
    int start = snprintf(text, sizeof(text), "1;");
    memset(text + start, 'e', sizeof(text) - (size_t)start);
    assert_int_equal(dechunk(text, sizeof(text), 100, out, &n, &used), -EBADMSG);

    size_t len = 0; /* many small extensions count together */
    while (len + 10 < sizeof(text))
        len += (size_t)snprintf(text + len, 10, "1;ex\r\na\r\n");
    static char many[3 * CHUNKED_TRAILERS_MAX];
    assert_int_equal(dechunk(text, len, 100, many, &n, &used), -EBADMSG);

    start = snprintf(text, sizeof(text), "0\r\nT: ");
    memset(text + start, 't', sizeof(text) - (size_t)start);
    assert_int_equal(dechunk(text, sizeof(text), 100, out, &n, &used), -EBADMSG);
}

/* ---- url ---- */

static void test_query(void **state) {
    struct arena a ARENA_CLEANUP = ARENA_EMPTY;
    struct str rest = STR("a=1&&b=x+y%20z&c&=v&d=%E4%BD%A0&e=%zz&f=%ff&g=1=2&h=%&i=%4&j=%41"), name, value;
    static const struct {
        int r;
        const char *name, *value;
    } expected[] = {{1, "a", "1"},    {1, "b", "x y z"}, {1, "c", ""},    {1, "", "v"},     {1, "d", "\xe4\xbd\xa0"},
                    {-EBADMSG, 0, 0}, {-EBADMSG, 0, 0},  {1, "g", "1=2"}, {-EBADMSG, 0, 0}, {-EBADMSG, 0, 0},
                    {1, "j", "A"}};
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        assert_int_equal(http_query_next(&rest, &a, &name, &value), expected[i].r);
        if (expected[i].r == 1) {
            assert_str(name, str_of(expected[i].name));
            assert_str(value, str_of(expected[i].value));
        }
    }
    assert_int_equal(http_query_next(&rest, &a, &name, &value), 0);
    assert_int_equal(http_query_next(&rest, &a, &name, &value), 0);
    struct str none = STR_ABSENT;
    assert_int_equal(http_query_next(&none, &a, &name, &value), 0);
    none = STR("");
    assert_int_equal(http_query_next(&none, &a, &name, &value), 0);
}

static void test_decode(void **state) {
    struct arena a ARENA_CLEANUP = ARENA_EMPTY;
    struct str out;
    assert_int_equal(http_decode(STR("a+b%2Fc%2f"), &a, &out), 0);
    assert_str(out, STR("a+b/c/"));
    assert_int_equal(http_decode(STR(""), &a, &out), 0);
    assert_str(out, STR(""));
    assert_int_equal(http_decode(STR("%c0%80"), &a, &out), -EBADMSG);
    assert_int_equal(http_decode(STR("%ed%a0%80"), &a, &out), -EBADMSG);
    assert_int_equal(http_decode(STR("%2"), &a, &out), -EBADMSG);
    assert_int_equal(http_decode(STR("%G0"), &a, &out), -EBADMSG);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refusals),       cmocka_unit_test(test_accepted),
        cmocka_unit_test(test_byte_by_byte),   cmocka_unit_test(test_stops_at_the_end),
        cmocka_unit_test(test_head_max),       cmocka_unit_test(test_every_byte),
        cmocka_unit_test(test_methods),        cmocka_unit_test(test_chunked),
        cmocka_unit_test(test_chunked_bounds), cmocka_unit_test(test_query),
        cmocka_unit_test(test_decode),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
