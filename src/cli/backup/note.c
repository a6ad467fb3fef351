/* SPDX-License-Identifier: Apache-2.0
 *
 * The time of the last complete backup.
 */
#include "cli/backup/note.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static int note_path(const char *dir, char ret[PATH_MAX]) {
    int n = snprintf(ret, PATH_MAX, "%s/hired.backup", dir);
    return n < 0 || n >= PATH_MAX ? -ENAMETOOLONG : 0;
}

int backup_note(const char *dir, int64_t moment_ms) {
    const struct timespec at = {.tv_sec = moment_ms / 1000, .tv_nsec = moment_ms % 1000 * 1000000};
    const struct timespec both[2] = {at, at};
    char path[PATH_MAX];
    int r = note_path(dir, path);
    int fd = r < 0 ? -1 : open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return r < 0 ? r : -errno;
    r = futimens(fd, both) < 0 ? -errno : 0;
    close(fd);
    return r;
}

int64_t backup_noted_s(const char *dir) {
    char path[PATH_MAX];
    struct stat st;
    return note_path(dir, path) == 0 && stat(path, &st) == 0 ? (int64_t)st.st_mtim.tv_sec : 0;
}
