/* SPDX-License-Identifier: Apache-2.0
 *
 * The SQLite driver: reads the write-ahead log.
 */
#include "store/sqlite/wal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "store/sqlite/format.h"
#include "store/sqlite/pages.h"

struct wal {
    int fd;
    unsigned char header[WAL_HEADER];
    bool big_endian;
    size_t page_size;
    unsigned char *frame; /* header and page */
    uint32_t sum[2];      /* of all frames so far */
    uint32_t frames;      /* read so far */
    uint32_t last_commit; /* among all frames, also behind damage; 0: none since the damage */
};

static uint32_t word_at(const unsigned char *p, bool big_endian) {
    return big_endian ? four_at(p) : (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static void add_sum(uint32_t sum[2], const unsigned char *p, size_t n, bool big_endian) {
    for (size_t i = 0; i < n; i += 8) {
        sum[0] += word_at(p + i, big_endian) + sum[1];
        sum[1] += word_at(p + i + 4, big_endian) + sum[0];
    }
}

/* Returns 1, or 0 if the file ends before n bytes, or a negative errno. */
static int read_all(int fd, void *to, size_t n, off_t at) {
    for (size_t done = 0; done < n;) {
        ssize_t r = pread(fd, (char *)to + done, n - done, at + (off_t)done);
        if (r < 0 && errno == EINTR)
            continue;
        if (r <= 0)
            return r < 0 ? -errno : 0;
        done += (size_t)r;
    }
    return 1;
}

/* Returns 1, 0 if there is no log, or a negative errno. */
static int begin(struct wal *w, const char *db_path) {
    char path[PATH_MAX];
    int n = snprintf(path, sizeof(path), "%s-wal", db_path);
    if (n < 0 || n >= PATH_MAX)
        return -ENAMETOOLONG;
    w->fd = open(path, O_RDONLY | O_CLOEXEC); /* SQLite has no locks on this file, so it may be closed again */
    if (w->fd < 0)
        return errno == ENOENT ? 0 : -errno;
    int r = read_all(w->fd, w->header, sizeof(w->header), 0);
    if (r != 1)
        return r;
    w->page_size = four_at(w->header + 8);
    w->big_endian = four_at(w->header) & 1;
    add_sum(w->sum, w->header, 24, w->big_endian);
    if ((four_at(w->header) & ~1U) != WAL_MAGIC || w->sum[0] != four_at(w->header + 24) ||
        w->sum[1] != four_at(w->header + 28) || w->page_size < PAGE_MIN || w->page_size > PAGE_MAX)
        return 0; /* a crash while it was begun anew; nothing in it is committed */
    w->frame = mem_alloc(WAL_FRAME_HEADER + w->page_size);
    return 1;
}

/* Whether the frame is of this generation of the log and continues from the checksum of the frame before it. */
static bool continues(struct wal *w, const uint32_t before[2]) {
    uint32_t sum[2] = {before[0], before[1]};
    if (memcmp(w->frame + 8, w->header + 16, 8) != 0 || four_at(w->frame) == 0)
        return false;
    add_sum(sum, w->frame, 8, w->big_endian);
    add_sum(sum, w->frame + WAL_FRAME_HEADER, w->page_size, w->big_endian);
    return sum[0] == four_at(w->frame + 16) && sum[1] == four_at(w->frame + 20);
}

/* One frame. *intact: all frames up to the one before it could be read. */
static void take_frame(struct wal *w, bool *intact, wal_frame_fn fn, void *ctx, struct wal_scan *ret) {
    bool commit = four_at(w->frame + 4) != 0;
    bool good = continues(w, w->sum);
    w->frames++;
    w->sum[0] = four_at(w->frame + 16);
    w->sum[1] = four_at(w->frame + 20);
    if (*intact && good) {
        if (fn)
            fn(ctx, w->frames, four_at(w->frame));
        if (commit)
            ret->committed = w->frames;
        return;
    }
    if (*intact)
        ret->damaged = w->frames;
    *intact = false;
    /* A frame behind a commit that is itself behind the damage: the damaged transaction had been synced. */
    if (good && w->last_commit != 0)
        ret->lost = w->frames - ret->damaged;
    if (memcmp(w->frame + 8, w->header + 16, 8) == 0 && commit)
        w->last_commit = w->frames;
}

int wal_scan(const char *db_path, wal_frame_fn fn, void *ctx, struct wal_scan *ret) {
    struct wal w = {.fd = -1};
    bool intact = true;
    int r = begin(&w, db_path);

    *ret = (struct wal_scan){.salt = {four_at(w.header + 16), four_at(w.header + 20)}};
    if (r == 1)
        for (off_t at = WAL_HEADER;
             (r = read_all(w.fd, w.frame, WAL_FRAME_HEADER + w.page_size, at)) == 1 && w.frames < UINT32_MAX;
             at += (off_t)(WAL_FRAME_HEADER + w.page_size))
            take_frame(&w, &intact, fn, ctx, ret);
    if (ret->lost == 0)
        ret->damaged = 0;
    if (w.fd >= 0)
        close(w.fd);
    free(w.frame);
    return r < 0 ? r : 0;
}
