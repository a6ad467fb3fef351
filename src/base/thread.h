/* SPDX-License-Identifier: Apache-2.0
 *
 * Threads, and conditions that they wait for.
 */
#ifndef HIRED_BASE_THREAD_H
#define HIRED_BASE_THREAD_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* Starts a thread that gets no signals: the main thread handles them. name: at most 15 characters, for top and gdb.
 * Returns 0 or a negative errno. */
int thread_start(pthread_t *ret, const char *name, void *(*fn)(void *arg), void *arg);

/* Initializes a condition whose waits end by the monotonic clock, which nobody sets. */
void thread_condition(pthread_cond_t *c);

/* The time in ns nanoseconds, for pthread_cond_timedwait() with such a condition. */
struct timespec thread_deadline(int64_t ns);

/* How a thread that works now and then rests, and how others wake or end it. */
struct thread_rest {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool ended, woken; /* guarded by lock */
};
void thread_rest_init(struct thread_rest *r);
void thread_rest_destroy(struct thread_rest *r);

/* Waits for ns nanoseconds, or until another thread wakes or ends this one; not at all if it has done so since the last
 * wait. Returns false if this thread must end. */
bool thread_rest(struct thread_rest *r, int64_t ns);
bool thread_rest_ended(struct thread_rest *r); /* this thread must end */
void thread_rest_wake(struct thread_rest *r);
void thread_rest_end(struct thread_rest *r); /* wakes it too; the caller joins it */

#endif
