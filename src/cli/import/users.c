/* SPDX-License-Identifier: Apache-2.0
 *
 * A cache from users' ids in the files to internal ids: interviews name the same few users again and again.
 */
#include <stdlib.h>

#include "base/arena.h"
#include "cli/import/internal.h"

#define BUCKETS 4096
#define ENTRIES_MAX 100000 /* then the cache is emptied */

struct entry {
    struct entry *next;
    struct str id;
    int64_t uid;
};

struct import_users {
    struct entry *buckets[BUCKETS];
    size_t n;
    struct arena arena;
};

struct import_users *import_users_new(void) {
    return mem_alloc(sizeof(struct import_users));
}

struct import_users *import_users_free(struct import_users *uc) {
    if (uc)
        arena_free(&uc->arena);
    free(uc);
    return NULL;
}

void import_users_clear(struct import_users *uc) {
    memset(uc->buckets, 0, sizeof(uc->buckets));
    arena_reset(&uc->arena);
    uc->n = 0;
}

static size_t bucket_of(struct str id) {
    uint32_t h = 2166136261u; /* FNV-1a */

    for (size_t i = 0; i < id.len; i++)
        h = (h ^ (unsigned char)id.ptr[i]) * 16777619u;
    return h % BUCKETS;
}

int64_t import_users_get(const struct import_users *uc, struct str id) {
    for (const struct entry *e = uc->buckets[bucket_of(id)]; e; e = e->next)
        if (str_eq(e->id, id))
            return e->uid;
    return 0;
}

void import_users_put(struct import_users *uc, struct str id, int64_t uid) {
    struct entry *e, **bucket;

    if (uc->n == ENTRIES_MAX)
        import_users_clear(uc);
    bucket = &uc->buckets[bucket_of(id)];
    e = arena_new(&uc->arena, struct entry);
    *e = (struct entry){*bucket, arena_dup(&uc->arena, id), uid};
    *bucket = e;
    uc->n++;
}
