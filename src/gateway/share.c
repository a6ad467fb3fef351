/* SPDX-License-Identifier: Apache-2.0
 *
 * Remembers to whom tokens and sessions belong, as digests.
 */
#include "gateway/share.h"

#include <stdlib.h>

#include "base/id.h"
#include "gateway/caller/attempts.h"

#define SLOTS 1024 /* a power of two */

struct shares {
    uint64_t seed; /* so that nobody can choose tokens that share a slot */
    struct {
        uint64_t digest; /* 0: free */
        int64_t id;
    } slots[SLOTS];
};

struct shares *shares_new(void) {
    struct shares *s = mem_alloc(sizeof *s);
    id_random(&s->seed, sizeof s->seed);
    return s;
}

struct shares *shares_free(struct shares *s) {
    free(s);
    return NULL;
}

static uint64_t digest_of(const struct shares *s, struct str text) {
    uint64_t h = s->seed;
    for (size_t i = 0; i < text.len; i++) {
        h = (h ^ (unsigned char)text.ptr[i]) * UINT64_C(0x9E3779B97F4A7C15);
        h ^= h >> 29;
    }
    return h ? h : 1;
}

/* What the caller shows: a token, or else the cookies, among them that of the session. Empty: nothing. */
static struct str credential(const struct http_request *r) {
    struct str token = http_header_get(r, STR("Authorization"));
    return str_is_empty(token) ? http_header_get(r, STR("Cookie")) : token;
}

int64_t shares_key(const struct shares *s, const struct http_request *r) {
    struct str shown = credential(r);
    if (!str_is_empty(shown)) {
        uint64_t digest = digest_of(s, shown);
        if (s->slots[digest % SLOTS].digest == digest)
            return s->slots[digest % SLOTS].id;
    }
    uint8_t bytes[16];
    return (int64_t)(digest_of(s, attempts_network(http_peer(r), bytes)) | UINT64_C(1) << 63);
}

void shares_learn(struct shares *s, const struct http_request *r, int64_t id) {
    struct str shown = credential(r);
    if (id <= 0 || str_is_empty(shown))
        return;
    uint64_t digest = digest_of(s, shown);
    s->slots[digest % SLOTS].digest = digest;
    s->slots[digest % SLOTS].id = id;
}
