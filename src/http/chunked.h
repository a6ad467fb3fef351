/* SPDX-License-Identifier: Apache-2.0
 *
 * Decodes a chunked body piece by piece. Pure: no sockets, no memory of its own. Chunk extensions and trailers are
 * checked, bounded and dropped.
 */
#ifndef HIRED_HTTP_CHUNKED_H
#define HIRED_HTTP_CHUNKED_H

#include "base/str.h"

#define CHUNKED_EXTENSIONS_MAX 4096 /* bytes, of all chunks together */
#define CHUNKED_TRAILERS_MAX 8192   /* bytes */

/* All zeroes at the beginning of a body. */
struct chunked {
    uint8_t state;
    uint8_t digits;
    uint64_t left; /* of the chunk's data */
    uint32_t extensions, trailers;
    const char *why; /* fixed text, after -EBADMSG; the status is always 400 */
};

/* Parses bytes[0..len) up to the end of the next piece of data. Sets *ret_used to the number of bytes parsed and
 * *ret_piece to the data (within bytes; may be empty). Returns 1 when the body is complete, 0 if it must be called
 * again with the bytes that follow, or -EBADMSG with c->why. */
int chunked_next(struct chunked *c, const char *bytes, size_t len, size_t *ret_used, struct str *ret_piece);

#endif
