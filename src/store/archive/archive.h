/* SPDX-License-Identifier: Apache-2.0
 *
 * The archive: a directory to which a server continuously copies what it writes, so that any second of the last days
 * can be brought back (cli/backup/restore.c).
 *
 *   ARCHIVE/hired.lock                      one server at a time
 *   ARCHIVE/files/xx/ID                     kept files (hard links, or copies on another file system)
 *   ARCHIVE/gone/DAY/files/xx/ID            kept files that were removed from the data directory by that day
 *   ARCHIVE/line-MS/                        a line: a time without an interruption, which began at MS
 *     log-N.wal                             images of the write-ahead log, one after the other, in SQLite's own format
 *     log-N.idx                             which bytes of log-N.wal were committed when (read.h)
 *     base-MS-N-START.db                    a copy of the database; with the log from image START of log-N on it gives
 *                                           every state from MS on
 *     stopped                               the data directory as a clean stop left it
 *
 * The log is not reset before its frames are in the archive. If the archive's disk is full, fails or hangs, the server
 * logs that, goes on, and begins a new line as soon as it can.
 */
#ifndef HIRED_STORE_ARCHIVE_ARCHIVE_H
#define HIRED_STORE_ARCHIVE_ARCHIVE_H

#include "base/buf.h"
#include "store/db.h"

struct archive;

struct archive_options {
    const char *dir; /* the archive */
    const struct db_options *db;
    unsigned days; /* how long every second stays restorable */
};

/* Makes and locks the archive's directory. Call it before the database is opened, because it looks whether the
 * directory is as the last clean stop left it. The texts of options must outlive the archive. Returns 0, or a negative
 * errno with a sentence for people in *ret_why (in the arena). */
int archive_new(struct archive **ret, const struct archive_options *o, struct arena *a, struct str *ret_why);

/* The connection that will be the writer's, right after it was opened: from now on its log is kept. */
void archive_attach(struct archive *ar, struct db *db);

/* Starts the threads; nobody may be writing yet. Returns 0 or a negative errno. */
int archive_start(struct archive *ar);

/* Any thread; takes NULL. */
void archive_write_metrics(struct archive *ar, struct buf *out);

/* Ends the copy of the database that is being made, if any, since its connection would keep the log from being removed
 * when the writing connection is closed. None is begun from now on. Takes NULL. */
void archive_end_base(struct archive *ar);

/* Ends the threads. The writing connection must have been closed. Takes NULL; returns NULL. */
struct archive *archive_free(struct archive *ar);

#endif
