/* SPDX-License-Identifier: Apache-2.0
 *
 * Lists orders. For every filter, a page walks one index by its key: the table's, the application's or the vendor
 * account's.
 */
#include "base/array.h"
#include "hire/order/order.h"

/* Binds $1 to $4, which all list statements share. */
static void bind_times(struct db_query *q, const struct hire *h, const struct order_filter *f, int64_t after_time,
                       int64_t after_id) {
    /* The last key before the first wanted one */
    if (after_time < f->update_start) {
        after_time = f->update_start - 1;
        after_id = INT64_MAX;
    }
    db_bind_int(q, 1, h->tenant);
    db_bind_int(q, 2, after_time);
    db_bind_int(q, 3, after_id);
    db_bind_int(q, 4, f->update_end);
}

/* Binds $1 to $8, which the statements with further filters share. */
static void bind_range(struct db_query *q, const struct hire *h, const struct order_filter *f, int64_t after_time,
                       int64_t after_id, int limit) {
    /* An unknown begin_time (0) is not within any bounds */
    int64_t begin_start = f->begin_start == 0 && f->begin_end != INT64_MAX ? 1 : f->begin_start;

    bind_times(q, h, f, after_time, after_id);
    db_bind_int(q, 5, begin_start);
    db_bind_int(q, 6, f->begin_end);
    db_bind_int(q, 7, f->status);
    db_bind_int(q, 8, limit);
}

static int walk(struct db_query *q, order_fn fn, void *ctx) {
    int n = 0, r;

    while ((r = db_row(q)) == 1) {
        fn(ctx, db_int(q, COL_ORDER_LISTED_UPDATE_TIME), db_int(q, COL_ORDER_LISTED_ID),
           db_text(q, COL_ORDER_LISTED_DOC));
        n++;
    }
    return r < 0 ? r : n;
}

struct account_walk {
    struct db_query q;
    int64_t time, id; /* of the current row */
    bool over;
};

static int step(struct account_walk *w) {
    int r = db_row(&w->q);

    w->over = r != 1;
    if (r == 1) {
        w->time = db_int(&w->q, COL_ORDER_LISTED_UPDATE_TIME);
        w->id = db_int(&w->q, COL_ORDER_LISTED_ID);
    }
    return r;
}

/* Merges the walks of several accounts: the smallest current row is next. */
static int merge(struct account_walk *walks, size_t n_walks, int limit, order_fn fn, void *ctx) {
    int n = 0, r;

    for (size_t i = 0; i < n_walks; i++) {
        r = step(&walks[i]);
        if (r < 0)
            return r;
    }
    while (n < limit) {
        struct account_walk *next = NULL;

        for (size_t i = 0; i < n_walks; i++) {
            struct account_walk *w = &walks[i];

            if (!w->over && (!next || w->time < next->time || (w->time == next->time && w->id < next->id)))
                next = w;
        }
        if (!next)
            break;
        fn(ctx, next->time, next->id, db_text(&next->q, COL_ORDER_LISTED_DOC));
        n++;
        r = step(next);
        if (r < 0)
            return r;
    }
    return n;
}

/* Reads the accounts of the app, usually one. */
static int accounts_of(struct hire *h, int64_t **ret, size_t *ret_n) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_VENDOR_ACCOUNT_BY_APP);
    int64_t *ids = NULL;
    size_t n = 0, cap = 0;
    int r;

    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, h->only_app);
    while ((r = db_row(&q)) == 1) {
        ids = arena_array_grow(h->arena, ids, n, &cap, sizeof(*ids));
        ids[n++] = db_int(&q, COL_VENDOR_ACCOUNT_BY_APP_ID);
    }
    *ret = ids;
    *ret_n = n;
    return r;
}

static int list_of_app(struct hire *h, const struct order_filter *f, int64_t after_time, int64_t after_id, int limit,
                       order_fn fn, void *ctx) {
    struct account_walk *walks;
    int64_t *accounts;
    size_t n;
    int r = accounts_of(h, &accounts, &n);

    if (r < 0 || n == 0)
        return r;
    walks = arena_array(h->arena, struct account_walk, n);
    for (size_t i = 0; i < n; i++) {
        walks[i].q = db_query(h->db, SQL_ORDER_LIST_BY_ACCOUNT);
        bind_range(&walks[i].q, h, f, after_time, after_id, limit);
        db_bind_int(&walks[i].q, 9, accounts[i]);
    }
    r = n == 1 ? walk(&walks[0].q, fn, ctx) : merge(walks, n, limit, fn, ctx);
    for (size_t i = 0; i < n; i++)
        db_query_end(&walks[i].q);
    return r;
}

static int list_by_time(struct hire *h, const struct order_filter *f, int64_t after_time, int64_t after_id, int limit,
                        order_fn fn, void *ctx) {
    if (after_time < f->update_start) {
        struct db_query q DB_CLEANUP = db_query(h->db, SQL_ORDER_LIST_FROM_TIME);

        db_bind_int(&q, 1, h->tenant);
        db_bind_int(&q, 2, f->update_start);
        db_bind_int(&q, 3, f->update_end);
        db_bind_int(&q, 4, limit);
        return walk(&q, fn, ctx);
    }
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_ORDER_LIST_BY_TIME);

    bind_times(&q, h, f, after_time, after_id);
    db_bind_int(&q, 5, limit);
    return walk(&q, fn, ctx);
}

int order_list(struct hire *h, const struct order_filter *f, int64_t after_time, int64_t after_id, int limit,
               order_fn fn, void *ctx) {
    enum db_statement which = SQL_ORDER_LIST;

    if (f->application_id != 0)
        which = h->only_app != 0 ? SQL_ORDER_LIST_BY_APPLICATION_OF_APP : SQL_ORDER_LIST_BY_APPLICATION;
    else if (h->only_app != 0)
        return list_of_app(h, f, after_time, after_id, limit, fn, ctx);
    else if (f->status == 0 && f->begin_start == 0 && f->begin_end == INT64_MAX)
        return list_by_time(h, f, after_time, after_id, limit, fn, ctx);

    struct db_query q DB_CLEANUP = db_query(h->db, which);
    bind_range(&q, h, f, after_time, after_id, limit);
    if (f->application_id != 0)
        db_bind_int(&q, 9, f->application_id);
    if (which == SQL_ORDER_LIST_BY_APPLICATION_OF_APP)
        db_bind_int(&q, 10, h->only_app);
    return walk(&q, fn, ctx);
}
