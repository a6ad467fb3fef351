/* SPDX-License-Identifier: Apache-2.0
 *
 * Keeps the tables that are derived from orders: counts by state, and narrow tables for lists.
 */
#include "hire/order/place.h"

static int run(struct db_query *q) {
    int r = db_post(q);
    return r < 0 ? r : 0;
}

static int count(struct db *db, int64_t tenant, struct order_state state, int by) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_ORDER_COUNT_ADD);

    db_bind_int(&q, 1, tenant);
    db_bind_int(&q, 2, state.status);
    db_bind_int(&q, 3, state.phase);
    db_bind_int(&q, 4, by);
    return run(&q);
}

static bool is_open(const struct order_place *p) {
    return (p->state.status == ORDER_ARRANGED || p->state.status == ORDER_APPROVED) && p->account_id != 0 &&
           p->begin_time > 0;
}

static bool is_done(const struct order_place *p) {
    return p->state.status == ORDER_COMPLETED && p->end_time > 0;
}

int order_place_enter(struct db *db, int64_t tenant, int64_t id, const struct order_place *p) {
    int r = count(db, tenant, p->state, 1);

    if (r < 0 || !(is_open(p) || is_done(p)))
        return r;
    struct db_query q DB_CLEANUP = db_query(db, is_open(p) ? SQL_ORDER_OPEN_PUT : SQL_ORDER_DONE_PUT);
    db_bind_int(&q, 1, tenant);
    db_bind_int(&q, 2, id);
    db_bind_int(&q, 3, p->account_id);
    db_bind_int(&q, 4, p->begin_time);
    if (is_done(p))
        db_bind_int(&q, 5, p->end_time);
    return run(&q);
}

int order_place_leave(struct db *db, int64_t tenant, int64_t id, const struct order_place *p) {
    int r = count(db, tenant, p->state, -1);

    if (r < 0 || !(is_open(p) || is_done(p)))
        return r;
    struct db_query q DB_CLEANUP = db_query(db, is_open(p) ? SQL_ORDER_OPEN_DROP : SQL_ORDER_DONE_DROP);
    db_bind_int(&q, 1, tenant);
    db_bind_int(&q, 2, id);
    return run(&q);
}

bool order_place_same(const struct order_place *a, const struct order_place *b) {
    return a->state.status == b->state.status && a->state.phase == b->state.phase && a->account_id == b->account_id &&
           a->begin_time == b->begin_time && a->end_time == b->end_time;
}
