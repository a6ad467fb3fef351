/* SPDX-License-Identifier: Apache-2.0
 *
 * The kept files of the archive.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/dir.h"
#include "store/archive/internal.h"
#include "store/files/directory.h"

static int copy(const struct archive *ar, int64_t id) {
    struct directory_draft draft;
    char bytes[65536];
    uint64_t size;
    ssize_t n = 1;
    int from = directory_open(ar->o.db->dir, id, &size), r;

    if (from < 0)
        return from == -ENOENT ? 0 : from;
    r = directory_draft_begin(&draft, ar->o.dir, id);
    if (r < 0) {
        close(from);
        return r;
    }
    while (r == 0 && (n = read(from, bytes, sizeof(bytes))) > 0)
        r = directory_draft_write(&draft, (struct str){bytes, (size_t)n});
    if (r == 0 && n < 0)
        r = -errno;
    close(from);
    if (r < 0)
        directory_draft_drop(&draft);
    else
        r = directory_draft_replace(&draft, ar->o.dir, id);
    return r;
}

int keep_file(const struct archive *ar, int64_t id) {
    char from[PATH_MAX], to[PATH_MAX];
    struct stat a, b;
    int r = directory_path(ar->o.db->dir, id, from);

    if (r == 0)
        r = directory_path(ar->o.dir, id, to);
    if (r < 0)
        return r;
    if (lstat(from, &a) < 0)
        return errno == ENOENT ? 0 : -errno;
    if (lstat(to, &b) == 0) {
        if (a.st_ino == b.st_ino || (a.st_size == b.st_size && a.st_mtime <= b.st_mtime))
            return 0;
        if (unlink(to) < 0) /* a report that was fetched again before its row was written */
            return -errno;
    }
    r = directory_make_folder(ar->o.dir, id);
    if (r < 0)
        return r;
    if (link(from, to) == 0)
        return dir_sync_parent(to);
    if (errno == ENOENT)
        return 0;
    return copy(ar, id);
}

static int keep_entry(void *ctx, const struct files_entry *e) {
    return e->kind == FILES_KEPT ? keep_file(ctx, e->id) : 0;
}

int keep_all(const struct archive *ar) {
    int r = 0;

    for (unsigned i = 0; i < 256 && r == 0; i++)
        r = directory_walk(ar->o.db->dir, i, keep_entry, (void *)ar);
    return r;
}

/* ---- files that were removed ---- */

struct sweeping {
    const struct archive *ar;
    char gone[PATH_MAX - 64]; /* today's folder */
};

static int make_gone(const struct sweeping *s) {
    char path[PATH_MAX];

    snprintf(path, sizeof(path), "%s/gone", s->ar->o.dir);
    if (mkdir(path, 0700) < 0 && errno != EEXIST)
        return -errno;
    return mkdir(s->gone, 0700) < 0 && errno != EEXIST ? -errno : 0;
}

static int move_if_gone(void *ctx, const struct files_entry *e) {
    const struct sweeping *s = ctx;
    char path[PATH_MAX];
    struct stat st;
    int r = directory_path(s->ar->o.db->dir, e->id, path);

    if (r < 0 || e->kind != FILES_KEPT || lstat(path, &st) == 0 || errno != ENOENT)
        return r;
    r = make_gone(s);
    if (r == 0)
        r = directory_make_folder(s->gone, e->id);
    if (r == 0)
        r = directory_path(s->gone, e->id, path);
    return r == 0 && rename(e->path, path) < 0 ? -errno : r;
}

int keep_sweep(const struct archive *ar) {
    struct sweeping s = {.ar = ar};
    time_t now = clock_now_ms() / 1000;
    struct tm tm;
    char day[16];
    int r = 0;

    strftime(day, sizeof(day), "%Y%m%d", gmtime_r(&now, &tm));
    if (snprintf(s.gone, sizeof(s.gone), "%s/gone/%s", ar->o.dir, day) >= (int)sizeof(s.gone))
        return -ENAMETOOLONG;
    for (unsigned i = 0; i < 256 && r == 0; i++)
        r = directory_walk(ar->o.dir, i, move_if_gone, &s);
    return r;
}
