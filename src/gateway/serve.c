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

int serve_read(struct request *x) {
    struct call *c = &x->call;
    int r = input_read(c, &x->route, x->r->query, x->r->body);
    if (r < 0)
        return r;
    if (c->op->access != OP_CONSOLE && c->app)
        c->hidden = access_hidden(x->g, c);
    return 0;
}

static int find_operation(struct request *x) {
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

int serve_admit(struct request *x, const struct gateway_settings *s) {
    int error = find_operation(x);
    snapshot_take(x->loop);
    return error < 0 ? error : access_admit(x, s);
}

/* ---- running the handler ---- */

static void on_written(struct http_loop *l, void *arg) {
    struct request *x = arg;
    request_finish(x, x->result);
}

/* The default subject in the audit log: the first parameter of the path. */
static struct str audit_subject(const struct call *c) {
    if (!str_is_absent(c->audit_subject) || !c->op->params || c->op->params->fields[0].kind != RECORD_STRING)
        return c->audit_subject;
    return *(const struct str *)(const void *)((const char *)c->params + c->op->params->fields[0].offset);
}

/* Writes the audit log's entry in the transaction of the change. */
static int audit_call(const struct call *c) {
    const struct audit_entry entry = {
        .tenant = c->tenant,
        .now_ms = c->now_ms,
        .actor_kind = AUDIT_PERSON,
        .actor = c->person ? c->person->account : 0,
        .action = str_skip(c->op->name, sizeof "console." - 1),
        .subject = audit_subject(c),
        .detail = c->audit_detail,
        .address = c->address,
        .log_id = c->log_id,
    };
    return audit_add(c->db, &entry);
}

/* Takes a new time for the call when its transaction runs, because receiving the body or waiting in the queue may
 * have taken long. Otherwise a change could be sorted by update_time before records that a client has already
 * listed. */
static int take_stamp(struct call *c) {
    c->now_ms = clock_now_ms();
    return c->tenant == 0 ? 0 : db_stamp(c->db, c->tenant, &c->now_ms);
}

static int write_run(struct db *db, struct write_job *job) {
    struct request *x = (struct request *)(void *)((char *)job - offsetof(struct request, job));
    x->call.db = db;
    int r = access_recheck(x);
    if (r == 0)
        r = take_stamp(&x->call);
    if (r < 0)
        return r;
    r = x->call.op->handle(&x->call);
    return r < 0 || x->call.op->access != OP_CONSOLE ? r : audit_call(&x->call);
}

static void write_done(struct write_job *job, int result) {
    struct request *x = (struct request *)(void *)((char *)job - offsetof(struct request, job));
    x->result = result;
    /* If the loop has ended, its requests have ended too, so there is nobody to answer. */
    if (http_loop_post(x->r->loop, on_written, x) == 0 || !x->upload)
        return;
    if (result < 0)
        upload_drop(x->upload);
    else
        upload_free(x->upload);
}

static int submit(struct request *x) {
    x->job = (struct write_job){.run = write_run, .done = write_done};
    return writer_submit(x->g->writer, &x->job);
}

void serve_write(struct request *x) {
    x->r->no_cancel = true;
    int r = submit(x);
    if (r < 0)
        request_refuse(x, r);
}

/* On the passwords thread. If the password is wrong, the writer does not run at all. */
static void passwords_done(void *arg) {
    struct request *x = arg;
    const struct call_password *p = x->call.password;
    bool wrong = !str_is_absent(p->given) && !p->fits;
    int r = p->error < 0 ? p->error : wrong ? call_fail(&x->call, p->wrong_code, NULL) : submit(x);
    if (r == 0)
        return;
    x->result = r;
    (void)http_loop_post(x->r->loop, on_written, x);
}

static bool has_password_work(const struct call_password *p) {
    return p && (!str_is_absent(p->given) || !str_is_absent(p->fresh));
}

/* Lets the passwords thread work on call->password, then lets the writer run the handler. */
static void submit_passwords(struct request *x) {
    x->r->no_cancel = true;
    if (passwords_submit(x->g->passwords, &x->call, passwords_done, x) == 0)
        return;
    answer_fail_busy(&x->call, STR("too many passwords are being checked; try again in a second"));
    request_fail(x);
}

/* ---- errands ---- */

#define ERRANDS_MAX 8 /* at once, of all loops; libuv's pool has 16 threads (src/cli/serve/serve.c) */

static void errand_run(struct http_work *work) {
    struct request *x = request_of_work(work);
    x->call.errand.run(x->call.errand.ctx);
}

static void errand_done(struct http_work *work, int status) {
    struct request *x = request_of_work(work);
    atomic_fetch_sub(&x->g->errands, 1);
    if (status == 0)
        serve_write(x);
    else
        request_refuse(x, status);
}

/* Runs the errand on libuv's pool, then lets the writer run the handler. ERRANDS_MAX leaves most of the pool's
 * threads to jobs that wait for the disk. */
static void submit_errand(struct request *x) {
    if (atomic_fetch_add(&x->g->errands, 1) >= ERRANDS_MAX) {
        atomic_fetch_sub(&x->g->errands, 1);
        answer_fail_busy(&x->call, STR("too many addresses are being asked; try again in a few seconds"));
        request_fail(x);
        return;
    }
    x->r->no_cancel = true;
    x->work = (struct http_work){.run = errand_run, .done = errand_done};
    int r = http_work_begin(x->r->loop, &x->work);
    if (r == 0)
        return;
    atomic_fetch_sub(&x->g->errands, 1);
    request_refuse(x, r);
}

/* Whether another caller of the same app may get the same answer. */
static bool may_repeat(const struct request *x) {
    const struct op *op = x->call.op;
    return op->effect == OP_READS && op->access == OP_TENANT && op->body_kind == OP_BODY_NONE &&
           x->r->method == HTTP_GET && x->call.app && x->loop->snapshot_changes >= 0;
}

/* Answers from the loop's cache. Returns false if the handler must run. */
static bool answer_again(struct request *x, const struct gateway_settings *s) {
    if (!may_repeat(x))
        return false;
    const struct answer_state state = {x->loop->snapshot_changes, x->call.now_ms / 1000, s};
    const struct answer_key key = {x->call.app->id, x->call.tenant, x->r->path, x->r->query, x->call.base_url};
    struct str answer = answer_cache_find(x->loop->answers, &state, &key, &x->keep);
    if (str_is_absent(answer))
        return false;
    request_repeat(x, answer);
    return true;
}

void gateway_serve(struct gateway *g, struct http_request *r) {
    const struct gateway_settings *s = gateway_settings_now(g);
    struct request *x = r->ctx;
    int error = 0;
    if (x) { /* the caller was admitted by the head; receiving the body took time */
        snapshot_take(x->loop);
        error = access_recheck(x);
    } else {
        x = request_new(g, r, s);
        error = serve_admit(x, s);
    }
    if (error == 0 && answer_again(x, s))
        return;
    if (error == 0)
        error = serve_read(x);
    if (error < 0) {
        request_refuse(x, error);
        return;
    }
    if (x->call.op->stream) {
        error = watch_begin(x->loop->watch, &x->call, r);
        if (error == -EBUSY)
            answer_fail_busy(&x->call, STR("too many streams are open; close a page of the console and try again"));
        if (error < 0)
            request_refuse(x, error);
        return;
    }
    request_begin_answer(x);
    if (x->call.op->before && (error = x->call.op->before(&x->call)) < 0) {
        request_refuse(x, error);
        return;
    }
    if (x->call.answered) {
        request_finish(x, 0);
    } else if (x->call.op->effect == OP_WRITES) {
        x->call.user_cache = NULL; /* it belongs to the loop's thread */
        if (x->call.errand.run)
            submit_errand(x);
        else if (has_password_work(x->call.password))
            submit_passwords(x);
        else
            serve_write(x);
    } else {
        request_finish(x, x->call.op->handle(&x->call));
    }
}

struct str gateway_methods(const struct gateway *g, const struct http_request *r) {
    return router_methods(g->router, r->path, r->arena);
}
