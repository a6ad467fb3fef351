/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads the write-ahead log (hired.db-wal) without SQLite, to find damage in it.
 * (https://www.sqlite.org/fileformat2.html, "The Write-Ahead Log")
 */
#ifndef HIRED_STORE_SQLITE_WAL_H
#define HIRED_STORE_SQLITE_WAL_H

#include <stdbool.h>
#include <stdint.h>

struct wal_scan {
    uint32_t salt[2];   /* of the log's present generation; the log is begun anew with other salts */
    uint32_t committed; /* frames up to the last commit that can be read */
    /* The first damaged frame that is not the end of a log which a crash cut off: a later transaction follows it, and
     * that was begun only after this one was on the disk. 0: none. */
    uint32_t damaged;
    uint32_t lost; /* with damaged: frames behind it that SQLite will not read */
};

/* Called for each frame that can be read, committed or not: frame number (from 1) and page. */
typedef void (*wal_frame_fn)(void *ctx, uint32_t frame, uint32_t page);

/* Reads the log of the database file db_path. fn may be NULL. A log that is missing or empty has no frames. It may be
 * written meanwhile: then damaged must be confirmed by another scan with the same salts. Returns 0 or a negative
 * errno. */
int wal_scan(const char *db_path, wal_frame_fn fn, void *ctx, struct wal_scan *ret);

#endif
