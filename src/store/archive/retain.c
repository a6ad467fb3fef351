/* SPDX-License-Identifier: Apache-2.0
 *
 * Removes what the archive does not need for the last days.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/dir.h"
#include "store/archive/internal.h"

#define DAY_MS INT64_C(86400000)

/* Removes bases that are older than the oldest one needed, and the segments before it. */
static int trim_line(const char *path, const struct archive_base *needed) {
    struct archive_base older;
    char name[PATH_MAX];
    int64_t first, last;
    int r;

    while ((r = archive_base_before(path, needed->ms - 1, &older)) == 1)
        if ((r = archive_base_path(path, &older, name)) < 0 || unlink(name) < 0)
            return r < 0 ? r : -errno;
    if (r == 0)
        r = archive_segments(path, &first, &last);
    for (; r == 1 && first < needed->segment; first++) {
        /* The index goes first: a segment without one is not read. */
        if ((archive_log_path(path, first, "idx", name) < 0 || unlink(name) < 0 ||
             archive_log_path(path, first, "wal", name) < 0 || unlink(name) < 0) &&
            errno != ENOENT)
            return -errno;
    }
    return r < 0 ? r : 0;
}

struct trimming {
    const struct archive *ar;
    int64_t until_ms; /* every state from then on must stay restorable */
};

static int trim(void *ctx, const char *path, int64_t begun_ms) {
    const struct trimming *t = ctx;
    struct archive_base needed;
    struct archive_entry last;
    int64_t segment;
    int r;

    if (strcmp(path, t->ar->line.path) != 0 && begun_ms < t->until_ms) {
        r = archive_last_entry(path, &segment, &last);
        if (r < 0)
            return r;
        if ((r == 0 || last.last_ms < t->until_ms) && archive_base_before(path, INT64_MAX, &needed) != 1)
            return dir_remove(path);
        if (r == 1 && last.last_ms < t->until_ms && needed.ms < t->until_ms)
            return dir_remove(path);
    }
    r = archive_base_before(path, t->until_ms, &needed);
    return r == 1 ? trim_line(path, &needed) : r;
}

static int trim_gone(const struct archive *ar, int64_t until_ms) {
    char path[PATH_MAX], day[16];
    time_t until = (until_ms - DAY_MS) / 1000;
    struct tm tm;
    int r = 0;

    strftime(day, sizeof(day), "%Y%m%d", gmtime_r(&until, &tm));
    snprintf(path, sizeof(path), "%s/gone", ar->o.dir);
    DIR *d = opendir(path);
    if (!d)
        return errno == ENOENT ? 0 : -errno;
    for (struct dirent *e; r == 0 && (e = readdir(d));) {
        if (strlen(e->d_name) != 8 || strspn(e->d_name, "0123456789") != 8 || strcmp(e->d_name, day) >= 0)
            continue;
        r = snprintf(path, sizeof(path), "%s/gone/%s", ar->o.dir, e->d_name) >= (int)sizeof(path) ? -ENAMETOOLONG
                                                                                                  : dir_remove(path);
    }
    closedir(d);
    return r;
}

int retain_sweep(const struct archive *ar) {
    struct trimming t = {.ar = ar, .until_ms = clock_now_ms() - (int64_t)ar->o.days * DAY_MS};
    int r = archive_lines(ar->o.dir, trim, &t);

    return r == 0 ? trim_gone(ar, t.until_ms) : r;
}
