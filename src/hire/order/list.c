/* SPDX-License-Identifier: Apache-2.0
 *
 * Lists orders. Without filters but time, a page reads orders along the index by update_time; with others it is a walk
 * (walk.h).
 */
#include "base/array.h"
#include "hire/order/order.h"
#include "hire/order/walk.h"

/* ---- by time ---- */

static int read_all(struct db_query *q, order_fn fn, void *ctx) {
    int n = 0, r;

    while ((r = db_row(q)) == 1) {
        fn(ctx, db_int(q, COL_ORDER_LISTED_UPDATE_TIME), db_int(q, COL_ORDER_LISTED_ID),
           db_text(q, COL_ORDER_LISTED_DOC));
        n++;
    }
    return r < 0 ? r : n;
}

static int list_by_time(struct hire *h, const struct order_filter *f, struct order_place_in_list after, int limit,
                        order_fn fn, void *ctx) {
    if (after.time < f->update_start) {
        struct db_query q DB_CLEANUP = db_query(h->db, SQL_ORDER_LIST_FROM_TIME);

        db_bind_int(&q, 1, h->tenant);
        db_bind_int(&q, 2, f->update_start);
        db_bind_int(&q, 3, f->update_end);
        db_bind_int(&q, 4, limit);
        return read_all(&q, fn, ctx);
    }
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_ORDER_LIST_BY_TIME);

    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, after.time);
    db_bind_int(&q, 3, after.id);
    db_bind_int(&q, 4, f->update_end);
    db_bind_int(&q, 5, limit);
    return read_all(&q, fn, ctx);
}

/* ---- with other filters ---- */

struct filtering {
    struct hire *h;
    const struct order_filter *f;
    order_fn fn;
    void *ctx;
};

/* Takes an order if the filter that the index does not have accepts it, too. */
static int take(void *ctx, int64_t update_time, int64_t id, struct db_query *row) {
    const struct filtering *g = ctx;
    const struct order_filter *f = g->f;
    int r = db_row(row);

    if (r <= 0)
        return r;
    if (f->application_id != 0 && db_int(row, COL_ORDER_FILTERED_APPLICATION_ID) != f->application_id)
        return 0;
    g->fn(g->ctx, update_time, id, db_text(row, COL_ORDER_FILTERED_DOC));
    return 1;
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

static int list_filtered(struct hire *h, const struct order_filter *f, struct order_place_in_list after, int limit,
                         order_fn fn, void *ctx, struct order_place_in_list *ret_cut) {
    struct filtering g = {h, f, fn, ctx};
    struct order_walk w = {
        .tenant = h->tenant,
        .from_time = after.time,
        .from_id = after.id,
        .until = f->update_end,
        .application_id = f->application_id,
        .status = f->status,
        .phase = -1,
        /* An unknown begin_time (0) is not within any bounds */
        .begin_start = f->begin_start == 0 && f->begin_end != INT64_MAX ? 1 : f->begin_start,
        .begin_end = f->begin_start != 0 || f->begin_end != INT64_MAX ? f->begin_end : 0,
        .limit = (size_t)limit,
        .take = take,
        .reads_row = true,
        .row = SQL_ORDER_FILTERED,
        .ctx = &g,
    };
    struct order_walked end;
    int r;

    if (after.time < f->update_start) { /* the last key before the first wanted one */
        w.from_time = f->update_start - 1;
        w.from_id = INT64_MAX;
    }
    if (h->only_app != 0) {
        int64_t *accounts;
        r = accounts_of(h, &accounts, &w.n_accounts);
        if (r < 0 || w.n_accounts == 0)
            return r;
        w.accounts = accounts;
    }
    r = order_walk(h->db, h->arena, &w, &end);
    if (r < 0)
        return r;
    if (end.cut)
        *ret_cut = (struct order_place_in_list){end.time, end.id};
    return (int)end.n;
}

int order_list(struct hire *h, const struct order_filter *f, struct order_place_in_list after, int limit, order_fn fn,
               void *ctx, struct order_place_in_list *ret_cut) {
    bool by_time = f->application_id == 0 && h->only_app == 0 && f->status == 0 && f->begin_start == 0 &&
                   f->begin_end == INT64_MAX;

    *ret_cut = (struct order_place_in_list){0};
    return by_time ? list_by_time(h, f, after, limit, fn, ctx) : list_filtered(h, f, after, limit, fn, ctx, ret_cut);
}
