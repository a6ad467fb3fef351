/* SPDX-License-Identifier: Apache-2.0
 *
 * A chunked body, taken apart piece by piece. Pure: no sockets, no memory of its own. Chunk extensions and trailers are
 * checked, bounded and dropped.
 */
#ifndef HIRED_HTTP_CHUNKED_H
#define HIRED_HTTP_CHUNKED_H

#include "base/str.h"

#define CHUNKED_EXTENSIONS_MAX 4096 /* bytes, of all chunks together */
#define CHUNKED_TRAILERS_MAX 8192   /* bytes */

/* A chunked of all zeroes stands at the beginning of a body. */
struct chunked {
    uint8_t state;
    uint8_t digits;
    uint64_t left; /* of the chunk's data */
    uint32_t extensions, trailers;
    const char *why; /* after a refusal, which is always a 400 */
};

/* Takes from bytes[0..len) up to the end of the next piece of data. Sets *ret_used, and *ret_piece (in bytes; may be
 * empty). Returns 1 when the body is complete, 0 to be called again with what follows (as soon as there is any),
 * -EBADMSG with c->why. */
int chunked_next(struct chunked *c, const char *bytes, size_t len, size_t *ret_used, struct str *ret_piece);

#endif
