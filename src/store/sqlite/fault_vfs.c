/* SPDX-License-Identifier: Apache-2.0
 *
 * A disk that fails, for tests (fault_vfs.h).
 */
#include "store/sqlite/fault_vfs.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"

#define FILES_MAX 16
#define SECTOR 4096 /* a lost write may be lost in part, sector by sector */

/* A write that was not synced. */
struct pending {
    struct pending *next;
    bool truncate;
    size_t offset, len;
    char bytes[];
};

/* The content of one file on the simulated disk. */
struct disk_file {
    char path[4200];
    struct buf synced;
    struct pending *first, **last;
};

struct fault_file {
    sqlite3_file base;
    struct disk_file *disk; /* NULL: a temporary file, which is not recorded */
    sqlite3_file real[];
};

static struct {
    sqlite3_vfs vfs;
    sqlite3_io_methods methods;
    sqlite3_vfs *real;
    struct disk_file *files[FILES_MAX];

    enum fault_kind kind;
    unsigned nth, count;
    bool lasting, struck, dark;
} disk;

static sqlite3_file *real_of(sqlite3_file *file) {
    return ((struct fault_file *)file)->real;
}

/* ---- what the disk remembers ---- */

static struct disk_file *disk_find(const char *path, bool make) {
    for (int i = 0; i < FILES_MAX; i++) {
        struct disk_file *d = disk.files[i];
        if (d && strcmp(d->path, path) == 0)
            return d;
        if (!d && make) {
            d = disk.files[i] = mem_alloc(sizeof(*d));
            snprintf(d->path, sizeof(d->path), "%s", path);
            d->last = &d->first;
            return d;
        }
    }
    return NULL;
}

static void pending_apply(struct buf *b, const struct pending *p) {
    size_t end = p->offset + p->len;
    if (p->truncate) {
        b->len = p->offset < b->len ? p->offset : b->len;
        return;
    }
    if (b->len < end) {
        buf_reserve(b, end - b->len);
        memset(b->ptr + b->len, 0, end - b->len);
        b->len = end;
    }
    memcpy(b->ptr + p->offset, p->bytes, p->len);
}

static void pending_add(struct disk_file *d, bool truncate, size_t offset, const void *bytes, size_t len) {
    if (!d)
        return;
    struct pending *p = mem_alloc(sizeof(*p) + len);
    *p = (struct pending){.truncate = truncate, .offset = offset, .len = len};
    if (len)
        memcpy(p->bytes, bytes, len);
    *d->last = p;
    d->last = &p->next;
}

static void disk_settle(struct disk_file *d, bool keep) {
    for (struct pending *p = d->first, *next; p; p = next) {
        next = p->next;
        if (keep)
            pending_apply(&d->synced, p);
        free(p);
    }
    d->first = NULL;
    d->last = &d->first;
}

static void disk_forget(const char *path) {
    for (int i = 0; i < FILES_MAX; i++) {
        struct disk_file *d = disk.files[i];
        if (!d || (path && strcmp(d->path, path) != 0))
            continue;
        disk_settle(d, false);
        buf_free(&d->synced);
        free(d);
        disk.files[i] = NULL;
    }
}

/* ---- faults ---- */

static bool strikes(enum fault_kind a, enum fault_kind b, enum fault_kind c) {
    if (disk.kind == FAULT_NONE || (disk.kind != a && disk.kind != b && disk.kind != c))
        return false;
    disk.count++;
    if (disk.count != disk.nth && !(disk.lasting && disk.count > disk.nth))
        return false;
    disk.struck = true;
    return true;
}

static int fault_write(sqlite3_file *file, const void *bytes, int len, sqlite3_int64 offset) {
    struct fault_file *f = (struct fault_file *)file;
    if (f->disk && strikes(FAULT_POWER_AT_WRITE, FAULT_POWER_AT_WRITE, FAULT_POWER_AT_WRITE))
        disk.dark = true;
    if (disk.dark)
        return SQLITE_IOERR_WRITE;
    if (f->disk && strikes(FAULT_WRITE_FULL, FAULT_WRITE_ERROR, FAULT_WRITE_TORN)) {
        if (disk.kind == FAULT_WRITE_FULL)
            return SQLITE_FULL;
        if (disk.kind == FAULT_WRITE_TORN && len > 1)
            (void)real_of(file)->pMethods->xWrite(real_of(file), bytes, len / 2, offset);
        return SQLITE_IOERR_WRITE;
    }
    int r = real_of(file)->pMethods->xWrite(real_of(file), bytes, len, offset);
    if (r == SQLITE_OK)
        pending_add(f->disk, false, (size_t)offset, bytes, (size_t)len);
    return r;
}

static int fault_truncate(sqlite3_file *file, sqlite3_int64 size) {
    if (disk.dark)
        return SQLITE_IOERR_TRUNCATE;
    int r = real_of(file)->pMethods->xTruncate(real_of(file), size);
    if (r == SQLITE_OK)
        pending_add(((struct fault_file *)file)->disk, true, (size_t)size, NULL, 0);
    return r;
}

static int fault_sync(sqlite3_file *file, int flags) {
    struct fault_file *f = (struct fault_file *)file;
    if (f->disk && strikes(FAULT_POWER_AT_SYNC, FAULT_POWER_AT_SYNC, FAULT_POWER_AT_SYNC))
        disk.dark = true;
    if (disk.dark || (f->disk && strikes(FAULT_SYNC, FAULT_SYNC, FAULT_SYNC)))
        return SQLITE_IOERR_FSYNC;
    if (f->disk)
        disk_settle(f->disk, true);
    return SQLITE_OK; /* the real disk is not used */
}

/* ---- all else goes through ---- */

static int fault_close(sqlite3_file *file) {
    return real_of(file)->pMethods->xClose(real_of(file));
}

static int fault_read(sqlite3_file *file, void *bytes, int len, sqlite3_int64 offset) {
    return real_of(file)->pMethods->xRead(real_of(file), bytes, len, offset);
}

static int fault_size(sqlite3_file *file, sqlite3_int64 *ret) {
    return real_of(file)->pMethods->xFileSize(real_of(file), ret);
}

static int fault_lock(sqlite3_file *file, int level) {
    return real_of(file)->pMethods->xLock(real_of(file), level);
}

static int fault_unlock(sqlite3_file *file, int level) {
    return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int fault_reserved(sqlite3_file *file, int *ret) {
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), ret);
}

static int fault_control(sqlite3_file *file, int op, void *arg) {
    return real_of(file)->pMethods->xFileControl(real_of(file), op, arg);
}

static int fault_sector(sqlite3_file *file) {
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}

/* Reports no guarantees about the order of writes, so that SQLite relies on syncs alone. */
static int fault_traits(sqlite3_file *file) {
    return 0;
}

static int fault_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **ret) {
    return real_of(file)->pMethods->xShmMap(real_of(file), page, size, extend, ret);
}

static int fault_shm_lock(sqlite3_file *file, int offset, int n, int flags) {
    return real_of(file)->pMethods->xShmLock(real_of(file), offset, n, flags);
}

static void fault_shm_barrier(sqlite3_file *file) {
    real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static int fault_shm_unmap(sqlite3_file *file, int delete) {
    return real_of(file)->pMethods->xShmUnmap(real_of(file), delete);
}

static int fault_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret_flags) {
    struct fault_file *f = (struct fault_file *)file;
    *f = (struct fault_file){0};
    int r = disk.real->xOpen(disk.real, name, f->real, flags, ret_flags);
    if (r != SQLITE_OK)
        return r;
    f->base.pMethods = &disk.methods;
    if (name && flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL))
        f->disk = disk_find(name, true);
    return SQLITE_OK;
}

static int fault_delete(sqlite3_vfs *vfs, const char *name, int sync) {
    if (disk.dark)
        return SQLITE_IOERR_DELETE;
    int r = disk.real->xDelete(disk.real, name, sync);
    if (r == SQLITE_OK)
        disk_forget(name);
    return r;
}

/* ---- for the tests ---- */

void fault_install(void) {
    disk.real = sqlite3_vfs_find(NULL);
    disk.vfs = *disk.real;
    disk.vfs.szOsFile = (int)sizeof(struct fault_file) + disk.real->szOsFile;
    disk.vfs.zName = "fault";
    disk.vfs.pNext = NULL;
    disk.vfs.xOpen = fault_open;
    disk.vfs.xDelete = fault_delete;
    disk.methods = (sqlite3_io_methods){
        .iVersion = 2,
        .xClose = fault_close,
        .xRead = fault_read,
        .xWrite = fault_write,
        .xTruncate = fault_truncate,
        .xSync = fault_sync,
        .xFileSize = fault_size,
        .xLock = fault_lock,
        .xUnlock = fault_unlock,
        .xCheckReservedLock = fault_reserved,
        .xFileControl = fault_control,
        .xSectorSize = fault_sector,
        .xDeviceCharacteristics = fault_traits,
        .xShmMap = fault_shm_map,
        .xShmLock = fault_shm_lock,
        .xShmBarrier = fault_shm_barrier,
        .xShmUnmap = fault_shm_unmap,
    };
    sqlite3_vfs_register(&disk.vfs, 1);
}

void fault_arm(enum fault_kind kind, unsigned nth, bool lasting) {
    disk.kind = kind;
    disk.nth = nth;
    disk.count = 0;
    disk.lasting = lasting;
    disk.struck = disk.dark = false;
}

bool fault_disarm(void) {
    disk.kind = FAULT_NONE;
    disk.dark = false;
    return disk.struck;
}

/* Applies some of the writes that were not synced, sector by sector. */
static void apply_mixed(struct buf *b, const struct pending *p, unsigned *seed) {
    if (p->truncate || p->len <= SECTOR) {
        if (rand_r(seed) % 2)
            pending_apply(b, p);
        return;
    }
    for (size_t at = 0; at < p->len; at += SECTOR) {
        size_t len = p->len - at < SECTOR ? p->len - at : SECTOR;
        struct pending *part = mem_alloc(sizeof(*part) + len);
        *part = (struct pending){.offset = p->offset + at, .len = len};
        memcpy(part->bytes, p->bytes + at, len);
        if (rand_r(seed) % 4)
            pending_apply(b, part);
        free(part);
    }
}

void fault_image_write(const char *dir, const char *to, enum fault_image image, unsigned seed) {
    for (int i = 0; i < FILES_MAX; i++) {
        struct disk_file *d = disk.files[i];
        if (!d || strncmp(d->path, dir, strlen(dir)) != 0)
            continue;
        struct buf b BUF_CLEANUP = BUF_EMPTY;
        buf_add(&b, d->synced.ptr, d->synced.len);
        for (struct pending *p = d->first; p && image != IMAGE_SYNCED; p = p->next) {
            if (image == IMAGE_WRITTEN)
                pending_apply(&b, p);
            else
                apply_mixed(&b, p, &seed);
        }
        char path[8400];
        snprintf(path, sizeof(path), "%s%s", to, d->path + strlen(dir));
        int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        if (fd < 0 || (b.len && write(fd, b.ptr, b.len) != (ssize_t)b.len))
            abort();
        close(fd);
    }
}

void fault_forget(void) {
    disk_forget(NULL);
}
