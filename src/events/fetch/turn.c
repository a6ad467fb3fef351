/* SPDX-License-Identifier: Apache-2.0
 *
 * Decides which report is fetched next: owners take turns within their shares of the places, and files that clients
 * wait for come first.
 */
#include <errno.h>

#include "base/clock.h"
#include "base/log.h"
#include "events/fetch/internal.h"

#define IDLE_MS 60000   /* the longest wait, in case a wake-up was missed */
#define OWNER_SHARE 4   /* an owner gets one part of so many of the places */
#define FAILING_SHARE 2 /* all owners whose last fetch failed together get one part of so many */
#define HOST_SHARE 2    /* all links to one host get one part of so many */
#define LOOK_AT 16      /* links of an owner that are read to find one whose host has room */

static unsigned share(const struct fetcher *f, unsigned part) {
    return f->o.parallel / part > 1 ? f->o.parallel / part : 1;
}

static bool host_has_room(const struct fetcher *f, struct str url) {
    char host[FETCH_HOST_MAX];
    unsigned n = 0;

    fetch_host(url, host);
    for (unsigned i = 0; i < f->places; i++)
        n += f->fetches[i].curl && strcmp(f->fetches[i].host, host) == 0;
    return n < share(f, HOST_SHARE);
}

/* Whether a fetch of this owner may begin. extra: places beyond its share, for files that clients wait for. */
static bool owner_has_room(struct fetcher *f, int64_t owner, unsigned extra) {
    const struct load *load = load_of(&f->loads, owner);
    unsigned most = load->failing ? 1 : share(f, OWNER_SHARE);

    if (load->failing && extra == 0 && loads_failing(&f->loads) >= share(f, FAILING_SHARE))
        return false;
    return load->running < most + extra;
}

/* ---- what somebody waits for ---- */

/* Begins the fetch if it is due. Returns whether the file need not be remembered any more. */
static bool wanted_try(struct fetcher *f, int64_t id) {
    struct arena arena ARENA_CLEANUP = ARENA_EMPTY;
    struct fetch_job job = {.id = id};
    {
        struct db_query q DB_CLEANUP = db_query(f->db, SQL_REPORT_FILE_WANTED);
        db_bind_int(&q, 1, id);
        db_bind_int(&q, 2, clock_now_ms());
        if (db_row(&q) != 1)
            return true; /* it is stored, given up, or waits for its next attempt */
        job.tenant = db_int(&q, COL_REPORT_FILE_WANTED_TENANT);
        job.owner = db_int(&q, COL_REPORT_FILE_WANTED_OWNER);
        job.url = arena_dup(&arena, db_text(&q, COL_REPORT_FILE_WANTED_SOURCE_URL));
        job.attempts = (int)db_int(&q, COL_REPORT_FILE_WANTED_ATTEMPTS);
    }
    if (place_holds(f, id))
        return true;
    if (!owner_has_room(f, job.owner, 1))
        return false;
    place_begin(f, &job, true);
    return true;
}

static void start_wanted(struct fetcher *f) {
    for (unsigned i = 0; i < FETCH_WANTED && f->running < f->places; i++) {
        pthread_mutex_lock(&f->lock);
        int64_t id = f->wanted[i];
        pthread_mutex_unlock(&f->lock);
        if (id == 0 || !wanted_try(f, id))
            continue;
        pthread_mutex_lock(&f->lock);
        if (f->wanted[i] == id)
            f->wanted[i] = 0;
        pthread_mutex_unlock(&f->lock);
    }
}

/* ---- turns ---- */

/* Reads the oldest due link of the owner whose host has room. Returns 1, 0 (none) or < 0. */
static int next_of(struct fetcher *f, int64_t owner, int64_t now_ms, struct arena *a, struct fetch_job *ret) {
    struct db_query q DB_CLEANUP = db_query(f->db, SQL_REPORT_FILE_NEXT);
    int r;

    db_bind_int(&q, 1, owner);
    db_bind_int(&q, 2, now_ms);
    db_bind_int(&q, 3, LOOK_AT + (int)f->places);
    while ((r = db_row(&q)) == 1) {
        if (place_holds(f, db_int(&q, COL_REPORT_FILE_NEXT_ID)) ||
            !host_has_room(f, db_text(&q, COL_REPORT_FILE_NEXT_SOURCE_URL)))
            continue;
        *ret = (struct fetch_job){.tenant = db_int(&q, COL_REPORT_FILE_NEXT_TENANT),
                                  .id = db_int(&q, COL_REPORT_FILE_NEXT_ID),
                                  .owner = owner,
                                  .url = arena_dup(a, db_text(&q, COL_REPORT_FILE_NEXT_SOURCE_URL)),
                                  .attempts = (int)db_int(&q, COL_REPORT_FILE_NEXT_ATTEMPTS)};
        return 1;
    }
    return r;
}

/* Finds the next owner after `after` with files to fetch, and when its first is due. Returns 1, 0 or < 0. */
static int next_owner(struct fetcher *f, int64_t after, int64_t *ret_owner, int64_t *ret_next_ms) {
    struct db_query q DB_CLEANUP = db_query(f->db, SQL_REPORT_FILE_OWNER);
    int r;

    db_bind_int(&q, 1, after);
    r = db_row(&q);
    if (r == 1) {
        *ret_owner = db_int(&q, COL_REPORT_FILE_OWNER_OWNER);
        *ret_next_ms = db_int(&q, COL_REPORT_FILE_OWNER_NEXT_MS);
    }
    return r;
}

static int serve_owner(struct fetcher *f, int64_t owner, int64_t now_ms, bool *ret_served) {
    struct arena arena ARENA_CLEANUP = ARENA_EMPTY;
    struct fetch_job job;
    int r;

    if (!owner_has_room(f, owner, 0))
        return 0;
    r = next_of(f, owner, now_ms, &arena, &job);
    if (r == 1) {
        place_begin(f, &job, false);
        f->cursor = owner;
        *ret_served = true;
    }
    return r;
}

/* Begins one link of each owner, beginning after the owner that was served last. Sets *ret_served if it began any. */
static int turn(struct fetcher *f, int64_t now_ms, bool *ret_served, int64_t *ret_due_ms) {
    int64_t start = f->cursor, at = start, owner = 0, next_ms = 0;
    bool wrapped = false;
    int r;

    while (f->running < f->o.parallel) {
        r = next_owner(f, at, &owner, &next_ms);
        if (r < 0)
            return r;
        if (r == 0 || (wrapped && owner > start)) {
            if (wrapped)
                return 0;
            wrapped = true;
            at = -1;
            continue;
        }
        at = owner;
        if (next_ms > now_ms) {
            *ret_due_ms = next_ms < *ret_due_ms ? next_ms : *ret_due_ms;
            f->next_due_ms = next_ms < f->next_due_ms ? next_ms : f->next_due_ms;
            continue;
        }
        r = serve_owner(f, owner, now_ms, ret_served);
        if (r < 0)
            return r;
    }
    return 0;
}

int64_t fetcher_turns(struct fetcher *f) {
    int64_t now_ms = clock_now_ms(), due_ms = now_ms + IDLE_MS;
    int64_t off_ms = (f->not_before_ns - clock_mono_ns()) / INT64_C(1000000);
    bool served = true;
    int r = 0;

    f->next_due_ms = SETTLE_NEVER;

    if (off_ms >= 0)
        return off_ms + 1;
    start_wanted(f);
    while (served && r >= 0 && f->running < f->o.parallel && f->not_before_ns <= clock_mono_ns()) {
        served = false;
        r = turn(f, now_ms, &served, &due_ms);
    }
    if (r < 0) {
        log_fmt(LOG_ERROR, "cannot look for reports to fetch: %s", strerror(-r));
        return 1000;
    }
    return due_ms - now_ms;
}
