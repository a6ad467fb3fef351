/* SPDX-License-Identifier: Apache-2.0
 *
 * The writer: one thread with the one writing connection. It takes all jobs that wait, runs them in one transaction
 * (each in a savepoint of its own, so that one refusal does not undo its neighbours), commits once with a real sync,
 * and only then reports them done. So nobody hears of a write that is not durable.
 */
#ifndef HIRED_STORE_WRITER_H
#define HIRED_STORE_WRITER_H

#include "store/db.h"

struct writer;

struct write_job {
    /* On the writer's thread, within the transaction. < 0: what it wrote is undone. It must end its queries and leave
     * the transaction alone. */
    int (*run)(struct db *db, struct write_job *job);
    /* On the writer's thread, after the commit, in the order of submission: result is run's, or a negative errno if the
     * transaction could not begin (then run was not called; -EBUSY: another process writes for too long) or as a whole
     * was not kept (-EIO, -ENOSPC, ...; db_commit says what that means). The job may be freed here, or submitted again.
     */
    void (*done)(struct write_job *job, int result);
    struct write_job *next; /* the writer's */
    int result;             /* the writer's */
};

struct writer_stats {
    uint64_t jobs, groups;    /* done, refused ones too */
    uint64_t failed_commits;  /* groups of which nothing was kept for a fault */
    uint64_t queued;          /* waiting now */
    uint64_t group_sizes[16]; /* [i]: groups of more than 2^(i-1) and up to 2^i jobs */
    uint64_t commit_ns;       /* time in commits, summed */
};

/* Starts the thread, which takes over db (opened with DB_WRITE; on failure it stays the caller's). queue_max: jobs that
 * may wait. group_max: jobs in one transaction. Both at least 1. Returns 0 or a negative errno. */
int writer_new(struct writer **ret, struct db *db, unsigned queue_max, unsigned group_max);

/* Any thread. Returns 0 (done will be called), -EBUSY when the queue is full, -ESHUTDOWN. */
int writer_submit(struct writer *w, struct write_job *job);

/* Runs a job and waits for it. Returns its result, or what writer_submit says. -EDEADLK on the writer's own thread. */
int writer_run(struct writer *w, int (*run)(struct db *db, void *arg), void *arg);

/* fn is called on the writer's thread after each commit that kept something, once its jobs were reported done; for
 * waking those who look for new work. Commits before this call wake nobody. */
void writer_on_commit(struct writer *w, void (*fn)(void *ctx), void *ctx);

void writer_stats(struct writer *w, struct writer_stats *ret);

/* Finishes what waits (what is submitted from now on is -ESHUTDOWN), then ends the thread and closes the connection.
 * Takes NULL; returns NULL. */
struct writer *writer_free(struct writer *w);

#endif
