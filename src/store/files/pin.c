/* SPDX-License-Identifier: Apache-2.0
 *
 * Pins: a backup keeps the files that its copy of the database names from being removed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/files/directory.h"

static _Atomic int64_t pinned_since_ms; /* when this process was first refused; 0: the last attempt was not refused */

static int open_directory(const char *dir) {
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

int directory_pin(const char *dir) {
    int fd = open_directory(dir), r;

    if (fd < 0)
        return fd;
    do
        r = flock(fd, LOCK_SH);
    while (r < 0 && errno == EINTR);
    if (r == 0)
        return fd;
    r = -errno;
    close(fd);
    return r;
}

/* A backup that was stopped, or is very slow, may not keep erased data for ever. */
static bool is_over_due(void) {
    int64_t now = clock_mono_ms(), none = 0;

    if (atomic_compare_exchange_strong(&pinned_since_ms, &none, now))
        return false;
    return now - none >= FILES_PIN_MS;
}

int directory_removal_begin(const char *dir) {
    int fd = open_directory(dir);

    if (fd < 0)
        return fd;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
        atomic_store(&pinned_since_ms, 0);
        return fd;
    }
    int r = errno == EWOULDBLOCK ? -EAGAIN : -errno;
    if (r == -EAGAIN && is_over_due()) {
        log_fmt(LOG_WARN,
                "a backup has kept files from being removed for %d minutes; they are removed now, and the "
                "backup may fail",
                FILES_PIN_MS / 60000);
        return fd;
    }
    close(fd);
    return r;
}
