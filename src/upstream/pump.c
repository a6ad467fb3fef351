/* SPDX-License-Identifier: Apache-2.0
 *
 * Moves the bytes of a call in both directions.
 */
#include <errno.h>
#include <stdio.h>

#include "base/clock.h"
#include "upstream/relay.h"

/* ---- the request's body ---- */

static int sink_data(struct http_request *r, const char *bytes, size_t len) {
    struct relay *y = r->ctx;
    if (y->passage) {
        passage_add(&y->passage->request, bytes, len);
        y->passage->request_bytes += len;
    }
    engine_ready(y);
    if (y->finished) /* the answer is on its way; the rest of the body is dropped */
        return 0;
    if (y->up_at > 0 && y->up_at == y->up.len)
        y->up.len = y->up_at = 0;
    buf_add(&y->up, bytes, len);
    y->client_paused = y->up.len - y->up_at > RELAY_HIGH;
    return y->client_paused ? -EAGAIN : 0;
}

static void sink_done(struct http_request *r) {
    struct relay *y = r->ctx;
    y->up_done = true;
    engine_ready(y);
}

static void sink_gone(struct http_request *r) {
    struct relay *y = r->ctx;
    y->request = NULL;
    relay_free(y, "the client closed the connection");
}

const struct http_sink relay_sink = {.data = sink_data, .done = sink_done, .gone = sink_gone};

static void unpause(struct relay *y) {
    if (y->curl)
        curl_easy_pause(y->curl,
                        (y->curl_reads_paused ? CURLPAUSE_SEND : 0) | (y->curl_writes_paused ? CURLPAUSE_RECV : 0));
}

static void pump_up(struct relay *y) {
    size_t waits = y->up.len - y->up_at;
    if (y->curl_reads_paused && (waits > 0 || y->up_done)) {
        y->curl_reads_paused = false;
        unpause(y);
    }
    waits = y->up.len - y->up_at;
    if (y->client_paused && y->request && y->answer == ANSWER_NONE && (waits <= RELAY_LOW || y->finished)) {
        y->client_paused = false;
        http_body_resume(y->request);
    }
}

/* ---- the answer's head ---- */

struct head {
    struct http_header headers[RELAY_HEADERS];
    size_t n;
    struct str type;
};

static struct str find(struct str lines, struct str wanted) {
    struct str name, value;
    while (value = head_line_next(&lines, &name), !str_is_absent(name))
        if (str_eq_nocase(name, wanted))
            return value;
    return STR_ABSENT;
}

/* Whether another program would read the line as this one does. */
static bool is_well_formed(struct str name, struct str value) {
    for (size_t i = 0; i < name.len; i++)
        if ((unsigned char)name.ptr[i] <= 0x20 || (unsigned char)name.ptr[i] >= 0x7f)
            return false;
    for (size_t i = 0; i < value.len; i++)
        if (((unsigned char)value.ptr[i] < 0x20 && value.ptr[i] != '\t') || value.ptr[i] == 0x7f)
            return false;
    return name.len > 0;
}

/* Returns NULL, or what is wrong with the answer's head. */
static const char *read_head(const struct relay *y, struct head *ret) {
    struct str lines = buf_str(&y->lines), name, value, connection = find(lines, STR("Connection"));
    ret->n = 0;
    ret->type = STR("");
    while (value = head_line_next(&lines, &name), !str_is_absent(name)) {
        if (!is_well_formed(name, value))
            return "its answer has a malformed header line";
        if (!head_is_passed(name, connection) || str_eq_nocase(name, STR("Date")))
            continue;
        if (str_eq_nocase(name, STR("Content-Type")) && ret->type.len == 0) {
            ret->type = value;
            continue;
        }
        if (ret->n == RELAY_HEADERS)
            return "its answer has more header lines than are passed on";
        ret->headers[ret->n++] = (struct http_header){name, value};
    }
    return NULL;
}

/* ---- the answer's body ---- */

static struct relay *of_source(struct http_source *s) {
    return (struct relay *)(void *)((char *)s - offsetof(struct relay, source));
}

static void source_want(struct http_source *s) {
    engine_ready(of_source(s));
}

static void source_end(struct http_source *s) {
    struct relay *y = of_source(s);
    y->source_ended = true;
    if (y->engine->ending)
        relay_free(y, y->finished && y->fail_status == 0 ? NULL : "the server was stopped");
    else
        engine_ready(y);
}

static bool has_no_body(const struct relay *y) {
    return y->head || y->status == 204 || y->status == 304;
}

static void begin_source(struct relay *y, const struct head *h, int64_t length) {
    struct http_request *r = y->request;
    y->request = NULL;
    y->answer = ANSWER_SOURCE;
    y->source = (struct http_source){.want = source_want, .end = source_end};
    http_reply_source(r, y->status, h->type, h->headers, h->n, &y->source, (uint64_t)length);
}

static void reply_whole(struct relay *y, const struct head *h) {
    struct http_request *r = y->request;
    y->request = NULL;
    y->answer = ANSWER_DONE;
    http_reply_bytes(r, y->status, h->type, h->headers, h->n, buf_str(&y->down));
}

static void begin_answer(struct relay *y) {
    struct head h;
    if (!y->head_done)
        return;
    const char *wrong = read_head(y, &h);
    if (wrong) {
        y->fail_status = 502;
        snprintf(y->error, sizeof y->error, "%s", wrong);
        return;
    }
    bool empty = has_no_body(y), known = y->length >= 0;
    /* Once bytes of the body are there; a failure before that is answered with 502. */
    bool source = empty ? y->finished && y->head && known : known && (y->down.len > 0 || y->length == 0);
    if (source)
        begin_source(y, &h, y->length);
    else if (y->finished && (empty || !known))
        reply_whole(y, &h);
    else if (!empty && !known && y->down.len >= RELAY_HIGH) {
        y->answer = ANSWER_STREAM;
        http_stream_begin(y->request, y->status, h.type, h.headers, h.n);
    }
}

static void pump_source(struct relay *y) {
    if (!y->source.wanted || y->source_ended)
        return;
    if (y->down.len > 0) {
        struct buf full = y->down;
        y->down = y->flying;
        y->down.len = 0;
        y->flying = full;
        http_source_give(&y->source, buf_str(&y->flying));
    } else if (y->finished) { /* fewer bytes than announced */
        http_source_fail(&y->source, "the upstream broke off its answer");
    }
}

static void pump_stream(struct relay *y) {
    if (y->down.len > 0) {
        int r = http_stream_write(y->request, buf_str(&y->down));
        if (r == -ENOBUFS)
            return; /* the engine's tick tries again */
        y->down.len = 0;
    }
    if (!y->finished)
        return;
    if (y->fail_status) { /* app->gone follows */
        http_stream_fail(y->request);
        return;
    }
    struct http_request *r = y->request;
    y->request = NULL;
    y->answer = ANSWER_DONE;
    http_stream_end(r);
}

static void refuse(struct relay *y) {
    struct http_request *r = y->request;
    y->request = NULL;
    y->answer = ANSWER_DONE;
    upstream_refuse(r, y->fail_status, "%s: %s", y->engine->upstream->o.url, y->error);
}

void relay_pump(struct relay *y) {
    pump_up(y);
    if (y->answer == ANSWER_NONE && !y->fail_status && y->request)
        begin_answer(y);
    if (y->answer == ANSWER_NONE && y->fail_status && y->request)
        refuse(y);
    if (y->answer == ANSWER_SOURCE)
        pump_source(y);
    else if (y->answer == ANSWER_STREAM)
        pump_stream(y);
    if (y->curl_writes_paused && y->down.len <= RELAY_LOW) {
        y->curl_writes_paused = false;
        unpause(y);
    }
    if (y->answer == ANSWER_DONE || y->source_ended)
        relay_free(y, y->fail_status ? y->error : y->finished ? NULL : "the client closed the connection");
}

/* ---- the end of the transfer ---- */

void relay_finish(struct relay *y, CURLcode code) {
    CURL *c = y->curl;
    y->curl = NULL;
    y->finished = true;
    y->curl_reads_paused = y->curl_writes_paused = false;
    curl_multi_remove_handle(y->engine->multi, c);
    curl_easy_cleanup(c);
    /* An upstream may answer before it has taken the whole body, and close its side. */
    bool whole = code == CURLE_OK ||
                 (code == CURLE_SEND_ERROR && y->head_done && y->length >= 0 && (int64_t)y->down.len == y->length);
    if (!whole && y->fail_status == 0) {
        y->fail_status = code == CURLE_OPERATION_TIMEDOUT ? 504 : 502;
        if (!y->error[0])
            snprintf(y->error, sizeof y->error, "%s", curl_easy_strerror(code));
    }
    engine_ready(y);
}

void relay_abort(struct relay *y) {
    struct http_request *r = y->request;
    enum relay_answer answer = y->answer;
    if (answer == ANSWER_SOURCE) { /* the connection is closed next; then source_end() frees */
        if (y->curl) {
            curl_multi_remove_handle(y->engine->multi, y->curl);
            curl_easy_cleanup(y->curl);
            y->curl = NULL;
        }
        return;
    }
    y->request = NULL;
    if (r)
        r->ctx = NULL;
    if (r && answer == ANSWER_STREAM)
        http_stream_fail(r);
    else if (r)
        upstream_refuse(r, 503, "this server is being stopped");
    relay_free(y, "the server was stopped");
}
