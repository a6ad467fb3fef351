/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers of reads that are asked again and again within a second, as pollers and several workers of one program do.
 * Each reader has its own. An answer is used only for the same app, tenant, path, query and address of the server, and
 * only while nothing has changed: neither the database (as the reader's snapshot sees it), nor the settings, nor the
 * second of the clock, which signed links and page tokens contain. An answer is kept when it is asked for the second
 * time.
 */
#ifndef HIRED_GATEWAY_ANSWER_CACHE_H
#define HIRED_GATEWAY_ANSWER_CACHE_H

#include "base/str.h"

#define ANSWER_CACHE_BYTES (16 << 20) /* kept by one reader: pages of 100 orders at 64 places have 12 MB */

struct answer_cache;
struct answer_cache *answer_cache_new(void);
struct answer_cache *answer_cache_free(struct answer_cache *c); /* takes NULL; returns NULL */

/* What all answers of the cache depend on. If it differs from the last call's, all answers are dropped. */
struct answer_state {
    int64_t change_count; /* of the snapshot (db_change_count) */
    int64_t second;
    const void *settings;
};

/* Whose answer it is. The texts need to live during the call only. */
struct answer_key {
    int64_t app, tenant;
    struct str path, query, base_url;
};

/* The answer that is kept under the key, valid until the next call of any function with c; absent if there is none.
 * *ret_keep: the answer is worth keeping, so call answer_cache_keep() with it. */
struct str answer_cache_find(struct answer_cache *c, const struct answer_state *s, const struct answer_key *key,
                             bool *ret_keep);

/* Keeps the answer of the key that answer_cache_find() was last called with. Does nothing if there is no room. */
void answer_cache_keep(struct answer_cache *c, struct str answer);

#endif
