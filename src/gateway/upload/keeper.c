/* SPDX-License-Identifier: Apache-2.0
 *
 * Writes a file whose bytes arrive on a loop, using the pool's threads.
 */
#include "gateway/upload/keeper.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#include <openssl/evp.h>

/* A larger file is removed by a thread of the pool, since that takes long; from a database each is. */
#define DROP_AT_ONCE (1024 * 1024)

struct keeper {
    struct keeper_owner o;
    struct files_name name;
    struct http_wait wait; /* held while a job runs */
    struct pool_job job;
    bool busy;    /* a job runs; until it ends, writing, draft, digest and result belong to its thread */
    bool full;    /* the owner waits for room */
    bool finish;  /* keeper_finish was called */
    bool dropped; /* keeper_drop was called */
    struct buf filling, writing;
    bool last;                 /* writing holds the end of the file */
    struct files_draft *draft; /* NULL: there is none */
    bool kept;
    uint64_t size;
    int result;
    EVP_MD_CTX *digest;
    char sha256[KEEPER_HEX];
};

static struct keeper *of_job(struct pool_job *job) {
    return (struct keeper *)(void *)((char *)job - offsetof(struct keeper, job));
}

static struct keeper *of_wait(struct http_wait *wait) {
    return (struct keeper *)(void *)((char *)wait - offsetof(struct keeper, wait));
}

int keeper_new(struct keeper **ret, const struct keeper_owner *owner, struct files_name name) {
    if (owner->quota && !quota_take(owner->quota, owner->key))
        return -EUSERS;
    struct keeper *k = mem_alloc(sizeof *k);
    *k = (struct keeper){.o = *owner, .name = name, .digest = EVP_MD_CTX_new()};
    if (!k->digest || EVP_DigestInit_ex(k->digest, EVP_sha256(), NULL) != 1) {
        keeper_free(k);
        return -ENOMEM;
    }
    *ret = k;
    return 0;
}

struct keeper *keeper_free(struct keeper *k) {
    if (!k)
        return NULL;
    if (k->o.quota)
        quota_give(k->o.quota, k->o.key);
    EVP_MD_CTX_free(k->digest);
    buf_free(&k->filling);
    buf_free(&k->writing);
    free(k);
    return NULL;
}

struct str keeper_sha256(const struct keeper *k) {
    return (struct str){k->sha256, sizeof k->sha256};
}

/* ---- on a thread of the pool ---- */

static int finish_digest(struct keeper *k) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    struct buf hex BUF_CLEANUP = BUF_EMPTY;
    unsigned n;
    if (EVP_DigestFinal_ex(k->digest, digest, &n) != 1)
        return -EIO;
    buf_add_hex(&hex, digest, n);
    memcpy(k->sha256, hex.ptr, sizeof k->sha256);
    return 0;
}

static void run(struct pool_job *job) {
    struct keeper *k = of_job(job);
    struct str piece = buf_str(&k->writing);
    int r = 0;
    if (!k->draft)
        r = files_draft_begin(&k->draft, k->o.files, k->name);
    if (r == 0 && piece.len > 0 && EVP_DigestUpdate(k->digest, piece.ptr, piece.len) != 1)
        r = -EIO;
    if (r == 0)
        r = files_draft_write(k->draft, piece);
    k->size += piece.len;
    if (r == 0 && k->last) {
        r = finish_digest(k);
        if (r == 0) {
            r = files_draft_keep(k->draft, FILES_NEW);
            k->draft = NULL;
        }
        k->kept = r == 0;
    }
    k->result = r;
}

static void remove_file(struct keeper *k) {
    k->draft = files_draft_drop(k->draft);
    if (k->kept)
        (void)files_remove(k->o.files, k->name, false);
    k->kept = false;
}

static void run_drop(struct pool_job *job) {
    remove_file(of_job(job));
}

static void drop_done(struct pool_job *job) {
    keeper_free(of_job(job));
}

/* ---- on the loop ---- */

static void begin_job(struct keeper *k);

static void written(struct http_loop *l, void *arg) {
    struct keeper *k = arg;
    k->busy = false;
    http_wait_over(&k->wait);
    if (k->dropped) {
        keeper_drop(k);
        return;
    }
    bool ended = k->last, full = k->full;
    if (k->result < 0) {
        k->o.tell(k->o.ctx, k->result);
        return;
    }
    if (ended) {
        k->o.tell(k->o.ctx, 1);
        return;
    }
    k->full = false;
    if (k->finish || k->filling.len >= KEEPER_PIECE)
        begin_job(k);
    if (full)
        k->o.tell(k->o.ctx, 0);
}

/* Called on the pool's thread. Wakes the loop, which cannot have ended: it waits for k->wait. */
static void job_done(struct pool_job *job) {
    struct keeper *k = of_job(job);
    (void)http_loop_post(k->o.loop, written, k);
}

/* The loop is ending: cancels the job if no thread has begun it. */
static void wait_ends(struct http_wait *wait) {
    struct keeper *k = of_wait(wait);
    if (!pool_cancel(k->o.pool, &k->job))
        return;
    k->result = -ECANCELED;
    written(k->o.loop, k);
}

static void begin_job(struct keeper *k) {
    struct buf swap = k->writing;
    k->writing = k->filling;
    k->filling = swap;
    k->filling.len = 0;
    k->last = k->finish;
    k->busy = true;
    k->wait.end = wait_ends;
    k->job = (struct pool_job){.key = k->o.key, .run = run, .done = job_done};
    http_wait_begin(k->o.loop, &k->wait);
    pool_submit(k->o.pool, &k->job);
}

int keeper_write(struct keeper *k, struct str bytes) {
    buf_add_str(&k->filling, bytes);
    if (k->filling.len < KEEPER_PIECE)
        return 0;
    if (!k->busy) {
        begin_job(k);
        return 0;
    }
    k->full = true;
    return -EAGAIN;
}

void keeper_finish(struct keeper *k) {
    k->finish = true;
    if (!k->busy)
        begin_job(k);
}

struct keeper *keeper_drop(struct keeper *k) {
    if (!k)
        return NULL;
    if (k->busy && !pool_cancel(k->o.pool, &k->job)) {
        k->dropped = true; /* a thread is working on it; written() ends the keeper */
        return NULL;
    }
    if (k->busy) {
        k->busy = false;
        http_wait_over(&k->wait);
    }
    bool waits = files_are_remote(k->o.files) && (k->draft || k->kept);
    if (waits || k->size >= DROP_AT_ONCE) {
        k->job = (struct pool_job){.key = k->o.key, .run = run_drop, .done = drop_done};
        pool_submit(k->o.pool, &k->job);
        return NULL;
    }
    remove_file(k);
    return keeper_free(k);
}
