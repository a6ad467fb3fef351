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

/* NULL: the text is damaged. */
static json_t *parse(struct str stored) {
    static const struct record_reader internal = {.undescribed = true, .user = internal_user, .file = internal_file};
    struct buf text BUF_CLEANUP = BUF_EMPTY;
    record_splice(&internal, stored, &text);
    json_t *plain = record_parse_plain(buf_str(&text)); /* several times as fast */
    return plain ? plain : json_loadb(buf_str(&text).ptr, text.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
}

int record_check_stored(struct str stored) {
    json_t *object = parse(stored);
    int r = json_is_object(object) ? 0 : -EBADMSG;
    json_decref(object);
    return r;
}

int record_read_stored(const struct record_type *t, void *record, struct str stored, struct arena *a) {
    struct violations vs;
    vs.n = 0; /* the rest stays unset: a large array, and none are expected */
    json_t *object = parse(stored);
    int r = object ? record_read_as(MODE_STORED, t, record, object, a, &vs) : -EINVAL;
    json_decref(object);
    return r < 0 ? -EBADMSG : 0;
}
