/* SPDX-License-Identifier: Apache-2.0
 *
 * Signed links to stored files: http://host/files/<32 hex digits>. The digits are file id and expiry, sealed with
 * the key of the file's kind.
 */
#ifndef HIRED_GATEWAY_LINK_H
#define HIRED_GATEWAY_LINK_H

#include "base/buf.h"
#include "base/seal.h"

#define LINK_PATH "/files/"

enum link_kind {
    LINK_REPORT,     /* a report's PDF, table report_file */
    LINK_ATTACHMENT, /* an uploaded file, table attachment */
};

#define LINK_REPORT_LIFE_S 3600
#define LINK_ATTACHMENT_LIFE_S 1800

/* Appends a link that is valid for life_s seconds from now. */
void link_write(const struct seal *seal, struct str base_url, enum link_kind kind, int64_t file_id, unsigned life_s,
                int64_t now_ms, struct buf *out);

/* sealed: the path after LINK_PATH. Returns 0 and the file, -EBADMSG (this server did not make the link) or -ETIME
 * (expired). */
int link_read(const struct seal *seal, struct str sealed, int64_t now_ms, enum link_kind *ret_kind,
              int64_t *ret_file_id);

#endif
