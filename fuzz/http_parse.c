/* SPDX-License-Identifier: Apache-2.0
 *
 * Fuzzes the head parser, the chunked decoder, the query decoder and the reader of X-Forwarded-For. See fuzz/run.
 *
 * The first byte of the input says where the rest is cut in two. The two pieces must
 * give the same result as the whole; no result may point outside the input; and no text that the parser accepts may
 * contain CR, LF or NUL.
 */
#include "fuzz.h"
#include "http/chunked.h"
#include "http/forwarded.h"
#include "http/parse.h"

enum { HEAD_MAX = 600, HEADERS_MAX = 8 };

static void check_text(struct str s, const char *bytes, size_t len) {
    if (str_is_absent(s) || str_eq(s, STR("/")))
        return;
    MUST(s.ptr >= bytes && s.ptr + s.len <= bytes + len);
    for (size_t i = 0; i < s.len; i++)
        MUST(s.ptr[i] != '\r' && s.ptr[i] != '\n' && s.ptr[i] != '\0');
}

static void check_head(const struct http_head *h, const char *bytes, size_t len, size_t head_len) {
    size_t hosts = 0;
    MUST(head_len <= len && head_len <= HEAD_MAX && memcmp(bytes + head_len - 4, "\r\n\r\n", 4) == 0);
    check_text(h->method, bytes, head_len);
    check_text(h->target, bytes, head_len);
    check_text(h->path, bytes, head_len);
    check_text(h->query, bytes, head_len);
    MUST(h->path.len > 0 && (h->path.ptr[0] == '/' || h->path.ptr[0] == '*'));
    MUST(h->n_headers <= HEADERS_MAX && h->minor <= 1 && h->content_length >= -1);
    MUST(!(h->chunked && h->content_length >= 0));
    for (size_t i = 0; i < h->n_headers; i++) {
        check_text(h->headers[i].name, bytes, head_len);
        check_text(h->headers[i].value, bytes, head_len);
        MUST(h->headers[i].name.len > 0);
        hosts += str_eq_nocase(h->headers[i].name, STR("host"));
    }
    MUST(hosts == 1 || (hosts == 0 && h->minor == 0));
}

static void check_query(struct str query) {
    struct arena a ARENA_CLEANUP = ARENA_EMPTY;
    struct str name, value;
    for (int r; (r = http_query_next(&query, &a, &name, &value)) != 0;)
        if (r == 1)
            MUST(str_is_utf8(name) && str_is_utf8(value));
}

/* Of a stranger nothing is believed; what a proxy says is an address in the end, or refused with a reason. */
static void check_forwarded(const struct http_head *h) {
    struct networks proxies;
    struct sockaddr_storage peer;
    struct forwarded found;
    uint8_t address[16];
    const char *why = NULL;
    MUST(networks_parse(STR("10.0.0.0/8, ::1"), &proxies) == 0);
    MUST(network_address_parse(STR("192.0.2.1"), address) == 0);
    network_address_store(address, &peer);
    MUST(forwarded_read(&proxies, (struct sockaddr *)&peer, h->headers, h->n_headers, &found, &why) == 0);
    MUST(network_address_parse(STR("::1"), address) == 0);
    network_address_store(address, &peer);
    int r = forwarded_read(&proxies, (struct sockaddr *)&peer, h->headers, h->n_headers, &found, &why);
    MUST(r == 1 || (r < 0 && why));
    MUST(r < 0 || network_address_of((struct sockaddr *)&found.client, address) == 0);
}

/* Decodes in steps of the given size; returns how it ended, with a sum of the data and the bytes used. */
static int dechunk(const char *bytes, size_t len, size_t step, uint64_t *ret_sum, size_t *ret_used) {
    struct chunked c = {0};
    size_t at = 0, end = 0;
    int r = 0;
    *ret_sum = 0;
    while (r == 0 && at < len) {
        if (at == end)
            end = len - at < step ? len : at + step;
        char *piece_bytes = exact_copy(bytes + at, end - at);
        struct str piece;
        size_t used;
        r = chunked_next(&c, piece_bytes, end - at, &used, &piece);
        if (r >= 0) {
            MUST(used > 0 && used <= end - at && piece.len <= used);
            for (size_t i = 0; i < piece.len; i++)
                *ret_sum = *ret_sum * 31 + (unsigned char)piece.ptr[i] + 1;
            at += used;
        } else {
            MUST(c.why != NULL);
        }
        free(piece_bytes);
    }
    *ret_used = r < 0 ? 0 : at;
    return r;
}

static void check_chunked(const char *bytes, size_t len, size_t step) {
    uint64_t whole_sum, step_sum;
    size_t whole_used, step_used;
    int whole = dechunk(bytes, len, len, &whole_sum, &whole_used),
        stepped = dechunk(bytes, len, step, &step_sum, &step_used);
    MUST(whole == stepped && whole_used == step_used && (whole < 0 || whole_sum == step_sum));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1)
        return 0;
    size_t len = size - 1, split = len * data[0] / 255, whole_len = 0, cut_len = 0;
    char *whole = exact_copy((const char *)data + 1, len), *first = exact_copy(whole, split),
         *second = exact_copy(whole, len);
    struct http_header whole_headers[HEADERS_MAX], cut_headers[HEADERS_MAX];
    struct http_head w, c;

    http_head_init(&w, whole_headers, HEADERS_MAX);
    int r = http_head_parse(&w, whole, len, HEAD_MAX, &whole_len);
    http_head_init(&c, cut_headers, HEADERS_MAX);
    int cut = http_head_parse(&c, first, split, HEAD_MAX, &cut_len);
    const char *cut_bytes = first;
    if (cut == 0) {
        cut = http_head_parse(&c, second, len, HEAD_MAX, &cut_len);
        cut_bytes = second;
    }
    MUST(r == cut);
    if (r < 0)
        MUST(w.status == c.status && w.why == c.why && w.why != NULL);
    if (r > 0) {
        MUST(whole_len == cut_len);
        check_head(&w, whole, len, whole_len);
        check_head(&c, cut_bytes, cut_bytes == first ? split : len, cut_len);
        MUST(str_eq(w.path, c.path) && str_eq(w.query, c.query) && str_eq(w.host, c.host) &&
             w.n_headers == c.n_headers);
        check_query(w.query);
        check_forwarded(&w);
        check_chunked(whole + whole_len, len - whole_len, (size_t)data[0] % 7 + 1);
    }
    check_chunked(whole, len, (size_t)data[0] % 5 + 1);
    free(whole);
    free(first);
    free(second);
    return 0;
}
