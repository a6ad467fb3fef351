/* SPDX-License-Identifier: Apache-2.0
 *
 * The two implementations of files.h, as tables of functions. Only the files below src/store include this.
 */
#ifndef HIRED_STORE_FILES_DRIVER_H
#define HIRED_STORE_FILES_DRIVER_H

#include "store/files/files.h"

struct files {
    const struct files_driver *driver;
};

/* The beginning of each implementation's draft. */
struct files_draft {
    struct files *files;
    struct files_name name;
};

struct files_driver {
    bool remote;
    void (*free)(struct files *f);
    int (*room)(const struct files *f, uint64_t bytes);
    int (*draft_begin)(struct files_draft **ret, struct files *f, struct files_name name);
    int (*draft_write)(struct files_draft *d, struct str bytes);
    int (*draft_keep)(struct files_draft *d, enum files_keep how);
    void (*draft_drop)(struct files_draft *d);
    int (*open)(struct files_reading *ret, struct files *f, struct files_name name);
    ssize_t (*read)(struct files_reading *r, uint64_t from, char *to, size_t most);
    int (*removal_begin)(struct files *f, struct files_removal *ret); /* NULL: nothing prevents a removal */
    int (*remove)(struct files *f, struct files_name name, bool durable);
    int (*walk)(struct files *f, unsigned part, files_entry_fn fn, void *ctx);
    int (*look)(struct files *f, const struct files_entry *e, struct files_entry *ret);
    int (*remove_entry)(struct files *f, const struct files_entry *e);
    int (*drop_drafts)(struct files *f); /* NULL: there is nothing to do */
};

/* local.c */
int local_files_new(struct files **ret, const struct db_options *o);

/* store/postgresql/kept.c */
int postgresql_files_new(struct files **ret, const struct db_options *o, struct str *ret_why);

#endif
