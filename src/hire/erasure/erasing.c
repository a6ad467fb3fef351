/* SPDX-License-Identifier: Apache-2.0
 *
 * Statements and single records of an erasure.
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

/* Reads the doc of a record. Returns 1, 0 (there is none) or < 0. */
static int read_kept(struct erasing *e, const struct kept_kind *k, int64_t id, struct str *ret) {
    struct db_query q DB_CLEANUP = db_query(e->h->db, k->get);
    int r;

    db_bind_int(&q, 1, e->h->tenant);
    db_bind_int(&q, 2, id);
    r = db_row(&q);
    if (r == 1)
        *ret = arena_dup(e->h->arena, db_text(&q, k->doc));
    return r;
}

int erasing_write_doc(struct erasing *e, enum db_statement which, int64_t id, struct str doc) {
    struct db_query q DB_CLEANUP = db_query(e->h->db, which);
    int r;

    db_bind_int(&q, 1, e->h->tenant);
    db_bind_int(&q, 2, id);
    db_bind_text(&q, 3, doc);
    r = db_run(&q);
    return r < 0 ? r : 0;
}

/* The doc without personal data, in the arena. */
int erasing_strip(struct erasing *e, const struct record_type *type, struct str doc, struct str *ret) {
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    void *record = arena_alloc(e->h->arena, type->size);

    if (record_read_stored(type, record, doc, e->h->arena) < 0)
        return -EBADMSG;
    int r = erasure_strip(e->h->arena, type, record);
    if (r < 0)
        return r;
    record_write_stored(type, record, &out);
    *ret = arena_dup(e->h->arena, buf_str(&out));
    return 0;
}

int erasing_kept(struct erasing *e, const struct kept_kind *k, int64_t id) {
    struct str doc, clean;
    int r = erasing_forget_audit(e, id);

    if (r < 0 || (r = read_kept(e, k, id, &doc)) <= 0)
        return r;
    if ((r = erasing_attachments(e, doc)) < 0 || (r = erasing_strip(e, k->type, doc, &clean)) < 0 || str_eq(doc, clean))
        return r;
    (*k->count)++;
    return e->look ? 0 : erasing_write_doc(e, k->put, id, clean);
}

int erasing_all_kept(struct erasing *e, const struct kept_kind *k, const struct id_list *ids) {
    int r = 0;

    for (size_t i = 0; i < ids->n && r >= 0; i++)
        r = erasing_kept(e, k, ids->v[i]);
    return r;
}
