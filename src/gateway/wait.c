/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs the handlers of operations that wait (OP_WAITS) on threads of their own, so that neither a loop nor the writer
 * waits with them.
 */
#include <errno.h>
#include <stddef.h>

#include "gateway/internal.h"

static struct request *of_job(struct pool_job *job) {
    return (struct request *)(void *)((char *)job - offsetof(struct request, wait));
}

static void run(struct pool_job *job) {
    struct request *x = of_job(job);
    x->result = x->call.op->handle(&x->call);
}

static void on_waited(struct http_loop *l, void *arg) {
    struct request *x = arg;
    request_finish(x, x->result);
}

static void done(struct pool_job *job) {
    struct request *x = of_job(job);
    (void)http_loop_post(x->r->loop, on_waited, x); /* fails if the loop has ended, and its requests with it */
}

void wait_begin(struct request *x) {
    x->r->no_cancel = true;
    x->call.db = NULL;
    x->wait = (struct pool_job){.run = run, .done = done};
    pool_submit(x->g->waits, &x->wait);
}
