/* SPDX-License-Identifier: Apache-2.0
 *
 * Compares the clock with the last time noted in the database.
 */
#include "cli/serve/clock_check.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"

#define NOTE STR("clock_ms") /* of table meta */

static struct str date_text(struct arena *a, int64_t ms) {
    time_t s = (time_t)(ms / 1000);
    struct tm tm;
    char text[32];
    gmtime_r(&s, &tm);
    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &tm);
    return arena_dup(a, str_of(text));
}

static struct str span_text(struct arena *a, int64_t ms) {
    long long minutes = ms / 60000;
    if (minutes < 120)
        return arena_printf(a, "%lld minutes", minutes);
    return minutes < 2880 ? arena_printf(a, "%lld hours", minutes / 60) : arena_printf(a, "%lld days", minutes / 1440);
}

static int newest_stamp(struct db *db, int64_t *ret) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_STAMP_NEWEST);
    int r = db_row(&q);
    *ret = r == 1 ? db_int(&q, COL_STAMP_NEWEST_LAST_MS) : 0;
    return r < 0 ? r : 0;
}

/* When a server last noted the time; 0: never. */
static int last_note(struct db *db, int64_t *ret) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_META_GET);
    db_bind_text(&q, 1, NOTE);
    int r = db_row(&q);
    if (r < 1 || str_to_i64(db_text(&q, COL_META_GET_VALUE), ret) < 0)
        *ret = 0;
    return r < 0 ? r : 0;
}

static int refuse(struct arena *a, int64_t now, int64_t last, struct str *ret_why) {
    struct str span = span_text(a, now < last ? last - now : now - last);
    *ret_why = arena_printf(
        a,
        "the clock says %.*s UTC, which is %.*s %s %.*s UTC, when this data directory was last in use. Set "
        "the clock right; if it is right, start once with --accept-clock on.",
        STR_FMT(date_text(a, now)), STR_FMT(span), now < last ? "before" : "after", STR_FMT(date_text(a, last)));
    return -ERANGE;
}

int clock_check(struct db *db, struct arena *a, struct str *ret_why) {
    int64_t now = clock_now_ms(), stamp, note;
    int r = newest_stamp(db, &stamp);
    if (r == 0)
        r = last_note(db, &note);
    if (r < 0)
        return r;
    if (note != 0 && (now < note - CLOCK_BEHIND_MS || now > note + CLOCK_AHEAD_MS))
        return refuse(a, now, note, ret_why);
    if (now < stamp - CLOCK_BEHIND_STAMP_MS)
        return refuse(a, now, stamp, ret_why);
    if (now < note || now < stamp)
        log_line(LOG_WARN, "the clock is behind the last change; new changes get later times than the clock shows",
                 "until (UTC)", date_text(a, note > stamp ? note : stamp).ptr, NULL);
    return 0;
}

int clock_note(struct db *db) {
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)clock_now_ms());
    struct db_query q DB_CLEANUP = db_query(db, SQL_META_SET);
    db_bind_text(&q, 1, NOTE);
    db_bind_text(&q, 2, str_of(text));
    int r = db_run(&q);
    return r < 0 ? r : 0;
}

static int pull_back(struct db *db, enum db_statement which) {
    struct db_query q DB_CLEANUP = db_query(db, which);
    db_bind_int(&q, 1, clock_now_ms());
    return db_run(&q);
}

int clock_pull_back(struct db *db) {
    int events = pull_back(db, SQL_EVENT_DELIVERY_PULL_BACK);
    int files = events < 0 ? events : pull_back(db, SQL_REPORT_FILE_PULL_BACK);
    if (files < 0)
        return files;
    if (events + files > 0)
        log_fmt(LOG_WARN, "the clock was ahead: %d deliveries of events and %d reports are tried again sooner", events,
                files);
    return events + files;
}
