/* SPDX-License-Identifier: Apache-2.0
 *
 * The archive's threads: one copies the log and the kept files, another makes bases.
 */
#include "store/archive/archive.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/thread.h"
#include "store/archive/internal.h"
#include "store/files/directory.h"

#define COPY_EVERY_MS 200      /* how long a commit may wait for being copied */
#define POLL_MS 1000           /* the thread's interval without commits */
#define TAKE_MS 100            /* how long a checkpoint waits for the thread */
#define TAKE_LAST_MS 10000     /* the same when the database is closed */
#define PATIENCE_MS 30000      /* after so long the archive counts as hanging */
#define RETRY_MS 15000         /* from an interruption to the next attempt */
#define BASE_EVERY_MS 86400000 /* from one base to the next; and after as much log as BASE_LOG times the base */
#define BASE_LOG 8
#define SWEEP_EVERY_MS 86400000

/* ---- the clean stop ---- */

/* What shows that nobody has changed the database since. */
static int describe(const struct archive *ar, char out[256]) {
    char path[PATH_MAX];
    struct stat db, wal = {0};

    if (snprintf(path, sizeof(path), "%s/hired.db", ar->o.db->dir) >= (int)sizeof(path))
        return -ENAMETOOLONG;
    if (stat(path, &db) < 0)
        return -errno;
    if (snprintf(path, sizeof(path), "%s/hired.db-wal", ar->o.db->dir) >= (int)sizeof(path))
        return -ENAMETOOLONG;
    if (stat(path, &wal) == 0 && wal.st_size > 0)
        return -EBUSY;
    snprintf(out, 256, "schema %u, inode %llu, %lld bytes, %lld.%09ld\n", db_schema_version(),
             (unsigned long long)db.st_ino, (long long)db.st_size, (long long)db.st_mtim.tv_sec, db.st_mtim.tv_nsec);
    return 0;
}

static int stopped_path(const char *line, char ret[PATH_MAX]) {
    int n = snprintf(ret, PATH_MAX, "%s/stopped", line);
    return n < 0 || n >= PATH_MAX ? -ENAMETOOLONG : 0;
}

static void note_stop(const struct archive *ar) {
    char path[PATH_MAX], text[256];

    if (describe(ar, text) < 0 || stopped_path(ar->line.path, path) < 0)
        return;
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    if (write(fd, text, strlen(text)) != (ssize_t)strlen(text) || fsync(fd) < 0)
        (void)unlink(path);
    close(fd);
}

/* Reads the note and removes it: it is valid for one start. */
static bool take_stop_note(const struct archive *ar) {
    char path[PATH_MAX], text[256], now[256];

    if (stopped_path(ar->found, path) < 0)
        return false;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t n = read(fd, text, sizeof(text) - 1);
    close(fd);
    (void)unlink(path);
    text[n > 0 ? n : 0] = '\0';
    return describe(ar, now) == 0 && strcmp(text, now) == 0;
}

/* ---- what the writer's connection calls, on the writer's thread ---- */

static void on_commit(void *ctx, int pages) {
    struct archive *ar = ctx;
    int64_t now = clock_now_ms();

    pthread_mutex_lock(&ar->lock);
    ar->committed++;
    ar->pages = pages;
    if (ar->state != ARCHIVE_BROKEN) {
        struct mark *m = ar->n_marks > 0 ? &ar->marks[ar->n_marks - 1] : NULL;
        if (m && now < m->last_ms)
            now = m->last_ms; /* the clock was set back */
        if (!m || (now >= m->first_ms + ARCHIVE_ENTRY_MS && ar->n_marks < ARCHIVE_MARKS)) {
            m = &ar->marks[ar->n_marks++];
            m->first_ms = now;
        }
        m->last_ms = now;
        m->pages = pages;
        if (ar->n_marks == 1 && m->first_ms == now)
            pthread_cond_signal(&ar->wake);
    }
    pthread_mutex_unlock(&ar->lock);
}

/* Waits for the thread. Called with the lock held. */
static void wait_for_thread(struct archive *ar, int64_t ms) {
    const struct timespec until = thread_deadline(ms * 1000000);

    while (ar->state == ARCHIVE_RUNNING && ar->archived != ar->committed) {
        ar->hurry = true;
        pthread_cond_signal(&ar->wake);
        if (pthread_cond_timedwait(&ar->done, &ar->lock, &until) == ETIMEDOUT)
            return;
    }
}

/* Called with the lock held. */
static void interrupt(struct archive *ar, const char *why) {
    if (ar->state == ARCHIVE_BROKEN)
        return;
    ar->state = ARCHIVE_BROKEN;
    ar->behind_since_ms = 0;
    ar->retry_ms = clock_mono_ms() + RETRY_MS;
    atomic_fetch_add(&ar->breaks, 1);
    log_line(LOG_ERROR,
             "the archive is interrupted: what is written from now on cannot be restored by time until a new "
             "base is made",
             "archive", ar->o.dir, "why", why, NULL);
    pthread_cond_broadcast(&ar->done);
}

static bool may_reset(void *ctx, bool closing) {
    struct archive *ar = ctx;
    bool may;

    pthread_mutex_lock(&ar->lock);
    if (ar->state == ARCHIVE_RUNNING)
        wait_for_thread(ar, closing ? TAKE_LAST_MS : TAKE_MS);
    may = ar->state == ARCHIVE_BROKEN || (ar->state == ARCHIVE_RUNNING && ar->archived == ar->committed);
    int64_t now = clock_mono_ms();
    if (may)
        ar->behind_since_ms = 0;
    else if (ar->behind_since_ms == 0)
        ar->behind_since_ms = now;
    else if (ar->state == ARCHIVE_RUNNING && now - ar->behind_since_ms > PATIENCE_MS) {
        interrupt(ar, "its disk does not take what is written; the log cannot wait longer");
        may = true;
    }
    pthread_mutex_unlock(&ar->lock);
    return may;
}

static const struct db_log_watch watch = {.committed = on_commit, .may_reset = may_reset};

void archive_attach(struct archive *ar, struct db *db) {
    db_watch_log(db, &watch, ar);
}

/* After a file got its name, on any thread. */
static void on_file(void *ctx, int64_t id) {
    struct archive *ar = ctx;

    pthread_mutex_lock(&ar->lock);
    if (ar->n_new_files < ARCHIVE_NEW_FILES)
        ar->new_files[ar->n_new_files++] = id;
    else
        ar->files_lost = true;
    pthread_mutex_unlock(&ar->lock);
}

/* ---- the threads ---- */

static void *base_main(void *arg) {
    struct archive *ar = arg;
    int r = base_make(ar);

    if (r < 0) {
        pthread_mutex_lock(&ar->lock);
        bool running = ar->state == ARCHIVE_RUNNING && !ar->stop && !atomic_load(&ar->no_base);
        pthread_mutex_unlock(&ar->lock);
        if (running)
            log_line(LOG_ERROR, "the archive's base could not be made; without one nothing can be restored by time",
                     "archive", ar->o.dir, "why", strerror(-r), NULL);
    }
    pthread_mutex_lock(&ar->lock);
    ar->base_due_ms = clock_mono_ms() + (r < 0 ? RETRY_MS : BASE_EVERY_MS);
    atomic_store(&ar->basing, false);
    pthread_cond_broadcast(&ar->done);
    pthread_mutex_unlock(&ar->lock);
    return NULL;
}

static void join_base(struct archive *ar) {
    if (ar->base_joinable)
        pthread_join(ar->base_thread, NULL);
    ar->base_joinable = false;
}

/* Called on the archive's thread while it is running. */
static void look_for_base(struct archive *ar) {
    struct stat st;
    char path[PATH_MAX];
    bool due = clock_mono_ms() >= ar->base_due_ms;

    if (atomic_load(&ar->basing))
        return;
    snprintf(path, sizeof(path), "%s/hired.db", ar->o.db->dir);
    due = due || (stat(path, &st) == 0 && ar->line.bytes > BASE_LOG * (int64_t)st.st_size + (INT64_C(1) << 30));
    if (!due)
        return;
    join_base(ar);
    ar->line.bytes = 0;
    ar->base_due_ms = INT64_MAX;
    pthread_mutex_lock(&ar->lock);
    atomic_store(&ar->basing, !atomic_load(&ar->no_base));
    pthread_mutex_unlock(&ar->lock);
    if (!atomic_load(&ar->basing))
        return;
    ar->base_joinable = thread_start(&ar->base_thread, "hired-base", base_main, ar) == 0;
    if (!ar->base_joinable) {
        ar->base_due_ms = clock_mono_ms() + RETRY_MS;
        pthread_mutex_lock(&ar->lock);
        atomic_store(&ar->basing, false);
        pthread_cond_broadcast(&ar->done);
        pthread_mutex_unlock(&ar->lock);
    }
}

static void sweep(struct archive *ar) {
    if (clock_mono_ms() < ar->sweep_ms)
        return;
    ar->sweep_ms = clock_mono_ms() + SWEEP_EVERY_MS;
    int r = keep_sweep(ar);
    if (r == 0)
        r = retain_sweep(ar);
    if (r < 0)
        log_line(LOG_WARN, "old parts of the archive cannot be removed", "archive", ar->o.dir, "why", strerror(-r),
                 NULL);
}

static const char *reason(int error) {
    return error == -EUCLEAN ? "the log is not as it was" : strerror(-error);
}

/* One round of the thread, without the lock. */
static void work(struct archive *ar) {
    pthread_mutex_lock(&ar->lock);
    enum archive_state state = ar->state;
    bool retry = clock_mono_ms() >= ar->retry_ms;
    pthread_mutex_unlock(&ar->lock);
    int r = 0;
    if (state == ARCHIVE_RUNNING)
        r = line_append(ar);
    else if (retry) {
        /* The line of the base thread may not change below it. */
        if (atomic_load(&ar->basing))
            return;
        join_base(ar);
        r = line_begin(ar);
        if (r == 0) {
            log_line(LOG_INFO, "the archive begins anew", "archive", ar->o.dir, NULL);
            ar->base_due_ms = 0;
        }
    }
    pthread_mutex_lock(&ar->lock);
    if (r < 0)
        interrupt(ar, reason(r));
    state = ar->state;
    ar->retry_ms = r < 0 ? clock_mono_ms() + RETRY_MS : ar->retry_ms;
    pthread_cond_broadcast(&ar->done);
    pthread_mutex_unlock(&ar->lock);
    if (state == ARCHIVE_RUNNING) {
        look_for_base(ar);
        sweep(ar);
    }
}

/* Called with the lock held. Sleeps until there is something to copy; commits then wait for COPY_EVERY_MS, so that one
 * sync is for all of them. */
static void rest(struct archive *ar) {
    int64_t ms = ar->state == ARCHIVE_RUNNING && ar->archived != ar->committed ? COPY_EVERY_MS : POLL_MS;

    for (int i = 0; i < 2 && !ar->stop && !ar->hurry; i++) {
        const struct timespec until = thread_deadline(ms * 1000000);
        bool signalled = pthread_cond_timedwait(&ar->wake, &ar->lock, &until) == 0;
        if (ms == COPY_EVERY_MS || !signalled)
            break;
        ms = COPY_EVERY_MS;
    }
    ar->hurry = false;
}

static void *archive_main(void *arg) {
    struct archive *ar = arg;

    pthread_mutex_lock(&ar->lock);
    while (!ar->stop) {
        pthread_mutex_unlock(&ar->lock);
        work(ar);
        pthread_mutex_lock(&ar->lock);
        if (!ar->stop)
            rest(ar);
    }
    pthread_mutex_unlock(&ar->lock);
    return NULL;
}

/* ---- the public side ---- */

static int newest(void *ctx, const char *path, int64_t begun_ms) {
    struct archive *ar = ctx;
    if (begun_ms > atomic_load(&ar->last_ms)) {
        atomic_store(&ar->last_ms, begun_ms);
        snprintf(ar->found, sizeof(ar->found), "%s", path);
    }
    return 0;
}

static struct archive *release(struct archive *ar) {
    line_close(&ar->line);
    owner_release(ar->owner);
    pthread_cond_destroy(&ar->wake);
    pthread_cond_destroy(&ar->done);
    pthread_mutex_destroy(&ar->lock);
    arena_free(&ar->arena);
    free(ar);
    return NULL;
}

int archive_new(struct archive **ret, const struct archive_options *o, struct arena *a, struct str *ret_why) {
    struct archive *ar = mem_alloc(sizeof(*ar));

    ar->o = *o;
    ar->line = (struct line){.log = -1, .index = -1, .wal = -1};
    pthread_mutex_init(&ar->lock, NULL);
    thread_condition(&ar->wake);
    thread_condition(&ar->done);
    int r = owner_take(&ar->owner, o->dir, "archive", 0, &ar->arena, NULL, ret_why);
    if (r < 0)
        *ret_why = arena_printf(a, "The archive cannot be used ([store] archive): %.*s", STR_FMT(*ret_why));
    if (r == 0)
        r = archive_lines(o->dir, newest, ar);
    if (r < 0) {
        release(ar);
        return r;
    }
    atomic_store(&ar->last_ms, 0);
    ar->clean = ar->found[0] && take_stop_note(ar);
    *ret = ar;
    return 0;
}

int archive_start(struct archive *ar) {
    struct archive_base base;
    int r = ar->found[0] ? line_continue(ar) : -ESTALE;

    if (r == 0 && archive_base_before(ar->line.path, INT64_MAX, &base) == 1) {
        ar->base_due_ms = clock_mono_ms() + BASE_EVERY_MS - (clock_now_ms() - base.ms);
        atomic_store(&ar->base_ms, base.ms);
    }
    if (r == -ESTALE) {
        log_line(LOG_INFO,
                 ar->found[0] ? "the archive begins anew: the directory was changed without it" : "the archive begins",
                 "archive", ar->o.dir, NULL);
        r = line_begin(ar);
    }
    pthread_mutex_lock(&ar->lock);
    if (r < 0)
        interrupt(ar, reason(r));
    else
        ar->state = ARCHIVE_RUNNING;
    ar->files_lost = true; /* files that were kept before a crash */
    pthread_mutex_unlock(&ar->lock);
    directory_watch(on_file, ar);
    r = thread_start(&ar->thread, "hired-archive", archive_main, ar);
    ar->started = r == 0;
    return r;
}

void archive_write_metrics(struct archive *ar, struct buf *out) {
    if (!ar)
        return;
    pthread_mutex_lock(&ar->lock);
    bool running = ar->state == ARCHIVE_RUNNING;
    int64_t behind = running && ar->n_marks > 0 ? clock_now_ms() - ar->marks[0].first_ms : 0;
    pthread_mutex_unlock(&ar->lock);
    buf_printf(
        out,
        "# HELP hired_archive_running 1: what is written can be restored by time; 0: the archive is interrupted.\n"
        "# TYPE hired_archive_running gauge\nhired_archive_running %d\n"
        "# HELP hired_archive_behind_ms Age of the oldest commit that is not in the archive.\n"
        "# TYPE hired_archive_behind_ms gauge\nhired_archive_behind_ms %" PRId64 "\n"
        "# TYPE hired_archive_bytes_total counter\nhired_archive_bytes_total %" PRIu64 "\n"
        "# TYPE hired_archive_interruptions_total counter\nhired_archive_interruptions_total %" PRIu64 "\n"
        "# HELP hired_archive_base_ms Time of the newest base; 0: none.\n"
        "# TYPE hired_archive_base_ms gauge\nhired_archive_base_ms %" PRId64 "\n",
        running, behind > 0 ? behind : 0, atomic_load(&ar->bytes), atomic_load(&ar->breaks), atomic_load(&ar->base_ms));
}

void archive_end_base(struct archive *ar) {
    if (!ar)
        return;
    pthread_mutex_lock(&ar->lock);
    atomic_store(&ar->no_base, true);
    while (atomic_load(&ar->basing))
        pthread_cond_wait(&ar->done, &ar->lock);
    pthread_mutex_unlock(&ar->lock);
}

struct archive *archive_free(struct archive *ar) {
    if (!ar)
        return NULL;
    directory_watch(NULL, NULL);
    pthread_mutex_lock(&ar->lock);
    ar->stop = true;
    pthread_cond_signal(&ar->wake);
    pthread_mutex_unlock(&ar->lock);
    if (ar->started)
        pthread_join(ar->thread, NULL);
    join_base(ar);
    if (ar->started && ar->state == ARCHIVE_RUNNING && ar->archived == ar->committed)
        note_stop(ar);
    return release(ar);
}
