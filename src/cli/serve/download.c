/* SPDX-License-Identifier: Apache-2.0
 *
 * Sends files that are in a database.
 */
#include "cli/serve/download.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#include "base/clock.h"
#include "store/files/pool.h"

#define WAIT_NS INT64_C(10000000000) /* how long a piece may wait for a thread */

struct download {
    struct site *site;
    struct http_loop *loop;
    struct http_request *r; /* until it is answered */
    int64_t key;
    struct files_name name;
    void (*then)(struct download *d); /* on the loop, after the job */
    download_opened_fn opened;
    void (*refuse)(void *ctx, struct http_request *r, int error);
    void (*done)(void *ctx);
    void *ctx;
    struct download_head head;

    struct http_source source;
    struct http_wait wait; /* held while a job runs */
    struct pool_job job;
    bool busy;  /* a job runs: until it ends, file, bytes and result belong to its thread */
    bool ended; /* the answer has ended meanwhile */
    int64_t until_ns;
    struct files_reading file;
    uint64_t at, left;
    char *bytes; /* the piece that is being sent */
    ssize_t result;
};

static struct download *of_job(struct pool_job *job) {
    return (struct download *)(void *)((char *)job - offsetof(struct download, job));
}

static struct download *of_wait(struct http_wait *wait) {
    return (struct download *)(void *)((char *)wait - offsetof(struct download, wait));
}

static struct download *of_source(struct http_source *s) {
    return (struct download *)(void *)((char *)s - offsetof(struct download, source));
}

void download_drop(struct download *d) {
    files_close(&d->file);
    quota_give(d->site->downloads, d->key);
    free(d->bytes);
    free(d);
}

/* ---- jobs ---- */

static bool came_too_late(struct download *d) {
    bool late = clock_mono_ns() > d->until_ns;
    if (late)
        d->result = -EHOSTUNREACH;
    return late;
}

static void run_open(struct pool_job *job) {
    struct download *d = of_job(job);
    if (!came_too_late(d))
        d->result = files_open(&d->file, d->site->files, d->name);
}

static void run_read(struct pool_job *job) {
    struct download *d = of_job(job);
    size_t most = d->left < DOWNLOAD_PIECE ? (size_t)d->left : DOWNLOAD_PIECE;
    if (!came_too_late(d))
        d->result = files_read(&d->file, d->at, d->bytes, most);
}

static void back_on_loop(struct http_loop *l, void *arg) {
    struct download *d = arg;
    d->busy = false;
    http_wait_over(&d->wait);
    if (d->ended)
        download_drop(d);
    else
        d->then(d);
}

/* On the pool's thread. The loop cannot have ended: it waits for d->wait. */
static void job_done(struct pool_job *job) {
    struct download *d = of_job(job);
    (void)http_loop_post(d->loop, back_on_loop, d);
}

/* The loop is ending: cancels the job if no thread has begun it. */
static void wait_ends(struct http_wait *wait) {
    struct download *d = of_wait(wait);
    if (!pool_cancel(gateway_pool(d->site->gateway), &d->job))
        return;
    d->result = -ESHUTDOWN;
    back_on_loop(d->loop, d);
}

static void begin_job(struct download *d, void (*run)(struct pool_job *job), void (*then)(struct download *d)) {
    d->busy = true;
    d->then = then;
    d->until_ns = clock_mono_ns() + WAIT_NS;
    d->wait.end = wait_ends;
    d->job = (struct pool_job){.key = d->key, .run = run, .done = job_done};
    http_wait_begin(d->loop, &d->wait);
    pool_submit(gateway_pool(d->site->gateway), &d->job);
}

/* ---- opening ---- */

static void is_open(struct download *d) {
    if (d->result >= 0) {
        d->opened(d->ctx, d, d->file.size, 0);
        return;
    }
    download_opened_fn opened = d->opened;
    void *ctx = d->ctx;
    int error = (int)d->result;
    download_drop(d);
    opened(ctx, NULL, 0, error);
}

void download_open(struct site *site, struct http_request *r, struct files_name name, int64_t key,
                   download_opened_fn opened, void *ctx) {
    if (!quota_take(site->downloads, key)) {
        opened(ctx, NULL, 0, -EUSERS);
        return;
    }
    struct download *d = mem_alloc(sizeof *d);
    *d = (struct download){
        .site = site, .loop = r->loop, .r = r, .key = key, .name = name, .opened = opened, .ctx = ctx, .file.fd = -1};
    begin_job(d, run_open, is_open);
}

/* ---- sending ---- */

static const char *reason_of(ssize_t result) {
    return result == -ENOENT    ? "it was removed meanwhile"
           : result == -EUCLEAN ? "bytes of it are missing"
           : result == 0        ? "it is shorter than it was"
                                : "the database does not answer";
}

static void give(struct download *d) {
    if (d->result <= 0) {
        http_source_fail(&d->source, reason_of(d->result));
        return;
    }
    struct str piece = {d->bytes, (size_t)d->result};
    d->at += piece.len;
    d->left -= piece.len;
    http_source_give(&d->source, piece);
}

/* The first piece was read before the answer began. */
static void want(struct http_source *s) {
    struct download *d = of_source(s);
    if (d->at == d->head.from)
        give(d);
    else
        begin_job(d, run_read, give);
}

static void source_ended(struct http_source *s) {
    struct download *d = of_source(s);
    d->ended = true;
    if (!d->busy)
        download_drop(d);
    else if (pool_cancel(gateway_pool(d->site->gateway), &d->job)) {
        http_wait_over(&d->wait);
        download_drop(d);
    }
}

static void answer(struct download *d) {
    struct http_request *r = d->r;
    const struct download_head *h = &d->head;
    void (*done)(void *ctx) = d->done;
    void *ctx = d->ctx;
    if (d->result < 0 || (d->result == 0 && d->left > 0)) {
        int error = d->result < 0 ? (int)d->result : -EUCLEAN;
        void (*refuse)(void *ctx, struct http_request *r, int error) = d->refuse;
        download_drop(d);
        refuse(ctx, r, error);
    } else {
        d->r = NULL;
        d->source = (struct http_source){.want = want, .end = source_ended};
        http_reply_source(r, h->status, h->type, h->headers, h->n_headers, &d->source, h->len);
    }
    done(ctx);
}

void download_send(struct download *d, const struct download_head *head,
                   void (*refuse)(void *ctx, struct http_request *r, int error), void (*done)(void *ctx)) {
    d->head = *head;
    d->refuse = refuse;
    d->done = done;
    d->at = head->from;
    d->left = d->r->method == HTTP_HEAD ? 0 : head->len;
    d->result = 0;
    if (d->left == 0) {
        answer(d);
        return;
    }
    d->bytes = mem_alloc(d->left < DOWNLOAD_PIECE ? (size_t)d->left : DOWNLOAD_PIECE);
    begin_job(d, run_read, answer);
}
