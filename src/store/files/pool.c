/* SPDX-License-Identifier: Apache-2.0
 *
 * Threads for work on files; keys take turns.
 */
#include "store/files/pool.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/thread.h"

/* A key that has jobs. */
struct owner {
    int64_t key;
    unsigned running;
    struct pool_job *first, **last; /* waiting */
    struct owner *next;
};

struct pool {
    unsigned n_threads, per_key;
    pthread_t *threads;
    pthread_mutex_t lock; /* protects the following members */
    pthread_cond_t wake;
    struct owner *owners; /* in the order of their turns */
    bool end;
};

/* ---- owners; the lock is held ---- */

static struct owner **find_owner(struct pool *p, int64_t key) {
    struct owner **at = &p->owners;
    while (*at && (*at)->key != key)
        at = &(*at)->next;
    return at;
}

static void forget_idle(struct owner **at) {
    struct owner *o = *at;
    if (o->first || o->running > 0)
        return;
    *at = o->next;
    free(o);
}

/* Takes the next job whose owner may use another thread, and moves that owner to the end of the line. */
static struct pool_job *take(struct pool *p, struct owner **ret_owner) {
    struct owner **at = &p->owners;
    while (*at && (!(*at)->first || (*at)->running == p->per_key))
        at = &(*at)->next;
    struct owner *o = *at;
    if (!o)
        return NULL;
    struct pool_job *job = o->first;
    o->first = job->next;
    if (!o->first)
        o->last = &o->first;
    o->running++;
    *at = o->next;
    o->next = NULL;
    while (*at)
        at = &(*at)->next;
    *at = o;
    *ret_owner = o;
    return job;
}

/* ---- the threads ---- */

static void *pool_main(void *arg) {
    struct pool *p = arg;
    pthread_mutex_lock(&p->lock);
    for (;;) {
        struct owner *o;
        struct pool_job *job = take(p, &o);
        if (!job && p->end)
            break;
        if (!job) {
            pthread_cond_wait(&p->wake, &p->lock);
            continue;
        }
        pthread_mutex_unlock(&p->lock);
        job->run(job);
        job->done(job);
        pthread_mutex_lock(&p->lock);
        o->running--;
        if (o->first)
            pthread_cond_signal(&p->wake);
        forget_idle(find_owner(p, o->key));
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

int pool_new(struct pool **ret, unsigned threads, unsigned per_key) {
    struct pool *p = mem_alloc(sizeof *p);
    int r = 0;
    p->per_key = per_key;
    p->threads = mem_alloc(threads * sizeof *p->threads);
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->wake, NULL);
    while (p->n_threads < threads && (r = thread_start(&p->threads[p->n_threads], "hired-files", pool_main, p)) == 0)
        p->n_threads++;
    if (r < 0)
        pool_free(p);
    else
        *ret = p;
    return r;
}

void pool_submit(struct pool *p, struct pool_job *job) {
    job->next = NULL;
    pthread_mutex_lock(&p->lock);
    struct owner **at = find_owner(p, job->key), *o = *at;
    if (!o) {
        o = *at = mem_alloc(sizeof *o);
        *o = (struct owner){.key = job->key, .last = &o->first};
    }
    *o->last = job;
    o->last = &job->next;
    pthread_cond_signal(&p->wake);
    pthread_mutex_unlock(&p->lock);
}

bool pool_cancel(struct pool *p, struct pool_job *job) {
    bool found = false;
    pthread_mutex_lock(&p->lock);
    struct owner **at = find_owner(p, job->key), *o = *at;
    for (struct pool_job **link = o ? &o->first : NULL; link && *link; link = &(*link)->next)
        if (*link == job) {
            *link = job->next;
            if (!*link)
                o->last = link;
            found = true;
            break;
        }
    if (found)
        forget_idle(at);
    pthread_mutex_unlock(&p->lock);
    return found;
}

struct pool *pool_free(struct pool *p) {
    if (!p)
        return NULL;
    pthread_mutex_lock(&p->lock);
    p->end = true;
    pthread_cond_broadcast(&p->wake);
    pthread_mutex_unlock(&p->lock);
    for (unsigned i = 0; i < p->n_threads; i++)
        pthread_join(p->threads[i], NULL);
    pthread_cond_destroy(&p->wake);
    pthread_mutex_destroy(&p->lock);
    free(p->threads);
    free(p);
    return NULL;
}
