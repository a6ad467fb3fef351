/* SPDX-License-Identifier: Apache-2.0
 *
 * The SQLite driver: verifies the pages of the file and the log.
 */
#include "store/verify.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "store/sqlite/format.h"
#include "store/sqlite/sqlite.h"
#include "store/sqlite/wal.h"

#define PIECE ((size_t)256 << 10)
#define ROUNDS 6 /* readings of a page before it is reported */
#define ROUND_NS 20000000
#define FINDINGS_MAX 100
#define SAMPLE 16 /* first pages that show whether the database has checksums */
#define WAL_INDEX_REGION 32768
/* Offset in the log's index of the number of frames that are in the file for certain. */
#define WAL_INDEX_BACKFILLED 96
#define LOCK_BYTE INT64_C(0x40000000) /* its page is never used */

struct suspect {
    uint32_t page;
    uint32_t frame; /* of the log that has the page's content, not yet in the file for certain; 0: none */
};

struct verify {
    const struct verify_watch *watch;
    struct verify_result *result;
    char path[PATH_MAX];
    /* A connection of its own, not mapped: a read of a bad sector is an error and no signal. A second descriptor of
     * the file would lose this process's locks on it when it is closed. */
    sqlite3 *handle;
    sqlite3_file *file;
    const volatile char *log_index; /* NULL: there is none */
    size_t page_size, usable;
    uint32_t pages; /* as the file's header says */
    uint32_t backfilled;
    struct suspect *suspects; /* by page */
    size_t n_suspects, suspects_cap;
    unsigned findings;
    unsigned char *piece;
};

static void tell(struct verify *v, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void tell(struct verify *v, const char *format, ...) {
    char line[512];
    va_list args;
    if (v->findings++ >= FINDINGS_MAX)
        return;
    va_start(args, format);
    int n = vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    size_t len = n < 0 ? 0 : (size_t)n < sizeof(line) ? (size_t)n : sizeof(line) - 1;
    v->watch->finding(v->watch->ctx, (struct str){line, len});
}

static bool read_file(const struct verify *v, void *to, size_t n, int64_t at) {
    return v->file->pMethods->xRead(v->file, to, (int)n, at) == SQLITE_OK;
}

static int64_t offset_of(const struct verify *v, uint32_t page) {
    return (int64_t)(page - 1) * (int64_t)v->page_size;
}

static bool is_lock_page(const struct verify *v, uint32_t page) {
    return offset_of(v, page) == LOCK_BYTE / (int64_t)v->page_size * (int64_t)v->page_size;
}

/* Without checksums any page that can be read counts as intact. */
static bool is_intact(const struct verify *v, const unsigned char *bytes, uint32_t page) {
    return !v->result->checksums || is_lock_page(v, page) || page_intact(bytes, v->page_size, page);
}

static bool read_intact(void *ctx, uint32_t page, unsigned char *to) {
    const struct verify *v = ctx;
    return read_file(v, to, v->page_size, offset_of(v, page)) && is_intact(v, to, page);
}

/* ---- opening ---- */

/* Only where SQLite has mapped the index itself, since it takes the mapping away when it closes its log: so not for a
 * database without a write-ahead log, whose header says so. */
static void map_log_index(struct verify *v) {
    volatile void *at = NULL;
    unsigned char header[FILE_HEADER];
    if (v->file->pMethods->iVersion >= 2 && read_file(v, header, sizeof(header), 0) &&
        header[HEADER_READ_VERSION] == READ_VERSION_WAL &&
        v->file->pMethods->xShmMap(v->file, 0, WAL_INDEX_REGION, 0, &at) == SQLITE_OK)
        v->log_index = at;
}

/* A flipped bit in the header must not make all checksums be ignored, so the first pages decide. */
static bool has_checksums(struct verify *v, const unsigned char *header) {
    bool found = header[HEADER_RESERVED] == CHECKSUM_BYTES;
    for (uint32_t page = 1; page <= SAMPLE && page <= v->pages && !found; page++)
        found = read_file(v, v->piece, v->page_size, offset_of(v, page)) && page_intact(v->piece, v->page_size, page);
    return found;
}

static int read_header(struct verify *v) {
    unsigned char header[FILE_HEADER];
    sqlite3_int64 size;
    if (v->file->pMethods->xFileSize(v->file, &size) != SQLITE_OK)
        return -EIO;
    if (size == 0)
        return 0;
    if (!read_file(v, header, sizeof(header), 0))
        return size < FILE_HEADER ? -EUCLEAN : -EIO;
    v->page_size = (size_t)header[16] << 8 | header[17];
    v->page_size = v->page_size == 1 ? PAGE_MAX : v->page_size;
    if (memcmp(header, "SQLite format 3", 16) != 0 || v->page_size < PAGE_MIN ||
        (v->page_size & (v->page_size - 1)) != 0)
        return -EUCLEAN;
    v->pages = four_at(header + 28);
    v->result->page_size = (int64_t)v->page_size;
    v->usable = v->page_size - header[HEADER_RESERVED];
    v->result->checksums = has_checksums(v, header);
    if (v->result->checksums)
        v->usable = v->page_size - CHECKSUM_BYTES;
    return 0;
}

static int open_file(struct verify *v, const char *dir) {
    /* With "./" in front, SQLite does not read a directory named "file:..." as a URI. */
    int n = snprintf(v->path, sizeof(v->path), "%s%s/hired.db", dir[0] == '/' ? "" : "./", dir);
    if (n < 0 || n >= PATH_MAX)
        return -ENAMETOOLONG;
    sqlite_setup();
    int r = sqlite3_open_v2(v->path, &v->handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE,
                            NULL);
    if (r != SQLITE_OK)
        return sqlite3_system_errno(v->handle) == ENOENT ? -ENOENT : db_errno(r);
    sqlite3_busy_timeout(v->handle, 5000);
    bool readable = sqlite3_exec(v->handle, "SELECT COUNT(*) FROM sqlite_schema", NULL, NULL, NULL) == SQLITE_OK;
    r = sqlite3_file_control(v->handle, "main", SQLITE_FCNTL_FILE_POINTER, &v->file);
    if (r != SQLITE_OK || !v->file || !v->file->pMethods)
        return -EIO;
    if (readable)
        map_log_index(v);
    return read_header(v);
}

/* ---- pages that may be damaged ---- */

static void suspect(struct verify *v, uint32_t page) {
    if (v->n_suspects == v->suspects_cap) {
        v->suspects_cap = v->suspects_cap ? 2 * v->suspects_cap : 64;
        v->suspects = mem_grow(v->suspects, v->suspects_cap * sizeof(*v->suspects));
    }
    v->suspects[v->n_suspects++] = (struct suspect){.page = page};
}

static int by_page(const void *a, const void *b) {
    uint32_t x = ((const struct suspect *)a)->page, y = ((const struct suspect *)b)->page;
    return x < y ? -1 : x > y;
}

/* Called for each frame of the log. */
static void mark_in_log(void *ctx, uint32_t frame, uint32_t page) {
    struct verify *v = ctx;
    struct suspect key = {.page = page}, *s;
    if (frame <= v->backfilled || v->n_suspects == 0)
        return;
    s = bsearch(&key, v->suspects, v->n_suspects, sizeof(key), by_page);
    if (s && s->frame == 0)
        s->frame = frame;
}

/* Drops suspects that are intact now, or that readers take from the log: a checkpoint is writing them, or will. */
static int drop_intact(struct verify *v, struct wal_scan *ret_scan) {
    size_t kept = 0;
    v->backfilled = 0;
    if (v->log_index)
        memcpy(&v->backfilled, (const char *)v->log_index + WAL_INDEX_BACKFILLED, sizeof(v->backfilled));
    for (size_t i = 0; i < v->n_suspects; i++)
        v->suspects[i].frame = 0;
    int r = wal_scan(v->path, mark_in_log, v, ret_scan);
    for (size_t i = 0; i < v->n_suspects; i++) {
        const struct suspect *s = &v->suspects[i];
        bool in_log = s->frame != 0 && s->frame <= ret_scan->committed;
        if (!in_log && !read_intact(v, s->page, v->piece))
            v->suspects[kept++] = *s;
    }
    v->n_suspects = kept;
    return r;
}

/* Returns 0 or a negative errno; what remains is damaged. */
static int confirm(struct verify *v) {
    struct wal_scan scan, before;
    int r = drop_intact(v, &before);
    for (int round = 1; round < ROUNDS && r == 0 && (v->n_suspects > 0 || before.damaged != 0); round++) {
        nanosleep(&(struct timespec){.tv_nsec = ROUND_NS}, NULL);
        r = drop_intact(v, &scan);
        bool same = memcmp(scan.salt, before.salt, sizeof(scan.salt)) == 0 && scan.damaged == before.damaged;
        before = scan;
        before.damaged = same ? scan.damaged : 0;
    }
    v->result->log_damaged = r == 0 && before.damaged != 0;
    if (v->result->log_damaged)
        tell(v,
             "the log (hired.db-wal) is damaged in frame %u: the committed changes in its %u frames behind that cannot "
             "be read",
             before.damaged, before.lost);
    return r;
}

/* ---- reporting ---- */

static void tell_pages(struct verify *v, uint32_t from, uint32_t to, const char *owner) {
    char which[64];
    bool missing = !read_file(v, v->piece, v->page_size, offset_of(v, from));
    if (from == to)
        snprintf(which, sizeof(which), "page %u", from);
    else
        snprintf(which, sizeof(which), "pages %u to %u", from, to);
    tell(v, "%s of %u (%s): %s", which, v->pages, owner ? owner : "not known of which table",
         missing ? "cannot be read, or the file ends before"
                 : "differs from its checksum: it is damaged, or was changed by another program than hired");
}

/* Neighbours of the same table are one finding. */
static void tell_suspects(struct verify *v) {
    struct page_owners *owners = page_owners_new(v->handle, v->page_size, v->usable, v->pages, read_intact, v);
    for (size_t i = 0, next; i < v->n_suspects; i = next) {
        const char *owner = page_owner(owners, v->suspects[i].page);
        for (next = i + 1; next < v->n_suspects && v->suspects[next].page == v->suspects[next - 1].page + 1 &&
                           page_owner(owners, v->suspects[next].page) == owner;
             next++)
            ;
        tell_pages(v, v->suspects[i].page, v->suspects[next - 1].page, owner);
    }
    page_owners_free(owners);
}

/* ---- the walk ---- */

/* Pages that cannot be read together are read one at a time. */
static void verify_piece(struct verify *v, uint32_t first, uint32_t n) {
    bool whole = read_file(v, v->piece, n * v->page_size, offset_of(v, first));
    for (uint32_t i = 0; i < n; i++) {
        unsigned char *page = v->piece + (whole ? i * v->page_size : 0);
        bool there = whole || read_file(v, page, v->page_size, offset_of(v, first + i));
        if (!there || !is_intact(v, page, first + i))
            suspect(v, first + i);
    }
    v->result->pages += n;
}

static int walk(struct verify *v) {
    uint32_t in_piece = (uint32_t)(PIECE / v->page_size);
    for (uint32_t first = 1; first <= v->pages && first != 0; first += in_piece) {
        uint32_t n = v->pages - first + 1 < in_piece ? v->pages - first + 1 : in_piece;
        verify_piece(v, first, n);
        int r = v->watch->pace ? v->watch->pace(v->watch->ctx, n * v->page_size) : 0;
        if (r != 0)
            return r;
    }
    return 0;
}

int verify_pages(const char *dir, const struct verify_watch *w, struct verify_result *ret) {
    struct verify v = {.watch = w, .result = ret, .piece = mem_alloc(PIECE)};
    *ret = (struct verify_result){0};
    int r = open_file(&v, dir);
    if (r == 0 && v.page_size > 0)
        r = walk(&v);
    if (r == 0 && v.page_size > 0) {
        r = confirm(&v);
        ret->damaged = (int64_t)v.n_suspects;
        if (v.n_suspects > 0)
            tell_suspects(&v);
    }
    sqlite3_close(v.handle);
    free(v.suspects);
    free(v.piece);
    return r;
}

int verify_log(const char *dir, uint32_t *ret_damaged, uint32_t *ret_lost) {
    char path[PATH_MAX];
    struct wal_scan scan;
    int n = snprintf(path, sizeof(path), "%s/hired.db", dir);
    int r = n < 0 || n >= PATH_MAX ? -ENAMETOOLONG : wal_scan(path, NULL, NULL, &scan);
    *ret_damaged = r == 0 ? scan.damaged : 0;
    *ret_lost = r == 0 ? scan.lost : 0;
    return r;
}
