/* SPDX-License-Identifier: Apache-2.0
 *
 * Kept files: beside the database, DIR/files/<last two hex digits of the id>/<16 hex digits>, mode 0600. A file appears
 * under its name only when it is whole and synced.
 */
#ifndef HIRED_STORE_FILES_FILES_H
#define HIRED_STORE_FILES_FILES_H

#include <limits.h>
#include <stdint.h>

#include "base/str.h"

/* Writes the path of a kept file. Returns 0 or -ENAMETOOLONG. */
int files_path(const char *dir, int64_t id, char ret[PATH_MAX]);

/* Opens a kept file for reading. Returns the descriptor and its size, or a negative errno (-ENOENT: not kept). */
int files_open(const char *dir, int64_t id, uint64_t *ret_size);

/* How much of the disk new files leave free, in bytes, so that the database beside them can still write; 0 at first.
 * For the whole process; any thread. */
void files_set_spare(uint64_t bytes);

/* Returns 0 if a file of that size leaves as much free, -ENOSPC if it does not, or another negative errno. */
int files_room(const char *dir, uint64_t bytes);

/* A file being written. */
struct files_draft {
    int fd;
    uint64_t unlooked;   /* bytes written since the free room was looked at */
    char path[PATH_MAX]; /* of the draft */
};

/* Begins a draft for id; one of the same id that a crash left behind is begun anew. Returns 0 or a negative errno; as
 * files_draft_write does, -ENOSPC when there is no room. */
int files_draft_begin(struct files_draft *d, const char *dir, int64_t id);
int files_draft_write(struct files_draft *d, struct str bytes);
/* Syncs it and gives it its name. -EEXIST: a file has that name already, and stays as it is. On failure the draft is
 * dropped. */
int files_draft_keep(struct files_draft *d, const char *dir, int64_t id);
/* The same, but takes the place of a file of that name: for a file that is made again because a crash came between its
 * name and the row that says that it is kept (a report that is fetched again). */
int files_draft_replace(struct files_draft *d, const char *dir, int64_t id);
void files_draft_drop(struct files_draft *d);

/* What there is on the disk, whether a record names it or not. */
enum files_kind {
    FILES_KEPT,
    FILES_DRAFT,
    FILES_FOREIGN, /* a name that is none of hired's, or no file */
};
struct files_entry {
    enum files_kind kind;
    int64_t id;        /* 0: foreign */
    int64_t changed_s; /* when its bytes were changed, in seconds since 1970 */
    char path[PATH_MAX];
};

/* Hands out every entry of one of the 256 folders, in no order; one that goes meanwhile may be left out. Returns 0, a
 * negative errno, or what fn returned if that was not 0. */
typedef int (*files_entry_fn)(void *ctx, const struct files_entry *e);
int files_walk(const char *dir, unsigned folder, files_entry_fn fn, void *ctx);

/* One file or draft as it is now. Returns 0 or a negative errno. */
int files_look(const char *dir, int64_t id, enum files_kind kind, struct files_entry *ret);

/* Removes drafts that nobody finishes any more; for a start, before anybody begins one. Returns how many, or < 0. */
int files_drop_drafts(const char *dir);

/* Removes a kept file; one that is not there is no error. */
int files_remove(const char *dir, int64_t id);
/* The same, so that it stays away whatever happens to the machine. */
int files_remove_synced(const char *dir, int64_t id);

#endif
