/* SPDX-License-Identifier: Apache-2.0
 *
 * Background checks of external applications: imported unchanged, read by id or by application.
 */
#include "hire/external/external.h"

static int read_keys(struct hire *h, const struct external_background_check *in, int64_t *ret_id,
                     int64_t *ret_application) {
    int r = hire_id(h, "id", in->id, ret_id);

    return r < 0 ? r : hire_id(h, "external_application_id", in->external_application_id, ret_application);
}

int external_check_import_check(struct hire *h, const struct external_background_check *in) {
    int64_t id, application_id;

    return read_keys(h, in, &id, &application_id);
}

int external_check_import(struct hire *h, struct external_background_check *in) {
    struct buf doc BUF_CLEANUP = BUF_EMPTY;
    int64_t id, application_id;
    int r = read_keys(h, in, &id, &application_id);

    if (r < 0)
        return r;
    record_write_stored(&type_external_background_check, in, &doc);
    {
        struct db_query q DB_CLEANUP = db_query(h->db, SQL_EXTERNAL_CHECK_GET);

        db_bind_int(&q, 1, h->tenant);
        db_bind_int(&q, 2, id);
        r = db_row(&q);
        if (r < 0)
            return r;
        /* The application's id is in the doc too, so equal docs mean that nothing changed */
        if (r == 1 && str_eq(db_text(&q, COL_EXTERNAL_DOC), buf_str(&doc)))
            return 0;
    }
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_EXTERNAL_CHECK_PUT);
    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, id);
    db_bind_int(&q, 3, application_id);
    db_bind_text(&q, 4, buf_str(&doc));
    r = db_post(&q);
    db_query_end(&q); /* before doc is freed */
    return r < 0 ? r : 1;
}

static int walk(struct db_query *q, external_check_fn fn, void *ctx) {
    int n = 0, r;

    while ((r = db_row(q)) == 1) {
        fn(ctx, db_int(q, COL_EXTERNAL_ID), db_text(q, COL_EXTERNAL_DOC));
        n++;
    }
    return r < 0 ? r : n;
}

int external_check_list(struct hire *h, int64_t external_application_id, int64_t after_id, int limit,
                        external_check_fn fn, void *ctx) {
    bool all = external_application_id == 0;
    struct db_query q DB_CLEANUP =
        db_query(h->db, all ? SQL_EXTERNAL_CHECK_LIST : SQL_EXTERNAL_CHECK_LIST_BY_APPLICATION);
    int n = 1;

    db_bind_int(&q, n++, h->tenant);
    if (!all)
        db_bind_int(&q, n++, external_application_id);
    db_bind_int(&q, n++, after_id);
    db_bind_int(&q, n++, limit);
    return walk(&q, fn, ctx);
}

int external_check_get(struct hire *h, int64_t id, external_check_fn fn, void *ctx) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_EXTERNAL_CHECK_GET);

    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, id);
    return walk(&q, fn, ctx);
}
