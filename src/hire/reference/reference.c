/* SPDX-License-Identifier: Apache-2.0
 *
 * Records that are looked up and listed.
 */
#include "hire/reference/reference.h"

#include <limits.h>
#include <stdlib.h>

#include "base/array.h"

#define EVERY INT_MAX

int reference_get(struct hire *h, struct str kind, struct str id, struct str *ret_doc) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_REFERENCE_GET);
    int r;

    db_bind_int(&q, 1, h->tenant);
    db_bind_text(&q, 2, kind);
    db_bind_text(&q, 3, str_is_absent(id) ? STR("") : id);
    r = db_row(&q);
    if (r == 1)
        *ret_doc = arena_dup(h->arena, db_text(&q, COL_REFERENCE_GET_DOC));
    return r;
}

int reference_walk(struct hire *h, struct str kind, int64_t after_seq, int limit, reference_fn fn, void *ctx) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_REFERENCE_LIST);
    int n = 0, r;

    db_bind_int(&q, 1, h->tenant);
    db_bind_text(&q, 2, kind);
    db_bind_int(&q, 3, after_seq);
    while (n < limit && (r = db_row(&q)) != 0) {
        if (r > 0)
            r = fn(ctx, db_int(&q, COL_REFERENCE_LIST_SEQ), db_text(&q, COL_REFERENCE_LIST_ID),
                   db_text(&q, COL_REFERENCE_LIST_DOC));
        if (r < 0)
            return r;
        n += r;
    }
    return n;
}

/* ---- processes ---- */

struct gathering {
    struct arena *arena;
    const struct record_type *type;
    struct any_list list;
    size_t cap;
};

static int gather(void *ctx, int64_t seq, struct str id, struct str doc) {
    struct gathering *g = ctx;

    g->list.v = arena_array_grow(g->arena, g->list.v, g->list.n, &g->cap, g->type->size);
    int r = record_read_stored(g->type, (char *)g->list.v + g->list.n * g->type->size, doc, g->arena);
    if (r < 0)
        return r;
    g->list.n++;
    return 1;
}

static int gather_all(struct hire *h, struct str kind, const struct record_type *type, struct any_list *ret) {
    struct gathering g = {.arena = h->arena, .type = type};
    int r = reference_walk(h, kind, 0, EVERY, gather, &g);

    if (r >= 0)
        *ret = g.list;
    return r < 0 ? r : 0;
}

int reference_processes(struct hire *h, struct job_processes_list *ret) {
    struct any_list all = {0};
    int r = gather_all(h, STR("job_process"), &type_job_processes, &all);

    *ret = (struct job_processes_list){all.v, all.n};
    return r;
}

const struct job_processes_stage *process_stage(const struct job_processes_list *all, struct str stage_id,
                                                const struct job_processes **ret_process) {
    for (size_t i = 0; i < all->n; i++)
        for (size_t j = 0; j < all->v[i].stage_list.n; j++)
            if (str_eq(all->v[i].stage_list.v[j].id, stage_id)) {
                if (ret_process)
                    *ret_process = &all->v[i];
                return &all->v[i].stage_list.v[j];
            }
    return NULL;
}

/* ---- places ---- */

/* FNV-1a; 63 bits, never 0. */
static uint64_t key_of(struct str code) {
    uint64_t k = UINT64_C(14695981039346656037);

    for (size_t i = 0; i < code.len; i++)
        k = (k ^ (unsigned char)code.ptr[i]) * UINT64_C(1099511628211);
    return (k >> 1) | 1;
}

static int by_key(const void *a, const void *b) {
    const struct place *x = a, *y = b;

    return x->key < y->key ? -1 : x->key > y->key ? 1 : str_compare(x->code, y->code);
}

static struct str code_of(const struct code_name_object *o) {
    return o && !str_is_empty(o->code) ? o->code : STR_ABSENT;
}

static const struct code_name_object *part_of(const struct location *l, enum place_type type) {
    switch (type) {
    case PLACE_COUNTRY:
        return l->country;
    case PLACE_STATE:
        return l->state;
    case PLACE_CITY:
        return l->city;
    default:
        return l->district;
    }
}

int reference_places(struct hire *h, enum place_type type, struct place **ret, size_t *ret_n) {
    struct any_list all = {0};
    int r = gather_all(h, STR("location"), &type_location, &all);
    const struct location *l = all.v;
    struct place *v = arena_array(h->arena, struct place, all.n);
    size_t n = 0, kept = 0;

    if (r < 0)
        return r;
    for (size_t i = 0; i < all.n; i++) {
        const struct code_name_object *part = part_of(&l[i], type);
        if (str_is_absent(code_of(part)))
            continue;
        v[n++] = (struct place){
            .key = key_of(part->code),
            .code = part->code,
            .zh_name = part->name ? part->name->zh_cn : STR_ABSENT,
            .en_name = part->name ? part->name->en_us : STR_ABSENT,
            .city = type > PLACE_CITY ? code_of(l[i].city) : STR_ABSENT,
            .state = type > PLACE_STATE ? code_of(l[i].state) : STR_ABSENT,
            .country = type > PLACE_COUNTRY ? code_of(l[i].country) : STR_ABSENT,
        };
    }
    if (n > 0)
        qsort(v, n, sizeof(*v), by_key);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || v[kept - 1].key != v[i].key)
            v[kept++] = v[i];
    *ret = v;
    *ret_n = kept;
    return 0;
}
