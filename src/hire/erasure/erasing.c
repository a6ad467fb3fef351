/* SPDX-License-Identifier: Apache-2.0
 *
 * Statements of an erasure.
 */
#include "hire/erasure/erasing.h"

#include "base/array.h"

void erasing_list_put(struct arena *a, struct id_list *l, size_t *cap, int64_t id) {
    l->v = arena_array_grow(a, l->v, l->n, cap, sizeof(*l->v));
    l->v[l->n++] = id;
}

/* Collects the first column of the rows of a statement whose parameters are tenant and id. */
int erasing_gather(struct hire *h, enum db_statement which, int64_t id, struct id_list *ret) {
    struct db_query q DB_CLEANUP = db_query(h->db, which);
    size_t cap = ret->n;
    int r;

    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, id);
    while ((r = db_row(&q)) == 1)
        erasing_list_put(h->arena, ret, &cap, db_int(&q, COL_FIRST));
    return r;
}

/* Runs a statement whose parameters are tenant and id. */
int erasing_run_by_id(struct erasing *e, enum db_statement which, int64_t id) {
    if (e->look)
        return 0;
    struct db_query q DB_CLEANUP = db_query(e->h->db, which);
    db_bind_int(&q, 1, e->h->tenant);
    db_bind_int(&q, 2, id);
    int r = db_run(&q);
    return r < 0 ? r : 0;
}

int erasing_run_by_text(struct erasing *e, enum db_statement which, struct str id) {
    if (e->look)
        return 0;
    struct db_query q DB_CLEANUP = db_query(e->h->db, which);
    db_bind_int(&q, 1, e->h->tenant);
    db_bind_text(&q, 2, id);
    int r = db_run(&q);
    return r < 0 ? r : 0;
}

/* Removes the texts that people wrote about a record from the audit log. */
int erasing_forget_audit(struct erasing *e, int64_t id) {
    return erasing_run_by_text(e, SQL_ERASURE_AUDIT, hire_text(e->h, id));
}
