/* SPDX-License-Identifier: Apache-2.0
 *
 * Rate limits in hash tables, each with its own lock. When a table has to grow, keys whose windows have ended are
 * dropped first, so memory depends on the number of apps that call within one window.
 */
#include <pthread.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/invariant.h"
#include "gateway/limiter.h"

#define SHARDS 32

struct window {
    int64_t end_ms; /* 0: no window is open */
    uint32_t count;
};

struct slot {
    struct limiter_key key;
    bool used;
    struct window windows[2];
};

struct shard {
    pthread_mutex_t lock;
    struct slot *slots;
    size_t n, cap; /* cap: a power of two, or 0 */
};

struct limiter {
    struct shard shards[SHARDS];
};

struct limiter *limiter_new(void) {
    struct limiter *l = mem_alloc(sizeof *l);
    for (int i = 0; i < SHARDS; i++)
        pthread_mutex_init(&l->shards[i].lock, NULL);
    return l;
}

struct limiter *limiter_free(struct limiter *l) {
    if (!l)
        return NULL;
    for (int i = 0; i < SHARDS; i++) {
        pthread_mutex_destroy(&l->shards[i].lock);
        free(l->shards[i].slots);
    }
    free(l);
    return NULL;
}

static uint64_t key_hash(const struct limiter_key *k) {
    uint64_t h = (uint64_t)k->app * 0x9E3779B97F4A7C15u ^ (uint64_t)k->tenant * 0xC2B2AE3D27D4EB4Fu;
    h ^= (uint64_t)k->op * 0x165667B19E3779F9u;
    h ^= h >> 29;
    h *= 0xBF58476D1CE4E5B9u;
    return h ^ h >> 32;
}

static bool key_eq(const struct limiter_key *a, const struct limiter_key *b) {
    return a->app == b->app && a->tenant == b->tenant && a->op == b->op;
}

/* Returns the slot that holds the key, or the free slot where it would be stored. The table always has a free slot. */
static struct slot *shard_probe(struct slot *slots, size_t cap, const struct limiter_key *key, uint64_t hash) {
    for (size_t i = hash & (cap - 1);; i = (i + 1) & (cap - 1))
        if (!slots[i].used || key_eq(&slots[i].key, key))
            return &slots[i];
}

static bool slot_idle(const struct slot *s, int64_t now) {
    return s->windows[0].end_ms <= now && s->windows[1].end_ms <= now;
}

static void shard_grow(struct shard *s, int64_t now) {
    size_t live = 0;
    for (size_t i = 0; i < s->cap; i++)
        live += s->slots[i].used && !slot_idle(&s->slots[i], now);
    size_t cap = 16;
    while (cap < 3 * (live + 1))
        cap *= 2;
    struct slot *slots = mem_alloc(cap * sizeof *slots);
    for (size_t i = 0; i < s->cap; i++)
        if (s->slots[i].used && !slot_idle(&s->slots[i], now))
            *shard_probe(slots, cap, &s->slots[i].key, key_hash(&s->slots[i].key) >> 5) = s->slots[i];
    free(s->slots);
    s->slots = slots;
    s->cap = cap;
    s->n = live;
}

/* Returns the key's slot, a new one if need be. */
static struct slot *shard_slot(struct shard *s, const struct limiter_key *key, uint64_t hash, int64_t now) {
    if (2 * s->n >= s->cap)
        shard_grow(s, now);
    INVARIANT_RETURN(s->n < s->cap, NULL); /* otherwise shard_probe would not end */
    struct slot *slot = shard_probe(s->slots, s->cap, key, hash);
    if (!slot->used) {
        *slot = (struct slot){.key = *key, .used = true};
        s->n++;
    }
    return slot;
}

static uint32_t allowed(const struct op_limit *limit, double factor, struct portion portion) {
    double calls = (double)limit->calls * factor;
    return portion_of(portion, calls < 1 ? 1 : calls > UINT32_MAX ? UINT32_MAX : (uint32_t)calls);
}

bool limiter_take(struct limiter *l, struct limiter_key key, const struct op_limit limits[2], double factor,
                  struct portion portion, int64_t mono_ms, uint32_t *ret_limit, uint32_t *ret_reset_s) {
    uint64_t hash = key_hash(&key);
    struct shard *shard = &l->shards[hash % SHARDS];
    int64_t wait = 0;
    pthread_mutex_lock(&shard->lock);
    struct slot *slot = shard_slot(shard, &key, hash >> 5, mono_ms);
    for (int i = 0; slot && i < 2; i++) {
        struct window *w = &slot->windows[i];
        if (limits[i].calls == 0)
            continue;
        if (w->end_ms <= mono_ms)
            *w = (struct window){.end_ms = mono_ms + (int64_t)limits[i].seconds * 1000};
        uint32_t most = allowed(&limits[i], factor, portion);
        if (w->count >= most && w->end_ms - mono_ms > wait) {
            wait = w->end_ms - mono_ms;
            *ret_limit = most;
        }
    }
    if (slot && wait == 0)
        for (int i = 0; i < 2; i++)
            slot->windows[i].count += limits[i].calls != 0;
    pthread_mutex_unlock(&shard->lock);
    *ret_reset_s = (uint32_t)((wait + 999) / 1000);
    return wait == 0;
}
