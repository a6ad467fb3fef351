/* SPDX-License-Identifier: Apache-2.0
 *
 * Removes copies of the database that were made before schema steps.
 */
#include "store/before.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

/* The number of the step; < 0 if it is not the name of a copy. */
static int step_of(const char *name) {
    int step, end = 0;
    return sscanf(name, "hired.db.before-%3d%n", &step, &end) == 1 && name[end] == '\0' ? step : -1;
}

static int newest_in(DIR *d) {
    int newest = -1;

    rewinddir(d);
    for (struct dirent *e; (e = readdir(d));)
        newest = step_of(e->d_name) > newest ? step_of(e->d_name) : newest;
    return newest;
}

static const char *why_not(const struct stat *st, bool newest, int64_t erased_ms) {
    int64_t made_ms = st->st_mtim.tv_sec * 1000 + st->st_mtim.tv_nsec / 1000000;

    if (!newest)
        return "there is a newer one";
    if (erased_ms > made_ms)
        return "it contains data that was erased since";
    return clock_now_ms() - made_ms > BEFORE_DAYS * INT64_C(86400000) ? "it is old" : NULL;
}

int before_tidy(const char *dir, int64_t erased_ms) {
    DIR *d = opendir(dir);
    int stay = 0, r = 0, newest;

    if (!d)
        return -errno;
    newest = newest_in(d);
    rewinddir(d);
    for (struct dirent *e; newest >= 0 && (e = readdir(d));) {
        int step = step_of(e->d_name);
        struct stat st;
        if (step < 0 || fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
            continue;
        const char *why = why_not(&st, step == newest, erased_ms);
        stay += !why;
        if (!why)
            continue;
        if (unlinkat(dirfd(d), e->d_name, 0) < 0)
            r = -errno;
        else
            log_line(LOG_INFO, "removed a copy of the database from before a change of its schema", "copy", e->d_name,
                     "why", why, NULL);
    }
    closedir(d);
    return r < 0 ? r : stay;
}
