/* SPDX-License-Identifier: Apache-2.0
 *
 * Stored files, as commands read them: lists all files of a database, and computes a file's SHA-256 while passing its
 * bytes on.
 */
#ifndef HIRED_CLI_KEPT_H
#define HIRED_CLI_KEPT_H

#include "base/str.h"
#include "store/db.h"
#include "store/files/files.h"

#define KEPT_HEX 65 /* with the NUL */

/* Receives a piece of the file. Returns 0, or a negative errno that stops the reading. */
typedef int (*kept_piece_fn)(void *ctx, struct str bytes);

/* Reads a whole file by its path; fn, if not NULL, gets every piece. Sets its size and its digest in hex. Returns 0 or
 * a negative errno, from opening or reading it or from fn. */
int kept_digest(const char *path, kept_piece_fn fn, void *ctx, int64_t *ret_size, char ret_hex[KEPT_HEX]);

/* The same for a kept file, wherever those are. */
int kept_digest_of(struct files *files, struct files_name name, kept_piece_fn fn, void *ctx, int64_t *ret_size,
                   char ret_hex[KEPT_HEX]);

/* What a record says of its file. */
struct kept_file {
    struct files_name name;
    int64_t size;
    struct str sha256; /* in hex */
    int64_t order_id;  /* 0: it is an attachment; otherwise a report of this order */
};

/* Called for one kept file, which is valid during the call. Returns 0; another value stops the walk. */
typedef int (*kept_fn)(void *ctx, const struct kept_file *file);

/* Calls fn for every stored file in the database, of all tenants: reports, then attachments, each by id. Returns 0, a
 * negative errno, or the value with which fn stopped it. */
int kept_walk(struct db *db, kept_fn fn, void *ctx);

#endif
