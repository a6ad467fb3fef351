/* SPDX-License-Identifier: Apache-2.0
 *
 * Makes a base: a copy of the database, with all kept files that it names.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/dir.h"
#include "base/log.h"
#include "base/pace.h"
#include "store/archive/internal.h"
#include "store/files/directory.h"
#include "store/verify.h"

#define BASE_RATE 100000000 /* bytes a second */

static int room_for(const struct archive *ar) {
    char path[PATH_MAX];
    struct stat st;

    snprintf(path, sizeof(path), "%s/hired.db", ar->o.db->dir);
    return stat(path, &st) < 0 ? -errno : directory_room(ar->o.dir, (uint64_t)st.st_size);
}

struct progress {
    const struct archive *ar;
    struct pace pace;
};

static int on_verified(void *ctx, size_t bytes) {
    struct progress *p = ctx;
    pace_moved(&p->pace, bytes);
    return atomic_load(&p->ar->no_base) ? -ECANCELED : 0;
}

static void on_damage(void *ctx, struct str line) {
    log_fmt(LOG_ERROR, "hired.db: %.*s", STR_FMT(line));
}

/* The copy's pages get checksums of their own, so damage is looked for in the original. */
static int verify(const struct archive *ar) {
    struct progress progress = {.ar = ar, .pace = {.rate = BASE_RATE}};
    const struct verify_watch watch = {.pace = on_verified, .finding = on_damage, .ctx = &progress};
    struct verify_result found = {0};
    int r = verify_pages(ar->o.db->dir, &watch, &found);

    return r == 0 && (found.damaged > 0 || found.log_damaged) ? -EUCLEAN : r;
}

static bool on_pages(void *ctx, int64_t done, int64_t total) {
    const struct archive *ar = ctx;
    return !atomic_load(&ar->no_base);
}

static int copy_database(struct archive *ar, const char *draft) {
    const struct db_copying how = {.rate = BASE_RATE, .progress = on_pages, .ctx = ar};
    struct arena scratch ARENA_CLEANUP = ARENA_EMPTY;
    struct db *db;
    struct str why;
    int r = db_open(&db, ar->o.db, DB_READ, &scratch, &why);

    if (r < 0)
        return r;
    r = db_copy(db, draft, &how);
    db_close(db);
    return r;
}

static int finish(struct archive *ar, const char *line, const char *draft, struct archive_base *base) {
    char path[PATH_MAX];
    int r;

    /* Every commit that the copy has ended before now, so a restore to this time or a later one reads on from it. */
    base->ms = clock_now_ms();
    r = archive_base_path(line, base, path);
    if (r == 0 && rename(draft, path) < 0)
        r = -errno;
    if (r == 0)
        r = dir_sync(line);
    if (r == 0)
        atomic_store(&ar->base_ms, base->ms);
    return r;
}

int base_make(struct archive *ar) {
    char draft[PATH_MAX + 16], line[PATH_MAX];
    struct archive_base base = {0};
    int r = room_for(ar), pin;

    if (r == 0)
        r = verify(ar);
    if (r < 0)
        return r;
    snprintf(line, sizeof(line), "%s", ar->line.path);
    snprintf(draft, sizeof(draft), "%s/base.draft", line);
    (void)unlink(draft);
    pthread_mutex_lock(&ar->lock);
    base.segment = ar->segment;
    base.start = ar->start;
    pthread_mutex_unlock(&ar->lock);
    pin = directory_pin(ar->o.db->dir);
    if (pin < 0)
        return pin;
    r = copy_database(ar, draft);
    if (r == 0)
        r = keep_all(ar);
    close(pin);
    if (r == 0)
        r = finish(ar, line, draft, &base);
    if (r < 0)
        (void)unlink(draft);
    else
        log_line(LOG_INFO, "the archive has a new base", "archive", ar->o.dir, NULL);
    return r;
}
