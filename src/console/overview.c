/* SPDX-License-Identifier: Apache-2.0
 *
 * console/api/metrics/overview: the numbers of the overview page.
 */
#include <time.h>

#include "api_handlers.h"
#include "base/json.h"
#include "console/order/row.h"
#include "console/vendor/time.h"
#include "hire/order/state.h"
#include "hire/order/walk.h"

#define DAYS VENDOR_TIME_DAYS
#define DAY_MS (24 * 3600 * 1000LL)
#define WAITING_SHOWN 6

static int write_counts(struct call *c) {
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_CONSOLE_ORDER_COUNTS);
    int r;
    json_key(c->out, STR("orders"));
    json_begin(c->out, '[');
    db_bind_int(&q, 1, c->tenant);
    while ((r = db_row(&q)) == 1) {
        json_begin(c->out, '{');
        json_member_int(c->out, STR("status"), db_int(&q, COL_CONSOLE_ORDER_COUNTS_STATUS));
        json_member_int(c->out, STR("phase"), db_int(&q, COL_CONSOLE_ORDER_COUNTS_PHASE));
        json_member_int(c->out, STR("count"), db_int(&q, COL_CONSOLE_ORDER_COUNTS_ORDERS));
        json_end(c->out, '}');
    }
    json_end(c->out, ']');
    return r;
}

static void write_times(struct buf *out, const struct vendor_times *times) {
    json_key(out, STR("times"));
    json_begin(out, '[');
    for (size_t i = 0; i < times->n; i++) {
        const struct vendor_time *t = &times->v[i];
        json_begin(out, '{');
        json_member_id(out, STR("account_id"), t->account);
        json_member_str(out, STR("name"), t->name);
        console_member_i18n(out, STR("provider_name"), t->provider_zh, t->provider_en);
        json_member_int(out, STR("orders"), t->orders);
        if (t->median_ms > 0) {
            json_member_id(out, STR("median_ms"), t->median_ms);
            json_member_id(out, STR("p90_ms"), t->p90_ms);
        }
        json_end(out, '}');
    }
    json_end(out, ']');
}

static int write_failing(struct call *c) {
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_CONSOLE_FAILING);
    int r;
    json_key(c->out, STR("failing"));
    json_begin(c->out, '[');
    db_bind_int(&q, 1, c->tenant);
    while ((r = db_row(&q)) == 1) {
        json_begin(c->out, '{');
        json_member_str(c->out, STR("app_id"), db_text(&q, COL_CONSOLE_FAILING_APP_ID));
        json_member_str(c->out, STR("name"), db_text(&q, COL_CONSOLE_FAILING_NAME));
        json_member_int(c->out, STR("waiting"), db_int(&q, COL_CONSOLE_FAILING_WAITING));
        json_member_int(c->out, STR("given_up"), db_int(&q, COL_CONSOLE_FAILING_GIVEN_UP));
        struct db_query last DB_CLEANUP = db_query(c->db, SQL_CONSOLE_LAST_ATTEMPT);
        db_bind_int(&last, 1, c->tenant);
        db_bind_int(&last, 2, db_int(&q, COL_CONSOLE_FAILING_LAST_EVENT));
        db_bind_int(&last, 3, db_int(&q, COL_CONSOLE_FAILING_ID));
        r = db_row(&last);
        if (r == 1) {
            json_member_str(c->out, STR("last_error"), db_text(&last, COL_CONSOLE_LAST_ATTEMPT_ERROR));
            console_member_time(c->out, STR("last_at"), db_int(&last, COL_CONSOLE_LAST_ATTEMPT_AT_MS));
        }
        json_end(c->out, '}');
        if (r < 0)
            return r;
    }
    json_end(c->out, ']');
    return r;
}

/* ---- orders that wait for an action ---- */

struct awaiting {
    struct call *c;
    struct hire *h;
};

static int take_awaiting(void *ctx, int64_t update_time, int64_t id, struct db_query *row) {
    const struct awaiting *a = ctx;
    int r = write_order_row_of(a->c, a->h, id);
    return r < 0 ? r : 1;
}

static int write_awaiting(struct call *c, struct hire *h) {
    struct awaiting awaiting = {c, h};
    const struct order_walk w = {
        .tenant = c->tenant,
        .newest = true,
        .from_time = INT64_MAX,
        .from_id = INT64_MAX,
        .status = ORDER_IN_APPROVAL,
        .phase = -1,
        .limit = WAITING_SHOWN,
        .take = take_awaiting,
        .ctx = &awaiting,
    };
    struct order_walked end;

    json_key(c->out, STR("awaiting"));
    json_begin(c->out, '[');
    int r = order_walk(c->db, c->arena, &w, &end);
    json_end(c->out, ']');
    return r;
}

static int write_late_order(struct call *c, struct hire *h, const struct vendor_times *times, int64_t id) {
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_CONSOLE_ORDER_ROW);
    db_bind_int(&q, 1, c->tenant);
    db_bind_int(&q, 2, id);
    int r = db_row(&q);
    if (r <= 0)
        return r;
    json_begin(c->out, '{');
    json_key(c->out, STR("order"));
    r = write_order_row(c, h, &q);
    json_member_id(c->out, STR("usual_ms"), vendor_usual_ms(times, db_int(&q, COL_CONSOLE_ORDER_ROW_ACCOUNT_ID)));
    json_end(c->out, '}');
    return r;
}

static int write_late(struct call *c, struct hire *h, const struct vendor_times *times) {
    struct key_list late;
    int64_t n = 0;
    int r = late_list(c, times, 0, (struct list_key){0}, WAITING_SHOWN, &late);
    json_key(c->out, STR("late"));
    json_begin(c->out, '[');
    for (size_t i = 0; i < late.n && r == 0; i++)
        r = write_late_order(c, h, times, late.v[i].b);
    json_end(c->out, ']');
    if (r == 0)
        r = late_count(c, times, &n);
    json_member_int(c->out, STR("late_count"), n);
    return r;
}

/* ---- the last days ---- */

static void write_day(struct buf *out, int64_t at_ms, int64_t arranged, int64_t completed) {
    time_t at = (time_t)(at_ms / 1000);
    struct tm tm;
    char day[16];
    localtime_r(&at, &tm);
    strftime(day, sizeof day, "%Y-%m-%d", &tm);
    json_begin(out, '{');
    json_member_str(out, STR("day"), str_of(day));
    json_member_int(out, STR("arranged"), arranged);
    json_member_int(out, STR("completed"), completed);
    json_end(out, '}');
}

/* Reads the number of orders on each day from a statement whose rows are (day, orders). */
static int read_days(struct call *c, enum db_statement statement, int64_t since, int64_t ret[DAYS]) {
    struct db_query q DB_CLEANUP = db_query(c->db, statement);
    int r;
    db_bind_int(&q, 1, c->tenant);
    db_bind_int(&q, 2, since);
    db_bind_int(&q, 3, DAY_MS);
    if (statement == SQL_CONSOLE_DAYS_ARRANGED)
        db_bind_int(&q, 4, ORDER_ARRANGE);
    while ((r = db_row(&q)) == 1)
        if (db_int(&q, COL_CONSOLE_DAY_DAY) >= 0 && db_int(&q, COL_CONSOLE_DAY_DAY) < DAYS)
            ret[db_int(&q, COL_CONSOLE_DAY_DAY)] = db_int(&q, COL_CONSOLE_DAY_N);
    return r;
}

static int write_days(struct call *c, int64_t since) {
    int64_t arranged[DAYS] = {0}, completed[DAYS] = {0};
    int r = read_days(c, SQL_CONSOLE_DAYS_ARRANGED, since, arranged);
    if (r == 0)
        r = read_days(c, SQL_CONSOLE_DAYS_DONE, since, completed);
    json_key(c->out, STR("days"));
    json_begin(c->out, '[');
    for (int i = 0; i < DAYS; i++)
        write_day(c->out, since + i * DAY_MS + DAY_MS / 2, arranged[i], completed[i]);
    json_end(c->out, ']');
    return r;
}

/* Counts in the same way as the list with completed_since: by end_time, including times in the future. */
static int write_completed(struct call *c, int64_t since) {
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_CONSOLE_ORDERS_DONE_COUNT);
    db_bind_int(&q, 1, c->tenant);
    db_bind_int(&q, 2, since);
    int r = db_row(&q);
    if (r == 1)
        json_member_int(c->out, STR("completed_count"), db_int(&q, COL_CONSOLE_ORDERS_DONE_COUNT_N));
    console_member_time(c->out, STR("since"), since);
    return r < 0 ? r : 0;
}

int handle_console_overview_get(struct call *c) {
    int64_t since = vendor_time_since(c->now_ms);
    struct hire h = console_hire(c);
    struct vendor_times times;
    json_begin(c->out, '{');
    int r = write_counts(c);
    if (r == 0)
        r = vendor_times_get(c, &times);
    if (r < 0)
        return r;
    write_times(c->out, &times);
    r = write_awaiting(c, &h);
    if (r == 0)
        r = write_late(c, &h, &times);
    if (r == 0)
        r = write_failing(c);
    if (r == 0)
        r = write_days(c, since);
    if (r == 0)
        r = write_completed(c, since);
    json_end(c->out, '}');
    return r;
}
