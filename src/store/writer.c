/* SPDX-License-Identifier: Apache-2.0
 *
 * The writer: runs all waiting jobs in one transaction, commits it durably, then calls done for each.
 */
#include "store/writer.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/invariant.h"
#include "base/log.h"

#define IDLE_NS INT64_C(1000000000) /* after so long without a job the writer maintains the database */

struct writer {
    struct db *db;
    pthread_t thread;
    unsigned queue_max, group_max;
    void (*on_commit)(void *ctx);
    void *on_commit_ctx;
    bool stopped; /* the thread has ended */

    pthread_mutex_t lock; /* protects all following members */
    pthread_cond_t wake;  /* a job was submitted, or the writer must end */
    struct write_job *first, **last;
    bool stopping;
    struct writer_stats stats;
};

/* The result of one group of jobs. */
struct group {
    struct write_job *jobs;
    unsigned n;
    unsigned kept; /* jobs whose writes are committed */
    bool failed;   /* the whole group was rolled back */
    int64_t commit_ns;
};

/* ---- the thread ---- */

static void group_fail(struct group *g, int error) {
    for (struct write_job *j = g->jobs; j; j = j->next)
        j->result = error;
    g->kept = 0;
    g->failed = true;
}

/* Runs one job in its savepoint. Returns 0, or the error that makes the whole transaction fail. */
static int job_run(struct db *db, struct write_job *j) {
    int r = db_savepoint(db);
    if (r < 0)
        return r;
    j->result = j->run(db, j);
    if (j->result < 0)
        db_rollback_savepoint(db);
    else if ((r = db_release(db)) < 0)
        return r;
    if (db_in_transaction(db))
        return 0;
    return j->result < 0 ? j->result : -EIO; /* a fault rolled back the whole transaction */
}

static void group_run(struct db *db, struct group *g) {
    int r = db_begin(db);
    for (struct write_job *j = g->jobs; j && r == 0; j = j->next) {
        r = job_run(db, j);
        g->kept += r == 0 && j->result >= 0;
    }
    if (r == 0 && g->kept > 0) {
        int64_t start = clock_mono_ns();
        r = db_commit(db);
        g->commit_ns = clock_mono_ns() - start;
    } else
        db_rollback(db);
    if (r < 0)
        group_fail(g, r);
}

static void group_report(struct writer *w, struct group *g) {
    unsigned size = 0;
    while (size < 15 && (1u << size) < g->n)
        size++;
    pthread_mutex_lock(&w->lock);
    w->stats.jobs += g->n;
    w->stats.groups++;
    w->stats.group_sizes[size]++;
    w->stats.failed_commits += g->failed;
    w->stats.commit_ns += (uint64_t)g->commit_ns;
    void (*on_commit)(void *ctx) = w->on_commit;
    void *on_commit_ctx = w->on_commit_ctx;
    pthread_mutex_unlock(&w->lock);

    for (struct write_job *j = g->jobs, *next; j; j = next) {
        next = j->next;
        j->done(j, j->result);
    }
    if (g->kept > 0 && on_commit)
        on_commit(on_commit_ctx);
}

/* Takes the next group off the queue. Called with the lock held. */
static struct group group_take(struct writer *w) {
    struct group g = {.jobs = w->first};
    struct write_job **at = &w->first;
    while (*at && g.n < w->group_max) {
        at = &(*at)->next;
        g.n++;
    }
    w->first = *at;
    *at = NULL;
    if (!w->first)
        w->last = &w->first;
    w->stats.queued -= INVARIANT(w->stats.queued >= g.n) ? g.n : w->stats.queued;
    return g;
}

/* Waits for a job or the end, at most a second. Called with the lock held. Returns true if the second passed. */
static bool wait_for_jobs(struct writer *w) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += IDLE_NS / 1000000000;
    while (!w->first && !w->stopping)
        if (pthread_cond_timedwait(&w->wake, &w->lock, &until) == ETIMEDOUT)
            return !w->first && !w->stopping;
    return false;
}

static void *writer_main(void *arg) {
    struct writer *w = arg;
    bool more = false;

    for (;;) {
        db_tend(w->db, false);
        pthread_mutex_lock(&w->lock);
        bool idle = wait_for_jobs(w);
        /* Maintenance is done once; then wait without a timeout for the next job. */
        if (idle) {
            pthread_mutex_unlock(&w->lock);
            db_tend(w->db, true);
            pthread_mutex_lock(&w->lock);
            while (!w->first && !w->stopping && db_forgotten(w->db))
                pthread_cond_wait(&w->wake, &w->lock);
        }
        more = w->first != NULL;
        if (!more && !w->stopping) {
            pthread_mutex_unlock(&w->lock);
            continue; /* db_forget was called and the log is not empty yet */
        }
        struct group g = group_take(w);
        pthread_mutex_unlock(&w->lock);
        if (!more)
            return NULL;
        group_run(w->db, &g);
        group_report(w, &g);
    }
}

/* ---- the public side ---- */

int writer_new(struct writer **ret, struct db *db, unsigned queue_max, unsigned group_max) {
    INVARIANT_RETURN(queue_max >= 1 && group_max >= 1, -EINVAL);
    struct writer *w = mem_alloc(sizeof(*w));
    *w = (struct writer){.db = db, .queue_max = queue_max, .group_max = group_max, .last = &w->first};
    pthread_mutex_init(&w->lock, NULL);
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&w->wake, &attr);
    pthread_condattr_destroy(&attr);

    /* Signals are handled by the main thread. */
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    int r = pthread_create(&w->thread, NULL, writer_main, w);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (r != 0) {
        pthread_cond_destroy(&w->wake);
        pthread_mutex_destroy(&w->lock);
        free(w);
        return -r;
    }
    pthread_setname_np(w->thread, "hired-writer");
    *ret = w;
    return 0;
}

int writer_submit(struct writer *w, struct write_job *job) {
    int r = 0;
    pthread_mutex_lock(&w->lock);
    if (w->stopping)
        r = -ESHUTDOWN;
    else if (w->stats.queued >= w->queue_max)
        r = -EBUSY;
    else if (!INVARIANT(job->run && job->done) || !INVARIANT(w->last != &job->next)) /* the latter: it waits already */
        r = -EINVAL;
    else {
        bool was_empty = !w->first;
        job->next = NULL;
        *w->last = job;
        w->last = &job->next;
        w->stats.queued++;
        if (was_empty)
            pthread_cond_signal(&w->wake);
    }
    pthread_mutex_unlock(&w->lock);
    return r;
}

struct waiting_job {
    struct write_job job;
    int (*run)(struct db *db, void *arg);
    void *arg;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool done;
    int result;
};

static int waiting_run(struct db *db, struct write_job *job) {
    struct waiting_job *w = (struct waiting_job *)job;
    return w->run(db, w->arg);
}

static void waiting_done(struct write_job *job, int result) {
    struct waiting_job *w = (struct waiting_job *)job;
    pthread_mutex_lock(&w->lock);
    w->result = result;
    w->done = true;
    pthread_cond_signal(&w->wake); /* signalled with the lock held: the waiter may free it after that */
    pthread_mutex_unlock(&w->lock);
}

int writer_run(struct writer *w, int (*run)(struct db *db, void *arg), void *arg) {
    if (pthread_equal(pthread_self(), w->thread))
        return -EDEADLK;
    struct waiting_job job = {.job = {.run = waiting_run, .done = waiting_done},
                              .run = run,
                              .arg = arg,
                              .lock = PTHREAD_MUTEX_INITIALIZER,
                              .wake = PTHREAD_COND_INITIALIZER};
    int r = writer_submit(w, &job.job);
    if (r < 0)
        return r;
    pthread_mutex_lock(&job.lock);
    while (!job.done)
        pthread_cond_wait(&job.wake, &job.lock);
    pthread_mutex_unlock(&job.lock);
    pthread_cond_destroy(&job.wake);
    pthread_mutex_destroy(&job.lock);
    return job.result;
}

void writer_on_commit(struct writer *w, void (*fn)(void *ctx), void *ctx) {
    pthread_mutex_lock(&w->lock);
    w->on_commit_ctx = ctx;
    w->on_commit = fn;
    pthread_mutex_unlock(&w->lock);
}

void writer_stats(struct writer *w, struct writer_stats *ret) {
    pthread_mutex_lock(&w->lock);
    *ret = w->stats;
    pthread_mutex_unlock(&w->lock);
}

void writer_stop(struct writer *w) {
    if (!w || w->stopped)
        return;
    INVARIANT_ABORT(!pthread_equal(pthread_self(), w->thread)); /* the thread would go on with freed memory */
    pthread_mutex_lock(&w->lock);
    w->stopping = true;
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    w->stopped = true;
}

struct writer *writer_free(struct writer *w) {
    if (!w)
        return NULL;
    writer_stop(w);
    db_close(w->db);
    pthread_cond_destroy(&w->wake);
    pthread_mutex_destroy(&w->lock);
    free(w);
    return NULL;
}
