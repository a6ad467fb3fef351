/* SPDX-License-Identifier: Apache-2.0
 *
 * How long vendors take, and which orders are late.
 */
#include "console/vendor/time.h"

#include <time.h>

#include "base/array.h"

#define DAY_MS (24 * 3600 * 1000LL)
#define USUAL_MS (10 * DAY_MS) /* for an account without results in these days */

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

/* An order whose begin_time is before this is late. */
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

static int take_account(struct call *c, const struct vendor_times *times, int64_t account, struct list_key after,
                        struct key_list *l) {
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_CONSOLE_ORDERS_LATE);
    int r;

    db_bind_int(&q, 1, c->tenant);
    db_bind_int(&q, 2, account);
    db_bind_int(&q, 3, after.a);
    db_bind_int(&q, 4, after.b);
    db_bind_int(&q, 5, late_before(c, times, account));
    db_bind_int(&q, 6, (int64_t)l->max);
    while ((r = db_row(&q)) == 1 && key_list_add(l, (struct list_key){db_int(&q, COL_CONSOLE_ORDERS_LATE_BEGIN_TIME),
                                                                      db_int(&q, COL_CONSOLE_ORDERS_LATE_ID)}))
        ;
    return r < 0 ? r : 0;
}

int late_list(struct call *c, const struct vendor_times *times, int64_t account, struct list_key after, size_t max,
              struct key_list *ret) {
    int r = 0;

    *ret = key_list_new(c->arena, max, false);
    if (account != 0)
        return take_account(c, times, account, after, ret);
    struct db_query accounts DB_CLEANUP = db_query(c->db, SQL_CONSOLE_ACCOUNTS);
    db_bind_int(&accounts, 1, c->tenant);
    while ((r = db_row(&accounts)) == 1)
        if ((r = take_account(c, times, db_int(&accounts, COL_CONSOLE_ACCOUNTS_ID), after, ret)) < 0)
            return r;
    return r;
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
