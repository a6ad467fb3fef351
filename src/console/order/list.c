/* SPDX-License-Identifier: Apache-2.0
 *
 * console/api/orders: the list of background checks, with the filters of the page and those of the overview's numbers.
 */
#include "api_handlers.h"
#include "base/id.h"
#include "console/order/row.h"
#include "console/order/search.h"
#include "hire/order/state.h"
#include "hire/order/walk.h"

#define FILTERS 6

static int read_time(struct call *c, struct str text, int64_t *ret) {
    *ret = 0;
    if (str_is_empty(text))
        return 0;
    return id_parse(text, ret) == 0
               ? 0
               : call_fail(c, CODE_PARAMETER, "completed_since is a time in milliseconds since 1970");
}

/* Refuses combinations of filters that exclude each other. */
static int check(struct call *c, const struct order_search *f) {
    bool by_state = f->status != 0 || f->phase >= 0;
    if (f->account != 0 && f->application != 0)
        return call_fail(c, CODE_PARAMETER, "give account_id or application_id, not both");
    if (!str_is_empty(f->text) && f->application != 0)
        return call_fail(c, CODE_PARAMETER, "give query or application_id, not both");
    if (f->phase >= 0 && f->status == 0)
        return call_fail(c, CODE_PARAMETER, "phase needs a status");
    if (f->late && (by_state || f->application != 0 || f->completed_since != 0))
        return call_fail(c, CODE_PARAMETER, "late can be combined with account_id and query only");
    if (f->completed_since != 0 && (by_state || f->application != 0))
        return call_fail(c, CODE_PARAMETER, "completed_since can be combined with account_id and query only");
    return 0;
}

static int read_filters(struct call *c, struct order_search *ret) {
    const struct console_order_list_query *in = c->query;
    *ret = (struct order_search){
        .text = str_trim(in->query),
        .status = in->status.set ? in->status.v : 0,
        .phase = in->phase.set ? in->phase.v : -1,
        .late = in->late.set && in->late.v,
    };
    int r = call_filter_id(c, "account_id", in->account_id, &ret->account);
    if (r == 0)
        r = call_filter_id(c, "application_id", in->application_id, &ret->application);
    if (r == 0)
        r = read_time(c, in->completed_since, &ret->completed_since);
    return r < 0 ? r : check(c, ret);
}

/* ---- lists ---- */

static int write_row(struct list *l, void *ctx, const struct db_query *q) {
    return write_order_row(l->c, &l->h, q);
}

/* By update_time, the latest change first. */
static int list_all(struct list *l) {
    struct db_query q DB_CLEANUP = db_query(l->c->db, SQL_CONSOLE_ORDERS);
    db_bind_int(&q, 1, l->c->tenant);
    db_bind_int(&q, 2, l->from.a);
    db_bind_int(&q, 3, l->from.b);
    db_bind_int(&q, 4, l->limit + 1);
    return list_write(
        l, &q,
        &(struct list_rows){.a = COL_CONSOLE_ORDER_ROW_UPDATE_TIME, .b = COL_CONSOLE_ORDER_ROW_ID, .write = write_row});
}

static int take_row(void *ctx, int64_t update_time, int64_t id, struct db_query *row) {
    struct list *l = ctx;
    int r = list_add(l, update_time, id) ? write_order_row_of(l->c, &l->h, id) : 0;
    return r < 0 ? r : 1;
}

/* The same with filters. */
static int list_by_change(struct list *l, const struct order_search *f) {
    const struct order_walk w = {
        .tenant = l->c->tenant,
        .newest = true,
        .from_time = l->from.a,
        .from_id = l->from.b,
        .application_id = f->application,
        .status = f->status,
        .phase = f->phase,
        .accounts = &f->account,
        .n_accounts = f->account != 0,
        .limit = (size_t)l->limit + 1,
        .take = take_row,
        .ctx = l,
    };
    struct order_walked end;

    if (f->account == 0 && f->application == 0 && f->status == 0)
        return list_all(l);
    int r = order_walk(l->c->db, l->c->arena, &w, &end);
    if (r == 0 && end.cut)
        list_cut(l, end.time, end.id);
    return r;
}

/* By end_time, the latest first. */
static int list_completed(struct list *l, const struct order_search *f) {
    struct db_query q DB_CLEANUP = db_query(l->c->db, SQL_CONSOLE_ORDERS_DONE);
    db_bind_int(&q, 1, l->c->tenant);
    db_bind_int(&q, 2, l->from.a);
    db_bind_int(&q, 3, l->from.b);
    db_bind_int(&q, 4, f->completed_since);
    db_bind_int(&q, 5, f->account);
    db_bind_int(&q, 6, l->limit + 1);
    return list_write(
        l, &q,
        &(struct list_rows){.a = COL_CONSOLE_ORDERS_DONE_END_TIME, .b = COL_CONSOLE_ORDER_ROW_ID, .write = write_row});
}

/* By begin_time, the earliest first. This list ascends, so the first page begins at 0 and not at the key that
 * list_begin sets for descending lists. */
static int list_late(struct list *l, const struct order_search *f) {
    bool first = l->from.a == INT64_MAX;
    const struct list_key after = {first ? 0 : l->from.a, first ? 0 : l->from.b};
    struct key_list late;
    int r = late_list(l->c, &f->times, f->account, after, (size_t)l->limit + 1, &late);
    for (size_t i = 0; i < late.n && r >= 0 && list_add(l, late.v[i].a, late.v[i].b); i++)
        r = write_order_row_of(l->c, &l->h, late.v[i].b);
    return r < 0 ? r : 0;
}

int handle_console_order_list(struct call *c) {
    struct order_search f;
    struct list l;
    int r = read_filters(c, &f);
    if (r == 0) {
        const int64_t filters[FILTERS] = {f.account, f.application, f.status, f.phase, f.late, f.completed_since};
        const struct console_order_list_query *in = c->query;
        r = list_begin(&l, c, in->page_size, in->page_token, filters, FILTERS, f.text);
    }
    if (r == 0 && f.late)
        r = vendor_times_get(c, &f.times);
    if (r < 0)
        return r;
    r = !str_is_empty(f.text)    ? order_search(&l, &f)
        : f.late                 ? list_late(&l, &f)
        : f.completed_since != 0 ? list_completed(&l, &f)
                                 : list_by_change(&l, &f);
    if (r == 0)
        list_end(&l);
    return r;
}
