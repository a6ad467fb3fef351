/* SPDX-License-Identifier: Apache-2.0
 *
 * Verifies the files of a database without using its contents: the checksum of every page, and the write-ahead log.
 * Readers do not verify what they read, so damage is found only here. Works while other processes write.
 */
#ifndef HIRED_STORE_VERIFY_H
#define HIRED_STORE_VERIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct verify_watch {
    /* Called after each piece that was read (at most 256 KB), with its size; may sleep. A result other than 0 ends the
     * verification. NULL: never called. */
    int (*pace)(void *ctx, size_t bytes);
    void (*finding)(void *ctx, struct str line); /* a sentence; "page 7 (background_check_order): ..." */
    void *ctx;
};

struct verify_result {
    int64_t pages;     /* that were read */
    int64_t damaged;   /* pages */
    int64_t page_size; /* bytes; 0: the file is empty */
    bool checksums;    /* false: the database has none (made by an older hired), so only its length was verified */
    bool log_damaged;
};

/* Reads all pages of DIR/hired.db in order, and the log. A page that differs from its checksum is read again, and
 * compared with the log, before it is reported: a checkpoint may be writing it. A page changed by a program other than
 * hired has a wrong checksum too. At most 100 findings are reported; result counts all pages.
 *
 * Not found: damage in the last transaction of the log, which cannot be told from one that a crash interrupted.
 *
 * Returns 0, pace's result, or a negative errno (-ENOENT: no database; -EUCLEAN: the file is not a database). */
int verify_pages(const char *dir, const struct verify_watch *w, struct verify_result *ret);

/* Verifies only the log, of a directory that no process has open: when SQLite opens it, it drops what is behind damage.
 * *ret_damaged: the damaged frame, 0: none; *ret_lost: frames behind it. Returns 0 or a negative errno. */
int verify_log(const char *dir, uint32_t *ret_damaged, uint32_t *ret_lost);

#endif
