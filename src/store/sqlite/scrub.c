/* SPDX-License-Identifier: Apache-2.0
 *
 * The SQLite driver: keeps old bytes out of the database's file. With secure_delete SQLite overwrites what it frees.
 * But when it rebuilds a page (split, merge), copies of cells that were moved to other pages stay in the middle of
 * it, between the pointers at its head and the cells at its end, until that space is written again. SQLite never
 * reads that space, so this file fills it with zeros when the page is written from the log to the database.
 * (https://www.sqlite.org/fileformat2.html, "B-tree Pages")
 */
#include <string.h>

#include "store/sqlite/sqlite.h"

#define PAGE_MIN 512
#define PAGE_MAX 65536
#define FILE_HEADER 100 /* precedes the header of the first page */

/* A page that is not part of a b-tree begins with the number of another page. The highest byte of that number equals
 * the type byte of a b-tree page only in files of 0x02000000 pages or more. So files are not scrubbed from half that
 * size on: 256 GB with pages of 16 KB. */
#define PAGES_MAX 0x01000000

static unsigned two(const unsigned char *p) {
    return (unsigned)p[0] << 8 | p[1];
}

/* Finds the unused space of a page. Returns false if the page is not part of a b-tree, or has no such space. */
static bool find_room(const unsigned char *page, size_t size, bool first, size_t *ret_from, size_t *ret_to) {
    const unsigned char *head = page + (first ? FILE_HEADER : 0);
    bool leaf = head[0] == 10 || head[0] == 13, inner = head[0] == 2 || head[0] == 5;
    if (!leaf && !inner)
        return false;
    *ret_from = (size_t)(head - page) + (leaf ? 8 : 12) + 2 * (size_t)two(head + 3);
    *ret_to = two(head + 5) ? two(head + 5) : PAGE_MAX;
    return *ret_from < *ret_to && *ret_to <= size;
}

static bool is_clean(const unsigned char *p, size_t n) {
    return n == 0 || (p[0] == 0 && memcmp(p, p + 1, n - 1) == 0);
}

static int on_write(sqlite3_file *file, const void *bytes, int n, sqlite3_int64 at) {
    const struct scrub *s = (const struct scrub *)(const void *)file->pMethods;
    unsigned char clean[PAGE_MAX];
    size_t size = (size_t)n, from, to;
    sqlite3_int64 file_size;

    bool page = n >= PAGE_MIN && n <= PAGE_MAX && (n & (n - 1)) == 0 && at % n == 0;
    if (!page || !find_room(bytes, size, at == 0, &from, &to) ||
        is_clean((const unsigned char *)bytes + from, to - from) ||
        s->below->xFileSize(file, &file_size) != SQLITE_OK || file_size / n >= PAGES_MAX)
        return s->below->xWrite(file, bytes, n, at);
    memcpy(clean, bytes, size);
    memset(clean + from, 0, to - from);
    return s->below->xWrite(file, clean, n, at);
}

int scrub_install(struct db *db) {
    sqlite3_file *file = NULL;
    int r = sqlite3_file_control(sqlite_of(db)->handle, "main", SQLITE_FCNTL_FILE_POINTER, &file);
    if (r != SQLITE_OK || !file || !file->pMethods)
        return r != SQLITE_OK ? r : SQLITE_MISUSE;
    sqlite_of(db)->scrub.methods = *file->pMethods;
    sqlite_of(db)->scrub.below = file->pMethods;
    sqlite_of(db)->scrub.methods.xWrite = on_write;
    file->pMethods = &sqlite_of(db)->scrub.methods;
    return SQLITE_OK;
}
