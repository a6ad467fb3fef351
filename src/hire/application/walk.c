/* SPDX-License-Identifier: Apache-2.0
 *
 * Finds the applications of a list.
 */
#include "hire/application/walk.h"

#include <stdlib.h>

#include "base/array.h"
#include "hire/application/zone.h"

enum {
    FIRST_LOOK = 500,   /* applications that are looked at before it is asked whether few changed within the times */
    FEW = 5000,         /* so many are read by the index of times and sorted */
    MISSES = 16,        /* after so many in a row it is asked whether a range of ids has no changes within the times */
    PORTION_MAX = 2048, /* applications that are asked for at once */
    ZONE_COST = 20,     /* that costs as much as so many applications */
};

static struct application_key key_of(const struct db_query *q) {
    return (struct application_key){
        .id = db_int(q, COL_APPLICATION_KEY_ID),
        .talent = db_int(q, COL_APPLICATION_KEY_TALENT_ID),
        .job = db_int(q, COL_APPLICATION_KEY_JOB_ID),
        .active_status = db_int(q, COL_APPLICATION_KEY_ACTIVE_STATUS),
        .stage_id = db_text(q, COL_APPLICATION_KEY_STAGE_ID),
    };
}

static bool is_at(const struct application_walk *w, struct str stage_id) {
    for (size_t i = 0; i < w->n_stages; i++)
        if (str_eq(w->stages[i], stage_id))
            return true;
    return w->n_stages == 0;
}

/* The filters that cost nothing come first. */
static bool matches(const struct application_walk *w, const struct db_query *q) {
    const struct application_filter *f = w->f;
    const int64_t time = db_int(q, COL_APPLICATION_KEY_UPDATE_TIME);

    return time >= f->from_ms && time <= f->to_ms &&
           (f->active_status == 0 || db_int(q, COL_APPLICATION_KEY_ACTIVE_STATUS) == f->active_status) &&
           (f->talent_id == 0 || db_int(q, COL_APPLICATION_KEY_TALENT_ID) == f->talent_id) &&
           (f->job_id == 0 || db_int(q, COL_APPLICATION_KEY_JOB_ID) == f->job_id) &&
           (str_is_empty(f->stage_id) || str_eq(db_text(q, COL_APPLICATION_KEY_STAGE_ID), f->stage_id)) &&
           (w->n_stages == 0 || is_at(w, db_text(q, COL_APPLICATION_KEY_STAGE_ID)));
}

/* Gives an application to its taker. Returns 1: the walk has enough, 0 or < 0. */
static int give(const struct application_walk *w, const struct application_key *k, size_t *cost,
                struct application_walked *ret) {
    int r = w->take(w->ctx, k, cost);

    if (r > 0)
        ret->n++;
    return r < 0 ? r : ret->n >= w->limit;
}

/* ---- few changed within the times: read by their index and sorted ---- */

static bool has_times(const struct application_filter *f) {
    return f->from_ms > 0 || f->to_ms != INT64_MAX;
}

static void bind_times(struct db_query *q, const struct application_walk *w) {
    db_bind_int(q, 1, w->tenant);
    db_bind_int(q, 2, w->f->from_ms);
    db_bind_int(q, 3, w->f->to_ms);
}

/* Returns 1 if at most FEW applications changed within the times, 0 or < 0. */
static int are_few(struct db *db, const struct application_walk *w) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_APPLICATION_FEW_CHANGED);
    int r;

    bind_times(&q, w);
    db_bind_int(&q, 4, FEW + 1);
    r = db_row(&q);
    return r < 0 ? r : r == 1 && db_int(&q, COL_APPLICATION_FEW_CHANGED_N) <= FEW;
}

static int by_id(const void *a, const void *b) {
    const struct application_key *x = a, *y = b;
    return x->id < y->id ? -1 : x->id > y->id;
}

/* Gives the applications that changed within the times and have an id greater than after. Returns 1: the walk is over,
 * or < 0. */
static int give_changed(struct db *db, struct arena *a, const struct application_walk *w, int64_t after,
                        struct application_walked *ret) {
    struct application_key *keys = NULL;
    size_t n = 0, cap = 0, cost = 0;
    int r;

    {
        struct db_query q DB_CLEANUP = db_query(db, SQL_APPLICATION_KEYS_CHANGED);
        bind_times(&q, w);
        while ((r = db_row(&q)) == 1) {
            if (db_int(&q, COL_APPLICATION_KEY_ID) <= after || !matches(w, &q))
                continue;
            keys = arena_array_grow(a, keys, n, &cap, sizeof(*keys));
            keys[n] = key_of(&q);
            keys[n].stage_id = arena_dup(a, keys[n].stage_id);
            n++;
        }
    }
    if (n > 0)
        qsort(keys, n, sizeof(*keys), by_id);
    for (size_t i = 0; i < n && r == 0; i++) {
        r = give(w, &keys[i], &cost, ret);
        if (r == 0 && cost > APPLICATION_WALK_MAX && i + 1 < n) {
            ret->cut = true;
            ret->id = keys[i].id;
            break;
        }
    }
    return r < 0 ? r : 1;
}

/* ---- many: by id ---- */

struct walking {
    struct db *db;
    struct arena *a;
    const struct application_walk *w;
    struct application_walked *ret;
    bool asked;     /* whether few changed within the times */
    size_t cost;    /* in applications */
    size_t misses;  /* so many in a row end a part of the walk */
    int64_t after;  /* the last application that was looked at */
    size_t portion; /* so many are asked for at once */
};

static struct db_query query_by_id(const struct walking *k) {
    const struct application_filter *f = k->w->f;
    struct db_query q = db_query(k->db, f->talent_id != 0 ? SQL_APPLICATION_KEYS_OF_TALENT
                                        : f->job_id != 0  ? SQL_APPLICATION_KEYS_OF_JOB
                                                          : SQL_APPLICATION_KEYS);

    db_bind_int(&q, 1, k->w->tenant);
    db_bind_int(&q, 2, k->after);
    bool one = f->talent_id != 0 || f->job_id != 0;
    if (one)
        db_bind_int(&q, 3, f->talent_id != 0 ? f->talent_id : f->job_id);
    db_bind_int(&q, one ? 4 : 3, (int64_t)k->portion);
    return q;
}

/* Looks at a portion of applications. Returns 1: the walk is over, 0: too many in a row did not match, 2: there may be
 * more behind the portion, or < 0. *row_misses: those before the portion that did not match, in a row. */
static int walk_portion(struct walking *k, size_t *row_misses) {
    struct db_query q DB_CLEANUP = query_by_id(k);
    size_t misses = *row_misses, n = 0;
    int r;

    while ((r = db_row(&q)) == 1) {
        const struct application_key key = key_of(&q);

        n++;
        k->cost++;
        k->after = key.id;
        misses = matches(k->w, &q) ? 0 : misses + 1;
        if (misses == 0 && (r = give(k->w, &key, &k->cost, k->ret)) != 0)
            return r;
        if (!k->asked && k->cost >= FIRST_LOOK) {
            k->asked = true;
            r = are_few(k->db, k->w);
            if (r != 0)
                return r < 0 ? r : give_changed(k->db, k->a, k->w, key.id, k->ret);
        }
        if (k->cost >= APPLICATION_WALK_MAX) {
            k->ret->cut = true;
            k->ret->id = key.id;
            return 1;
        }
        if (misses >= k->misses)
            return 0;
    }
    *row_misses = misses;
    return r < 0 ? r : n < k->portion ? 1 : 2;
}

/* Looks at applications until the walk is over (returns 1) or too many in a row did not match (0). Or < 0. */
static int walk_part(struct walking *k) {
    size_t misses = 0;
    int r;

    while ((r = walk_portion(k, &misses)) == 2)
        k->portion = k->portion < PORTION_MAX / 4 ? k->portion * 4 : PORTION_MAX;
    return r;
}

/* Passes over ranges of ids without changes within the times. Returns 1, 0 (there is none with changes) or < 0. */
static int pass_over(struct walking *k) {
    int64_t next;
    int r;

    if (k->after == INT64_MAX)
        return 0;
    r = application_zone_next(k->db, k->w->tenant, k->after + 1, k->w->f->from_ms, &next);
    if (r != 1)
        return r;
    k->cost += ZONE_COST;
    k->misses = next > k->after + 1 ? MISSES : k->misses * 2;
    k->after = next - 1;
    return 1;
}

int application_walk(struct db *db, struct arena *a, const struct application_walk *w, struct application_walked *ret) {
    const struct application_filter *f = w->f;
    bool by_zones = f->from_ms > 0 && f->talent_id == 0 && f->job_id == 0;
    struct walking k = {.db = db,
                        .a = a,
                        .w = w,
                        .ret = ret,
                        .asked = !has_times(f),
                        .misses = by_zones ? MISSES : SIZE_MAX,
                        .after = w->after_id,
                        .portion = w->limit < PORTION_MAX / 2 ? w->limit * 2 : PORTION_MAX};
    int r;

    *ret = (struct application_walked){0};
    if (w->limit == 0)
        return 0;
    do {
        r = by_zones ? pass_over(&k) : 1;
        if (r == 1)
            r = walk_part(&k);
        else if (r == 0)
            r = 1;
    } while (r == 0);
    return r < 0 ? r : 0;
}
