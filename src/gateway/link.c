/* SPDX-License-Identifier: Apache-2.0
 *
 * Signed links to kept files.
 */
#include <errno.h>

#include "gateway/link.h"

void link_write(const struct seal *seal, struct str base_url, int64_t file_id, int64_t now_ms, struct buf *out) {
    buf_add_str(out, base_url);
    buf_add_lit(out, LINK_PATH);
    buf_reserve(out, SEAL_HEX_LEN);
    /* Seconds since 1970 fit 32 unsigned bits until 2106. */
    seal_close(seal, SEAL_FILE_LINK, file_id, (uint32_t)(now_ms / 1000 + LINK_LIFE_S), out->ptr + out->len);
    out->len += SEAL_HEX_LEN;
}

int link_read(const struct seal *seal, struct str sealed, int64_t now_ms, int64_t *ret_file_id) {
    int64_t id;
    uint32_t expires_s;
    if (seal_open(seal, SEAL_FILE_LINK, sealed, &id, &expires_s) < 0)
        return -EBADMSG;
    if ((int64_t)expires_s <= now_ms / 1000)
        return -ETIME;
    *ret_file_id = id;
    return 0;
}
