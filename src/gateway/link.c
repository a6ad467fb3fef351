/* SPDX-License-Identifier: Apache-2.0
 *
 * Signed links to kept files.
 */
#include <errno.h>

#include "gateway/link.h"

static const enum seal_kind seals[] = {[LINK_REPORT] = SEAL_FILE_LINK, [LINK_ATTACHMENT] = SEAL_ATTACHMENT_LINK};

void link_write(const struct seal *seal, struct str base_url, enum link_kind kind, int64_t file_id, unsigned life_s,
                int64_t now_ms, struct buf *out) {
    buf_add_str(out, base_url);
    buf_add_lit(out, LINK_PATH);
    buf_reserve(out, SEAL_HEX_LEN);
    /* Seconds since 1970 fit 32 unsigned bits until 2106. */
    seal_close(seal, seals[kind], file_id, (uint32_t)(now_ms / 1000 + life_s), out->ptr + out->len);
    out->len += SEAL_HEX_LEN;
}

int link_read(const struct seal *seal, struct str sealed, int64_t now_ms, enum link_kind *ret_kind,
              int64_t *ret_file_id) {
    int64_t id;
    uint32_t expires_s;
    for (int kind = LINK_REPORT; kind <= LINK_ATTACHMENT; kind++) {
        if (seal_open(seal, seals[kind], sealed, &id, &expires_s) < 0)
            continue;
        if ((int64_t)expires_s <= now_ms / 1000)
            return -ETIME;
        *ret_kind = (enum link_kind)kind;
        *ret_file_id = id;
        return 0;
    }
    return -EBADMSG;
}
