/* SPDX-License-Identifier: Apache-2.0
 *
 * Lets another thread wait until a working thread has done all that is due, and learn when the next thing will be due.
 * For the clock of the test mode.
 */
#ifndef HIRED_EVENTS_SETTLE_H
#define HIRED_EVENTS_SETTLE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#define SETTLE_NEVER INT64_MAX

struct settle {
    pthread_mutex_t lock;
    pthread_cond_t answered_cond;
    uint64_t asked, answered; /* numbers of questions */
    uint64_t seen;            /* of the worker's thread: the last question that it has begun with */
    int64_t next_ms;          /* the answer */
};

void settle_init(struct settle *s);
void settle_destroy(struct settle *s);

/* Asks; wake(ctx) must make the worker look. Returns 0 and when the next thing is due (SETTLE_NEVER: nothing waits), or
 * -ETIMEDOUT. Any thread but the worker's. */
int settle_wait(struct settle *s, void (*wake)(void *ctx), void *ctx, unsigned timeout_ms, int64_t *ret_next_ms);

/* ---- the worker's thread ---- */

/* Whether there is a question. *ret_new: it is the first time that this is told of it, so the worker must look for what
 * is due once more before it answers. */
bool settle_is_asked(struct settle *s, bool *ret_new);

void settle_answer(struct settle *s, int64_t next_ms);

#endif
