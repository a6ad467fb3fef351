/* SPDX-License-Identifier: Apache-2.0
 *
 * The writer: one thread with the only writing connection. It takes all waiting jobs, runs them in one transaction
 * (each in its own savepoint, so that a failed job does not undo the others), commits once with a real sync, and
 * then calls done for each job. So no client is told of a write that is not durable.
 */
#ifndef HIRED_STORE_WRITER_H
#define HIRED_STORE_WRITER_H

#include "store/db.h"

struct writer;

struct write_job {
    /* On the writer's thread, within the transaction. If it returns < 0, its writes are rolled back. It must end its
     * queries and may not end the transaction. */
    int (*run)(struct db *db, struct write_job *job);
    /* On the writer's thread, after the commit, in the order of submission. result: the value of run, or a negative
     * errno if the transaction could not begin (then run was not called; -EBUSY: another process writes for too
     * long; -ENOBUFS: the log has its largest size, see writer_limit_log) or was rolled back as a whole (-EIO, -ENOSPC,
     * ...; see db_commit). The job may be freed here, or submitted again. */
    void (*done)(struct write_job *job, int result);
    struct write_job *next; /* used by the writer */
    uint64_t savepoint;     /* used by the writer */
    int result;             /* used by the writer */
};

#define WRITER_COMMIT_BUCKETS 12
extern const int64_t writer_commit_ns[WRITER_COMMIT_BUCKETS]; /* upper bounds, ascending */

struct writer_stats {
    uint64_t jobs, groups;                       /* finished jobs, including failed ones */
    uint64_t failed_commits;                     /* groups that were rolled back because of a fault */
    uint64_t queued;                             /* jobs waiting now */
    uint64_t group_sizes[16];                    /* [i]: groups of more than 2^(i-1) and up to 2^i jobs */
    uint64_t commit_ns;                          /* time spent in commits, in total */
    uint64_t commits[WRITER_COMMIT_BUCKETS + 1]; /* [i]: those that took at most writer_commit_ns[i], and no less */
    int error; /* with which the last group failed, if the disk, the log or the database's server was the cause; 0:
                  writes succeed */
    int64_t running_ms; /* since the present group began; 0: there is none */
    struct db_log log;  /* after the last group */
    uint64_t log_max;
};

/* Starts the thread, which then owns db (opened with DB_WRITE; on failure the caller still owns it). queue_max: how
 * many jobs may wait. group_max: jobs in one transaction. Both at least 1. Returns 0 or a negative errno. */
int writer_new(struct writer **ret, struct db *db, unsigned queue_max, unsigned group_max);

/* The write-ahead log grows while a reader holds an old state. From bytes on, jobs are refused with -ENOBUFS until it
 * has been emptied, which is tried once a second; a line in the log of messages says both. 0: no limit. Call it before
 * the first job. */
void writer_limit_log(struct writer *w, uint64_t bytes);

/* Any thread. Returns 0 (done will be called), -EBUSY if the queue is full, -ESHUTDOWN. The job may not be waiting
 * already. */
int writer_submit(struct writer *w, struct write_job *job);

/* Runs a job and waits for it. Returns its result, or the error of writer_submit. -EDEADLK on the writer's own
 * thread. */
int writer_run(struct writer *w, int (*run)(struct db *db, void *arg), void *arg);

/* may is called on the writer's thread within each transaction, before its first job. If it returns < 0, no job runs,
 * and all of the group get that error. Call it before the first job. */
void writer_ask(struct writer *w, int (*may)(void *ctx), void *ctx);

/* fn is called on the writer's thread after each commit that changed something, after done was called for its jobs;
 * it wakes threads that look for new work. Earlier commits do not call it. */
void writer_on_commit(struct writer *w, void (*fn)(void *ctx), void *ctx);

/* How many groups of jobs were committed. It grows before any job of a group is told of its commit, so whoever knows of
 * a write finds a greater number. May be called from any thread. */
uint64_t writer_commits(const struct writer *w);

void writer_stats(struct writer *w, struct writer_stats *ret);

/* Runs the waiting jobs (writer_submit returns -ESHUTDOWN from now on), then ends the thread. Takes NULL. */
void writer_stop(struct writer *w);

/* Calls writer_stop() if nobody has, then closes the connection. The connection that is closed last removes the
 * write-ahead log, which only a writing one can do: close the reading connections of this process before. Takes NULL;
 * returns NULL. */
struct writer *writer_free(struct writer *w);

#endif
