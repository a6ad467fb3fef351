/* SPDX-License-Identifier: Apache-2.0
 *
 * The writer: runs all waiting jobs in one transaction, commits it durably, then calls done for each.
 */
#include "store/writer.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/invariant.h"
#include "base/log.h"
#include "base/thread.h"

const int64_t writer_commit_ns[WRITER_COMMIT_BUCKETS] = {500000,    1000000,    2500000,    5000000,
                                                         10000000,  25000000,   50000000,   100000000,
                                                         250000000, 1000000000, 2500000000, 10000000000};

#define IDLE_NS INT64_C(1000000000) /* after so long without a job the writer maintains the database */

struct writer {
    struct db *db;
    pthread_t thread;
    unsigned queue_max, group_max;
    void (*on_commit)(void *ctx);
    void *on_commit_ctx;
    int (*may)(void *ctx);
    void *may_ctx;
    bool stopped;     /* the thread has ended */
    uint64_t log_max; /* 0: no limit */
    bool refuses;     /* the log has its largest size; of the thread */
    int64_t begun_ns; /* of the present group; 0: none; protected by lock */

    _Atomic uint64_t commits;

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
    j->savepoint = db_savepoint_number(db);
    j->result = j->run(db, j);
    if (j->result < 0)
        db_rollback_savepoint(db);
    else if ((r = db_release(db)) < 0)
        return r;
    if (db_in_transaction(db))
        return 0;
    return j->result < 0 ? j->result : -EIO; /* a fault rolled back the whole transaction */
}

/* Whether nothing may be written because a reader keeps the log from being emptied. */
static bool log_is_full(struct writer *w) {
    struct db_log log;
    db_log(w->db, &log);
    bool full = w->log_max > 0 && log.bytes >= w->log_max;
    if (full) {
        db_forget(w->db); /* db_tend tries to empty it now and then every second */
        db_tend(w->db, false);
        db_log(w->db, &log);
        full = log.bytes >= w->log_max;
    }
    if (full && !w->refuses)
        log_fmt(LOG_ERROR,
                "nothing is written any more: the database's log (hired.db-wal) has %" PRIu64
                " bytes ([store] log_max) and cannot be emptied while a reader holds an old state",
                log.bytes);
    else if (!full && w->refuses)
        log_line(LOG_INFO, "the database's log was emptied: writes are taken again", NULL);
    w->refuses = full;
    return full;
}

/* After the commit: jobs whose posted statements failed after they had run. */
static void note_undone(struct db *db, struct group *g) {
    for (struct write_job *j = g->jobs; j; j = j->next) {
        int error = j->result >= 0 ? db_savepoint_error(db, j->savepoint) : 0;
        if (error == 0)
            continue;
        j->result = error;
        g->kept--;
    }
}

static void group_run(const struct writer *w, struct group *g) {
    struct db *db = w->db;
    int r = db_begin(db);
    if (r == 0 && w->may)
        r = w->may(w->may_ctx);
    for (struct write_job *j = g->jobs; j && r == 0; j = j->next) {
        r = job_run(db, j);
        g->kept += r == 0 && j->result >= 0;
    }
    if (r == 0 && g->kept > 0) {
        int64_t start = clock_mono_ns();
        r = db_commit(db);
        g->commit_ns = clock_mono_ns() - start;
        if (r == 0)
            note_undone(db, g);
    } else
        db_rollback(db);
    if (r < 0)
        group_fail(g, r);
}

/* A fault of the disk, or of the database's server, which hits every write. */
static bool is_fault(int error) {
    static const int all[] = {ENOSPC, EDQUOT, EIO, EROFS, ENOBUFS, EUCLEAN, EACCES, ENOMEM, EHOSTUNREACH};
    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
        if (error == -all[i])
            return true;
    return false;
}

/* The fault that made the group fail, or 0. A group in which a job succeeded has been committed. */
static int group_fault(const struct group *g) {
    for (const struct write_job *j = g->jobs; j && (g->failed || g->kept == 0); j = j->next)
        if (is_fault(j->result))
            return j->result;
    return 0;
}

/* Called with the lock held. */
static void note_fault(struct writer *w, const struct group *g) {
    int error = group_fault(g);
    if (error == 0 && g->kept == 0)
        return; /* nothing was written, so it tells nothing */
    if (error < 0 && w->stats.error == 0)
        log_line(LOG_ERROR, "writes fail", "why", strerror(-error), NULL);
    else if (error == 0 && w->stats.error < 0)
        log_line(LOG_INFO, "writes succeed again", NULL);
    w->stats.error = error;
}

static void group_report(struct writer *w, struct group *g) {
    unsigned size = 0, slot = 0;
    if (g->kept > 0)
        atomic_fetch_add(&w->commits, 1);
    while (size < 15 && (1u << size) < g->n)
        size++;
    while (slot < WRITER_COMMIT_BUCKETS && g->commit_ns > writer_commit_ns[slot])
        slot++;
    pthread_mutex_lock(&w->lock);
    w->begun_ns = 0;
    note_fault(w, g);
    db_log(w->db, &w->stats.log);
    w->stats.commits[slot] += g->commit_ns > 0;
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
    const struct timespec until = thread_deadline(IDLE_NS);
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
            db_log(w->db, &w->stats.log);
            while (!w->first && !w->stopping && db_forgotten(w->db))
                pthread_cond_wait(&w->wake, &w->lock);
        }
        more = w->first != NULL;
        if (!more && !w->stopping) {
            pthread_mutex_unlock(&w->lock);
            continue; /* db_forget was called and the log is not empty yet */
        }
        struct group g = group_take(w);
        w->begun_ns = more ? clock_mono_ns() : 0;
        pthread_mutex_unlock(&w->lock);
        if (!more)
            return NULL;
        if (log_is_full(w))
            group_fail(&g, -ENOBUFS);
        else
            group_run(w, &g);
        group_report(w, &g);
    }
}

/* ---- the public side ---- */

int writer_new(struct writer **ret, struct db *db, unsigned queue_max, unsigned group_max) {
    INVARIANT_RETURN(queue_max >= 1 && group_max >= 1, -EINVAL);
    struct writer *w = mem_alloc(sizeof(*w));
    *w = (struct writer){.db = db, .queue_max = queue_max, .group_max = group_max, .last = &w->first};
    pthread_mutex_init(&w->lock, NULL);
    thread_condition(&w->wake);
    int r = thread_start(&w->thread, "hired-writer", writer_main, w);
    if (r < 0) {
        pthread_cond_destroy(&w->wake);
        pthread_mutex_destroy(&w->lock);
        free(w);
        return r;
    }
    *ret = w;
    return 0;
}

void writer_limit_log(struct writer *w, uint64_t bytes) {
    w->log_max = bytes;
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

uint64_t writer_commits(const struct writer *w) {
    return atomic_load(&w->commits);
}

void writer_ask(struct writer *w, int (*may)(void *ctx), void *ctx) {
    w->may_ctx = ctx;
    w->may = may;
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
    ret->running_ms = w->begun_ns ? (clock_mono_ns() - w->begun_ns) / 1000000 : 0;
    ret->log_max = w->log_max;
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
