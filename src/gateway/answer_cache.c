/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers of reads that are asked again and again within a second.
 */
#include "gateway/answer_cache.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

enum {
    PLACES = 512,
    FILLED_MAX = 384, /* places in use; beyond that no further key is noted */
};

struct place {
    uint64_t hash; /* 0: free */
    struct answer_key key;
    struct str answer; /* absent: it was asked for once */
};

struct answer_cache {
    struct arena arena; /* keys and answers */
    size_t bytes;       /* in it */
    struct answer_state state;
    struct place *last; /* of the last search; NULL: none */
    unsigned filled;
    struct place places[PLACES];
};

struct answer_cache *answer_cache_new(void) {
    return mem_alloc(sizeof(struct answer_cache));
}

struct answer_cache *answer_cache_free(struct answer_cache *c) {
    if (c) {
        arena_free(&c->arena);
        free(c);
    }
    return NULL;
}

static void forget_all(struct answer_cache *c) {
    if (c->filled > 0)
        memset(c->places, 0, sizeof(c->places));
    arena_reset(&c->arena);
    c->filled = 0;
    c->bytes = 0;
}

/* FNV-1a over eight bytes at a time; keys are compared, so it need not withstand an attacker. */
static uint64_t hash_of(const struct answer_key *k) {
    const struct str parts[] = {k->path, k->query, k->base_url};
    uint64_t h = UINT64_C(0xcbf29ce484222325) ^ (uint64_t)k->app ^ (uint64_t)k->tenant << 1;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        for (size_t at = 0; at < parts[i].len; at += 8) {
            uint64_t word = 0;
            memcpy(&word, parts[i].ptr + at, parts[i].len - at < 8 ? parts[i].len - at : 8);
            h = (h ^ word) * UINT64_C(0x100000001b3);
            h ^= h >> 29;
        }
        h = (h ^ parts[i].len) * UINT64_C(0x100000001b3);
    }
    return h ? h : 1;
}

static bool same_key(const struct answer_key *a, const struct answer_key *b) {
    return a->app == b->app && a->tenant == b->tenant && str_eq(a->path, b->path) && str_eq(a->query, b->query) &&
           str_eq(a->base_url, b->base_url);
}

static void note(struct answer_cache *c, struct place *p, uint64_t hash, const struct answer_key *key) {
    size_t size = key->path.len + key->query.len + key->base_url.len;
    if (c->filled >= FILLED_MAX || c->bytes + size > ANSWER_CACHE_BYTES)
        return;
    p->hash = hash;
    p->key = (struct answer_key){key->app, key->tenant, arena_dup(&c->arena, key->path),
                                 arena_dup(&c->arena, key->query), arena_dup(&c->arena, key->base_url)};
    c->filled++;
    c->bytes += size;
}

struct str answer_cache_find(struct answer_cache *c, const struct answer_state *s, const struct answer_key *key,
                             bool *ret_keep) {
    *ret_keep = false;
    c->last = NULL;
    if (c->state.change_count != s->change_count || c->state.second != s->second || c->state.settings != s->settings)
        forget_all(c);
    c->state = *s;
    uint64_t hash = hash_of(key);
    for (size_t at = hash % PLACES;; at = (at + 1) % PLACES) {
        struct place *p = &c->places[at];
        if (p->hash == 0) {
            note(c, p, hash, key);
            return STR_ABSENT;
        }
        if (p->hash != hash || !same_key(&p->key, key))
            continue;
        *ret_keep = str_is_absent(p->answer);
        c->last = p;
        return p->answer;
    }
}

void answer_cache_keep(struct answer_cache *c, struct str answer) {
    if (!c->last || !str_is_absent(c->last->answer) || c->bytes + answer.len > ANSWER_CACHE_BYTES)
        return;
    c->last->answer = arena_dup(&c->arena, answer);
    c->bytes += answer.len;
}
