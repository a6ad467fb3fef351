/* SPDX-License-Identifier: Apache-2.0
 *
 * One call: how it is set up from the head of its request, and how it ends.
 */
#include "upstream/relay.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"

#define CONNECT_MS 10000L

/* ---- the request's head ---- */

/* Returns -ENOMEM or 0. */
static int add_header(struct relay *y, struct str name, struct str value) {
    struct buf line BUF_CLEANUP = BUF_EMPTY;
    buf_add_str(&line, name);
    /* curl's form of a header without a value */
    buf_add_str(&line, value.len > 0 ? STR(": ") : STR(";"));
    buf_add_str(&line, value);
    buf_add_char(&line, '\0');
    struct curl_slist *more = curl_slist_append(y->headers, line.ptr);
    y->headers = more ? more : y->headers;
    return more ? 0 : -ENOMEM;
}

/* Headers that curl adds by itself where the client has not sent them. */
static int without(struct relay *y, const char *name) {
    struct curl_slist *more = curl_slist_append(y->headers, name);
    y->headers = more ? more : y->headers;
    return more ? 0 : -ENOMEM;
}

static bool has_body(const struct http_request *r) {
    return r->content_length > 0 || !str_is_absent(http_header_get(r, STR("Transfer-Encoding")));
}

static int add_headers(struct relay *y) {
    const struct http_request *r = y->request;
    struct str connection = http_header_get(r, STR("Connection"));
    char via[64];
    int n = snprintf(via, sizeof via, "1.1 %s", y->engine->upstream->name), e = 0;
    for (size_t i = 0; i < r->n_headers && e == 0; i++) {
        const struct http_header *h = &r->headers[i];
        if (head_is_passed(h->name, connection))
            e = add_header(y, h->name, h->value);
    }
    e = e == 0 ? add_header(y, STR("Via"), (struct str){via, (size_t)n}) : e;
    if (e == 0 && r->content_length == 0 && !has_body(r))
        e = add_header(y, STR("Content-Length"), STR("0"));
    if (e == 0 && str_is_absent(http_header_get(r, STR("Accept"))))
        e = without(y, "Accept:");
    if (e == 0 && has_body(r) && str_is_absent(http_header_get(r, STR("Content-Type"))))
        e = without(y, "Content-Type:");
    return e < 0 ? e : without(y, "Expect:");
}

static void note_request(struct relay *y) {
    const struct http_request *r = y->request;
    struct passage *x = y->passage;
    x->at_ms = clock_now_ms();
    buf_add_str(&x->method, r->method_name);
    buf_add_str(&x->path, r->path);
    buf_add_str(&x->query, r->query);
    x->has_query = !str_is_absent(r->query);
    for (size_t i = 0; i < r->n_headers; i++) {
        buf_add_str(&x->request_headers, r->headers[i].name);
        buf_add_lit(&x->request_headers, ": ");
        buf_add_str(&x->request_headers, r->headers[i].value);
        buf_add_char(&x->request_headers, '\n');
    }
}

struct relay *relay_new(struct engine *e, struct http_request *r) {
    struct relay *y = calloc(1, sizeof *y);
    if (!y)
        return NULL;
    y->engine = e;
    y->request = r;
    y->head = r->method == HTTP_HEAD;
    y->length = -1;
    y->begun_ns = y->moved_ns = clock_mono_ns();
    snprintf(y->peer, sizeof y->peer, "%.*s", STR_FMT(http_peer(r)));
    engine_added(e, y);
    e->upstream->calls++;
    if (e->upstream->o.recorder && (y->passage = passage_new()) != NULL)
        note_request(y);
    return y;
}

/* ---- curl's callbacks: they append to buffers only ---- */

static size_t on_read(char *to, size_t one, size_t room, void *ctx) {
    struct relay *y = ctx;
    size_t have = y->up.len - y->up_at, n = one * room < have ? one * room : have;
    if (n == 0 && !y->up_done) {
        y->curl_reads_paused = true;
        return CURL_READFUNC_PAUSE;
    }
    memcpy(to, y->up.ptr + y->up_at, n);
    y->up_at += n;
    if (y->up_at == y->up.len)
        y->up.len = y->up_at = 0;
    y->moved_ns = clock_mono_ns();
    engine_ready(y);
    return n;
}

static size_t on_bytes(char *bytes, size_t one, size_t len, void *ctx) {
    struct relay *y = ctx;
    engine_ready(y);
    if (y->down.len >= RELAY_HIGH) {
        y->curl_writes_paused = true;
        return CURL_WRITEFUNC_PAUSE;
    }
    y->moved_ns = clock_mono_ns();
    buf_add(&y->down, bytes, len);
    if (y->passage) {
        passage_add(&y->passage->answer, bytes, len);
        y->passage->answer_bytes += len;
    }
    return len;
}

static unsigned status_in(struct str line) {
    unsigned status = 0;
    size_t at = str_find(line, ' ');
    for (size_t i = at == SIZE_MAX ? line.len : at + 1; i < line.len && line.ptr[i] >= '0' && line.ptr[i] <= '9'; i++)
        status = status * 10 + (unsigned)(line.ptr[i] - '0');
    return status;
}

/* Called with each line of the head, also of interim answers (100 Continue), whose lines are dropped. Neither they nor
 * trailers nor the lines of an endless head put off the end of a call that moves nothing else. */
static size_t on_header(char *bytes, size_t one, size_t len, void *ctx) {
    struct relay *y = ctx;
    struct str line = {bytes, len}, name, value;
    if (y->head_done) /* a trailer */
        return len;
    if (str_starts(line, STR("HTTP/"))) {
        y->status = status_in(line);
        y->lines.len = 0;
        y->length = -1;
        return len;
    }
    while (line.len > 0 && (line.ptr[line.len - 1] == '\n' || line.ptr[line.len - 1] == '\r'))
        line.len--;
    if (line.len == 0) {
        y->head_done = y->status >= 200;
        if (y->head_done)
            y->moved_ns = clock_mono_ns();
        engine_ready(y);
        return len;
    }
    buf_add_str(&y->lines, line);
    buf_add_char(&y->lines, '\n');
    value = head_line_next(&line, &name);
    if (str_eq_nocase(name, STR("Content-Length")) && str_to_i64(value, &y->length) < 0)
        y->length = -1;
    if (str_eq_nocase(name, STR("Transfer-Encoding")))
        y->length = -1;
    return len;
}

int relay_setup(struct relay *y) {
    const struct http_request *r = y->request;
    struct buf url BUF_CLEANUP = BUF_EMPTY, method BUF_CLEANUP = BUF_EMPTY;
    CURL *c = y->curl = curl_easy_init();
    if (!c || add_headers(y) < 0)
        return -ENOMEM;
    buf_add_str(&url, str_of(y->engine->upstream->o.url));
    buf_add_str(&url, r->path);
    if (!str_is_absent(r->query)) {
        buf_add_char(&url, '?');
        buf_add_str(&url, r->query);
    }
    buf_add_char(&url, '\0');
    buf_add_str(&method, r->method_name);
    buf_add_char(&method, '\0');
    curl_easy_setopt(c, CURLOPT_URL, url.ptr);
    curl_easy_setopt(c, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_PROXY, "");
    curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, y->headers);
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, y);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, y);
    curl_easy_setopt(c, CURLOPT_READFUNCTION, on_read);
    curl_easy_setopt(c, CURLOPT_READDATA, y);
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, y->error);
    curl_easy_setopt(c, CURLOPT_PRIVATE, y);
    if (y->head)
        curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
    if (has_body(r)) {
        curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(c, CURLOPT_INFILESIZE_LARGE, (curl_off_t)r->content_length);
    }
    if (!y->head)
        curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, method.ptr);
    return 0;
}

/* ---- the end ---- */

static void record(struct relay *y, const char *why) {
    struct passage *x = y->passage;
    if (!x)
        return;
    x->took_ms = (clock_mono_ns() - y->begun_ns) / 1000000;
    x->status = y->head_done ? y->status : 0;
    buf_add_str(&x->answer_headers, buf_str(&y->lines));
    if (why)
        snprintf(x->failed, sizeof x->failed, "%s", why);
    recorder_add(y->engine->upstream->o.recorder, x);
    y->passage = NULL;
}

static void leave_ready(struct relay *y) {
    struct relay **at = &y->engine->ready;
    while (*at && *at != y)
        at = &(*at)->ready;
    if (*at)
        *at = y->ready;
}

void relay_free(struct relay *y, const char *why) {
    record(y, why);
    if (y->is_ready)
        leave_ready(y);
    if (y->curl) {
        curl_multi_remove_handle(y->engine->multi, y->curl);
        curl_easy_cleanup(y->curl);
    }
    curl_slist_free_all(y->headers);
    buf_free(&y->up);
    buf_free(&y->down);
    buf_free(&y->flying);
    buf_free(&y->lines);
    y->engine->upstream->calls--;
    engine_removed(y->engine, y);
    free(y);
}
