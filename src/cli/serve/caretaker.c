/* SPDX-License-Identifier: Apache-2.0
 *
 * Counts pending work for /metrics, and removes files that no row names.
 */
#include "cli/serve/caretaker.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "base/thread.h"
#include "cli/serve/clock_check.h"
#include "cli/serve/disk_watch.h"
#include "cli/serve/scrubber.h"
#include "store/before.h"

#define POLL_MS 1000            /* interval of its loop */
#define COUNT_EVERY_MS 5000     /* shortest interval between two counts, */
#define COUNT_REST 100          /* and at least this many times the duration of the last one */
#define NOTE_EVERY_MS 600000    /* interval of noting the time */
#define TIDY_EVERY_MS 5000      /* interval of looking for copies that may go */
#define SET_BACK_MS 1000        /* a clock that went back by more than this was set back */
#define SWEEP_EVERY_MS 86400000 /* from the end of one sweep to the start of the next */
#define AGE_S 86400             /* only files of this age are removed */
#define LOOK_AGAIN_MS 60000     /* between finding a file and removing it */
#define FOUND_MAX 1000          /* files in one round; the sweep ends with a round that finds fewer */
#define FILES_IN_A_ROW 100      /* after so many it pauses for PAUSE_MS, so that others can use the disk */
#define PAUSE_MS 5

struct caretaker {
    const char *dir;
    struct files *files;
    struct db *db;
    struct writer *writer;
    const struct scrubber *scrubber;
    struct duty worker;
    bool clock;
    pthread_t thread;
    struct thread_rest pause;

    struct disk_watch disk;
    int64_t disk_at_ms;              /* when to look at it again */
    _Atomic int64_t pending;         /* deliveries; < 0: not counted yet */
    _Atomic int64_t oldest_event_ms; /* of those; 0: there is none */
    _Atomic uint64_t removed;
    _Atomic uint64_t strays;                      /* files without a record that the last sweep found and left */
    int64_t count_at_ms, sweep_at_ms, note_at_ms; /* clock_mono_ms() */
    bool copies;                                  /* there may be copies from before a migration */
    int64_t tidy_at_ms;
    int64_t ahead_ms; /* clock minus clock_mono_ms() */

    /* of the current sweep */
    struct found {
        enum files_kind kind;
        int64_t tenant, id, content; /* as in files_entry */
    } found[FOUND_MAX];
    unsigned n_found;
    unsigned in_a_row;
};

/* ---- counting pending work ---- */

static void count(struct caretaker *c) {
    int64_t begun_ms = clock_mono_ms();
    if (begun_ms < c->count_at_ms)
        return;
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_EVENT_PENDING);
    if (db_row(&q) == 1) {
        atomic_store(&c->pending, db_int(&q, COL_EVENT_PENDING_N));
        atomic_store(&c->oldest_event_ms,
                     db_is_null(&q, COL_EVENT_PENDING_OLDEST) ? 0 : id_time_ms(db_int(&q, COL_EVENT_PENDING_OLDEST)));
    }
    int64_t now_ms = clock_mono_ms();
    c->count_at_ms = now_ms + COUNT_EVERY_MS + COUNT_REST * (now_ms - begun_ms);
}

/* ---- copies from before a migration ---- */

static void tidy_copies(struct caretaker *c) {
    int64_t now_ms = clock_mono_ms(), erased_ms = 0;
    if (!c->copies || now_ms < c->tidy_at_ms)
        return;
    c->tidy_at_ms = now_ms + TIDY_EVERY_MS;
    {
        struct db_query q DB_CLEANUP = db_query(c->db, SQL_ERASURE_LAST);
        if (db_row(&q) == 1)
            erased_ms = db_int(&q, COL_ERASURE_LAST_ERASED_MS);
    }
    int r = before_tidy(c->dir, erased_ms);
    if (r < 0)
        log_fmt(LOG_WARN, "cannot remove a copy of the database from before a migration: %s", strerror(-r));
    c->copies = r != 0;
}

/* ---- the clock ---- */

static int write_note(struct db *db, void *arg) {
    return clock_note(db);
}
static int write_pull_back(struct db *db, void *arg) {
    int r = clock_pull_back(db);
    return r < 0 ? r : 0;
}

/* If the writer is busy or fails, the next loop tries again. */
static void watch_clock(struct caretaker *c) {
    int64_t mono_ms = clock_mono_ms(), ahead_ms = clock_now_ms() - mono_ms;
    if (ahead_ms < c->ahead_ms - SET_BACK_MS && writer_run(c->writer, write_pull_back, NULL) < 0)
        return;
    c->ahead_ms = ahead_ms;
    if (c->clock && mono_ms >= c->note_at_ms && writer_run(c->writer, write_note, NULL) == 0)
        c->note_at_ms = mono_ms + NOTE_EVERY_MS;
}

static void watch_disk(struct caretaker *c) {
    if (clock_mono_ms() < c->disk_at_ms)
        return;
    disk_watch_look(&c->disk);
    c->disk_at_ms = clock_mono_ms() + POLL_MS;
}

/* Sleeps; does work that becomes due meanwhile. Returns false when the thread must end. */
static bool rest(struct caretaker *c, int64_t ms) {
    if (!thread_rest(&c->pause, ms * 1000000))
        return false;
    watch_disk(c);
    tidy_copies(c);
    if (duty_is_mine(&c->worker)) {
        count(c);
        watch_clock(c);
    }
    return true;
}

/* The same within a sweep, which another worker will make. */
static bool rest_in_sweep(struct caretaker *c, int64_t ms) {
    return rest(c, ms) && duty_is_mine(&c->worker);
}

/* ---- files that no row names ---- */

/* If the query fails, the file counts as named, so that it is not removed. */
static bool is_named(struct caretaker *c, int64_t id) {
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_FILE_OWNER);
    db_bind_int(&q, 1, id);
    return db_row(&q) != 0;
}

static bool is_stray(struct caretaker *c, const struct files_entry *e) {
    if (e->kind == FILES_FOREIGN || clock_now_ms() / 1000 - e->changed_s < AGE_S)
        return false;
    return e->kind == FILES_DRAFT || !is_named(c, e->id);
}

static int find(void *ctx, const struct files_entry *e) {
    struct caretaker *c = ctx;
    if (++c->in_a_row % FILES_IN_A_ROW == 0 && !rest_in_sweep(c, PAUSE_MS))
        return -ECANCELED;
    if (is_stray(c, e))
        c->found[c->n_found++] = (struct found){e->kind, e->tenant, e->id, e->content};
    return c->n_found == FOUND_MAX ? -ENOSPC : 0; /* the next round finds the rest */
}

/* Checks the file again before removing it: it must still have its age, and still no row. */
static void remove_found(struct caretaker *c, const struct found *f) {
    const struct files_entry found = {.kind = f->kind, .tenant = f->tenant, .id = f->id, .content = f->content};
    struct files_entry e;
    struct files_removal right;
    if (files_look(c->files, &found, &e) < 0 || !is_stray(c, &e))
        return;
    if (files_removal_begin(c->files, &right) == -EAGAIN)
        return; /* a backup may need it; the next sweep finds it again */
    int r = files_remove_entry(c->files, &e);
    files_removal_end(&right);
    if (r < 0) {
        log_fmt(LOG_WARN, "cannot remove %s, which no record names: %s", e.path, strerror(-r));
        return;
    }
    atomic_fetch_add(&c->removed, 1);
    log_fmt(LOG_WARN, "removed %s: %s", e.path,
            f->kind == FILES_DRAFT ? "it was left unfinished" : "no record names it, and it is older than a day");
}

/* A crash leaves few kept files without a row. Many are a sign of lost rows: with them the files can be used again. */
static bool rows_seem_lost(const struct caretaker *c) {
    unsigned kept = 0;
    if (scrubber_findings(c->scrubber) > 0)
        return true;
    for (unsigned i = 0; i < c->n_found; i++)
        kept += c->found[i].kind == FILES_KEPT;
    if (kept > FILES_STRAY_MAX)
        log_fmt(LOG_ERROR,
                "%u%s kept files are named by no record: none is removed, since the records may have been lost; "
                "hired check --data %s says more",
                kept, kept == FOUND_MAX ? " or more" : "", c->dir);
    return kept > FILES_STRAY_MAX;
}

/* Returns true if there may be more files. */
static bool sweep_round(struct caretaker *c) {
    int r = 0;
    c->n_found = 0;
    for (unsigned part = 0; part < FILES_PARTS && r == 0; part++)
        r = rest_in_sweep(c, PAUSE_MS) ? files_walk(c->files, part, find, c) : -ECANCELED;
    if (r < 0 && r != -ECANCELED && r != -ENOSPC)
        log_fmt(LOG_WARN, "cannot look for files that no record names: %s", strerror(-r));
    if (r == 0 && c->n_found == 0)
        atomic_store(&c->strays, 0);
    if (r == -ECANCELED || c->n_found == 0)
        return false;
    for (int64_t until_ms = clock_mono_ms() + LOOK_AGAIN_MS; clock_mono_ms() < until_ms;)
        if (!rest_in_sweep(c, POLL_MS))
            return false;
    uint64_t before = atomic_load(&c->removed);
    bool lost = rows_seem_lost(c);
    unsigned left = 0;
    for (unsigned i = 0; i < c->n_found; i++)
        if (!lost || c->found[i].kind != FILES_KEPT)
            remove_found(c, &c->found[i]);
        else
            left++;
    atomic_store(&c->strays, left);
    return r == -ENOSPC && atomic_load(&c->removed) > before;
}

static void sweep(struct caretaker *c) {
    while (sweep_round(c))
        ;
    c->sweep_at_ms = clock_mono_ms() + SWEEP_EVERY_MS;
}

/* ---- the thread ---- */

static void *caretaker_main(void *arg) {
    struct caretaker *c = arg;
    do
        if (clock_mono_ms() >= c->sweep_at_ms && duty_is_mine(&c->worker))
            sweep(c);
    while (rest(c, POLL_MS));
    return NULL;
}

static void caretaker_release(struct caretaker *c) {
    thread_rest_destroy(&c->pause);
    db_close(c->db);
    free(c);
}

int caretaker_new(struct caretaker **ret, const struct db_options *db, struct files *files, struct writer *writer,
                  const struct scrubber *scrubber, struct duty worker, bool clock) {
    struct arena scratch ARENA_CLEANUP = ARENA_EMPTY;
    struct caretaker *c = mem_alloc(sizeof *c);
    struct str why;
    c->dir = db->dir;
    c->files = files;
    c->writer = writer;
    c->scrubber = scrubber;
    c->worker = worker;
    c->disk = (struct disk_watch){.dir = db->dir, .writer = writer};
    c->clock = clock;
    c->copies = true;
    c->ahead_ms = clock_now_ms() - clock_mono_ms();
    c->note_at_ms = clock_mono_ms() + NOTE_EVERY_MS; /* the start has noted it */
    int r = db_open(&c->db, db, DB_READ, &scratch, &why);
    if (r < 0) {
        log_fmt(LOG_ERROR, "cannot open the database for reading: %.*s", STR_FMT(why));
        free(c);
        return r;
    }
    count(c);
    disk_watch_look(&c->disk);
    thread_rest_init(&c->pause);
    r = thread_start(&c->thread, "hired-caretaker", caretaker_main, c);
    if (r < 0) {
        log_fmt(LOG_ERROR, "cannot start a thread: %s", strerror(-r));
        caretaker_release(c);
        return r;
    }
    *ret = c;
    return 0;
}

void caretaker_wake(struct caretaker *c) {
    thread_rest_wake(&c->pause);
}

static void write_counts(const struct caretaker *c, struct buf *out) {
    buf_printf(out,
               "# HELP hired_event_deliveries_pending Counted every few seconds.\n"
               "# TYPE hired_event_deliveries_pending gauge\nhired_event_deliveries_pending %" PRId64 "\n",
               atomic_load(&c->pending));
    int64_t oldest_ms = atomic_load(&c->oldest_event_ms), age_ms = clock_now_ms() - oldest_ms;
    buf_printf(
        out,
        "# HELP hired_event_oldest_waiting_seconds Age of the oldest event that is not delivered to each app yet, "
        "counted every few seconds; 0: none waits.\n"
        "# TYPE hired_event_oldest_waiting_seconds gauge\nhired_event_oldest_waiting_seconds %" PRId64 "\n"
        "# HELP hired_stray_files Kept files that no record names, left by the last daily sweep because they are "
        "many.\n"
        "# TYPE hired_stray_files gauge\nhired_stray_files %" PRIu64 "\n",
        oldest_ms > 0 && age_ms > 0 ? age_ms / 1000 : 0, atomic_load(&c->strays));
}

void caretaker_write_metrics(const struct caretaker *c, struct buf *out) {
    if (duty_is_mine(&c->worker)) /* otherwise the worker says it */
        write_counts(c, out);
    buf_printf(out, "# TYPE hired_stray_files_removed_total counter\nhired_stray_files_removed_total %" PRIu64 "\n",
               atomic_load(&c->removed));
    disk_watch_write_metrics(&c->disk, out);
}

struct caretaker *caretaker_free(struct caretaker *c) {
    if (!c)
        return NULL;
    thread_rest_end(&c->pause);
    pthread_join(c->thread, NULL);
    caretaker_release(c);
    return NULL;
}
