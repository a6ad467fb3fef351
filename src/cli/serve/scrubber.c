/* SPDX-License-Identifier: Apache-2.0
 *
 * Verifies the database in the background.
 */
#include "cli/serve/scrubber.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/thread.h"
#include "cli/check/records.h"
#include "store/verify.h"

#define FIRST_MS 1000      /* from the start to the first pass */
#define REST_MS 86400000   /* from the end of a pass to the next one */
#define NICE 10            /* of its thread */
#define DOCUMENT_WEIGHT 16 /* parsing a document costs more than reading a page: its bytes count so many times */
#define LINES_MAX 100      /* findings of a pass that are logged */
#define LOOK_NS 100000000  /* longest wait without a look at the rate */

struct scrubber {
    struct db_options options;
    struct duty worker;
    struct db *db;
    pthread_t thread;
    struct thread_rest rest;
    _Atomic uint64_t rate;
    int64_t due_ns; /* when the bytes so far may have been read */

    _Atomic uint64_t found, found_before; /* findings of the current pass, and of the last one */
    _Atomic uint64_t passes, bytes;
    _Atomic int64_t ended_ms; /* clock_now_ms() at the end of the last pass; 0: none yet */
};

/* ---- waiting ---- */

/* Waits until that many bytes more are due. */
static int pace(struct scrubber *s, size_t bytes) {
    int64_t now = clock_mono_ns();
    uint64_t rate = atomic_load(&s->rate);
    if (s->due_ns < now)
        s->due_ns = now;
    s->due_ns += rate ? (int64_t)((double)bytes * 1e9 / (double)rate) : 0;
    atomic_fetch_add(&s->bytes, bytes);
    for (; now < s->due_ns; now = clock_mono_ns())
        if (atomic_load(&s->rate) != rate ||
            !thread_rest(&s->rest, s->due_ns - now < LOOK_NS ? s->due_ns - now : LOOK_NS))
            break;
    return thread_rest_ended(&s->rest) || atomic_load(&s->rate) == 0 || !duty_is_mine(&s->worker) ? -ECANCELED : 0;
}

static int pace_pages(void *ctx, size_t bytes) {
    return pace(ctx, bytes);
}
static int pace_documents(void *ctx, size_t bytes) {
    return pace(ctx, DOCUMENT_WEIGHT * bytes);
}

/* ---- a pass ---- */

static void log_finding(void *ctx, struct str line) {
    struct scrubber *s = ctx;
    if (atomic_fetch_add(&s->found, 1) < LINES_MAX)
        log_fmt(LOG_ERROR, "the database is damaged: %.*s", STR_FMT(line));
}

static void end_pass(struct scrubber *s, int64_t begun_ms, int64_t pages, int64_t documents) {
    char texts[4][32];
    uint64_t found = atomic_load(&s->found);
    snprintf(texts[0], sizeof(texts[0]), "%" PRId64, pages);
    snprintf(texts[1], sizeof(texts[1]), "%" PRId64, documents);
    snprintf(texts[2], sizeof(texts[2]), "%" PRIu64, found);
    snprintf(texts[3], sizeof(texts[3]), "%" PRId64, (clock_mono_ms() - begun_ms) / 1000);
    log_line(found ? LOG_ERROR : LOG_INFO, "the database was verified", "pages", texts[0], "documents", texts[1],
             "findings", texts[2], "seconds", texts[3], NULL);
    atomic_store(&s->found_before, found);
    atomic_store(&s->ended_ms, clock_now_ms());
    atomic_fetch_add(&s->passes, 1);
}

/* Returns false if it was ended early. */
static bool run_pass(struct scrubber *s) {
    const struct verify_watch pages = {.pace = pace_pages, .finding = log_finding, .ctx = s};
    const struct record_watch documents = {.pace = pace_documents, .finding = log_finding, .ctx = s};
    struct verify_result result = {0};
    int64_t begun_ms = clock_mono_ms(), records = 0, others = 0;
    atomic_store(&s->found, 0);
    int r = s->options.engine == DB_SQLITE ? verify_pages(s->options.dir, &pages, &result) : 0;
    /* In a damaged file a read of the documents may not end. */
    if (r == 0 && result.damaged == 0)
        r = check_all_records(s->db, &documents, &records, &others);
    if (r == 0)
        end_pass(s, begun_ms, result.pages, records + others);
    else if (r != -ECANCELED)
        log_fmt(LOG_ERROR, "the database cannot be verified to its end: %s", strerror(-r));
    return r != -ECANCELED;
}

/* ---- the thread ---- */

static void *scrubber_main(void *arg) {
    struct scrubber *s = arg;
    int64_t next_ms = clock_mono_ms() + FIRST_MS;
    (void)setpriority(PRIO_PROCESS, (id_t)gettid(), NICE); /* on Linux a thread has a priority of its own */
    do {
        if (atomic_load(&s->rate) == 0 || clock_mono_ms() < next_ms || !duty_is_mine(&s->worker))
            continue;
        bool whole = run_pass(s);
        next_ms = clock_mono_ms() + (whole ? REST_MS : FIRST_MS);
    } while (thread_rest(&s->rest, INT64_C(1000000000)));
    return NULL;
}

static void scrubber_release(struct scrubber *s) {
    thread_rest_destroy(&s->rest);
    db_close(s->db);
    free(s);
}

int scrubber_new(struct scrubber **ret, const struct db_options *db, struct duty worker, uint64_t rate) {
    struct arena scratch ARENA_CLEANUP = ARENA_EMPTY;
    struct scrubber *s = mem_alloc(sizeof *s);
    struct str why;
    s->options = *db;
    s->worker = worker;
    atomic_store(&s->rate, rate);
    int r = db_open(&s->db, db, DB_READ, &scratch, &why);
    if (r < 0) {
        log_fmt(LOG_ERROR, "cannot open the database for reading: %.*s", STR_FMT(why));
        free(s);
        return r;
    }
    thread_rest_init(&s->rest);
    r = thread_start(&s->thread, "hired-scrub", scrubber_main, s);
    if (r < 0) {
        log_fmt(LOG_ERROR, "cannot start a thread: %s", strerror(-r));
        scrubber_release(s);
        return r;
    }
    *ret = s;
    return 0;
}

void scrubber_set_rate(struct scrubber *s, uint64_t rate) {
    atomic_store(&s->rate, rate);
}

uint64_t scrubber_findings(const struct scrubber *s) {
    uint64_t now = atomic_load(&s->found), before = atomic_load(&s->found_before);
    return now > before ? now : before;
}

void scrubber_write_metrics(const struct scrubber *s, struct buf *out) {
    buf_printf(out,
               "# HELP hired_scrub_findings Damaged pages and records found by the verification in the background.\n"
               "# TYPE hired_scrub_findings gauge\nhired_scrub_findings %" PRIu64 "\n",
               scrubber_findings(s));
    buf_printf(out, "# TYPE hired_scrub_passes_total counter\nhired_scrub_passes_total %" PRIu64 "\n",
               atomic_load(&s->passes));
    buf_printf(out, "# TYPE hired_scrub_bytes_total counter\nhired_scrub_bytes_total %" PRIu64 "\n",
               atomic_load(&s->bytes));
    buf_printf(out,
               "# HELP hired_scrub_last_timestamp_seconds End of the last whole pass; 0: none since the start.\n"
               "# TYPE hired_scrub_last_timestamp_seconds gauge\nhired_scrub_last_timestamp_seconds %" PRId64 "\n",
               atomic_load(&s->ended_ms) / 1000);
}

struct scrubber *scrubber_free(struct scrubber *s) {
    if (!s)
        return NULL;
    thread_rest_end(&s->rest);
    pthread_join(s->thread, NULL);
    scrubber_release(s);
    return NULL;
}
