/* SPDX-License-Identifier: Apache-2.0
 *
 * The last requests: one ring buffer for each loop, with a lock that only readers of the log contend for.
 */
#include "gateway/request_log.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#define RING 512 /* entries of one loop */

struct ring {
    pthread_mutex_t lock;
    uint64_t n; /* entries ever added */
    struct request_entry entries[RING];
};

struct request_log {
    _Atomic struct request_log_node node;
    unsigned loops;
    struct ring *rings;
};

struct request_log *request_log_new(unsigned loops) {
    struct request_log *l = mem_alloc(sizeof *l);
    l->loops = loops;
    l->rings = mem_alloc(loops * sizeof *l->rings);
    for (unsigned i = 0; i < loops; i++)
        pthread_mutex_init(&l->rings[i].lock, NULL);
    return l;
}

void request_log_set_node(struct request_log *l, struct request_log_node node) {
    atomic_store(&l->node, node);
}

struct request_log_node request_log_node(struct request_log *l) {
    return atomic_load(&l->node);
}

struct request_log *request_log_free(struct request_log *l) {
    if (!l)
        return NULL;
    for (unsigned i = 0; i < l->loops; i++)
        pthread_mutex_destroy(&l->rings[i].lock);
    free(l->rings);
    free(l);
    return NULL;
}

/* Copies text; truncates it between characters. */
static void keep(char *to, size_t size, struct str text) {
    text = str_head(text, size - 1);
    if (text.len > 0)
        memcpy(to, text.ptr, text.len);
    to[text.len] = 0;
}

void request_log_add(struct request_log *l, unsigned loop, const struct call *call, const struct http_request *r,
                     const struct request_measure *m) {
    struct ring *ring = &l->rings[loop];
    pthread_mutex_lock(&ring->lock);
    struct request_entry *e = &ring->entries[ring->n++ % RING];
    e->at_ms = call->now_ms;
    e->tenant = call->tenant;
    e->duration_us = m->duration_us;
    e->limit = m->limit;
    e->reset_s = m->reset_s;
    e->op = call->op;
    e->status = call->code == 0 ? 200 : call->http_status;
    e->code = call->code;
    e->peer = r->peer;
    memcpy(e->log_id, call->log_id.ptr, LOG_ID_LEN);
    keep(e->method, sizeof e->method, r->method_name);
    keep(e->path, sizeof e->path, r->path);
    for (char *at = e->path; *at; at++)
        if (*at < ' ' || *at > '~') /* bytes beyond ASCII were sent unescaped and may be invalid UTF-8 */
            *at = '?';
    keep(e->app_id, sizeof e->app_id, call->app ? call->app->app_id : STR(""));
    keep(e->msg, sizeof e->msg, call->code == 0 ? STR("") : call->msg);
    pthread_mutex_unlock(&ring->lock);
}

static int newest_first(const void *a, const void *b) {
    const struct request_entry *x = a, *y = b;
    return x->at_ms > y->at_ms ? -1 : x->at_ms < y->at_ms;
}

size_t request_log_read(struct request_log *l, int64_t tenant, bool unknown, struct arena *a,
                        struct request_entry **ret) {
    size_t n = 0;
    *ret = arena_array(a, struct request_entry, (size_t)l->loops * RING);
    for (unsigned i = 0; i < l->loops; i++) {
        struct ring *ring = &l->rings[i];
        pthread_mutex_lock(&ring->lock);
        size_t kept = ring->n < RING ? (size_t)ring->n : RING;
        for (size_t k = 0; k < kept; k++)
            if (ring->entries[k].tenant == tenant || (unknown && ring->entries[k].tenant == 0))
                (*ret)[n++] = ring->entries[k];
        pthread_mutex_unlock(&ring->lock);
    }
    qsort(*ret, n, sizeof **ret, newest_first);
    return n;
}
