/* SPDX-License-Identifier: Apache-2.0
 *
 * The head of a request, read line by line: each line is scanned once for forbidden bytes, then taken apart.
 */
#include "http/parse.h"

#include <errno.h>

/* Classes: token characters of RFC 9110 5.6.2; what a request target may hold (visible ASCII but '#'); field text (no
 * control byte but the tab; bytes from 0x80 on are let through, as opaque); host names and addresses; digits. */
#define TOK HTTP_BYTE_TOKEN
#define TGT HTTP_BYTE_TARGET
#define TXT HTTP_BYTE_TEXT
#define HST HTTP_BYTE_HOST
#define ALN (TOK | TGT | TXT | HST)
#define DIG (ALN | HTTP_BYTE_DIGIT)
#define PUN (TOK | TGT | TXT)

const uint8_t http_bytes[256] = {
    ['\t'] = TXT,        [' '] = TXT,       ['!'] = PUN,           ['"'] = TGT | TXT, ['#'] = TOK | TXT,
    ['$'] = PUN,         ['%'] = PUN,       ['&'] = PUN,           ['\''] = PUN,      ['('] = TGT | TXT,
    [')'] = TGT | TXT,   ['*'] = PUN,       ['+'] = PUN,           [','] = TGT | TXT, ['-'] = ALN,
    ['.'] = ALN,         ['/'] = TGT | TXT, ['0' ... '9'] = DIG,   [':'] = TGT | TXT, [';'] = TGT | TXT,
    ['<'] = TGT | TXT,   ['='] = TGT | TXT, ['>'] = TGT | TXT,     ['?'] = TGT | TXT, ['@'] = TGT | TXT,
    ['A' ... 'Z'] = ALN, ['['] = TGT | TXT, ['\\'] = TGT | TXT,    [']'] = TGT | TXT, ['^'] = PUN,
    ['_'] = ALN,         ['`'] = PUN,       ['a' ... 'z'] = ALN,   ['{'] = TGT | TXT, ['|'] = PUN,
    ['}'] = TGT | TXT,   ['~'] = ALN,       [0x80 ... 0xff] = TXT,
};

#define METHOD_MAX 32

static int refuse(struct http_head *h, unsigned status, const char *why) {
    h->status = status;
    h->why = why;
    return -EBADMSG;
}

void http_head_init(struct http_head *h, struct http_header *headers, size_t headers_max) {
    *h = (struct http_head){.headers = headers, .headers_max = headers_max, .content_length = -1};
}

/* Moves a text that points into the old bytes; others (the constant path "/") stay. */
static void move_str(struct str *s, const char *from, size_t len, const char *to) {
    uintptr_t at = (uintptr_t)s->ptr - (uintptr_t)from;
    if (s->ptr && at <= len)
        s->ptr = to + at;
}

void http_head_rebase(struct http_head *h, const char *to) {
    const char *from = h->base;
    h->base = to;
    if (!from || from == to)
        return;
    struct str *all[] = {&h->method, &h->target, &h->path, &h->query, &h->host};
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        move_str(all[i], from, h->scan, to);
    for (size_t i = 0; i < h->n_headers; i++) {
        move_str(&h->headers[i].name, from, h->scan, to);
        move_str(&h->headers[i].value, from, h->scan, to);
    }
}

/* Index of the first byte from `from` on that may not stand inside a line (any control byte but the tab), or len. Eight
 * bytes at a time: a word is passed over only if no byte of it is below 0x20 or is 0x7f. */
static size_t scan_text(const char *bytes, size_t from, size_t len) {
    const uint64_t ones = 0x0101010101010101u, high = 0x8080808080808080u;
    size_t i = from;
    for (;;) {
        while (len - i >= 8) {
            uint64_t w, del;
            memcpy(&w, bytes + i, 8);
            del = w ^ (ones * 0x7f);
            if ((((w - ones * 0x20) & ~w) | ((del - ones) & ~del)) & high)
                break;
            i += 8;
        }
        size_t stop = len - i < 8 ? len : i + 8;
        while (i < stop && http_byte_is(bytes[i], HTTP_BYTE_TEXT))
            i++;
        if (i == len || i < stop)
            return i;
    }
}

enum http_method http_method_of(struct str name) {
    static const struct str names[] = {
        [HTTP_GET] = STR_INIT("GET"),         [HTTP_HEAD] = STR_INIT("HEAD"),   [HTTP_POST] = STR_INIT("POST"),
        [HTTP_PUT] = STR_INIT("PUT"),         [HTTP_PATCH] = STR_INIT("PATCH"), [HTTP_DELETE] = STR_INIT("DELETE"),
        [HTTP_OPTIONS] = STR_INIT("OPTIONS"),
    };
    for (unsigned m = HTTP_GET; m < HTTP_OTHER; m++)
        if (str_eq(name, names[m]))
            return (enum http_method)m;
    return HTTP_OTHER;
}

/* host [":" port], the host a name, an IPv4 address or an IPv6 address in brackets. Answers contain links made from it.
 */
static bool host_ok(struct str s) {
    size_t i = 0;
    if (s.len > 0 && s.ptr[0] == '[') {
        for (i = 1; i < s.len && s.ptr[i] != ']'; i++)
            if (!http_byte_is(s.ptr[i], HTTP_BYTE_HOST) && s.ptr[i] != ':')
                return false;
        if (i < 3 || i >= s.len)
            return false;
        i++;
    } else {
        while (i < s.len && http_byte_is(s.ptr[i], HTTP_BYTE_HOST))
            i++;
        if (i == 0)
            return false;
    }
    if (i == s.len)
        return true;
    if (s.ptr[i++] != ':' || s.len - i > 5)
        return false;
    for (; i < s.len; i++)
        if (!http_byte_is(s.ptr[i], HTTP_BYTE_DIGIT))
            return false;
    return true;
}

/* Takes "http://authority" off an absolute-form target. */
static int cut_authority(struct http_head *h, struct str *ret_rest) {
    struct str t = h->target, http = STR("http://"), https = STR("https://");
    if (t.len >= http.len && str_eq_nocase((struct str){t.ptr, http.len}, http))
        t = str_skip(t, http.len);
    else if (t.len >= https.len && str_eq_nocase((struct str){t.ptr, https.len}, https))
        t = str_skip(t, https.len);
    else
        return refuse(h, 400, "the request target is neither a path nor an http URL");
    size_t end = 0;
    while (end < t.len && t.ptr[end] != '/' && t.ptr[end] != '?')
        end++;
    struct str authority = {t.ptr, end};
    if (!host_ok(authority))
        return refuse(h, 400, "bad host in the request target");
    if (!str_eq_nocase(authority, h->host) && !str_is_absent(h->host))
        return refuse(h, 400, "the request target names another host than the Host header");
    *ret_rest = str_skip(t, end);
    return 0;
}

static int split_target(struct http_head *h) {
    struct str t = h->target;
    if (t.ptr[0] != '/') {
        if (t.len == 1 && t.ptr[0] == '*' && str_eq(h->method, STR("OPTIONS"))) {
            h->path = t;
            return 0;
        }
        int r = cut_authority(h, &t);
        if (r < 0)
            return r;
    }
    const char *mark = t.len > 0 ? memchr(t.ptr, '?', t.len) : NULL;
    if (mark) {
        size_t n = (size_t)(mark - t.ptr);
        h->query = str_skip(t, n + 1);
        t.len = n;
    }
    h->path = t.len > 0 ? t : STR("/");
    return 0;
}

static int parse_version(struct http_head *h, struct str v) {
    if (v.len != 8 || memcmp(v.ptr, "HTTP/", 5) != 0 || v.ptr[6] != '.' || !http_byte_is(v.ptr[5], HTTP_BYTE_DIGIT) ||
        !http_byte_is(v.ptr[7], HTTP_BYTE_DIGIT))
        return refuse(h, 400, "the request line does not end in an HTTP version");
    if (v.ptr[5] != '1' || v.ptr[7] > '1')
        return refuse(h, 505, "only HTTP/1.0 and HTTP/1.1 are spoken here");
    h->minor = (unsigned)(v.ptr[7] - '0');
    return 0;
}

static int parse_request_line(struct http_head *h, struct str line) {
    size_t i = 0, start;
    while (i < line.len && http_byte_is(line.ptr[i], HTTP_BYTE_TOKEN))
        i++;
    if (i == 0 || i == line.len || line.ptr[i] != ' ')
        return refuse(h, 400, "bad method in the request line");
    if (i > METHOD_MAX)
        return refuse(h, 400, "the method is too long");
    h->method = (struct str){line.ptr, i};
    start = ++i;
    while (i < line.len && http_byte_is(line.ptr[i], HTTP_BYTE_TARGET))
        i++;
    if (i == start || i == line.len || line.ptr[i] != ' ')
        return refuse(h, 400, "bad request target, or no HTTP version after it");
    h->target = (struct str){line.ptr + start, i - start};
    h->has_request_line = true;
    return parse_version(h, str_skip(line, i + 1));
}

static int take_content_length(struct http_head *h, struct str v) {
    int64_t n = 0;
    if (h->content_length >= 0)
        return refuse(h, 400, "more than one Content-Length");
    if (v.len == 0)
        return refuse(h, 400, "Content-Length is not a number");
    for (size_t i = 0; i < v.len; i++) {
        if (!http_byte_is(v.ptr[i], HTTP_BYTE_DIGIT))
            return refuse(h, 400, "Content-Length is not a number");
        int digit = v.ptr[i] - '0';
        if (n > (INT64_MAX - digit) / 10)
            return refuse(h, 400, "Content-Length does not fit 63 bits");
        n = n * 10 + digit;
    }
    h->content_length = n;
    return 0;
}

static void take_connection(struct http_head *h, struct str v) {
    while (!str_is_absent(v)) {
        struct str option = str_trim(str_cut(&v, ','));
        if (str_eq_nocase(option, STR("close")))
            h->close = true;
        else if (str_eq_nocase(option, STR("keep-alive")))
            h->keep_alive = true;
    }
}

/* Headers that control framing and the connection; the application reads the others. */
static int take_header(struct http_head *h, struct str name, struct str value) {
    switch (name.len) {
    case 4:
        if (str_eq_nocase(name, STR("host"))) {
            if (!str_is_absent(h->host))
                return refuse(h, 400, "more than one Host header");
            if (!host_ok(value))
                return refuse(h, 400, "bad Host header");
            h->host = value;
        }
        return 0;
    case 6:
        if (str_eq_nocase(name, STR("expect"))) {
            if (!str_eq_nocase(value, STR("100-continue")))
                return refuse(h, 417, "unknown Expect header");
            h->expect_continue = true;
        }
        return 0;
    case 10:
        if (str_eq_nocase(name, STR("connection")))
            take_connection(h, value);
        return 0;
    case 14:
        return str_eq_nocase(name, STR("content-length")) ? take_content_length(h, value) : 0;
    case 17:
        if (str_eq_nocase(name, STR("transfer-encoding"))) {
            if (h->chunked || !str_eq_nocase(value, STR("chunked")))
                return refuse(h, 501, "a Transfer-Encoding other than chunked");
            h->chunked = true;
        }
        return 0;
    default:
        return 0;
    }
}

static int parse_header(struct http_head *h, struct str line) {
    size_t i = 0;
    while (i < line.len && http_byte_is(line.ptr[i], HTTP_BYTE_TOKEN))
        i++;
    if (i == line.len || line.ptr[i] != ':') {
        if (i == 0 && (line.ptr[0] == ' ' || line.ptr[0] == '\t'))
            return refuse(h, 400, "a header line begins with a blank (folded lines are not accepted)");
        if (i < line.len && (line.ptr[i] == ' ' || line.ptr[i] == '\t'))
            return refuse(h, 400, "a blank in a header name or before its colon");
        return refuse(h, 400, i == line.len ? "a header line without a colon" : "bad character in a header name");
    }
    if (i == 0)
        return refuse(h, 400, "a header without a name");
    if (h->n_headers == h->headers_max)
        return refuse(h, 431, "too many headers");
    struct http_header *header = &h->headers[h->n_headers++];
    header->name = (struct str){line.ptr, i};
    header->value = str_trim(str_skip(line, i + 1));
    return take_header(h, header->name, header->value);
}

/* Checks that need all headers. */
static int head_finish(struct http_head *h) {
    if (str_is_absent(h->host) && h->minor == 1)
        return refuse(h, 400, "no Host header");
    if (h->chunked && h->content_length >= 0)
        return refuse(h, 400, "both Content-Length and Transfer-Encoding");
    if (h->chunked && h->minor == 0)
        return refuse(h, 400, "Transfer-Encoding in an HTTP/1.0 request");
    if (h->minor == 0)
        h->expect_continue = false;
    return split_target(h);
}

static int refuse_byte(struct http_head *h, char c) {
    if (c == '\n')
        return refuse(h, 400, "a line feed without carriage return");
    return refuse(h, 400, c == '\0' ? "a NUL byte in the head" : "a control byte in the head");
}

static int parse_line(struct http_head *h, struct str line) {
    if (h->has_request_line)
        return parse_header(h, line);
    if (line.len > 0)
        return parse_request_line(h, line);
    if (h->skipped_empty)
        return refuse(h, 400, "empty lines before the request line");
    h->skipped_empty = true;
    return 0;
}

int http_head_parse(struct http_head *h, const char *bytes, size_t len, size_t head_max, size_t *ret_len) {
    if (h->base != bytes)
        http_head_rebase(h, bytes);
    size_t visible =
        len < head_max ? len : head_max; /* so that the result does not depend on how many bytes have arrived */
    for (;;) {
        size_t end = scan_text(bytes, h->scan, visible);
        h->scan = end;
        if (end < visible && bytes[end] != '\r')
            return refuse_byte(h, bytes[end]);
        if (visible - end < 2)
            return visible == head_max ? refuse(h, 431, "the head is too long") : 0;
        if (bytes[end + 1] != '\n')
            return refuse(h, 400, "a carriage return without line feed");
        struct str line = {bytes + h->line, end - h->line};
        h->line = h->scan = end + 2;
        if (line.len == 0 && h->has_request_line) {
            int r = head_finish(h);
            if (r < 0)
                return r;
            *ret_len = end + 2;
            return 1;
        }
        int r = parse_line(h, line);
        if (r < 0)
            return r;
    }
}
