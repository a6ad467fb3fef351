/* SPDX-License-Identifier: Apache-2.0
 *
 * Erases personal data from records that are kept as one doc.
 */
#include "hire/erasure/erasing.h"

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
