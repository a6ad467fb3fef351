/* SPDX-License-Identifier: Apache-2.0
 *
 * The places of the fetcher: begins a fetch in a free place, records its outcome and frees the place.
 */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/invariant.h"
#include "base/log.h"
#include "events/fetch/internal.h"
#include "events/retry.h"
#include "hire/order/order.h"
#include "store/stamp.h"

#define BACKOFF_MS 1000  /* after the writer did not take an outcome */
#define NO_ROOM_MS 60000 /* the disk is full, which rarely passes within a second */

bool place_holds(const struct fetcher *f, int64_t id) {
    for (unsigned i = 0; i < f->places; i++)
        if (f->fetches[i].curl && f->fetches[i].id == id)
            return true;
    return false;
}

/* ---- begin and end ---- */

/* The fault is of this machine's disk and not of the vendor: the attempt does not count. */
static void disk_failed(struct fetcher *f, int64_t id, int error) {
    log_fmt(LOG_ERROR, "cannot keep report %lld: %s", (long long)id, strerror(-error));
    f->not_before_ns = clock_mono_ns() + (error == -ENOSPC ? NO_ROOM_MS : BACKOFF_MS) * INT64_C(1000000);
}

static struct fetch *free_place(struct fetcher *f) {
    for (unsigned i = 0; i < f->places; i++)
        if (!f->fetches[i].curl)
            return &f->fetches[i];
    return NULL;
}

void place_begin(struct fetcher *f, const struct fetch_job *job, bool wanted) {
    struct fetch *fetch = free_place(f);
    INVARIANT_RETURN(fetch);
    int r = fetch_begin(fetch, &f->o, job);

    if (r < 0) {
        disk_failed(f, job->id, r);
        return;
    }
    fetch->wanted = wanted;
    f->running++;
    load_of(&f->loads, job->owner)->running++;
    curl_multi_add_handle(f->multi, fetch->curl);
}

void place_end(struct fetcher *f, struct fetch *fetch) {
    if (!fetch->curl)
        return;
    struct load *load = load_of(&f->loads, fetch->owner);
    curl_multi_remove_handle(f->multi, fetch->curl);
    if (INVARIANT(f->running > 0 && load->running > 0)) {
        f->running--;
        load->running--;
    }
    fetch_clear(fetch);
}

/* ---- what came of it ---- */

struct fetch_outcome {
    const struct fetch *fetch;
    bool kept;
    char sha256[64];
    const char *why;
    int64_t next_ms; /* 0: given up */
    int64_t now_ms;
};

static int outcome_write(struct db *db, void *arg) {
    const struct fetch_outcome *out = arg;
    struct arena arena ARENA_CLEANUP = ARENA_EMPTY;
    struct hire h = {.db = db, .arena = &arena, .tenant = out->fetch->tenant, .actor_kind = ACTOR_SYSTEM};
    int r = db_stamp(db, h.tenant, &h.now_ms);
    if (r < 0)
        return r;
    if (out->kept)
        return order_file_kept(&h, out->fetch->id, (int64_t)out->fetch->size,
                               (struct str){out->sha256, sizeof out->sha256});
    return order_file_failed(&h, out->fetch->id, str_of(out->why), out->next_ms);
}

static void outcome_submit(struct fetcher *f, struct fetch_outcome *out) {
    int r = writer_run(f->o.writer, outcome_write, out);
    if (r >= 0)
        atomic_fetch_add(out->kept ? &f->kept : out->next_ms ? &f->failed : &f->given_up, 1);
    if (r < 0 && r != -ESHUTDOWN &&
        r != -ENOENT) { /* -ENOENT: the test mode removed the report's tenant or set it back */
        log_fmt(LOG_ERROR, "cannot record the outcome of fetching report %lld: %s", (long long)out->fetch->id,
                strerror(-r));
        f->not_before_ns = clock_mono_ns() + BACKOFF_MS * INT64_C(1000000);
    }
}

static void keep(struct fetcher *f, struct fetch *fetch, struct fetch_outcome *out) {
    int r = fetch_keep(fetch, out->sha256);

    if (r == -EEXIST) {
        out->why = "a server that has ended had just kept the report without recording it";
        out->next_ms = out->now_ms + FILES_REPLACE_MS;
        outcome_submit(f, out);
        return;
    }
    if (r < 0) {
        disk_failed(f, fetch->id, r);
        return;
    }
    out->kept = true;
    outcome_submit(f, out);
}

/* When to try again: after the usual delay, but not before the time that the vendor's server asked for. */
static int64_t next_attempt_ms(const struct fetch *fetch, const struct fetch_verdict *v, int64_t now_ms) {
    int64_t delay_ms = v->final ? 0 : retry_delay_ms(fetch->attempts + 1);

    if (delay_ms == 0)
        return 0;
    return now_ms + (v->wait_ms > delay_ms ? v->wait_ms : delay_ms);
}

void place_done(struct fetcher *f, struct fetch *fetch, CURLcode code) {
    struct fetch_outcome out = {.fetch = fetch, .now_ms = clock_now_ms()};
    struct fetch_verdict v = fetch_judge(fetch, code);

    if (fetch->disk_error < 0) {
        disk_failed(f, fetch->id, fetch->disk_error);
    } else if (!v.why) {
        keep(f, fetch, &out);
    } else {
        out.why = v.why;
        out.next_ms = next_attempt_ms(fetch, &v, out.now_ms);
        outcome_submit(f, &out);
    }
    if (fetch->disk_error == 0)
        load_of(&f->loads, fetch->owner)->failing = v.why != NULL;
    place_end(f, fetch);
}
