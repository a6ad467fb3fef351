/* SPDX-License-Identifier: Apache-2.0
 *
 * Disturbs calls as the rules of the test mode say (hooks.h), and tells the test mode of every answer.
 */
#include <errno.h>
#include <stddef.h>

#include "base/clock.h"
#include "gateway/answer.h"
#include "gateway/caller/token.h"
#include "gateway/documented.h"
#include "gateway/internal.h"

#define HEADERS_MAX 10

/* Fails the call as the rule says. */
static int fail(struct call *c, const struct call_fault *f) {
    c->limit = f->limit;
    c->reset_s = f->reset_s;
    c->violations = NULL;
    c->detail = STR_ABSENT;
    if (f->status == 503)
        return answer_fail_busy(c, STR("a rule of the test mode says so"));
    return documented_fail(c, f->code != 0 ? f->code : CODE_SYSTEM);
}

/* ---- before the handler ---- */

int fault_begin(struct request *x) {
    struct call *c = &x->call;
    struct call_fault f = {.code = 0};
    if (!x->g->hooks->fault(x->g->hooks->ctx, c, &f))
        return 0;
    x->fault = arena_new(c->arena, struct call_fault);
    *x->fault = f;
    if (f.ends_token) {
        x->next = NEXT_END_TOKEN;
        return 1;
    }
    if (f.after || (f.code == 0 && f.status == 0 && !f.reset))
        return 0;
    return fail(c, &f);
}

/* ---- the token ends ---- */

static struct request *of_job(struct write_job *job) {
    return (struct request *)(void *)((char *)job - offsetof(struct request, job));
}

static int end_token(struct db *db, struct write_job *job) {
    struct request *x = of_job(job);
    enum seal_kind kind = x->call.op->access == OP_APP ? SEAL_APP_TOKEN : SEAL_TENANT_TOKEN;
    return token_end(db, x->g->seal, kind, token_of_header(http_header_get(x->r, STR("Authorization"))));
}

static void on_token_ended(struct http_loop *l, void *arg) {
    struct request *x = arg;
    request_refuse(x, x->result < 0 ? x->result : documented_fail(&x->call, CODE_TOKEN_INVALID));
}

static void token_ended(struct write_job *job, int result) {
    struct request *x = of_job(job);
    x->result = result;
    if (http_loop_post(x->r->loop, on_token_ended, x) < 0 && x->upload)
        upload_drop(x->upload);
}

void fault_end_token(struct request *x) {
    x->r->no_cancel = true;
    x->job = (struct write_job){.run = end_token, .done = token_ended};
    int r = writer_submit(x->g->writer, &x->job);
    if (r < 0)
        request_refuse(x, r);
}

/* ---- the answer ---- */

void fault_replace(struct request *x) {
    struct call *c = &x->call;
    const struct call_fault *f = x->fault;
    if (!f->after || (f->code == 0 && f->status == 0))
        return;
    fail(c, f);
    c->out->len = 0;
    answer_failure(c, c->out);
    x->again = STR_ABSENT;
}

/* A complete answer, which may wait for its time. */
struct held_answer {
    struct request *x;
    unsigned status;
    struct str type, body;
    struct http_header headers[HEADERS_MAX];
    size_t n_headers;
    struct http_timer *timer;
};

static void send_answer(const struct held_answer *h) {
    struct request *x = h->x;
    const struct call_fault *f = x->fault;
    const struct call_answer answer = {.call = &x->call,
                                       .r = x->r,
                                       .fault = f,
                                       .status = h->status,
                                       .body = h->body,
                                       .duration_us = (clock_mono_ns() - x->r->start_ns) / 1000};
    x->g->hooks->answered(x->g->hooks->ctx, &answer);
    if (f && f->reset)
        http_reset(x->r);
    else if (f && f->cut)
        http_reply_cut(x->r, h->status, h->type, h->headers, h->n_headers, h->body, h->body.len / 2);
    else
        http_reply_bytes(x->r, h->status, h->type, h->headers, h->n_headers, h->body);
}

static void loop_ends(void *arg) {
    send_answer(arg);
}

static void time_is_over(void *arg) {
    struct held_answer *h = arg;
    http_timer_stop(h->timer);
    send_answer(h);
}

/* The answer is kept in the request's arena, because the caller's headers are on its stack. */
static void hold(const struct held_answer *h, unsigned delay_ms) {
    struct held_answer *held = arena_new(h->x->r->arena, struct held_answer);
    *held = *h;
    for (size_t i = 0; i < held->n_headers; i++)
        held->headers[i].value = arena_dup(h->x->r->arena, held->headers[i].value);
    held->body = arena_dup(h->x->r->arena, h->body);
    h->x->r->no_cancel = true;
    held->timer = http_timer_start(h->x->r->loop, delay_ms, time_is_over, loop_ends, held);
}

void fault_reply(struct request *x, unsigned status, struct str type, const struct http_header *headers,
                 size_t n_headers, struct str body) {
    const struct call_fault *f = x->fault;
    struct held_answer h = {.x = x, .status = status, .type = type, .body = body};
    for (size_t i = 0; i < n_headers && h.n_headers < HEADERS_MAX - 1; i++)
        h.headers[h.n_headers++] = headers[i];
    if (f)
        h.headers[h.n_headers++] = (struct http_header){STR("X-Hired-Fault"), f->rule};
    if (f && (f->status == 502 || f->status == 504)) {
        h.status = f->status;
        h.type = STR("text/html");
        h.body =
            arena_printf(x->r->arena, "<html><body><h1>%u %s</h1></body></html>\n", f->status, http_reason(f->status));
    }
    if (f && f->delay_ms > 0)
        hold(&h, f->delay_ms);
    else
        send_answer(&h);
}
