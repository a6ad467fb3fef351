/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads a record's stored form back into its struct.
 */
#include <errno.h>

#include "base/record.h"
#include "base/record_internal.h"

static void internal_user(void *ctx, int64_t uid, struct buf *out) {
    buf_add_i64(out, uid);
}

static void internal_file(void *ctx, int64_t file_id, struct buf *out) {
    buf_add_lit(out, "file:");
    buf_add_i64(out, file_id);
}

int record_read_stored(const struct record_type *t, void *record, struct str stored, struct arena *a) {
    static const struct record_reader internal = {.undescribed = true, .user = internal_user, .file = internal_file};
    struct violations vs;
    struct buf text BUF_CLEANUP = BUF_EMPTY;
    vs.n = 0; /* the rest stays unset: a large array, and none are expected */
    record_splice(&internal, stored, &text);
    json_t *object = json_loadb(buf_str(&text).ptr, text.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
    int r = object ? record_read_as(MODE_STORED, t, record, object, a, &vs) : -EINVAL;
    json_decref(object);
    return r < 0 ? -EBADMSG : 0;
}
