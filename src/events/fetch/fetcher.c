/* SPDX-License-Identifier: Apache-2.0
 *
 * The fetcher's thread. It also removes the files of people whose data was erased.
 */
#include "events/fetch/fetcher.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/thread.h"
#include "events/fetch/internal.h"

#define BATCH 64

/* ---- files that are to go ---- */

struct removals {
    struct files_name names[BATCH];
    int n;
};

static int removals_write(struct db *db, void *arg) {
    const struct removals *done = arg;
    for (int i = 0; i < done->n; i++) {
        struct db_query q DB_CLEANUP = db_query(db, SQL_FILE_REMOVAL_DONE);
        db_bind_int(&q, 1, done->names[i].id);
        int r = db_run(&q);
        if (r < 0)
            return r;
    }
    return 0;
}

static void removals_read(struct fetcher *f, int64_t after, struct removals *ret) {
    struct db_query q DB_CLEANUP = db_query(f->db, SQL_FILE_REMOVAL_NEXT);
    db_bind_int(&q, 1, after);
    db_bind_int(&q, 2, BATCH);
    ret->n = 0;
    while (ret->n < BATCH && db_row(&q) == 1)
        ret->names[ret->n++] =
            (struct files_name){db_int(&q, COL_FILE_REMOVAL_NEXT_TENANT), db_int(&q, COL_FILE_REMOVAL_NEXT_ID)};
}

/* Removes files of erased data. The database forgets a file only after its removal was synced, so that a crash
 * cannot leave it behind. A file that is being fetched is removed after its fetch has ended. */
static void remove_files(struct fetcher *f) {
    struct removals due, done;
    int64_t after = 0;
    do {
        removals_read(f, after, &due);
        done.n = 0;
        if (due.n == 0)
            return;
        struct files_removal right;
        if (files_removal_begin(f->o.files, &right) == -EAGAIN)
            return;                    /* a backup needs the files; the thread's next turn tries again */
        removals_read(f, after, &due); /* again: whoever had a pin may have taken files back (testing/snapshot.h) */
        done.n = 0;
        for (int i = 0; i < due.n; i++) {
            after = due.names[i].id;
            if (place_holds(f, after))
                continue;
            int r = files_remove(f->o.files, due.names[i], true);
            if (r == 0)
                done.names[done.n++] = due.names[i];
            else
                log_fmt(LOG_ERROR, "cannot remove the erased file %lld: %s", (long long)after, strerror(-r));
        }
        files_removal_end(&right);
        if (done.n > 0 && writer_run(f->o.writer, removals_write, &done) < 0)
            return;
    } while (due.n == BATCH);
}

/* ---- the thread ---- */

static void collect(struct fetcher *f) {
    CURLMsg *msg;
    int left;
    while ((msg = curl_multi_info_read(f->multi, &left)) != NULL) {
        if (msg->msg != CURLMSG_DONE)
            continue;
        struct fetch *fetch = NULL;
        CURLcode code = msg->data.result;
        curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, (char **)&fetch);
        place_done(f, fetch, code);
    }
}

/* Another process fetches from now on. */
static void give_up(struct fetcher *f) {
    for (unsigned i = 0; i < f->places; i++)
        place_end(f, &f->fetches[i]);
}

/* Answers fetcher_settle, if somebody waits and nothing is left to do. idle: nothing runs since the last turns. */
static void tell_settled(struct fetcher *f, bool idle, int64_t *wait) {
    bool fresh;
    if (!settle_is_asked(&f->settle, &fresh))
        return;
    if (fresh) {
        f->not_before_ns = 0;
        *wait = 0;
    } else if (idle) {
        settle_answer(&f->settle, f->next_due_ms);
    }
}

static void *fetcher_main(void *arg) {
    struct fetcher *f = arg;
    while (!atomic_load(&f->stop)) {
        int still = 0;
        int64_t wait = INT64_MAX;
        atomic_store(&f->woken, false);
        if (duty_is_mine(&f->o.worker)) {
            remove_files(f);
            wait = fetcher_turns(f);
        } else
            give_up(f);
        curl_multi_perform(f->multi, &still);
        bool idle = f->running == 0;
        collect(f);
        tell_settled(f, idle, &wait);
        curl_multi_poll(f->multi, NULL, 0, wait < 5000 ? (int)wait + 1 : 5000, NULL);
    }
    give_up(f);
    return NULL;
}

void fetcher_wake(struct fetcher *f) {
    if (!atomic_exchange(&f->woken, true))
        curl_multi_wakeup(f->multi);
}

static void wake(void *ctx) {
    struct fetcher *f = ctx;
    curl_multi_wakeup(f->multi);
}

int fetcher_settle(struct fetcher *f, unsigned timeout_ms, int64_t *ret_next_ms) {
    return settle_wait(&f->settle, wake, f, timeout_ms, ret_next_ms);
}

void fetcher_want(struct fetcher *f, int64_t id) {
    bool known = false;

    pthread_mutex_lock(&f->lock);
    for (unsigned i = 0; i < FETCH_WANTED; i++)
        known = known || f->wanted[i] == id;
    if (!known)
        f->wanted[f->wanted_next++ % FETCH_WANTED] = id;
    pthread_mutex_unlock(&f->lock);
    if (!known)
        fetcher_wake(f);
}

static void fetcher_release(struct fetcher *f) {
    db_close(f->db);
    curl_multi_cleanup(f->multi);
    pthread_mutex_destroy(&f->lock);
    settle_destroy(&f->settle);
    free(f->fetches);
    loads_free(&f->loads);
    free(f);
}

int fetcher_new(struct fetcher **ret, const struct fetcher_options *o) {
    struct arena scratch ARENA_CLEANUP = ARENA_EMPTY;
    struct str why;
    curl_global_init(CURL_GLOBAL_DEFAULT);
    struct fetcher *f = mem_alloc(sizeof *f);
    f->o = *o;
    f->cursor = -1;
    f->places = o->parallel + FETCH_EXTRA;
    f->fetches = mem_alloc(f->places * sizeof *f->fetches);
    pthread_mutex_init(&f->lock, NULL);
    settle_init(&f->settle);
    f->multi = curl_multi_init();
    int r = f->multi ? db_open(&f->db, o->db, DB_READ, &scratch, &why) : -ENOMEM;
    if (r == 0)
        r = thread_start(&f->thread, "hired-fetch", fetcher_main, f);
    if (r < 0) {
        log_fmt(LOG_ERROR, "cannot start to fetch reports: %s", strerror(-r));
        fetcher_release(f);
        return r;
    }
    *ret = f;
    return 0;
}

void fetcher_write_metrics(const struct fetcher *f, struct buf *out) {
    buf_printf(out,
               "# HELP hired_report_fetches_total Attempts to fetch a report; given_up: it is not tried again.\n"
               "# TYPE hired_report_fetches_total counter\n"
               "hired_report_fetches_total{outcome=\"kept\"} %llu\n"
               "hired_report_fetches_total{outcome=\"failed\"} %llu\n"
               "hired_report_fetches_total{outcome=\"given_up\"} %llu\n",
               (unsigned long long)atomic_load(&f->kept), (unsigned long long)atomic_load(&f->failed),
               (unsigned long long)atomic_load(&f->given_up));
}

void fetcher_stop(struct fetcher *f) {
    if (!f || atomic_exchange(&f->stop, true))
        return;
    curl_multi_wakeup(f->multi);
    pthread_join(f->thread, NULL);
}

struct fetcher *fetcher_free(struct fetcher *f) {
    if (!f)
        return NULL;
    fetcher_stop(f);
    fetcher_release(f);
    return NULL;
}
