/* SPDX-License-Identifier: Apache-2.0
 *
 * Threads, and conditions that they wait for.
 */
#ifndef HIRED_BASE_THREAD_H
#define HIRED_BASE_THREAD_H

#include <pthread.h>
#include <stdint.h>
#include <time.h>

/* Starts a thread that gets no signals: the main thread handles them. name: at most 15 characters, for top and gdb.
 * Returns 0 or a negative errno. */
int thread_start(pthread_t *ret, const char *name, void *(*fn)(void *arg), void *arg);

/* Initializes a condition whose waits end by the monotonic clock, which nobody sets. */
void thread_condition(pthread_cond_t *c);

/* The time in ns nanoseconds, for pthread_cond_timedwait() with such a condition. */
struct timespec thread_deadline(int64_t ns);

#endif
