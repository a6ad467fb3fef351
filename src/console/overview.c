/* SPDX-License-Identifier: Apache-2.0
 *
 * console/api/metrics/overview: the numbers people would rather look at.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "api_handlers.h"
#include "base/json.h"
#include "console/list.h"
#include "hire/order_state.h"

#define DAYS 30
#define DAY_MS (24 * 3600 * 1000LL)
#define TIMES_MAX 20000 /* orders that the times are made of */
#define WAITING_SHOWN 6
#define LATE_WALKED 200 /* of a state: those that changed the longest ago */
#define USUAL_MAX 64    /* vendor accounts whose usual time is known */
#define USUAL_MS (10 * DAY_MS) /* of one that has not come to a result lately */

static int write_counts(struct call *c) {
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_CONSOLE_ORDER_COUNTS);
    int r;
    json_key(c->out, STR("orders"));
    json_begin(c->out, '[');
    db_bind_int(&q, 1, c->tenant);
    while ((r = db_row(&q)) == 1) {
        json_begin(c->out, '{');
        json_member_int(c->out, STR("status"), db_int(&q, 0));
        json_member_int(c->out, STR("phase"), db_int(&q, 1));
        json_member_int(c->out, STR("count"), db_int(&q, 2));
        json_end(c->out, '}');
    }
    json_end(c->out, ']');
    return r;
}

/* One vendor's times, which come in ascending order. */
struct times {
    int64_t account;
    struct str name, provider_zh, provider_en;
    int64_t *v;
    size_t n;
};

/* How long a vendor takes for nine of ten: who takes longer is late. */
struct usual {
    size_t n;
    struct {
        int64_t account, ms;
    } of[USUAL_MAX];
};

static int64_t usual_ms(const struct usual *u, int64_t account) {
    for (size_t i = 0; i < u->n; i++)
        if (u->of[i].account == account)
            return u->of[i].ms;
    return USUAL_MS;
}

static void write_times_of(struct buf *out, struct times *t, struct usual *u) {
    if (t->n == 0)
        return;
    if (u->n < USUAL_MAX) {
        u->of[u->n].account = t->account;
        u->of[u->n++].ms = t->v[(t->n * 9 - 1) / 10];
    }
    json_begin(out, '{');
    json_member_id(out, STR("account_id"), t->account);
    json_member_str(out, STR("name"), t->name);
    console_member_i18n(out, STR("provider_name"), t->provider_zh, t->provider_en);
    json_member_int(out, STR("orders"), (int64_t)t->n);
    json_member_id(out, STR("median_ms"), t->v[(t->n - 1) / 2]);
    json_member_id(out, STR("p90_ms"), t->v[(t->n * 9 - 1) / 10]);
    json_end(out, '}');
    t->n = 0;
}

static int write_times(struct call *c, int64_t since, struct usual *ret_usual) {
    struct times t = {.v = arena_array(c->arena, int64_t, TIMES_MAX)};
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_CONSOLE_ORDER_TIMES);
    int r, left = TIMES_MAX;
    json_key(c->out, STR("times"));
    json_begin(c->out, '[');
    db_bind_int(&q, 1, c->tenant);
    db_bind_int(&q, 2, since);
    db_bind_int(&q, 3, ORDER_RESULT);
    while (left-- > 0 && (r = db_row(&q)) == 1) {
        if (t.n > 0 && db_int(&q, 0) != t.account)
            write_times_of(c->out, &t, ret_usual);
        if (t.n == 0) {
            t.account = db_int(&q, 0);
            t.name = arena_dup(c->arena, db_text(&q, 1));
            t.provider_zh = arena_dup(c->arena, db_text(&q, 3));
            t.provider_en = arena_dup(c->arena, db_text(&q, 4));
        }
        t.v[t.n++] = db_int(&q, 2);
    }
    write_times_of(c->out, &t, ret_usual);
    json_end(c->out, ']');
    return r < 0 ? r : 0;
}

static int write_failing(struct call *c) {
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_CONSOLE_FAILING);
    int r;
    json_key(c->out, STR("failing"));
    json_begin(c->out, '[');
    db_bind_int(&q, 1, c->tenant);
    while ((r = db_row(&q)) == 1) {
        json_begin(c->out, '{');
        json_member_str(c->out, STR("app_id"), db_text(&q, 1));
        json_member_str(c->out, STR("name"), db_text(&q, 2));
        json_member_int(c->out, STR("waiting"), db_int(&q, 3));
        json_member_int(c->out, STR("given_up"), db_int(&q, 4));
        struct db_query last DB_CLEANUP = db_query(c->db, SQL_CONSOLE_LAST_ATTEMPT);
        db_bind_int(&last, 1, c->tenant);
        db_bind_int(&last, 2, db_int(&q, 5));
        db_bind_int(&last, 3, db_int(&q, 0));
        r = db_row(&last);
        if (r == 1) {
            json_member_str(c->out, STR("last_error"), db_text(&last, 1));
            console_member_time(c->out, STR("last_at"), db_int(&last, 2));
        }
        json_end(c->out, '}');
        if (r < 0)
            return r;
    }
    json_end(c->out, ']');
    return r;
}

/* ---- what waits for a person ---- */

static int write_awaiting(struct call *c, struct hire *h) {
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_CONSOLE_ORDERS_BY_STATUS);
    int r;
    json_key(c->out, STR("awaiting"));
    json_begin(c->out, '[');
    db_bind_int(&q, 1, c->tenant);
    db_bind_int(&q, 2, INT64_MAX);
    db_bind_int(&q, 3, INT64_MAX);
    db_bind_int(&q, 4, WAITING_SHOWN);
    db_bind_int(&q, 5, ORDER_IN_APPROVAL);
    while ((r = db_row(&q)) == 1 && db_int(&q, 4) == ORDER_IN_APPROVAL)
        if ((r = write_order_row(c, h, &q)) < 0)
            return r;
    json_end(c->out, ']');
    return r < 0 ? r : 0;
}

static int write_late_order(struct call *c, struct hire *h, const struct db_query *q, int64_t usual) {
    json_begin(c->out, '{');
    json_key(c->out, STR("order"));
    int r = write_order_row(c, h, q);
    json_member_id(c->out, STR("usual_ms"), usual);
    json_end(c->out, '}');
    return r;
}

/* Orders under way that their vendor has had for longer than it usually takes. */
static int write_late_of(struct call *c, struct hire *h, const struct usual *u, int status, int *late) {
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_CONSOLE_ORDERS_UNMOVED);
    int r;
    db_bind_int(&q, 1, c->tenant);
    db_bind_int(&q, 2, status);
    db_bind_int(&q, 3, c->now_ms);
    db_bind_int(&q, 4, LATE_WALKED);
    while ((r = db_row(&q)) == 1) {
        int64_t usual = usual_ms(u, db_int(&q, 3));
        if (c->now_ms - db_int(&q, 7) <= usual)
            continue;
        if ((*late)++ < WAITING_SHOWN && (r = write_late_order(c, h, &q, usual)) < 0)
            return r;
    }
    return r;
}

static int write_late(struct call *c, struct hire *h, const struct usual *u) {
    int late = 0;
    json_key(c->out, STR("late"));
    json_begin(c->out, '[');
    int r = write_late_of(c, h, u, ORDER_ARRANGED, &late);
    if (r == 0)
        r = write_late_of(c, h, u, ORDER_APPROVED, &late);
    json_end(c->out, ']');
    json_member_int(c->out, STR("late_count"), late);
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

/* The beginning of the first of the last days, at this server's midnight. */
static int64_t first_day(int64_t now_ms) {
    time_t now = (time_t)(now_ms / 1000);
    struct tm tm;
    localtime_r(&now, &tm);
    int64_t midnight = now_ms - ((tm.tm_hour * 60LL + tm.tm_min) * 60 + tm.tm_sec) * 1000 - now_ms % 1000;
    return midnight - (DAYS - 1) * DAY_MS;
}

static int write_days(struct call *c, int64_t since) {
    int64_t arranged[DAYS] = {0}, completed[DAYS] = {0};
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_CONSOLE_DAYS);
    int r;
    db_bind_int(&q, 1, c->tenant);
    db_bind_int(&q, 2, since);
    db_bind_int(&q, 3, DAY_MS);
    db_bind_int(&q, 4, ORDER_ARRANGE);
    db_bind_int(&q, 5, ORDER_RESULT);
    while ((r = db_row(&q)) == 1) {
        int64_t day = db_int(&q, 0);
        if (day >= 0 && day < DAYS) {
            arranged[day] = db_int(&q, 1);
            completed[day] = db_int(&q, 2);
        }
    }
    json_key(c->out, STR("days"));
    json_begin(c->out, '[');
    for (int i = 0; i < DAYS; i++)
        write_day(c->out, since + i * DAY_MS + DAY_MS / 2, arranged[i], completed[i]);
    json_end(c->out, ']');
    return r;
}

int handle_console_overview_get(struct call *c) {
    int64_t since = first_day(c->now_ms);
    struct hire h = console_hire(c);
    struct usual usual = {.n = 0};
    json_begin(c->out, '{');
    int r = write_counts(c);
    if (r == 0)
        r = write_times(c, since, &usual);
    if (r == 0)
        r = write_awaiting(c, &h);
    if (r == 0)
        r = write_late(c, &h, &usual);
    if (r == 0)
        r = write_failing(c);
    if (r == 0)
        r = write_days(c, since);
    json_end(c->out, '}');
    return r;
}
