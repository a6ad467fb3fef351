/* SPDX-License-Identifier: Apache-2.0
 *
 * Threads, and conditions that they wait for.
 */
#include "base/thread.h"

#include <signal.h>

int thread_start(pthread_t *ret, const char *name, void *(*fn)(void *arg), void *arg) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int r = -pthread_create(ret, NULL, fn, arg);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (r == 0)
        pthread_setname_np(*ret, name);
    return r;
}

void thread_condition(pthread_cond_t *c) {
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(c, &attr);
    pthread_condattr_destroy(&attr);
}

struct timespec thread_deadline(int64_t ns) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    ns += until.tv_nsec;
    until.tv_sec += ns / 1000000000;
    until.tv_nsec = ns % 1000000000;
    return until;
}

void thread_rest_init(struct thread_rest *r) {
    pthread_mutex_init(&r->lock, NULL);
    thread_condition(&r->wake);
    r->ended = r->woken = false;
}

void thread_rest_destroy(struct thread_rest *r) {
    pthread_cond_destroy(&r->wake);
    pthread_mutex_destroy(&r->lock);
}

bool thread_rest(struct thread_rest *r, int64_t ns) {
    const struct timespec until = thread_deadline(ns);
    pthread_mutex_lock(&r->lock);
    if (!r->ended && !r->woken)
        pthread_cond_timedwait(&r->wake, &r->lock, &until);
    r->woken = false;
    bool go_on = !r->ended;
    pthread_mutex_unlock(&r->lock);
    return go_on;
}

bool thread_rest_ended(struct thread_rest *r) {
    pthread_mutex_lock(&r->lock);
    bool ended = r->ended;
    pthread_mutex_unlock(&r->lock);
    return ended;
}

void thread_rest_wake(struct thread_rest *r) {
    pthread_mutex_lock(&r->lock);
    r->woken = true;
    pthread_cond_signal(&r->wake);
    pthread_mutex_unlock(&r->lock);
}

void thread_rest_end(struct thread_rest *r) {
    pthread_mutex_lock(&r->lock);
    r->ended = true;
    pthread_cond_signal(&r->wake);
    pthread_mutex_unlock(&r->lock);
}
