/* SPDX-License-Identifier: Apache-2.0
 *
 * Takes a request from its path to the handler of its operation.
 */
#include <errno.h>
#include <stddef.h>

#include "base/clock.h"
#include "gateway/answer.h"
#include "gateway/answer_cache.h"
#include "gateway/caller/session.h"
#include "gateway/input.h"
#include "gateway/internal.h"
#include "store/stamp.h"

/* ---- to the operation ---- */

int serve_input(struct request *x) {
    struct call *c = &x->call;
    int r = input_read(c, &x->route, x->r->query, x->r->body);
    if (r < 0)
        return r;
    if (c->op->access != OP_CONSOLE && c->app)
        c->hidden = access_hidden(x->g, c);
    return 0;
}

int serve_find(struct request *x) {
    struct call *c = &x->call;
    struct route *route = &x->route;
    struct str method = x->r->method == HTTP_HEAD ? STR("GET") : x->r->method_name;
    int r = router_find(x->g->router, method, x->r->path, route);
    if (r == -EPERM) {
        x->allow = router_methods(x->g->router, x->r->path, x->r->arena);
        return answer_fail_gateway(c, CODE_NO_METHOD);
    }
    if (r < 0)
        return answer_fail_gateway(c, CODE_NO_PATH);
    if (route->op->stream && x->r->method == HTTP_HEAD) { /* a stream has no end, so it has no Content-Length either */
        x->allow = router_methods(x->g->router, x->r->path, x->r->arena);
        return answer_fail_gateway(c, CODE_NO_METHOD);
    }
    if (!route->op->handle) {
        answer_fail_gateway(c, CODE_NO_PATH);
        c->http_status = 501;
        /* The sentence is in msg, because the typed errors of the platform's SDKs show only msg. */
        c->msg = arena_printf(c->arena,
                              "%.*s is an operation of the platform that this version of hired does not support; "
                              "docs/API.md lists what it does",
                              STR_FMT(route->op->name));
        return -EBADMSG;
    }
    c->op = route->op;
    c->bare = c->op->access == OP_PUBLIC;
    return 0;
}

/* Whether another caller of the same app may get the same answer. */
static bool may_repeat(const struct request *x) {
    const struct op *op = x->call.op;
    return op->effect == OP_READS && op->access == OP_TENANT && op->body_kind == OP_BODY_NONE && !x->g->hooks &&
           x->r->method == HTTP_GET && x->call.app && x->reader->snapshot_changes >= 0;
}

/* Answers from the reader's cache. Returns false if the handler must run. */
static bool answer_again(struct request *x) {
    if (!may_repeat(x))
        return false;
    const struct answer_state state = {x->reader->snapshot_changes, x->call.now_ms / 1000, x->settings};
    const struct answer_key key = {x->call.app->id, x->call.tenant, x->r->path, x->r->query, x->call.base_url};
    struct str answer = answer_cache_find(x->reader->answers, &state, &key, &x->keep);
    if (str_is_absent(answer))
        return false;
    request_repeat(x, answer);
    return true;
}

/* After the caller was admitted and the input was read. */
static int run_operation(struct request *x) {
    struct call *c = &x->call;
    int error = 0;
    if (c->op->stream) {
        x->next = NEXT_STREAM;
        return watch_last(c->db, c->tenant, &x->watch_from);
    }
    request_begin_answer(x);
    if (c->op->effect == OP_WAITS) {
        x->next = NEXT_WAIT;
        return 0;
    }
    if (c->op->before && (error = c->op->before(c)) < 0)
        return error;
    if (!c->answered && c->op->effect == OP_WRITES) {
        x->next = NEXT_WRITE;
        return 0;
    }
    if (!c->answered)
        error = c->op->handle(c);
    if (error == 0)
        request_end_answer(x);
    return error;
}

static int run_once(struct request *x) {
    int error =
        x->by_head ? access_recheck(x) : access_admit(x); /* receiving a body takes time: checked again after it */
    if (error == 0 && answer_again(x))
        return 0;
    if (error == 0)
        error = serve_input(x);
    if (error == 0 && x->g->hooks)
        error = fault_begin(x);
    return error < 0 ? error : error > 0 ? 0 : run_operation(x);
}

/* Everything that a request needs of a reader. The reader's cache of tokens is trusted first, and confirmed after, by
 * what came with the handler's own statements. If it was wrong, the call runs again. The writer decides anew for
 * itself. In the test mode the cache is confirmed first, because a rule counts each call that it is asked about. */
static int run(struct request *x) {
    bool by_token = x->call.op->access == OP_TENANT || x->call.op->access == OP_APP;
    if (x->by_head || !by_token || !x->reader->asking || x->g->hooks)
        return run_once(x);
    const struct call before = x->call;
    const size_t len = x->call.out->len;
    x->trusts = true;
    int r = run_once(x);
    if ((r == 0 && x->next == NEXT_WRITE) || reader_confirm(x->reader))
        return r;
    x->call = before;
    x->call.out->len = len;
    x->next = NEXT_SEND;
    x->again = STR_ABSENT;
    x->keep = false;
    x->trusts = false;
    return run_once(x);
}

static void begin_stream(struct request *x) {
    int error = watch_begin(x->loop->watch, &x->call, x->watch_from, x->r);
    if (error < 0) {
        answer_fail_busy(&x->call, STR("too many streams are open; close a page of the console and try again"));
        request_refuse(x, error);
    }
}

static void done(struct request *x) {
    switch (x->next) {
    case NEXT_SEND:
        request_send(x);
        break;
    case NEXT_WRITE:
        write_prepare(x);
        break;
    case NEXT_STREAM:
        begin_stream(x);
        break;
    case NEXT_WAIT:
        wait_begin(x);
        break;
    case NEXT_END_TOKEN:
        fault_end_token(x);
        break;
    }
}

void gateway_serve(struct gateway *g, struct http_request *r) {
    struct request *x = r->ctx ? r->ctx : request_new(g, r);
    int error = x->by_head ? 0 : serve_find(x);
    if (error < 0)
        request_refuse(x, error);
    else
        request_read(x, run, done);
}

struct str gateway_methods(const struct gateway *g, const struct http_request *r) {
    return router_methods(g->router, r->path, r->arena);
}
