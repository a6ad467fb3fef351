/* SPDX-License-Identifier: Apache-2.0
 *
 * How long vendors take, and which orders are late.
 */
#include "console/vendor/time.h"

#include <time.h>

#include "base/array.h"

#define DAY_MS (24 * 3600 * 1000LL)
#define USUAL_MS (10 * DAY_MS) /* of an account without results in the last days */

int64_t vendor_time_since(int64_t now_ms) {
    time_t now = (time_t)(now_ms / 1000);
    struct tm tm;
    localtime_r(&now, &tm);
    int64_t midnight = now_ms - ((tm.tm_hour * 60LL + tm.tm_min) * 60 + tm.tm_sec) * 1000 - now_ms % 1000;
    return midnight - (VENDOR_TIME_DAYS - 1) * DAY_MS;
}

/* ---- times ---- */

static void add_time(struct vendor_times *times, size_t *cap, struct arena *a, const struct db_query *q) {
    times->v = arena_array_grow(a, times->v, times->n, cap, sizeof *times->v);
    times->v[times->n++] = (struct vendor_time){
        .account = db_int(q, COL_CONSOLE_ORDER_TIMES_ACCOUNT_ID),
        .name = arena_dup(a, db_text(q, COL_CONSOLE_ORDER_TIMES_NAME)),
        .provider_zh = arena_dup(a, db_text(q, COL_CONSOLE_ORDER_TIMES_PROVIDER_ZH)),
        .provider_en = arena_dup(a, db_text(q, COL_CONSOLE_ORDER_TIMES_PROVIDER_EN)),
        .orders = db_int(q, COL_CONSOLE_ORDER_TIMES_N),
        .median_ms = db_int(q, COL_CONSOLE_ORDER_TIMES_MEDIAN_MS),
        .p90_ms = db_int(q, COL_CONSOLE_ORDER_TIMES_P90_MS),
    };
}

int vendor_times_get(struct call *c, struct vendor_times *ret) {
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_CONSOLE_ORDER_TIMES);
    size_t cap = 0;
    int r;

    *ret = (struct vendor_times){.n = 0};
    db_bind_int(&q, 1, c->tenant);
    db_bind_int(&q, 2, vendor_time_since(c->now_ms));
    while ((r = db_row(&q)) == 1)
        add_time(ret, &cap, c->arena, &q);
    return r;
}

int64_t vendor_usual_ms(const struct vendor_times *times, int64_t account) {
    size_t low = 0, high = times->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (times->v[middle].account < account)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == times->n || times->v[low].account != account || times->v[low].p90_ms == 0)
        return USUAL_MS;
    return times->v[low].p90_ms;
}

/* ---- late orders ---- */

/* An order that begins before this is late. */
static int64_t late_before(const struct call *c, const struct vendor_times *times, int64_t account) {
    return c->now_ms - vendor_usual_ms(times, account);
}

int late_count(struct call *c, const struct vendor_times *times, int64_t *ret) {
    struct db_query accounts DB_CLEANUP = db_query(c->db, SQL_CONSOLE_ACCOUNTS);
    int r;

    *ret = 0;
    db_bind_int(&accounts, 1, c->tenant);
    while ((r = db_row(&accounts)) == 1) {
        struct db_query q DB_CLEANUP = db_query(c->db, SQL_CONSOLE_ORDERS_LATE_COUNT);
        db_bind_int(&q, 1, c->tenant);
        db_bind_int(&q, 2, db_int(&accounts, COL_CONSOLE_ACCOUNTS_ID));
        db_bind_int(&q, 3, late_before(c, times, db_int(&accounts, COL_CONSOLE_ACCOUNTS_ID)));
        if ((r = db_row(&q)) < 0)
            return r;
        *ret += db_int(&q, COL_CONSOLE_ORDERS_LATE_COUNT_N);
    }
    return r;
}

/* The orders that are late for the longest time, in their order. */
struct latest {
    struct late_order *v;
    size_t n, max;
};

static bool is_before(const struct late_order *a, const struct late_order *b) {
    return a->begin_time != b->begin_time ? a->begin_time < b->begin_time : a->id < b->id;
}

/* False: the list is full of orders that come before this one, and so before all that follow it. */
static bool take(struct latest *l, struct late_order o) {
    size_t at = l->n;

    while (at > 0 && is_before(&o, &l->v[at - 1]))
        at--;
    if (at == l->max)
        return false;
    size_t behind = (l->n < l->max ? l->n : l->max - 1) - at;
    memmove(l->v + at + 1, l->v + at, behind * sizeof *l->v);
    l->v[at] = o;
    l->n = at + behind + 1;
    return true;
}

static int take_account(struct call *c, const struct vendor_times *times, int64_t account,
                        const struct late_order *behind, struct latest *l) {
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_CONSOLE_ORDERS_LATE);
    int64_t usual = vendor_usual_ms(times, account);
    int r;

    db_bind_int(&q, 1, c->tenant);
    db_bind_int(&q, 2, account);
    db_bind_int(&q, 3, behind->begin_time);
    db_bind_int(&q, 4, behind->id);
    db_bind_int(&q, 5, late_before(c, times, account));
    db_bind_int(&q, 6, (int64_t)l->max);
    while ((r = db_row(&q)) == 1 && take(l, (struct late_order){db_int(&q, COL_CONSOLE_ORDERS_LATE_BEGIN_TIME),
                                                                db_int(&q, COL_CONSOLE_ORDERS_LATE_ID), usual}))
        ;
    return r < 0 ? r : 0;
}

int late_list(struct call *c, const struct vendor_times *times, int64_t account, int64_t begin_time, int64_t id,
              size_t max, struct late_order **ret) {
    const struct late_order behind = {.begin_time = begin_time, .id = id};
    struct latest l = {.v = arena_array(c->arena, struct late_order, max), .max = max};
    int r = 0;

    if (account != 0) {
        r = take_account(c, times, account, &behind, &l);
    } else {
        struct db_query accounts DB_CLEANUP = db_query(c->db, SQL_CONSOLE_ACCOUNTS);
        db_bind_int(&accounts, 1, c->tenant);
        while ((r = db_row(&accounts)) == 1)
            if ((r = take_account(c, times, db_int(&accounts, COL_CONSOLE_ACCOUNTS_ID), &behind, &l)) < 0)
                return r;
    }
    *ret = l.v;
    return r < 0 ? r : (int)l.n;
}

int late_is(struct call *c, const struct vendor_times *times, int64_t order_id) {
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_CONSOLE_ORDER_OPEN);
    int r;

    db_bind_int(&q, 1, c->tenant);
    db_bind_int(&q, 2, order_id);
    r = db_row(&q);
    return r <= 0 ? r
                  : db_int(&q, COL_CONSOLE_ORDER_OPEN_BEGIN_TIME) <
                        late_before(c, times, db_int(&q, COL_CONSOLE_ORDER_OPEN_ACCOUNT_ID));
}
