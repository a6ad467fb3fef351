/* SPDX-License-Identifier: Apache-2.0
 *
 * Passes calls to the implementation that the database has.
 */
#include "store/files/files.h"

#include <unistd.h>

#include "store/files/driver.h"

int files_new(struct files **ret, const struct db_options *o, struct str *ret_why) {
    return o->engine == DB_POSTGRESQL ? postgresql_files_new(ret, o, ret_why) : local_files_new(ret, o);
}

struct files *files_free(struct files *f) {
    if (f)
        f->driver->free(f);
    return NULL;
}

bool files_are_remote(const struct files *f) {
    return f->driver->remote;
}

int files_room(const struct files *f, uint64_t bytes) {
    return f->driver->room(f, bytes);
}

int files_draft_begin(struct files_draft **ret, struct files *f, struct files_name name) {
    return f->driver->draft_begin(ret, f, name);
}

int files_draft_write(struct files_draft *d, struct str bytes) {
    return d->files->driver->draft_write(d, bytes);
}

int files_draft_keep(struct files_draft *d, enum files_keep how) {
    return d->files->driver->draft_keep(d, how);
}

struct files_draft *files_draft_drop(struct files_draft *d) {
    if (d)
        d->files->driver->draft_drop(d);
    return NULL;
}

int files_open(struct files_reading *ret, struct files *f, struct files_name name) {
    *ret = (struct files_reading){.files = f, .fd = -1, .tenant = name.tenant};
    return f->driver->open(ret, f, name);
}

ssize_t files_read(struct files_reading *r, uint64_t from, char *to, size_t most) {
    return r->files->driver->read(r, from, to, most);
}

void files_close(struct files_reading *r) {
    if (r->fd >= 0)
        close(r->fd);
    r->fd = -1;
}

int files_removal_begin(struct files *f, struct files_removal *ret) {
    ret->fd = -1;
    return f->driver->removal_begin ? f->driver->removal_begin(f, ret) : 0;
}

void files_removal_end(struct files_removal *r) {
    if (r->fd >= 0)
        close(r->fd);
    r->fd = -1;
}

int files_remove(struct files *f, struct files_name name, bool durable) {
    return f->driver->remove(f, name, durable);
}

int files_walk(struct files *f, unsigned part, files_entry_fn fn, void *ctx) {
    return f->driver->walk(f, part, fn, ctx);
}

int files_look(struct files *f, const struct files_entry *e, struct files_entry *ret) {
    return f->driver->look(f, e, ret);
}

int files_remove_entry(struct files *f, const struct files_entry *e) {
    return f->driver->remove_entry(f, e);
}

int files_drop_drafts(struct files *f) {
    return f->driver->drop_drafts ? f->driver->drop_drafts(f) : 0;
}
