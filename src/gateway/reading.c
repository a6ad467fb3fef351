/* SPDX-License-Identifier: Apache-2.0
 *
 * Passes reads to a reader: the loop's own, or the pool. The only place that knows which.
 */
#include "gateway/reading.h"

#include <errno.h>

#include "gateway/answer.h"
#include "gateway/caller/session.h"
#include "gateway/internal.h"

void gateway_read(struct gateway *g, struct http_loop *l, struct read_job *job) {
    job->loop = l;
    if (!g->readers) {
        job->run(job, &g->loops[http_loop_index(l)].reader);
        job->done(job, 0);
        return;
    }
    int r = readers_submit(g->readers, job);
    if (r < 0)
        job->done(job, r);
}

int64_t gateway_caller(struct gateway *g, const struct http_request *r) {
    const struct shares *s = g->loops[http_loop_index(r->loop)].shares;
    return s ? shares_key(s, r) : 0;
}

struct str gateway_read_refusal(int error) {
    return error == -EBUSY ? STR("the database has too many reads waiting; try again in a second")
                           : STR("the database does not answer in time; try again in a few seconds");
}

/* ---- requests ---- */

static struct request *of_read(struct read_job *job) {
    return (struct request *)(void *)((char *)job - offsetof(struct request, read));
}

int64_t request_caller(const struct call *c) {
    if (c->person)
        return c->person->account;
    return c->app ? c->app->id : 0;
}

/* The caches belong to the reader's thread, so the call has them during its read only. */
static void run(struct read_job *job, struct reader *rd) {
    struct request *x = of_read(job);
    x->reader = rd;
    x->call.db = rd->db;
    x->call.user_cache = rd->users;
    x->result = x->run(x);
    if (x->result < 0 && x->result != -EBADMSG) /* a snapshot whose connection is lost serves nobody else */
        reader_end_snapshot(rd);
    x->reader = NULL;
    x->call.db = NULL;
    x->call.user_cache = NULL;
}

static void done(struct read_job *job, int error) {
    struct request *x = of_read(job);
    x->reading = false;
    if (error == -ESHUTDOWN) {
        if (x->upload)
            upload_drop(x->upload);
        return;
    }
    if (x->loop->shares)
        shares_learn(x->loop->shares, x->r, request_caller(&x->call));
    if (error < 0) {
        answer_fail_busy(&x->call, gateway_read_refusal(error));
        request_fail(x);
    } else if (x->result == -EBUSY && x->call.code == 0) {
        answer_fail_busy(&x->call,
                         STR("another session of the database holds a lock that this read waits for; try again "
                             "in a few seconds"));
        request_fail(x);
    } else if (x->result < 0) {
        request_refuse(x, x->result);
    } else {
        x->done(x);
    }
}

void request_read(struct request *x, int (*fn)(struct request *x), void (*then)(struct request *x)) {
    x->run = fn;
    x->done = then;
    x->read.run = run;
    x->read.done = done;
    if (x->g->readers)
        x->r->no_cancel = true;
    else
        reader_share(&x->loop->reader);
    x->read.key = gateway_caller(x->g, x->r);
    x->reading = true;
    gateway_read(x->g, x->r->loop, &x->read);
}
