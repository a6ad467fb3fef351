/* SPDX-License-Identifier: Apache-2.0
 *
 * Stored files beside the database.
 */
#include "store/files/directory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/dir.h"

#define LOOK_EVERY (UINT64_C(8) * 1024 * 1024) /* bytes of a draft between two checks of the free space */

static _Atomic uint64_t spare;

static struct {
    pthread_mutex_t lock;
    void (*fn)(void *ctx, int64_t id);
    void *ctx;
} watcher = {.lock = PTHREAD_MUTEX_INITIALIZER};

void directory_watch(void (*fn)(void *ctx, int64_t id), void *ctx) {
    pthread_mutex_lock(&watcher.lock);
    watcher.fn = fn;
    watcher.ctx = ctx;
    pthread_mutex_unlock(&watcher.lock);
}

static void tell_watcher(int64_t id) {
    pthread_mutex_lock(&watcher.lock);
    if (watcher.fn)
        watcher.fn(watcher.ctx, id);
    pthread_mutex_unlock(&watcher.lock);
}

void directory_set_spare(uint64_t bytes) {
    atomic_store(&spare, bytes);
}

static int room_of(const struct statvfs *disk, uint64_t bytes) {
    uint64_t kept_free = atomic_load(&spare), free_bytes = (uint64_t)disk->f_bavail * disk->f_frsize;
    return free_bytes < kept_free || free_bytes - kept_free < bytes ? -ENOSPC : 0;
}

int directory_room(const char *dir, uint64_t bytes) {
    struct statvfs disk;
    if (atomic_load(&spare) == 0)
        return 0;
    return statvfs(dir, &disk) < 0 ? -errno : room_of(&disk, bytes);
}

static int format_path(char ret[PATH_MAX], const char *dir, int64_t id, const char *suffix) {
    int n = snprintf(ret, PATH_MAX, "%s/files/%02x/%016" PRIx64 "%s", dir, (unsigned)(id & 0xff), (uint64_t)id, suffix);
    return n < 0 || n >= PATH_MAX ? -ENAMETOOLONG : 0;
}

int directory_path(const char *dir, int64_t id, char ret[PATH_MAX]) {
    return format_path(ret, dir, id, "");
}

int directory_open(const char *dir, int64_t id, uint64_t *ret_size) {
    char path[PATH_MAX];
    int r = directory_path(dir, id, path);
    if (r < 0)
        return r;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return -errno;
    struct stat st;
    if (fstat(fd, &st) < 0) {
        r = -errno;
        close(fd);
        return r;
    }
    *ret_size = (uint64_t)st.st_size;
    return fd;
}

/* If the name of a new folder could not be synced, the folder is removed, because later calls find it and do not
 * sync it. */
static int make_durable(const char *path, const char *parent) {
    if (mkdir(path, 0700) < 0)
        return errno == EEXIST ? 0 : -errno;
    int r = dir_sync(parent);
    if (r < 0)
        (void)rmdir(path);
    return r;
}

int directory_make_folder(const char *dir, int64_t id) {
    char all[PATH_MAX], own[PATH_MAX];
    int n = snprintf(all, sizeof all, "%s/files", dir);
    int m = snprintf(own, sizeof own, "%s/files/%02x", dir, (unsigned)(id & 0xff));
    if (n < 0 || m < 0 || (size_t)m >= sizeof own)
        return -ENAMETOOLONG;
    /* A folder must be durable before another thread finds it. */
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&lock);
    int r = make_durable(all, dir);
    if (r == 0)
        r = make_durable(own, all);
    pthread_mutex_unlock(&lock);
    return r;
}

int directory_draft_begin(struct directory_draft *d, const char *dir, int64_t id) {
    int r = directory_room(dir, 0);
    d->unlooked = 0;
    if (r == 0)
        r = directory_make_folder(dir, id);
    if (r == 0)
        r = format_path(d->path, dir, id, ".draft");
    if (r < 0)
        return r;
    d->fd = open(d->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    return d->fd < 0 ? -errno : 0;
}

static int look_for_room(struct directory_draft *d) {
    struct statvfs disk;
    d->unlooked = 0;
    if (atomic_load(&spare) == 0)
        return 0;
    return fstatvfs(d->fd, &disk) < 0 ? -errno : room_of(&disk, 0);
}

int directory_draft_write(struct directory_draft *d, struct str bytes) {
    d->unlooked += bytes.len;
    if (d->unlooked >= LOOK_EVERY) {
        int r = look_for_room(d);
        if (r < 0)
            return r;
    }
    while (bytes.len > 0) {
        ssize_t n = write(d->fd, bytes.ptr, bytes.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        bytes = str_skip(bytes, (size_t)n);
    }
    return 0;
}

void directory_draft_drop(struct directory_draft *d) {
    if (d->fd >= 0) {
        close(d->fd);
        unlink(d->path);
        d->fd = -1;
    }
}

static int rename_to_free(const char *from, const char *to) {
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -errno;
    /* The file system does not support the flag; link() does not replace a file either. */
    if (link(from, to) < 0)
        return -errno;
    (void)unlink(from);
    return 0;
}

static int draft_end(struct directory_draft *d, const char *dir, int64_t id, bool replace) {
    char path[PATH_MAX];
    int r = directory_path(dir, id, path);
    if (r == 0 && fsync(d->fd) < 0)
        r = -errno;
    if (r == 0 && replace && rename(d->path, path) < 0)
        r = -errno;
    if (r == 0 && !replace)
        r = rename_to_free(d->path, path);
    if (r < 0) {
        directory_draft_drop(d);
        return r;
    }
    close(d->fd);
    d->fd = -1;
    r = dir_sync_parent(path);
    /* The caller reports that the file was not stored, so it must not stay. A file that it replaced is gone already. */
    if (r < 0 && !replace)
        (void)unlink(path);
    if (r == 0)
        tell_watcher(id);
    return r;
}

int directory_draft_keep(struct directory_draft *d, const char *dir, int64_t id) {
    return draft_end(d, dir, id, false);
}

int directory_draft_replace(struct directory_draft *d, const char *dir, int64_t id) {
    return draft_end(d, dir, id, true);
}

static int drop_drafts_in(const char *folder) {
    DIR *d = opendir(folder);
    int n = 0;
    if (!d)
        return errno == ENOENT ? 0 : -errno;
    for (struct dirent *e; (e = readdir(d));) {
        struct str name = str_of(e->d_name);
        if (name.len == 16 + sizeof ".draft" - 1 && str_ends(name, STR(".draft")) &&
            unlinkat(dirfd(d), e->d_name, 0) == 0)
            n++;
    }
    closedir(d);
    return n;
}

int directory_drop_drafts(const char *dir) {
    int all = 0;
    for (unsigned i = 0; i < 256; i++) {
        char folder[PATH_MAX];
        int n = snprintf(folder, sizeof folder, "%s/files/%02x", dir, i);
        if (n < 0 || (size_t)n >= sizeof folder)
            return -ENAMETOOLONG;
        n = drop_drafts_in(folder);
        if (n < 0)
            return n;
        all += n;
    }
    return all;
}

int directory_remove(const char *dir, int64_t id) {
    char path[PATH_MAX];
    int r = directory_path(dir, id, path);
    if (r == 0 && unlink(path) < 0 && errno != ENOENT)
        r = -errno;
    return r;
}

int directory_remove_synced(const char *dir, int64_t id) {
    char path[PATH_MAX];
    int r = directory_remove(dir, id);
    if (r == 0)
        r = directory_path(dir, id, path);
    if (r == 0)
        r = dir_sync_parent(path);
    return r == -ENOENT ? 0 : r; /* without a folder there is no file */
}
