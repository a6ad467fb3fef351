/* SPDX-License-Identifier: Apache-2.0
 *
 * Copies the write-ahead log. An image is one generation of the log, from its header to its last commit; it ends when
 * SQLite begins the log anew, which the archive permits only when it has all of it (archive.c).
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/dir.h"
#include "store/archive/internal.h"
#include "store/files/directory.h"
#include "store/sqlite/format.h"
#include "store/sqlite/wal.h"

#define SEGMENT_BYTES (INT64_C(64) << 20) /* the next image goes to a new segment after this size */
#define PIECE (1 << 20)

/* ---- segments ---- */

void line_close(struct line *l) {
    if (l->log >= 0)
        close(l->log);
    if (l->index >= 0)
        close(l->index);
    if (l->wal >= 0)
        close(l->wal);
    l->log = l->index = l->wal = -1;
}

static int open_segment(struct line *l, int64_t segment, int flags) {
    char log[PATH_MAX], index[PATH_MAX];
    int r = archive_log_path(l->path, segment, "wal", log);

    if (r == 0)
        r = archive_log_path(l->path, segment, "idx", index);
    if (r < 0)
        return r;
    if (l->log >= 0)
        close(l->log);
    if (l->index >= 0)
        close(l->index);
    l->index = -1;
    l->log = open(log, O_RDWR | O_CLOEXEC | flags, 0600);
    if (l->log < 0)
        return -errno;
    l->index = open(index, O_RDWR | O_APPEND | O_CLOEXEC | flags, 0600);
    if (l->index < 0)
        return -errno;
    l->segment = segment;
    l->size = 0;
    return dir_sync(l->path);
}

static int open_wal(struct archive *ar) {
    char path[PATH_MAX];

    if (ar->line.wal >= 0)
        return 0;
    if (snprintf(path, sizeof(path), "%s/hired.db-wal", ar->o.db->dir) >= (int)sizeof(path))
        return -ENAMETOOLONG;
    ar->line.wal = open(path, O_RDONLY | O_CLOEXEC);
    return ar->line.wal < 0 ? -errno : 0;
}

/* ---- copying ---- */

static int write_all(int fd, const void *bytes, size_t n, int64_t at) {
    for (size_t done = 0; done < n;) {
        ssize_t w = pwrite(fd, (const char *)bytes + done, n - done, at + (int64_t)done);
        if (w < 0 && errno != EINTR)
            return -errno;
        done += w > 0 ? (size_t)w : 0;
    }
    return 0;
}

/* Copies the image's bytes up to `to`. */
static int copy_log(struct line *l, int64_t to) {
    static _Thread_local char piece[PIECE];

    while (l->copied < to) {
        size_t n = to - l->copied < PIECE ? (size_t)(to - l->copied) : PIECE;
        ssize_t got = pread(l->wal, piece, n, l->copied);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got < 0 ? -errno : -EUCLEAN; /* the log is shorter than what was committed */
        int r = write_all(l->log, piece, (size_t)got, l->start + l->copied);
        if (r < 0)
            return r;
        l->copied += got;
    }
    l->size = l->start + l->copied;
    return 0;
}

/* The log was begun anew: its image follows the last one. */
static int next_image(struct archive *ar, const unsigned char *header) {
    struct line *l = &ar->line;
    int r = l->size >= SEGMENT_BYTES ? open_segment(l, l->segment + 1, O_CREAT | O_EXCL) : 0;

    if (r < 0)
        return r;
    l->start = l->size;
    l->copied = 0;
    memcpy(l->header, header, WAL_HEADER);
    pthread_mutex_lock(&ar->lock);
    ar->segment = l->segment;
    ar->start = l->start;
    pthread_mutex_unlock(&ar->lock);
    return 0;
}

static int write_index(struct archive *ar, const struct mark *marks, unsigned n) {
    struct line *l = &ar->line;
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    int64_t frame = wal_frame_bytes(l->header);

    for (unsigned i = 0; i < n; i++) {
        int64_t end = l->start + WAL_HEADER + marks[i].pages * frame;
        buf_printf(&out, "%" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 "\n", marks[i].first_ms, marks[i].last_ms,
                   l->start, end);
    }
    for (size_t done = 0; done < out.len;) {
        ssize_t w = write(l->index, out.ptr + done, out.len - done);
        if (w < 0 && errno != EINTR)
            return -errno;
        done += w > 0 ? (size_t)w : 0;
    }
    return fdatasync(l->index) < 0 ? -errno : 0;
}

static int append_marks(struct archive *ar, const struct mark *marks, unsigned n) {
    struct line *l = &ar->line;
    unsigned char header[WAL_HEADER];
    int r = open_wal(ar);

    if (r < 0)
        return r;
    if (pread(l->wal, header, WAL_HEADER, 0) != WAL_HEADER || (four_at(header) & ~1U) != WAL_MAGIC)
        return -EUCLEAN;
    if (memcmp(header, l->header, WAL_HEADER) != 0 && (r = next_image(ar, header)) < 0)
        return r;
    int64_t before = l->copied, to = WAL_HEADER + marks[n - 1].pages * wal_frame_bytes(header);
    r = directory_room(ar->o.dir, (uint64_t)(to > before ? to - before : 0));
    if (r == 0)
        r = copy_log(l, to);
    if (r == 0 && fdatasync(l->log) < 0)
        r = -errno;
    if (r == 0)
        r = write_index(ar, marks, n);
    if (r < 0)
        return r;
    l->bytes += l->copied - before;
    atomic_fetch_add(&ar->bytes, (uint64_t)(l->copied - before));
    atomic_store(&ar->last_ms, marks[n - 1].last_ms);
    return 0;
}

/* Files come before the commits that name them. */
static int append_files(struct archive *ar) {
    int64_t ids[ARCHIVE_NEW_FILES];
    int r = 0;

    pthread_mutex_lock(&ar->lock);
    unsigned n = ar->n_new_files;
    bool lost = ar->files_lost;
    memcpy(ids, ar->new_files, n * sizeof(*ids));
    ar->n_new_files = 0;
    ar->files_lost = false;
    pthread_mutex_unlock(&ar->lock);
    for (unsigned i = 0; i < n && r == 0; i++)
        r = keep_file(ar, ids[i]);
    return r == 0 && lost ? keep_all(ar) : r;
}

int line_append(struct archive *ar) {
    static _Thread_local struct mark marks[ARCHIVE_MARKS];

    pthread_mutex_lock(&ar->lock);
    unsigned n = ar->n_marks;
    uint64_t committed = ar->committed;
    memcpy(marks, ar->marks, n * sizeof(*marks));
    ar->n_marks = 0;
    pthread_mutex_unlock(&ar->lock);
    int r = append_files(ar);
    if (r == 0 && n > 0)
        r = append_marks(ar, marks, n);
    if (r < 0)
        return r;
    pthread_mutex_lock(&ar->lock);
    ar->archived = committed;
    pthread_mutex_unlock(&ar->lock);
    return 0;
}

/* ---- beginning and continuing ---- */

/* At the start of the server: what the log has now was committed between since_ms and now. */
static int mark_present(struct archive *ar, int64_t since_ms) {
    char path[PATH_MAX];
    struct wal_scan scan = {0};
    int r = snprintf(path, sizeof(path), "%s/hired.db", ar->o.db->dir) >= (int)sizeof(path)
                ? -ENAMETOOLONG
                : wal_scan(path, NULL, NULL, &scan);

    if (r < 0)
        return r;
    pthread_mutex_lock(&ar->lock);
    int64_t now = clock_now_ms();
    ar->n_marks = 0;
    if (scan.committed > 0)
        ar->marks[ar->n_marks++] = (struct mark){since_ms < now ? since_ms : now, now, scan.committed};
    pthread_mutex_unlock(&ar->lock);
    return 0;
}

int line_begin(struct archive *ar) {
    struct line *l = &ar->line;
    int64_t now = clock_now_ms();
    int r = -EEXIST;

    line_close(l);
    *l = (struct line){.log = -1, .index = -1, .wal = -1};
    for (int i = 0; i < 1000 && r == -EEXIST; i++) {
        if (snprintf(l->path, sizeof(l->path), "%s/line-%lld", ar->o.dir, (long long)now + i) >= (int)sizeof(l->path))
            return -ENAMETOOLONG;
        r = mkdir(l->path, 0700) < 0 ? -errno : 0;
    }
    if (r == 0)
        r = dir_sync(ar->o.dir);
    if (r == 0)
        r = open_segment(l, 1, O_CREAT | O_EXCL);
    if (r < 0)
        return r;
    pthread_mutex_lock(&ar->lock);
    bool starting = ar->state == ARCHIVE_STARTING;
    ar->segment = 1;
    ar->start = 0;
    /* Of a running server only what is committed from now on is needed: the base is made later. */
    ar->n_marks = 0;
    ar->archived = ar->committed;
    ar->state = ARCHIVE_RUNNING;
    pthread_mutex_unlock(&ar->lock);
    if (starting)
        r = mark_present(ar, INT64_MAX);
    return r == 0 ? line_append(ar) : r;
}

/* Cuts off what a crash left behind the last entry, also an incomplete line of the index. */
static int cut_tail(struct line *l, int64_t end) {
    char bytes[4096];
    struct stat st;

    if (ftruncate(l->log, end) < 0 || fstat(l->index, &st) < 0)
        return -errno;
    int64_t from = st.st_size > (int64_t)sizeof(bytes) ? st.st_size - (int64_t)sizeof(bytes) : 0;
    ssize_t n = pread(l->index, bytes, sizeof(bytes), from);
    if (n < 0)
        return -errno;
    while (n > 0 && bytes[n - 1] != '\n')
        n--;
    return ftruncate(l->index, from + n) < 0 ? -errno : 0;
}

int line_continue(struct archive *ar) {
    struct line *l = &ar->line;
    struct archive_entry last = {0};
    unsigned char header[WAL_HEADER] = {0};
    int64_t segment = 0;
    struct stat st;
    int r = archive_last_entry(ar->found, &segment, &last);

    if (r <= 0)
        return r < 0 ? r : -ESTALE;
    line_close(l);
    *l = (struct line){.log = -1, .index = -1, .wal = -1};
    snprintf(l->path, sizeof(l->path), "%s", ar->found);
    r = open_segment(l, segment, 0);
    if (r == 0 && (fstat(l->log, &st) < 0 || st.st_size < last.end))
        r = -ESTALE;
    if (r == 0)
        r = cut_tail(l, last.end);
    if (r < 0)
        return r;
    l->start = last.start;
    l->copied = last.end - last.start;
    l->size = last.end;
    if (pread(l->log, l->header, WAL_HEADER, last.start) != WAL_HEADER)
        return -ESTALE;
    /* After a kill the log is still the one that was being copied; after a clean stop all of it is in the database. */
    bool same = open_wal(ar) == 0 && pread(l->wal, header, WAL_HEADER, 0) == WAL_HEADER &&
                memcmp(header, l->header, WAL_HEADER) == 0;
    if (!same && !ar->clean)
        return -ESTALE;
    pthread_mutex_lock(&ar->lock);
    ar->segment = l->segment;
    ar->start = l->start;
    pthread_mutex_unlock(&ar->lock);
    atomic_store(&ar->last_ms, last.last_ms);
    /* Commits that a kill kept from being copied ended right after the last entry. */
    r = mark_present(ar, same ? last.last_ms + 1 : INT64_MAX);
    return r == 0 ? line_append(ar) : r;
}
