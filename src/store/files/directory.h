/* SPDX-License-Identifier: Apache-2.0
 *
 * Kept files in a directory: DIR/files/<last two hex digits of the id>/<16 hex digits>, with mode
 * 0600. A file gets its name only when it is complete and synced. Whatever needs only some place of kept files uses
 * files.h; this is for what works on directories: backups, the archive, the demo.
 */
#ifndef HIRED_STORE_FILES_DIRECTORY_H
#define HIRED_STORE_FILES_DIRECTORY_H

#include <limits.h>
#include <stdint.h>

#include "base/str.h"
#include "store/files/files.h"

/* Writes the path of a stored file. Returns 0 or -ENAMETOOLONG. */
int directory_path(const char *dir, int64_t id, char ret[PATH_MAX]);

/* Opens a stored file for reading. Returns the descriptor and its size, or a negative errno (-ENOENT: there is no
 * such file). */
int directory_open(const char *dir, int64_t id, uint64_t *ret_size);

/* How many bytes of the disk new files must leave free, so that the database can still be written; 0 at first. For
 * the whole process; any thread. */
void directory_set_spare(uint64_t bytes);

/* Returns 0 if a new file of that size leaves enough space, -ENOSPC if not, or another negative errno. */
int directory_room(const char *dir, uint64_t bytes);

/* Makes DIR/files and the folder of the file, each synced. Returns 0 or a negative errno. Any thread. */
int directory_make_folder(const char *dir, int64_t id);

/* A file being written. */
struct directory_draft {
    int fd;
    uint64_t unlooked;   /* bytes written since the free space was checked */
    char path[PATH_MAX]; /* of the draft */
};

/* Begins a draft for id; replaces a draft of the same id that a crash left behind. Returns 0 or a negative errno: as
 * directory_draft_write does, -ENOSPC if there is not enough space. */
int directory_draft_begin(struct directory_draft *d, const char *dir, int64_t id);
int directory_draft_write(struct directory_draft *d, struct str bytes);
/* Syncs the draft and gives the file its name. -EEXIST: a file with that name exists and stays unchanged. On failure
 * the draft is removed. */
int directory_draft_keep(struct directory_draft *d, const char *dir, int64_t id);
/* The same, but replaces an existing file: for a report that is fetched again because the server crashed after the
 * file got its name and before the database recorded it. */
int directory_draft_replace(struct directory_draft *d, const char *dir, int64_t id);
void directory_draft_drop(struct directory_draft *d);

/* Calls fn for every entry of one of the 256 folders, in no order; an entry that is removed meanwhile may be left
 * out. Returns 0, a negative errno, or fn's value if that was not 0. */
int directory_walk(const char *dir, unsigned folder, files_entry_fn fn, void *ctx);

/* Looks up one file or draft. Returns 0 or a negative errno. */
int directory_look(const char *dir, int64_t id, enum files_kind kind, struct files_entry *ret);

/* Removes drafts that a crash left behind; call it at the start, before any draft is begun. Returns how many, or <
 * 0. */
int directory_drop_drafts(const char *dir);

/* Calls fn(ctx, id) after each new file of this process has got its name, on the thread that wrote it; NULL ends that.
 * One watcher at a time. */
void directory_watch(void (*fn)(void *ctx, int64_t id), void *ctx);

/* A backup copies the files that the database named at one moment; while it has a pin, kept files are not removed. The
 * pin is a shared lock on the directory itself, so the system releases it however the process ends. Waits for a removal
 * that is being made. Returns a descriptor (close it to end the pin) or a negative errno. */
int directory_pin(const char *dir);

/* Before removing files that a record named. Returns a descriptor to close after the removal, -EAGAIN while there is a
 * pin (try again later), or another negative errno. A pin counts for at most FILES_PIN_MS from the first refusal. */
int directory_removal_begin(const char *dir);
#define FILES_PIN_MS (15 * 60 * 1000)

/* Removes a stored file; it is no error if there is none. */
int directory_remove(const char *dir, int64_t id);
/* The same, and syncs the removal, so that the file cannot reappear after a power failure. */
int directory_remove_synced(const char *dir, int64_t id);

#endif
