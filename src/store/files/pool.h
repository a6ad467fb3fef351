/* SPDX-License-Identifier: Apache-2.0
 *
 * Threads for work on files that may take long, so that a loop or the writer need not wait for it. Each job has a
 * key (its app or account). Keys take turns, and a key uses at most per_key threads at once, so that an app with
 * many uploads, or with files on a slow part of the disk, leaves threads to others.
 */
#ifndef HIRED_STORE_FILES_POOL_H
#define HIRED_STORE_FILES_POOL_H

#include <stdbool.h>
#include <stdint.h>

struct pool;

struct pool_job {
    int64_t key;
    void (*run)(struct pool_job *job);  /* on a thread of the pool */
    void (*done)(struct pool_job *job); /* after run, on the same thread; the job may be freed or submitted again */
    struct pool_job *next;              /* used by the pool */
};

/* Returns 0 or a negative errno. threads > per_key >= 1. */
int pool_new(struct pool **ret, unsigned threads, unsigned per_key);

/* Any thread; never waits for the disk. The job must stay valid until done is called. */
void pool_submit(struct pool *p, struct pool_job *job);

/* Cancels a job if no thread has begun it. Returns whether it did: then neither run nor done is called. Any thread. */
bool pool_cancel(struct pool *p, struct pool_job *job);

/* Runs all submitted jobs, then ends the threads. No job may be submitted any more. Takes NULL; returns NULL. */
struct pool *pool_free(struct pool *p);

#endif
