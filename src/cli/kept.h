/* SPDX-License-Identifier: Apache-2.0
 *
 * Kept files, as commands go through them: all of a database's, and the SHA-256 of one with its bytes on the way.
 */
#ifndef HIRED_CLI_KEPT_H
#define HIRED_CLI_KEPT_H

#include "base/str.h"
#include "store/db.h"

#define KEPT_HEX 65 /* with the NUL */

/* Takes a piece of the file. Returns 0, or a negative errno that ends the reading. */
typedef int (*kept_piece_fn)(void *ctx, struct str bytes);

/* Reads a file to its end; fn, if not NULL, gets every piece. Sets its size and the digest in hex. Returns 0 or a
 * negative errno: of opening or reading it, or fn's. */
int kept_digest(const char *path, kept_piece_fn fn, void *ctx, int64_t *ret_size, char ret_hex[KEPT_HEX]);

/* One kept file: of the report of order_id, or of an attachment (order_id 0). sha256 in hex, valid during the call.
 * Returns 0, or what ends the walk. */
typedef int (*kept_fn)(void *ctx, int64_t id, int64_t size, struct str sha256, int64_t order_id);

/* Hands out every file that the database says is kept, of all tenants: reports, then attachments, each by id. Returns
 * 0, a negative errno, or what fn returned. */
int kept_walk(struct db *db, kept_fn fn, void *ctx);

#endif
