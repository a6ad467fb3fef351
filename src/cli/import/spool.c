/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/import/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define LOOK_EVERY ((off_t)16 << 20) /* bytes between two looks at the free space */

int spool_open(void) {
    const char *dir = getenv("TMPDIR");
    int fd = open(dir && *dir ? dir : "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

    return fd < 0 ? -errno : fd;
}

/* Others use the same disk, and input from a pipe may have no end. */
static int check_room(int fd, size_t n) {
    off_t end = lseek(fd, 0, SEEK_CUR);
    struct statvfs fs;

    if (end < 0 || end / LOOK_EVERY == (end + (off_t)n) / LOOK_EVERY || fstatvfs(fd, &fs) < 0)
        return 0;
    return (uint64_t)end > (uint64_t)fs.f_bavail * fs.f_frsize ? -EFBIG : 0;
}

/* An object, a list, headers, an HTML page (for its message), gzip or another known format. */
static bool may_be_answer(const char *bytes, size_t n) {
    size_t i = 0;

    while (i < n && bytes[i] != '\0' && strchr(" \t\r\n", bytes[i]))
        i++;
    return i == n || bytes[i] != '\0';
}

int spool_write(int fd, const void *bytes, size_t n) {
    const char *p = bytes;
    int r = check_room(fd, n);

    if (r < 0)
        return r;
    while (n > 0) {
        ssize_t w = write(fd, p, n);
        if (w < 0 && errno == EINTR)
            continue;
        if (w < 0)
            return -errno;
        p += w;
        n -= (size_t)w;
    }
    return 0;
}

int spool_copy(int from, int to) {
    char bytes[65536];

    for (bool first = true;; first = false) {
        ssize_t n = read(from, bytes, sizeof(bytes));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : 0;
        int r = spool_write(to, bytes, (size_t)n);
        if (r < 0 || (first && !may_be_answer(bytes, (size_t)n)))
            return r;
    }
}
