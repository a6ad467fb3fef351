/* SPDX-License-Identifier: Apache-2.0
 *
 * Threads that read the database; callers take turns.
 */
#include "gateway/readers.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/thread.h"
#include "gateway/reader.h"

/* A key that has jobs. */
struct owner {
    int64_t key;
    unsigned running, waiting;
    struct read_job *first, **last; /* waiting */
    struct owner *next;
};

struct worker {
    struct readers *pool;
    struct reader reader;
    pthread_t thread;
    int64_t begun_ns; /* of its present job; 0: none. Protected by the pool's lock */
};

struct readers {
    struct readers_options o;
    unsigned n_threads; /* running */
    struct worker *workers;
    pthread_mutex_t lock; /* protects the following members */
    pthread_cond_t wake;
    struct owner *owners; /* in the order of their turns */
    bool end;
    struct readers_stats stats;
};

/* ---- owners; the lock is held ---- */

static struct owner **find_owner(struct readers *p, int64_t key) {
    struct owner **at = &p->owners;
    while (*at && (*at)->key != key)
        at = &(*at)->next;
    return at;
}

/* Returns whether it was idle. */
static bool forget_idle(struct owner **at) {
    struct owner *o = *at;
    if (o->first || o->running > 0)
        return false;
    *at = o->next;
    free(o);
    return true;
}

/* How many threads one key may have: a quarter of them, at least one, is left to others. */
static unsigned share(const struct readers *p) {
    return p->o.threads == 1 ? 1 : p->o.threads - (p->o.threads + 3) / 4;
}

/* Of the owners whose jobs wait and that may have another thread, the one with the fewest; of several, the first. */
static struct owner **next_owner(struct readers *p) {
    struct owner **best = NULL;
    for (struct owner **at = &p->owners; *at; at = &(*at)->next)
        if ((*at)->first && (*at)->running < share(p) && (!best || (*at)->running < (*best)->running))
            best = at;
    return best;
}

static struct read_job *take_first(struct readers *p, struct owner *o) {
    struct read_job *job = o->first;
    o->first = job->next;
    if (!o->first)
        o->last = &o->first;
    o->waiting--;
    p->stats.waiting--;
    return job;
}

/* Takes the next job, and moves its owner to the end of the line. */
static struct read_job *take(struct readers *p, struct owner **ret_owner) {
    struct owner **at = next_owner(p);
    if (!at)
        return NULL;
    struct owner *o = *at;
    *at = o->next;
    o->next = NULL;
    while (*at)
        at = &(*at)->next;
    *at = o;
    *ret_owner = o;
    return take_first(p, o);
}

/* ---- telling the loop ---- */

static void on_loop(struct http_loop *l, void *arg) {
    struct read_job *job = arg;
    job->done(job, job->result);
}

static void tell(struct read_job *job, int result) {
    job->result = result;
    if (http_loop_post(job->loop, on_loop, job) < 0)
        job->done(job, -ESHUTDOWN);
}

/* Calls tell for a list of jobs. */
static void tell_all(struct read_job *jobs, int result) {
    for (struct read_job *next; jobs; jobs = next) {
        next = jobs->next;
        tell(jobs, result);
    }
}

/* ---- the threads ---- */

/* Called with the lock held, which it releases meanwhile. */
static void run_job(struct worker *w, struct owner *o, struct read_job *job) {
    struct readers *p = w->pool;
    o->running++;
    p->stats.running++;
    p->stats.jobs++;
    w->begun_ns = clock_mono_ns();
    pthread_mutex_unlock(&p->lock);
    reader_renew(&w->reader, job->queued_ns);
    job->run(job, &w->reader);
    tell(job, 0);
    pthread_mutex_lock(&p->lock);
    w->begun_ns = 0;
    p->stats.running--;
    o->running--;
    (void)forget_idle(find_owner(p, o->key));
}

static void *worker_main(void *arg) {
    struct worker *w = arg;
    struct readers *p = w->pool;
    pthread_mutex_lock(&p->lock);
    while (!p->end) {
        struct owner *o;
        struct read_job *job = take(p, &o);
        if (job) {
            run_job(w, o, job);
        } else if (w->reader.in_snapshot) {
            pthread_mutex_unlock(&p->lock);
            reader_end_snapshot(&w->reader);
            pthread_mutex_lock(&p->lock);
        } else {
            pthread_cond_wait(&p->wake, &p->lock);
        }
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

/* ---- the public side ---- */

int readers_new(struct readers **ret, const struct readers_options *o) {
    struct readers *p = mem_alloc(sizeof *p);
    int r = 0;
    p->o = *o;
    p->workers = mem_alloc(o->threads * sizeof *p->workers);
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->wake, NULL);
    for (unsigned i = 0; i < o->threads && r == 0; i++) {
        struct worker *w = &p->workers[i];
        w->pool = p;
        w->reader.index = i;
        r = reader_open(&w->reader, o->db, o->writer, false);
        if (r < 0)
            break;
        r = thread_start(&w->thread, "hired-reader", worker_main, w);
        if (r < 0)
            log_fmt(LOG_ERROR, "cannot start a thread that reads the database: %s", strerror(-r));
        else
            p->n_threads++;
    }
    if (r < 0)
        readers_free(p);
    else
        *ret = p;
    return r;
}

unsigned readers_threads(const struct readers *p) {
    return p->o.threads;
}

/* Called with the lock held. */
static int add(struct readers *p, struct read_job *job) {
    struct owner **at = find_owner(p, job->key), *o = *at;
    if (p->end)
        return -ESHUTDOWN;
    if (p->stats.waiting >= p->o.queue_max || (o && o->waiting >= p->o.key_max)) {
        p->stats.refused++;
        return -EBUSY;
    }
    if (!o) {
        o = *at = mem_alloc(sizeof *o);
        *o = (struct owner){.key = job->key, .last = &o->first};
    }
    *o->last = job;
    o->last = &job->next;
    o->waiting++;
    p->stats.waiting++;
    pthread_cond_signal(&p->wake);
    return 0;
}

int readers_submit(struct readers *p, struct read_job *job) {
    job->next = NULL;
    job->queued_ns = clock_mono_ns();
    pthread_mutex_lock(&p->lock);
    int r = add(p, job);
    pthread_mutex_unlock(&p->lock);
    return r;
}

/* Takes all waiting jobs that were queued before until_ns off the queue. Called with the lock held. */
static struct read_job *take_older(struct readers *p, int64_t until_ns) {
    struct read_job *list = NULL, **last = &list;
    for (struct owner **at = &p->owners, *o; (o = *at);) {
        while (o->first && o->first->queued_ns < until_ns) {
            *last = take_first(p, o);
            last = &(*last)->next;
        }
        if (!forget_idle(at))
            at = &o->next;
    }
    *last = NULL;
    return list;
}

void readers_expire(struct readers *p) {
    int64_t until_ns = clock_mono_ns() - (int64_t)p->o.timeout_ms * 1000000;
    pthread_mutex_lock(&p->lock);
    struct read_job *late = take_older(p, until_ns);
    for (const struct read_job *job = late; job; job = job->next)
        p->stats.refused++;
    pthread_mutex_unlock(&p->lock);
    tell_all(late, -ETIMEDOUT);
}

void readers_stats(struct readers *p, struct readers_stats *ret) {
    int64_t oldest = INT64_MAX;
    pthread_mutex_lock(&p->lock);
    *ret = p->stats;
    for (unsigned i = 0; i < p->n_threads; i++)
        if (p->workers[i].begun_ns > 0 && p->workers[i].begun_ns < oldest)
            oldest = p->workers[i].begun_ns;
    pthread_mutex_unlock(&p->lock);
    ret->running_ms = oldest < INT64_MAX ? (clock_mono_ns() - oldest) / 1000000 : 0;
}

struct readers *readers_free(struct readers *p) {
    if (!p)
        return NULL;
    pthread_mutex_lock(&p->lock);
    p->end = true;
    struct read_job *dropped = take_older(p, INT64_MAX);
    pthread_cond_broadcast(&p->wake);
    pthread_mutex_unlock(&p->lock);
    for (struct read_job *next; dropped; dropped = next) {
        next = dropped->next;
        dropped->done(dropped, -ESHUTDOWN);
    }
    for (unsigned i = 0; i < p->n_threads; i++)
        pthread_join(p->workers[i].thread, NULL);
    for (unsigned i = 0; i < p->o.threads; i++)
        reader_close(&p->workers[i].reader);
    pthread_cond_destroy(&p->wake);
    pthread_mutex_destroy(&p->lock);
    free(p->workers);
    free(p);
    return NULL;
}
