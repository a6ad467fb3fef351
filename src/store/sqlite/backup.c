/* SPDX-License-Identifier: Apache-2.0
 *
 * Copies the whole database while other connections write.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "store/sqlite/sqlite.h"

#define STEP_PAGES 4096 /* pages between two calls of progress: 64 MB */

/* Creates the file before SQLite does, with a mode that never lets other users read it. */
static int make_target(const char *path, sqlite3 **ret) {
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return -errno;
    close(fd);
    int r = sqlite3_open_v2(path, ret, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE, NULL);
    return r == SQLITE_OK ? 0 : db_errno(r);
}

static int copy_pages(struct db *db, sqlite3 *target, db_progress_fn progress, void *ctx) {
    sqlite3_backup *copy = sqlite3_backup_init(target, "main", sqlite_of(db)->handle, "main");
    int r = SQLITE_OK;

    if (!copy)
        return db_errno(sqlite3_errcode(target));
    while (r == SQLITE_OK) {
        r = sqlite3_backup_step(copy, STEP_PAGES);
        if (progress && (r == SQLITE_OK || r == SQLITE_DONE))
            progress(ctx, sqlite3_backup_pagecount(copy) - sqlite3_backup_remaining(copy),
                     sqlite3_backup_pagecount(copy));
    }
    /* Its result repeats that of the last step. */
    sqlite3_backup_finish(copy);
    return r == SQLITE_DONE ? 0 : db_errno(r);
}

int sqlite_copy(struct db *db, const char *path, db_progress_fn progress, void *ctx) {
    sqlite3 *target = NULL;
    int r = make_target(path, &target);

    if (r == 0)
        r = copy_pages(db, target, progress, ctx);
    sqlite3_close(target);
    return r;
}
