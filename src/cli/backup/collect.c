/* SPDX-License-Identifier: Apache-2.0
 *
 * Brings kept files into another data directory.
 */
#include "cli/backup/collect.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/dir.h"
#include "cli/kept.h"
#include "store/files/directory.h"

#define SYNC_EVERY (8 << 20) /* bytes of a file between two write-backs, so that syncs of others need not wait */

static int refuse(struct collect *c, int error, const char *path, const char *what) {
    snprintf(c->why, sizeof(c->why), "%.400s %s", path, what);
    return error;
}

static int refuse_errno(struct collect *c, int error, const char *path) {
    snprintf(c->why, sizeof(c->why), "cannot copy %.400s: %s", path, strerror(-error));
    return error;
}

/* ---- one file ---- */

/* Returns 1 if the file was linked, 0 if it has to be copied. */
static int link_from(const char *dir, int64_t id, int64_t size, const char *to) {
    char path[PATH_MAX];
    struct stat st;

    if (!dir || directory_path(dir, id, path) < 0 || lstat(path, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size != size)
        return 0;
    return link(path, to) == 0;
}

struct piece {
    struct collect *c;
    int fd;
    int64_t since_sync;
};

static int write_piece(void *ctx, struct str bytes) {
    struct piece *p = ctx;
    size_t n = bytes.len;

    while (bytes.len > 0) {
        ssize_t done = write(p->fd, bytes.ptr, bytes.len);
        if (done < 0 && errno != EINTR)
            return -errno;
        if (done > 0)
            bytes = str_skip(bytes, (size_t)done);
    }
    p->since_sync += (int64_t)n;
    if (p->since_sync >= SYNC_EVERY) {
        (void)sync_file_range(p->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
        p->since_sync = 0;
    }
    pace_moved(&p->c->pace, n);
    return 0;
}

/* Writes a draft beside the name, so that an interrupted copy is never taken for the file. */
static int copy_bytes(struct collect *c, const char *from, const char *to, int64_t size, struct str sha256) {
    char draft[PATH_MAX + 8], hex[KEPT_HEX];
    struct piece p = {.c = c};
    int64_t done = 0;
    int r;

    snprintf(draft, sizeof(draft), "%s.draft", to);
    p.fd = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (p.fd < 0)
        return -errno;
    r = kept_digest(from, write_piece, &p, &done, hex);
    if (r == 0 && (done != size || !str_eq(str_of(hex), sha256)))
        r = -EUCLEAN;
    if (r == 0 && fdatasync(p.fd) < 0)
        r = -errno;
    close(p.fd);
    if (r == 0 && rename(draft, to) < 0)
        r = -errno;
    if (r < 0)
        unlink(draft);
    return r;
}

int collect_file(struct collect *c, int64_t id, int64_t size, struct str sha256) {
    char from[PATH_MAX], to[PATH_MAX];
    struct stat st;
    int r = directory_path(c->from, id, from);

    if (r == 0)
        r = directory_path(c->to, id, to);
    if (r == 0 && lstat(to, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == size)
        return 0;
    if (r == 0 && lstat(from, &st) < 0)
        return errno == ENOENT ? refuse(c, -ENOENT, from, "is missing") : refuse_errno(c, -errno, from);
    if (r == 0 && st.st_size != size)
        return refuse(c, -EUCLEAN, from, "differs from the file that was stored");
    if (r == 0)
        r = directory_make_folder(c->to, id);
    if (r < 0)
        return refuse_errno(c, r, from);
    bool linked = !c->copies && (link_from(c->from, id, size, to) || link_from(c->previous, id, size, to));
    if (!linked)
        r = copy_bytes(c, from, to, size, sha256);
    if (r == -EUCLEAN)
        return refuse(c, r, from, "differs from the file that was stored");
    if (r < 0)
        return refuse_errno(c, r, from);
    c->folders[id & 0xff] = true;
    c->files++;
    c->bytes += size;
    *(linked ? &c->linked : &c->copied) += 1;
    if (c->progress)
        c->progress(c->ctx, c->files);
    return 0;
}

/* ---- all files ---- */

int collect_sync(struct collect *c) {
    char path[PATH_MAX];
    bool any = false;
    int r = 0;

    for (unsigned i = 0; i < 256 && r == 0; i++) {
        if (!c->folders[i])
            continue;
        any = true;
        snprintf(path, sizeof(path), "%s/files/%02x", c->to, i);
        r = dir_sync(path);
    }
    snprintf(path, sizeof(path), "%s/files", c->to);
    return r == 0 && any ? dir_sync(path) : r;
}
