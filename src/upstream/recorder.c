/* SPDX-License-Identifier: Apache-2.0
 *
 * The recorder's queue and thread.
 */
#include "upstream/recorder.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/thread.h"
#include "upstream/folder.h"
#include "upstream/line.h"

#define QUEUE_BYTES ((size_t)64 << 20)
#define SYNC_NS 1000000000LL
#define TOLD_EVERY_NS 60000000000LL /* between two log lines about exchanges that are not recorded */

struct waiting {
    struct passage *passage;
    struct waiting *next;
};

struct recorder {
    struct folder folder;
    struct router *routes; /* to mask values; NULL: only secrets */
    pthread_t thread;
    struct thread_rest rest;
    pthread_mutex_t lock;
    struct waiting *first, **last; /* guarded by lock, as are the next */
    size_t queued;
    uint64_t lost;
    /* the thread's own */
    uint64_t kept, told_lost;
    int64_t told_ns;
};

/* ---- exchanges ---- */

struct passage *passage_new(void) {
    return calloc(1, sizeof(struct passage));
}

void passage_free(struct passage *x) {
    if (!x)
        return;
    struct buf *all[] = {&x->method,  &x->path,           &x->query, &x->request_headers,
                         &x->request, &x->answer_headers, &x->answer};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        buf_free(all[i]);
    free(x);
}

void passage_add(struct buf *body, const char *bytes, size_t len) {
    size_t room = PASSAGE_BODY_MAX - (body->len < PASSAGE_BODY_MAX ? body->len : PASSAGE_BODY_MAX);
    buf_add(body, bytes, len < room ? len : room);
}

static size_t weight(const struct passage *x) {
    return sizeof *x + x->path.cap + x->query.cap + x->request_headers.cap + x->request.cap + x->answer_headers.cap +
           x->answer.cap;
}

/* ---- the queue ---- */

void recorder_add(struct recorder *r, struct passage *x) {
    struct waiting *w = calloc(1, sizeof *w);
    size_t n = weight(x);
    pthread_mutex_lock(&r->lock);
    bool taken = w && r->queued + n <= QUEUE_BYTES;
    if (taken) {
        w->passage = x;
        *r->last = w;
        r->last = &w->next;
        r->queued += n;
    } else {
        r->lost++;
    }
    pthread_mutex_unlock(&r->lock);
    if (!taken) {
        free(w);
        passage_free(x);
    }
    thread_rest_wake(&r->rest);
}

static struct passage *take(struct recorder *r) {
    struct passage *x = NULL;
    pthread_mutex_lock(&r->lock);
    struct waiting *w = r->first;
    if (w) {
        x = w->passage;
        r->first = w->next;
        if (!r->first)
            r->last = &r->first;
        r->queued -= weight(x);
    }
    pthread_mutex_unlock(&r->lock);
    free(w);
    return x;
}

static uint64_t lose(struct recorder *r, uint64_t n) {
    pthread_mutex_lock(&r->lock);
    uint64_t lost = r->lost += n;
    pthread_mutex_unlock(&r->lock);
    return lost;
}

/* ---- the thread ---- */

static void tell(struct recorder *r, int error) {
    uint64_t lost = lose(r, 0);
    int64_t now = clock_mono_ns();
    if (lost == r->told_lost || (r->told_ns > 0 && now - r->told_ns < TOLD_EVERY_NS))
        return;
    r->told_lost = lost;
    r->told_ns = now;
    log_fmt(LOG_ERROR, "EXCHANGES ARE NOT RECORDED: %s; %llu until now. Calls are still passed on.",
            folder_reason(error), (unsigned long long)lost);
}

static int keep(struct recorder *r, const struct passage *x, struct buf *line) {
    line->len = 0;
    line_write(x, r->routes, line);
    int e = folder_append(&r->folder, buf_str(line));
    if (e == 0)
        r->kept++;
    else
        lose(r, 1);
    return e;
}

static void *run(void *arg) {
    struct recorder *r = arg;
    struct buf line BUF_CLEANUP = BUF_EMPTY;
    bool on = true;
    while (on) {
        on = thread_rest(&r->rest, SYNC_NS);
        struct passage *x;
        int e = 0;
        while ((x = take(r)) != NULL) {
            int one = keep(r, x, &line);
            e = one < 0 ? one : e;
            passage_free(x);
        }
        int synced = folder_sync(&r->folder);
        tell(r, e < 0 ? e : synced);
        buf_reset(&line, 1 << 20);
    }
    return NULL;
}

/* ---- begin and end ---- */

int recorder_new(struct recorder **ret, const struct recorder_options *o) {
    struct recorder *r = calloc(1, sizeof *r);
    if (!r)
        return -ENOMEM;
    int e = folder_open(&r->folder, o->dir, o->max_bytes, o->spare_bytes);
    if (e < 0) {
        fprintf(stderr, "hired serve: cannot record to %s: %s\n", o->dir, folder_reason(e));
        free(r);
        return e;
    }
    r->last = &r->first;
    r->routes = o->mask ? router_new(true) : NULL;
    pthread_mutex_init(&r->lock, NULL);
    thread_rest_init(&r->rest);
    e = thread_start(&r->thread, "recorder", run, r);
    if (e < 0) {
        fprintf(stderr, "hired serve: cannot start the thread that records: %s\n", strerror(-e));
        thread_rest_destroy(&r->rest);
        folder_close(&r->folder);
        free(r);
        return e;
    }
    *ret = r;
    return 0;
}

struct recorder *recorder_free(struct recorder *r, uint64_t *ret_kept, uint64_t *ret_lost) {
    *ret_kept = *ret_lost = 0;
    if (!r)
        return NULL;
    thread_rest_end(&r->rest);
    pthread_join(r->thread, NULL);
    *ret_kept = r->kept;
    *ret_lost = r->lost;
    if (r->routes)
        router_free(r->routes);
    thread_rest_destroy(&r->rest);
    pthread_mutex_destroy(&r->lock);
    folder_close(&r->folder);
    free(r);
    return NULL;
}
