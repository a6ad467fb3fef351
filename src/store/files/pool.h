/* SPDX-License-Identifier: Apache-2.0
 *
 * Threads for work on files, which may take long: a loop or the writer hands a job over and goes on. Each job belongs
 * to somebody (its key: an app, an account); they have their turns one after the other, and nobody has more than
 * per_key of the threads at once, so one who uploads much, or whose files lie on a slow part of the disk, leaves
 * threads to all others.
 */
#ifndef HIRED_STORE_FILES_POOL_H
#define HIRED_STORE_FILES_POOL_H

#include <stdbool.h>
#include <stdint.h>

struct pool;

struct pool_job {
    int64_t key;
    void (*run)(struct pool_job *job); /* on a thread of the pool */
    void (*done)(
        struct pool_job *job); /* right after it, on the same thread; the job may be freed or submitted again */
    struct pool_job *next;     /* the pool's */
};

/* Returns 0 or a negative errno. threads > per_key >= 1. */
int pool_new(struct pool **ret, unsigned threads, unsigned per_key);

/* Any thread; never waits for the disk. The job stays in place until done. */
void pool_submit(struct pool *p, struct pool_job *job);

/* Takes a job back that no thread has begun. Returns whether it could: then neither run nor done is called. Any thread.
 */
bool pool_cancel(struct pool *p, struct pool_job *job);

/* Does what was submitted, then ends the threads. Nobody may submit any more. Takes NULL; returns NULL. */
struct pool *pool_free(struct pool *p);

#endif
