/* SPDX-License-Identifier: Apache-2.0
 *
 * Lets another thread wait until a working thread has done all that is due.
 */
#include "events/settle.h"

#include <errno.h>

#include "base/thread.h"

void settle_init(struct settle *s) {
    *s = (struct settle){.next_ms = SETTLE_NEVER};
    pthread_mutex_init(&s->lock, NULL);
    thread_condition(&s->answered_cond);
}

void settle_destroy(struct settle *s) {
    pthread_cond_destroy(&s->answered_cond);
    pthread_mutex_destroy(&s->lock);
}

int settle_wait(struct settle *s, void (*wake)(void *ctx), void *ctx, unsigned timeout_ms, int64_t *ret_next_ms) {
    const struct timespec until = thread_deadline(timeout_ms * INT64_C(1000000));
    int r = 0;

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
