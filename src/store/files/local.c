/* SPDX-License-Identifier: Apache-2.0
 *
 * Kept files in the directory of the database.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "store/files/directory.h"
#include "store/files/driver.h"

struct local_files {
    struct files base;
    const char *dir;
};

struct local_draft {
    struct files_draft base;
    struct directory_draft draft;
};

static const char *dir_of(const struct files *f) {
    return ((const struct local_files *)f)->dir;
}

static void free_local(struct files *f) {
    free(f);
}

static int room(const struct files *f, uint64_t bytes) {
    return directory_room(dir_of(f), bytes);
}

/* ---- drafts ---- */

static int draft_begin(struct files_draft **ret, struct files *f, struct files_name name) {
    struct local_draft *d = mem_alloc(sizeof *d);
    d->base = (struct files_draft){.files = f, .name = name};
    int r = directory_draft_begin(&d->draft, dir_of(f), name.id);
    if (r < 0)
        free(d);
    else
        *ret = &d->base;
    return r;
}

static int draft_write(struct files_draft *base, struct str bytes) {
    return directory_draft_write(&((struct local_draft *)base)->draft, bytes);
}

static int draft_keep(struct files_draft *base, enum files_keep how) {
    struct local_draft *d = (struct local_draft *)base;
    int r = how == FILES_NEW ? directory_draft_keep(&d->draft, dir_of(base->files), base->name.id)
                             : directory_draft_replace(&d->draft, dir_of(base->files), base->name.id);
    free(d);
    return r;
}

static void draft_drop(struct files_draft *base) {
    struct local_draft *d = (struct local_draft *)base;
    directory_draft_drop(&d->draft);
    free(d);
}

/* ---- reading ---- */

static int open_file(struct files_reading *ret, struct files *f, struct files_name name) {
    int fd = directory_open(dir_of(f), name.id, &ret->size);
    if (fd < 0)
        return fd;
    ret->fd = fd;
    return 0;
}

static ssize_t read_file(struct files_reading *r, uint64_t from, char *to, size_t most) {
    ssize_t n;
    do
        n = pread(r->fd, to, most, (off_t)from);
    while (n < 0 && errno == EINTR);
    return n < 0 ? -errno : n == 0 && from < r->size ? -EUCLEAN : n;
}

/* ---- removing ---- */

static int removal_begin(struct files *f, struct files_removal *ret) {
    int fd = directory_removal_begin(dir_of(f));
    ret->fd = fd;
    return fd < 0 ? fd : 0;
}

static int remove_file(struct files *f, struct files_name name, bool durable) {
    return durable ? directory_remove_synced(dir_of(f), name.id) : directory_remove(dir_of(f), name.id);
}

/* ---- what is there ---- */

static int walk(struct files *f, unsigned part, files_entry_fn fn, void *ctx) {
    return directory_walk(dir_of(f), part, fn, ctx);
}

static int look(struct files *f, const struct files_entry *e, struct files_entry *ret) {
    return directory_look(dir_of(f), e->id, e->kind, ret);
}

static int remove_entry(struct files *f, const struct files_entry *e) {
    return unlink(e->path) < 0 ? -errno : 0;
}

static int drop_drafts(struct files *f) {
    return directory_drop_drafts(dir_of(f));
}

static const struct files_driver driver = {
    .free = free_local,
    .room = room,
    .draft_begin = draft_begin,
    .draft_write = draft_write,
    .draft_keep = draft_keep,
    .draft_drop = draft_drop,
    .open = open_file,
    .read = read_file,
    .removal_begin = removal_begin,
    .remove = remove_file,
    .walk = walk,
    .look = look,
    .remove_entry = remove_entry,
    .drop_drafts = drop_drafts,
};

int local_files_new(struct files **ret, const struct db_options *o) {
    struct local_files *f = mem_alloc(sizeof *f);
    *f = (struct local_files){.base.driver = &driver, .dir = o->dir};
    *ret = &f->base;
    return 0;
}
