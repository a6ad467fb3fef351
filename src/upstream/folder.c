/* SPDX-License-Identifier: Apache-2.0
 *
 * The files of a record.
 */
#include "upstream/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* The number in a file's name, or 0. */
static uint64_t number_of(const char *name) {
    struct str s = str_of(name), begin = STR(FOLDER_BEGIN), end = STR(FOLDER_END);
    uint64_t n = 0;
    if (!str_starts(s, begin) || !str_ends(s, end) || s.len <= begin.len + end.len || s.len > 40)
        return 0;
    for (size_t i = begin.len; i < s.len - end.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9' || n > UINT64_MAX / 100)
            return 0;
        n = n * 10 + (uint64_t)(s.ptr[i] - '0');
    }
    return n;
}

static int look(struct folder *f) {
    int fd = openat(f->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = fd < 0 ? NULL : fdopendir(fd);
    const struct dirent *e;
    struct stat st;
    if (!d) {
        int r = -errno;
        if (fd >= 0)
            close(fd);
        return r;
    }
    while ((e = readdir(d)) != NULL) {
        uint64_t n = number_of(e->d_name);
        if (n == 0 || fstatat(f->dir, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
            continue;
        f->number = n > f->number ? n : f->number;
        f->bytes += (uint64_t)st.st_size;
    }
    closedir(d);
    return 0;
}

/* Whether a line of that length may be written. */
static int room(const struct folder *f, size_t len) {
    struct statvfs v;
    if (f->bytes + len > f->max_bytes)
        return -EDQUOT;
    if (fstatvfs(f->dir, &v) < 0)
        return -errno;
    return (uint64_t)v.f_bavail * v.f_frsize < f->spare_bytes + len ? -ENOSPC : 0;
}

int folder_open(struct folder *f, const char *path, uint64_t max_bytes, uint64_t spare_bytes) {
    *f = (struct folder){.dir = -1, .file = -1, .max_bytes = max_bytes, .spare_bytes = spare_bytes};
    if (mkdir(path, 0700) < 0 && errno != EEXIST)
        return -errno;
    f->dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (f->dir < 0)
        return -errno;
    int r = look(f);
    r = r < 0 ? r : room(f, 0);
    if (r == 0 && faccessat(f->dir, ".", W_OK | X_OK, AT_EACCESS) < 0)
        r = -errno;
    if (r < 0)
        folder_close(f);
    return r;
}

static void end_file(struct folder *f) {
    if (f->file < 0)
        return;
    (void)folder_sync(f);
    close(f->file);
    f->file = -1;
}

void folder_close(struct folder *f) {
    end_file(f);
    if (f->dir >= 0)
        close(f->dir);
    f->dir = -1;
}

/* Another process may record into the same directory: each takes names that do not exist. */
static int begin_file(struct folder *f) {
    char name[64];
    end_file(f);
    do {
        snprintf(name, sizeof name, FOLDER_BEGIN "%06llu" FOLDER_END, (unsigned long long)++f->number);
        f->file = openat(f->dir, name, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
    } while (f->file < 0 && errno == EEXIST);
    if (f->file < 0)
        return -errno;
    f->file_bytes = 0;
    return fsync(f->dir) < 0 ? -errno : 0;
}

/* Whether somebody has removed the file meanwhile: what is written to it would be lost. */
static bool is_removed(const struct folder *f) {
    struct stat st;
    return f->file >= 0 && fstat(f->file, &st) == 0 && st.st_nlink == 0;
}

int folder_append(struct folder *f, struct str line) {
    int r = room(f, line.len);
    if (r == 0 && is_removed(f))
        end_file(f);
    if (r == 0 && (f->file < 0 || f->file_bytes + line.len > FOLDER_FILE_MAX))
        r = begin_file(f);
    if (r < 0)
        return r;
    ssize_t n;
    do {
        n = write(f->file, line.ptr, line.len);
    } while (n < 0 && errno == EINTR);
    r = n < 0 ? -errno : (size_t)n < line.len ? -ENOSPC : 0;
    f->dirty = true;
    f->file_bytes += n > 0 ? (uint64_t)n : 0;
    f->bytes += n > 0 ? (uint64_t)n : 0;
    if (r < 0)
        end_file(f);
    return r;
}

int folder_sync(struct folder *f) {
    if (!f->dirty || f->file < 0)
        return 0;
    f->dirty = false;
    return fdatasync(f->file) < 0 ? -errno : 0;
}

const char *folder_reason(int error) {
    switch (-error) {
    case 0:
        return "they come faster than they can be written";
    case EDQUOT:
        return "the directory has the size of [server] record_max";
    case ENOENT:
        return "the directory was removed; a new start makes it again";
    case ENOSPC:
        return "the disk has no more free space than [store] free_min, which is left free";
    default:
        return strerror(-error);
    }
}
