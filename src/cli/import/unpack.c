/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/import/unpack.h"

#include <errno.h>
#include <zlib.h>

#include "cli/import/answer.h"
#include "cli/import/spool.h"

#define PIECE ((size_t)1 << 20)
#define GZIP_WINDOW (15 + 16) /* the largest window, with gzip's header */

/* The next part of the input; inflate consumes all of it. */
static int inflate_piece(z_stream *z, int fd, bool *ended) {
    unsigned char out[65536];

    do {
        z->next_out = out;
        z->avail_out = sizeof(out);
        if (*ended && z->avail_in > 0 && inflateReset(z) != Z_OK) /* another gzip member begins */
            return -EBADMSG;
        int r = inflate(z, Z_NO_FLUSH);
        if (r != Z_OK && r != Z_STREAM_END && r != Z_BUF_ERROR)
            return r == Z_MEM_ERROR ? -ENOMEM : -EBADMSG;
        *ended = r == Z_STREAM_END;
        r = spool_write(fd, out, sizeof(out) - z->avail_out);
        if (r < 0)
            return r;
    } while (z->avail_in > 0 || (z->avail_out == 0 && !*ended));
    return 0;
}

int unpack_gzip(struct str in, int fd) {
    z_stream z = {0};
    bool ended = false;
    int r = inflateInit2(&z, GZIP_WINDOW) == Z_OK ? 0 : -ENOMEM;

    for (size_t i = 0; r == 0 && i < in.len; i += PIECE) {
        size_t n = in.len - i < PIECE ? in.len - i : PIECE;
        z.next_in = (unsigned char *)(uintptr_t)(in.ptr + i);
        z.avail_in = (unsigned)n;
        r = inflate_piece(&z, fd, &ended);
        answer_give_back(in.ptr + i, in.ptr + i + n);
    }
    inflateEnd(&z);
    return r < 0 ? r : ended ? 0 : -EBADMSG;
}
