/* SPDX-License-Identifier: Apache-2.0
 *
 * One request: sets it up, and writes its answer in the platform's envelope.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "gateway/answer.h"
#include "gateway/answer_cache.h"
#include "gateway/internal.h"

#define REQUEST_ID_MAX 128

/* The client's own request id if it is well-formed, else the log id. */
static struct str request_id(const struct request *x) {
    struct str given = http_header_get(x->r, STR("X-Request-Id"));
    if (given.len == 0 || given.len > REQUEST_ID_MAX)
        return x->call.log_id;
    for (size_t i = 0; i < given.len; i++)
        if (given.ptr[i] <= ' ' || given.ptr[i] > '~')
            return x->call.log_id;
    return given;
}

static struct str base_url(const struct http_request *r, const struct gateway_settings *s) {
    if (!str_is_absent(s->base_url))
        return s->base_url;
    struct str scheme = r->https ? STR("https://") : STR("http://");
    struct str host = http_header_get(r, STR("Host"));
    char *text = arena_bytes(r->arena, scheme.len + host.len);
    memcpy(text, scheme.ptr, scheme.len);
    if (host.len > 0)
        memcpy(text + scheme.len, host.ptr, host.len);
    return (struct str){text, scheme.len + host.len};
}

struct request *request_new(struct gateway *g, struct http_request *r) {
    const struct gateway_settings *s = gateway_settings_now(g);
    struct request *x = arena_new(r->arena, struct request);
    struct str own = base_url(r, s);
    x->g = g;
    x->r = r;
    x->loop = &g->loops[http_loop_index(r->loop)];
    x->settings = s;
    x->call = (struct call){
        .arena = r->arena,
        .seal = g->seal,
        .now_ms = clock_now_ms(),
        .out = http_out(r),
        .base_url = own,
        .https = r->https || str_starts(own, STR("https://")),
        .private_addresses = s->private_addresses,
        .network_addresses = s->network_addresses,
        .attempts = g->attempts,
        .secrets = g->secrets,
        .requests = g->requests,
        .toolbox = g->toolbox,
    };
    log_id_make(&x->loop->log_ids, x->call.now_ms, x->log_id);
    x->call.log_id = (struct str){x->log_id, LOG_ID_LEN};
    x->request_id = request_id(x);
    return x;
}

/* ---- answering ---- */

static const struct str content_json = STR_INIT("application/json; charset=utf-8");

static void write_access_log(const struct request *x, int64_t duration_ns) {
    char number[4][24];
    snprintf(number[0], sizeof number[0], "%u", x->call.code == 0 ? 200 : x->call.http_status);
    snprintf(number[1], sizeof number[1], "%d", x->call.code);
    snprintf(number[2], sizeof number[2], "%lld", (long long)(duration_ns / 1000));
    snprintf(number[3], sizeof number[3], "%lld", (long long)x->call.tenant);
    struct arena *a = x->r->arena;
    const char *app = x->call.app ? arena_dup(a, x->call.app->app_id).ptr : "";
    log_line(LOG_INFO, "request", "log_id", arena_dup(a, x->call.log_id).ptr, "operation",
             x->call.op ? x->call.op->name.ptr : "none", "status", number[0], "code", number[1], "us", number[2],
             "tenant", number[3], "app", app, NULL);
}

static void log_request(struct request *x, int64_t duration_ns) {
    bool limited = x->call.code == CODE_LIMITED;
    const struct request_measure m = {.duration_us = duration_ns / 1000,
                                      .limit = limited ? x->call.limit : 0,
                                      .reset_s = limited ? x->call.reset_s : 0};
    request_log_add(x->g->requests, http_loop_index(x->r->loop), &x->call, x->r, &m);
}

void request_send(struct request *x) {
    if (x->fault)
        fault_replace(x);
    struct str body = str_is_absent(x->again) ? buf_str(x->call.out) : x->again;
    struct http_header headers[7] = {
        {STR("X-Tt-Logid"), x->call.log_id},
        {STR("X-Request-Id"), x->request_id},
    };
    size_t n = 2;
    if (x->call.code == CODE_LIMITED) {
        headers[n++] =
            (struct http_header){STR("x-ogw-ratelimit-limit"), arena_printf(x->r->arena, "%u", x->call.limit)};
        headers[n++] =
            (struct http_header){STR("x-ogw-ratelimit-reset"), arena_printf(x->r->arena, "%u", x->call.reset_s)};
    } else if (x->call.http_status == 503) {
        headers[n++] = (struct http_header){STR("Retry-After"), STR("1")};
    } else if (x->call.code == CODE_NO_METHOD) {
        headers[n++] = (struct http_header){STR("Allow"), x->allow};
    }
    if (x->call.op ? x->call.op->access == OP_CONSOLE : str_starts(x->r->path, STR("/console/"))) {
        headers[n++] = (struct http_header){STR("Cache-Control"), STR("no-store")};
        headers[n++] = (struct http_header){STR("X-Content-Type-Options"), STR("nosniff")};
    }
    if (!str_is_absent(x->call.set_cookie) && x->call.code == 0)
        headers[n++] = (struct http_header){STR("Set-Cookie"), x->call.set_cookie};
    int64_t duration = clock_mono_ns() - x->r->start_ns;
    metrics_count(x->loop->metrics, x->call.op, x->call.code, duration);
    if (gateway_settings_now(x->g)->access_log)
        write_access_log(x, duration);
    if (!x->call.op || (x->call.op->access != OP_CONSOLE && x->call.op->access != OP_TEST))
        log_request(x, duration);
    unsigned status = x->call.code == 0 ? 200 : x->call.http_status;
    if (x->g->hooks)
        fault_reply(x, status, content_json, headers, n, body);
    else
        http_reply_bytes(x->r, status, content_json, headers, n, body);
}

void request_fail(struct request *x) {
    if (x->upload)
        upload_drop(x->upload);
    struct buf *out = http_out(x->r);
    out->len = 0;
    answer_failure(&x->call, out);
    x->again = STR_ABSENT;
    request_send(x);
}

/* Sets code and msg for error, unless the call has failed with a code of its own. If the transaction was rolled
 * back, the call's own code is replaced: it may depend on another job's write in the same transaction, which was
 * rolled back too. */
static void explain(struct request *x, int error) {
    struct call *c = &x->call;
    if (c->code != 0 && str_is_absent(answer_busy_reason(error)))
        return;
    if (c->code != 0 && c->http_status == 503)
        return;
    if (!answer_fail_error(c, error))
        log_fmt(LOG_ERROR, "%.*s failed: %s (log_id %.*s)", STR_FMT(c->op ? c->op->name : STR("a request")),
                strerror(-error), STR_FMT(c->log_id));
}

void request_finish(struct request *x, int result) {
    if (result < 0) {
        request_refuse(x, result);
        return;
    }
    if (x->upload)
        upload_free(x->upload);
    request_end_answer(x);
    request_send(x);
}

void request_repeat(struct request *x, struct str answer) {
    x->again = answer;
}

void request_refuse(struct request *x, int error) {
    explain(x, error);
    request_fail(x);
}

void request_begin_answer(struct request *x) {
    answer_begin(&x->call, x->call.out);
    x->data_at = x->call.out->len;
}

void request_end_answer(struct request *x) {
    answer_end(&x->call, x->call.out, x->data_at);
    if (x->keep)
        answer_cache_keep(x->reader->answers, buf_str(x->call.out));
}
