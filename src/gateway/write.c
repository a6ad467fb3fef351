/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs the handlers of operations that write: on the writer's thread, after the passwords thread or an errand where the
 * operation needs one.
 */
#include <errno.h>
#include <stddef.h>

#include "base/clock.h"
#include "gateway/answer.h"
#include "gateway/caller/session.h"
#include "gateway/internal.h"
#include "store/stamp.h"

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

void write_begin(struct request *x) {
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

static struct request *of_work(struct http_work *work) {
    return (struct request *)(void *)((char *)work - offsetof(struct request, work));
}

static void errand_run(struct http_work *work) {
    struct request *x = of_work(work);
    x->call.errand.run(x->call.errand.ctx);
}

static void errand_done(struct http_work *work, int status) {
    struct request *x = of_work(work);
    atomic_fetch_sub(&x->g->errands, 1);
    if (status == 0)
        write_begin(x);
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

void write_prepare(struct request *x) {
    if (x->call.errand.run)
        submit_errand(x);
    else if (has_password_work(x->call.password))
        submit_passwords(x);
    else
        write_begin(x);
}
