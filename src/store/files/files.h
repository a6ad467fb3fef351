/* SPDX-License-Identifier: Apache-2.0
 *
 * Kept files: the bytes of reports and attachments. Their records are rows of the database; a file is found by the
 * tenant and the id of its record.
 *
 * There are two implementations. With SQLite the files are in the directory of the database (directory.h). With
 * PostgreSQL they are in the database, in chunks (store/postgresql/kept.c), because every server must reach them. Both
 * keep these promises: a file is there completely or not at all, its bytes never change, and what a process that ended
 * in the middle left behind is found by files_walk.
 *
 * Errors of both: -ENOSPC no room, -EIO. Of the database: -EHOSTUNREACH it does not answer in time or cannot be
 * reached, -EBUSY. No call waits longer than FILES_WAIT_MS, but files_new, which does not wait, and those that say
 * otherwise.
 */
#ifndef HIRED_STORE_FILES_FILES_H
#define HIRED_STORE_FILES_FILES_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/str.h"
#include "store/db.h"

#define FILES_WAIT_MS 40000

/* A place of kept files. Any number of threads may use it at once. */
struct files;

/* The kept files of a database. Nothing is opened yet. *o must outlive it. Returns 0, or -EINVAL with a sentence in
 * *ret_why: the URL cannot be read. */
int files_new(struct files **ret, const struct db_options *o, struct str *ret_why);
struct files *files_free(struct files *f); /* takes NULL; returns NULL */

/* Whether calls wait for another machine. Then a loop calls none of the following functions; a thread of a pool does
 * (pool.h). */
bool files_are_remote(const struct files *f);

/* Which file. */
struct files_name {
    int64_t tenant, id; /* the directory does not use the tenant: ids are unique among all tenants */
};

/* ---- writing ---- */

/* Returns 0 if a new file of that size leaves enough space (directory_set_spare), or -ENOSPC. Never waits; of a
 * database nothing is known before it is written. */
int files_room(const struct files *f, uint64_t bytes);

/* A file being written. In the directory it replaces a draft of the same id that a crash left behind. In the database
 * it has a number of its own, so that several nodes may write the same file. One thread at a time. */
struct files_draft;
int files_draft_begin(struct files_draft **ret, struct files *f, struct files_name name);
int files_draft_write(struct files_draft *d, struct str bytes);

enum files_keep {
    FILES_NEW,    /* -EEXIST if there is a file of that name, which stays as it is */
    FILES_REPLACE /* for a report that is fetched again, because the server ended after the file was kept and before its
                     record said so. -EEXIST in the database if the file is younger than FILES_REPLACE_MS: another
                     server may be about to record it */
};
#define FILES_REPLACE_MS 60000
/* Makes the draft the file, durably, and frees it. On failure it is removed. */
int files_draft_keep(struct files_draft *d, enum files_keep how);
/* Removes the draft and frees it. Takes NULL; returns NULL. */
struct files_draft *files_draft_drop(struct files_draft *d);

/* ---- reading ---- */

struct files_reading {
    struct files *files;
    uint64_t size;
    int fd;                  /* of the directory's file; -1 with a database, which keeps nothing open */
    int64_t tenant, content; /* of the database: whose chunks are read */
};

/* Opens a file. Returns 0, or -ENOENT: there is no such file. */
int files_open(struct files_reading *ret, struct files *f, struct files_name name);
/* Reads bytes [from, from + most) as far as there are any. Returns how many, 0 at the end of the file. -ENOENT: the
 * file was removed meanwhile (database only); -EUCLEAN: bytes of it are missing. */
ssize_t files_read(struct files_reading *r, uint64_t from, char *to, size_t most);
void files_close(struct files_reading *r);

/* ---- removing ---- */

/* Before removing files that a record named. Returns 0, -EAGAIN while a backup needs them (try again later), or another
 * negative errno. End it after the removal in any case. */
struct files_removal {
    int fd;
};
int files_removal_begin(struct files *f, struct files_removal *ret);
void files_removal_end(struct files_removal *r);

/* Removes a file; it is no error if there is none. durable: it cannot reappear after a power failure. */
int files_remove(struct files *f, struct files_name name, bool durable);

/* ---- what is there ---- */

/* Kept files without a record that a crash may leave. More are a sign that records were lost, so none is removed. */
#define FILES_STRAY_MAX 64

/* The kinds of entries, whether a record refers to them or not. */
enum files_kind {
    FILES_KEPT,
    FILES_DRAFT,
    FILES_FOREIGN, /* directory: a name that hired does not use, or not a regular file */
};
struct files_entry {
    enum files_kind kind;
    int64_t tenant, id;  /* 0: unknown */
    int64_t content;     /* of the database */
    int64_t changed_s;   /* when its content changed, in seconds since 1970 by the clock of this machine */
    char path[PATH_MAX]; /* or what else names it for people */
};

/* Calls fn for every entry of one of FILES_PARTS parts, in no order; an entry that is removed meanwhile may be left
 * out. Returns 0, a negative errno, or fn's value if that was not 0. May take as long as there is something to list. */
#define FILES_PARTS 256
typedef int (*files_entry_fn)(void *ctx, const struct files_entry *e);
int files_walk(struct files *f, unsigned part, files_entry_fn fn, void *ctx);

/* Looks up an entry that files_walk gave again. Returns 0, -ENOENT or another negative errno. */
int files_look(struct files *f, const struct files_entry *e, struct files_entry *ret);
/* Removes it. */
int files_remove_entry(struct files *f, const struct files_entry *e);

/* Removes drafts that a crash left behind; call it at the start, before any draft is begun. Returns how many, or < 0.
 * With a database it removes nothing: drafts may be those of another node. */
int files_drop_drafts(struct files *f);

#endif
