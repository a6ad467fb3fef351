/* SPDX-License-Identifier: Apache-2.0
 *
 * Lets another thread wait until a working thread has done all that is due.
 */
#include "events/settle.h"

#include <errno.h>
#include <time.h>

void settle_init(struct settle *s) {
    pthread_condattr_t monotonic;

    *s = (struct settle){.next_ms = SETTLE_NEVER};
    pthread_mutex_init(&s->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&s->answered_cond, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

void settle_destroy(struct settle *s) {
    pthread_cond_destroy(&s->answered_cond);
    pthread_mutex_destroy(&s->lock);
}

int settle_wait(struct settle *s, void (*wake)(void *ctx), void *ctx, unsigned timeout_ms, int64_t *ret_next_ms) {
    struct timespec until;
    int r = 0;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += timeout_ms / 1000;
    until.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&s->lock);
    uint64_t question = ++s->asked;
    pthread_mutex_unlock(&s->lock);
    wake(ctx);
    pthread_mutex_lock(&s->lock);
    while (s->answered < question && r == 0)
        r = pthread_cond_timedwait(&s->answered_cond, &s->lock, &until);
    bool answered = s->answered >= question;
    *ret_next_ms = s->next_ms;
    pthread_mutex_unlock(&s->lock);
    return answered ? 0 : -ETIMEDOUT;
}

bool settle_is_asked(struct settle *s, bool *ret_new) {
    pthread_mutex_lock(&s->lock);
    bool asked = s->asked > s->answered;
    *ret_new = asked && s->seen != s->asked;
    s->seen = s->asked;
    pthread_mutex_unlock(&s->lock);
    return asked;
}

void settle_answer(struct settle *s, int64_t next_ms) {
    pthread_mutex_lock(&s->lock);
    s->answered = s->seen;
    s->next_ms = next_ms;
    pthread_cond_broadcast(&s->answered_cond);
    pthread_mutex_unlock(&s->lock);
}
