/* SPDX-License-Identifier: Apache-2.0
 *
 * Brings an image of the write-ahead log into the database file beside it, by SQLite itself.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/sqlite/format.h"
#include "store/sqlite/sqlite.h"

/* The number of frames by the length of the file; negative errno if it is no log of whole frames. */
static int64_t count_frames(const char *path) {
    unsigned char h[WAL_HEADER];
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return -errno;
    bool read = pread(fd, h, sizeof(h), 0) == (ssize_t)sizeof(h) && fstat(fd, &st) == 0;
    close(fd);
    if (!read)
        return -EUCLEAN;
    int64_t frame = wal_frame_bytes(h);
    return (st.st_size - WAL_HEADER) % frame == 0 ? (st.st_size - WAL_HEADER) / frame : -EUCLEAN;
}

int db_replay_log(const char *path) {
    char log[PATH_MAX];
    sqlite3 *handle = NULL;
    int n = snprintf(log, sizeof(log), "%s-wal", path), in_log = 0, in_place = 0;
    int64_t frames = n < 0 || n >= PATH_MAX ? -ENAMETOOLONG : count_frames(log);

    if (frames < 0)
        return (int)frames;
    sqlite_setup();
    int r =
        sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE, NULL);
    if (r == SQLITE_OK)
        r = sqlite3_exec(handle, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = OFF", NULL, NULL, NULL);
    if (r == SQLITE_OK)
        r = sqlite3_wal_checkpoint_v2(handle, NULL, SQLITE_CHECKPOINT_PASSIVE, &in_log, &in_place);
    r = db_errno(r);
    if (r == 0 && (in_log != frames || in_place != frames))
        r = -EUCLEAN; /* a damaged frame ends the log earlier */
    sqlite3_close(handle);
    if (unlink(log) < 0 && errno != ENOENT && r == 0)
        r = -errno;
    return r;
}
