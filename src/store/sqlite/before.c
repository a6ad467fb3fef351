/* SPDX-License-Identifier: Apache-2.0
 *
 * The SQLite driver: copies a database before schema steps are taken in place.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/log.h"
#include "store/sqlite/sqlite.h"

#define ROOM_FOR_STEPS 4 /* the steps may need a quarter of the database's size beside the copy */

static int64_t size_of(const char *path) {
    struct stat st;
    return stat(path, &st) < 0 ? 0 : (int64_t)st.st_size;
}

static int look_for_room(const char *path, struct arena *a, struct str *ret_why) {
    struct str log = arena_printf(a, "%s-wal", path);
    int64_t size = size_of(path) + size_of(log.ptr), need = size + size / ROOM_FOR_STEPS;
    struct statvfs disk;

    if (statvfs(path, &disk) < 0)
        return -errno;
    int64_t room = (int64_t)disk.f_bavail * (int64_t)disk.f_frsize;
    if (room >= need)
        return 0;
    *ret_why =
        arena_printf(a,
                     "%s needs a change of its schema, and is copied before that. The disk has %lld MB left; the "
                     "copy and the change need %lld MB. Nothing was changed: make room, or keep using the older "
                     "hired.",
                     path, (long long)(room >> 20), (long long)(need >> 20));
    return -ENOSPC;
}

int sqlite_copy_before(struct db *db, const char *path, unsigned step, struct arena *a, struct str *ret_why) {
    struct str copy = arena_printf(a, "%s.before-%03u", path, step), draft = arena_printf(a, "%s.draft", copy.ptr);
    int r = look_for_room(path, a, ret_why);

    if (r < 0)
        return r;
    log_line(LOG_INFO, "the database is copied before its schema changes", "copy", copy.ptr, NULL);
    (void)unlink(draft.ptr); /* of an interrupted attempt */
    r = sqlite_copy(db, draft.ptr, NULL);
    /* A copy of that name is of an attempt whose steps were not committed. */
    if (r == 0 && rename(draft.ptr, copy.ptr) < 0)
        r = -errno;
    if (r < 0) {
        (void)unlink(draft.ptr);
        *ret_why = arena_printf(a,
                                "%s needs a change of its schema, and cannot be copied before that: %s. Nothing was "
                                "changed.",
                                path, strerror(-r));
    }
    return r;
}
