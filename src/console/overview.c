/* SPDX-License-Identifier: Apache-2.0
 *
 * console/api/metrics/overview: the numbers people would rather look at.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "api_handlers.h"
#include "base/json.h"
#include "console/console.h"
#include "hire/order_state.h"

#define DAYS 30
#define DAY_MS (24 * 3600 * 1000LL)
#define TIMES_MAX 20000 /* orders that the times are made of */

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
    struct str name;
    int64_t *v;
    size_t n;
};

static void write_times_of(struct buf *out, struct times *t) {
    if (t->n == 0)
        return;
    json_begin(out, '{');
    json_member_id(out, STR("account_id"), t->account);
    json_member_str(out, STR("name"), t->name);
    json_member_int(out, STR("orders"), (int64_t)t->n);
    json_member_id(out, STR("median_ms"), t->v[(t->n - 1) / 2]);
    json_member_id(out, STR("p90_ms"), t->v[(t->n * 9 - 1) / 10]);
    json_end(out, '}');
    t->n = 0;
}

static int write_times(struct call *c, int64_t since) {
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
            write_times_of(c->out, &t);
        if (t.n == 0) {
            t.account = db_int(&q, 0);
            t.name = arena_dup(c->arena, db_text(&q, 1));
        }
        t.v[t.n++] = db_int(&q, 2);
    }
    write_times_of(c->out, &t);
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
    json_begin(c->out, '{');
    int r = write_counts(c);
    if (r == 0)
        r = write_times(c, since);
    if (r == 0)
        r = write_failing(c);
    if (r == 0)
        r = write_days(c, since);
    json_end(c->out, '}');
    return r;
}
