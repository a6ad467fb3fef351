/* SPDX-License-Identifier: Apache-2.0
 *
 * What all copies have in common: transactions, progress, ids and times.
 */
#include "cli/demo/clone.h"

#include <stdio.h>

#define IN_TRANSACTION 50000
#define EPOCH_2015_MS INT64_C(1420070400000) /* the epoch of ids */

int64_t clone_id(int64_t ms, enum clone_kind kind) {
    return ((ms - EPOCH_2015_MS) << 22) | ((int64_t)kind << 12);
}

struct str clone_text(int64_t value, struct arena *a) {
    return arena_printf(a, "%lld", (long long)value);
}

int64_t clone_at(const struct clone_pace *p, int64_t ms) {
    return p->to + (ms - p->from) * p->thousandths / 1000;
}

void clone_move(const struct clone_pace *p, struct str *time, struct arena *a) {
    int64_t ms;

    if (str_to_i64(*time, &ms) == 0)
        *time = clone_text(clone_at(p, ms), a);
}

static void show(bool progress, const char *what, int64_t done, int64_t all) {
    if (progress)
        fprintf(stderr, done < all ? "\r\033[K%s %3.0f %%" : "\r\033[K", what, 100.0 * (double)done / (double)all);
}

int clone_ids(struct cli *c, enum db_statement walk, int64_t tenant, int64_t ids[CLONE_TEMPLATES_MAX]) {
    struct db_query q DB_CLEANUP = db_query(c->db, walk);
    int n = 0, r;

    db_bind_int(&q, 1, tenant);
    db_bind_int(&q, 2, 0);
    db_bind_int(&q, 3, CLONE_TEMPLATES_MAX);
    while ((r = db_row(&q)) == 1)
        ids[n++] = db_int(&q, COL_FIRST);
    return r < 0 ? r : n;
}

int clone_all(struct db *db, int64_t n, const char *label, bool progress, int (*fn)(void *ctx, int64_t n), void *ctx) {
    int r = db_begin(db);

    for (int64_t i = 0; i < n && r == 0; i++) {
        r = fn(ctx, i);
        if (r == 0 && (i + 1) % IN_TRANSACTION == 0) {
            r = db_commit(db);
            if (r == 0)
                r = db_begin(db);
            show(progress, label, i, n);
        }
    }
    if (r == 0)
        r = db_commit(db);
    else
        db_rollback(db);
    show(progress, "", n, n);
    return r;
}
