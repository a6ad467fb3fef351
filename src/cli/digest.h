/* SPDX-License-Identifier: Apache-2.0
 *
 * The SHA-256 of a kept file, and its bytes on the way.
 */
#ifndef HIRED_CLI_DIGEST_H
#define HIRED_CLI_DIGEST_H

#include "base/str.h"

#define DIGEST_HEX 65 /* with the NUL */

/* Takes a piece of the file. Returns 0, or a negative errno that ends the reading. */
typedef int (*digest_fn)(void *ctx, struct str bytes);

/* Reads a file to its end; fn, if not NULL, gets every piece. Sets its size and the digest in hex. Returns 0 or a negative
 * errno: of opening or reading it, or fn's. */
int digest_file(const char *path, digest_fn fn, void *ctx, int64_t *ret_size, char ret_hex[DIGEST_HEX]);

#endif
