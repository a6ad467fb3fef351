/* SPDX-License-Identifier: Apache-2.0
 *
 * Counts files that are on their way.
 */
#include "store/files/quota.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/invariant.h"

struct quota {
    pthread_mutex_t lock;
    unsigned most, per_key, n;
    int64_t key[]; /* of the n that were taken */
};

struct quota *quota_new(unsigned most, unsigned per_key) {
    struct quota *q = mem_alloc(sizeof *q + most * sizeof q->key[0]);
    pthread_mutex_init(&q->lock, NULL);
    q->most = most;
    q->per_key = per_key;
    q->n = 0;
    return q;
}

struct quota *quota_free(struct quota *q) {
    if (!q)
        return NULL;
    pthread_mutex_destroy(&q->lock);
    free(q);
    return NULL;
}

bool quota_take(struct quota *q, int64_t key) {
    unsigned own = 0;
    pthread_mutex_lock(&q->lock);
    for (unsigned i = 0; i < q->n; i++)
        own += q->key[i] == key;
    bool taken = q->n < q->most && own < q->per_key;
    if (taken)
        q->key[q->n++] = key;
    pthread_mutex_unlock(&q->lock);
    return taken;
}

void quota_give(struct quota *q, int64_t key) {
    unsigned i = 0;
    pthread_mutex_lock(&q->lock);
    while (i < q->n && q->key[i] != key)
        i++;
    if (INVARIANT(i < q->n))
        q->key[i] = q->key[--q->n];
    pthread_mutex_unlock(&q->lock);
}
