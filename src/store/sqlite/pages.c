/* SPDX-License-Identifier: Apache-2.0
 *
 * The SQLite driver: a VFS that changes pages on their way to the database's file. In WAL mode only checkpoints write
 * there. Everything else is the VFS below: reads stay mapped and are not checked (verify.c does that).
 */
#include "store/sqlite/pages.h"

#include <string.h>

/* A page that is not part of a b-tree begins with the number of another page. The highest byte of that number equals
 * the type byte of a b-tree page only in files of 0x02000000 pages or more. So files are not scrubbed from half that
 * size on: 64 GB with pages of 4 KB. */
#define SCRUBBED_PAGES_MAX 0x01000000

#define CONTROL_RESERVED 0x48697265 /* file control: the argument is an int, the reserved bytes of the new database */

/* Behind the file of the VFS below, which stays as it is except for its methods. */
struct page_file {
    sqlite3_io_methods methods; /* must be first: SQLite sees this */
    const sqlite3_io_methods *below;
    int reserved;         /* bytes at the end of each page; < 0: not known */
    sqlite3_int64 mapped; /* the file's size when its mapping was last removed; -1: never */
    bool early;           /* pages were written before the first one, without checksums */
};

static struct {
    sqlite3_vfs vfs;
    sqlite3_vfs *below;
    size_t offset; /* of struct page_file in a file */
} installed;

static struct page_file *page_file_of(sqlite3_file *file) {
    return (struct page_file *)(void *)((char *)file + installed.offset);
}

/* Reserved bytes as a header says; < 0 if it is not a header. */
static int reserved_in(const unsigned char *header) {
    return memcmp(header, "SQLite format 3", 16) == 0 ? header[HEADER_RESERVED] : -1;
}

static int read_reserved(const struct page_file *pf, sqlite3_file *file) {
    unsigned char header[FILE_HEADER];
    return pf->below->xRead(file, header, sizeof(header), 0) == SQLITE_OK ? reserved_in(header) : -1;
}

/* Adds the checksums of pages that were written before the file had a header. */
static int seal_early_pages(struct page_file *pf, sqlite3_file *file, size_t size) {
    unsigned char page[PAGE_MAX];
    sqlite3_int64 end;
    int r = pf->below->xFileSize(file, &end);
    for (sqlite3_int64 at = (sqlite3_int64)size; r == SQLITE_OK && at + (sqlite3_int64)size <= end;
         at += (sqlite3_int64)size) {
        uint32_t number = (uint32_t)(at / (sqlite3_int64)size) + 1;
        r = pf->below->xRead(file, page, (int)size, at);
        if (r != SQLITE_OK || page_intact(page, size, number))
            continue;
        page_seal(page, size, number);
        r = pf->below->xWrite(file, page, (int)size, at);
    }
    return r;
}

/* Decides before a page is written whether it gets a checksum. */
static int learn_reserved(struct page_file *pf, sqlite3_file *file, const unsigned char *page, size_t size, bool first,
                          bool *ret_sealed) {
    int r = SQLITE_OK;
    if (first)
        pf->reserved = reserved_in(page);
    else if (pf->reserved < 0)
        pf->reserved = read_reserved(pf, file);
    *ret_sealed = pf->reserved == CHECKSUM_BYTES;
    if (pf->reserved < 0)
        pf->early = true;
    if (first && pf->early) {
        r = *ret_sealed ? seal_early_pages(pf, file, size) : SQLITE_OK;
        pf->early = r != SQLITE_OK;
    }
    return r;
}

static int on_write(sqlite3_file *file, const void *bytes, int n, sqlite3_int64 at) {
    struct page_file *pf = page_file_of(file);
    unsigned char page[PAGE_MAX];
    size_t size = (size_t)n, from, to;
    sqlite3_int64 file_size;
    bool sealed, old;

    if (n < PAGE_MIN || n > PAGE_MAX || (n & (n - 1)) != 0 || at % n != 0)
        return pf->below->xWrite(file, bytes, n, at);
    int r = learn_reserved(pf, file, bytes, size, at == 0, &sealed);
    if (r != SQLITE_OK)
        return r;
    old = page_old_bytes(bytes, size, at == 0, &from, &to) && pf->below->xFileSize(file, &file_size) == SQLITE_OK &&
          file_size / n < SCRUBBED_PAGES_MAX;
    if (!old && !sealed)
        return pf->below->xWrite(file, bytes, n, at);
    memcpy(page, bytes, size);
    if (old)
        memset(page + from, 0, to - from);
    if (sealed)
        page_seal(page, size, (uint32_t)(at / n) + 1);
    return pf->below->xWrite(file, page, n, at);
}

static int on_control(sqlite3_file *file, int what, void *arg) {
    struct page_file *pf = page_file_of(file);
    if (what == CONTROL_RESERVED) {
        pf->reserved = *(const int *)arg;
        return SQLITE_OK;
    }
    if (what == SQLITE_FCNTL_CKPT_START) /* another connection may have rewritten the database */
        pf->reserved = -1;
    return pf->below->xFileControl(file, what, arg);
}

/* page NULL: another connection has changed the database, so SQLite wants to map it anew. That would cost a page fault
 * for each page that is read after every commit. On Linux a shared mapping shows what is written to the file, so it has
 * to be renewed only if the file's size has changed. */
static int on_unfetch(sqlite3_file *file, sqlite3_int64 at, void *page) {
    struct page_file *pf = page_file_of(file);
    sqlite3_int64 size;
    if (!page) {
        int r = pf->below->xFileSize(file, &size);
        if (r == SQLITE_OK && size == pf->mapped)
            return SQLITE_OK;
        pf->mapped = r == SQLITE_OK ? size : -1;
    }
    return pf->below->xUnfetch(file, at, page);
}

static int on_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret_flags) {
    int r = installed.below->xOpen(installed.below, name, file, flags, ret_flags);
    if (r != SQLITE_OK || !(flags & SQLITE_OPEN_MAIN_DB) || !file->pMethods)
        return r;
    struct page_file *pf = page_file_of(file);
    *pf = (struct page_file){.methods = *file->pMethods, .below = file->pMethods, .reserved = -1, .mapped = -1};
    pf->methods.xWrite = on_write;
    pf->methods.xFileControl = on_control;
    if (pf->methods.iVersion >= 3)
        pf->methods.xUnfetch = on_unfetch;
    file->pMethods = &pf->methods;
    return SQLITE_OK;
}

int pages_install(void) {
    installed.below = sqlite3_vfs_find(NULL);
    if (!installed.below)
        return SQLITE_ERROR;
    size_t align = _Alignof(struct page_file);
    installed.offset = ((size_t)installed.below->szOsFile + align - 1) / align * align;
    installed.vfs = *installed.below;
    installed.vfs.pNext = NULL;
    installed.vfs.zName = "hired";
    installed.vfs.szOsFile = (int)(installed.offset + sizeof(struct page_file));
    installed.vfs.xOpen = on_open;
    return sqlite3_vfs_register(&installed.vfs, 1);
}

static void tell_reserved(sqlite3 *handle, int reserved) {
    (void)sqlite3_file_control(handle, "main", CONTROL_RESERVED, &reserved);
}

int pages_reserve(sqlite3 *handle) {
    int reserved = CHECKSUM_BYTES;
    sqlite3_file *file = NULL;
    sqlite3_int64 size = -1;
    int r = sqlite3_file_control(handle, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserved);
    if (r == SQLITE_OK)
        r = sqlite3_file_control(handle, "main", SQLITE_FCNTL_FILE_POINTER, &file);
    if (r == SQLITE_OK && file && file->pMethods && file->pMethods->xFileSize(file, &size) == SQLITE_OK && size == 0)
        tell_reserved(handle, CHECKSUM_BYTES);
    return r;
}

void pages_copy_of(sqlite3 *handle, sqlite3 *from) {
    int reserved = -1; /* only asks */
    if (sqlite3_file_control(from, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserved) == SQLITE_OK)
        tell_reserved(handle, reserved);
}
