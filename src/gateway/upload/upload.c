/* SPDX-License-Identifier: Apache-2.0
 *
 * Receives an upload and stores its file.
 */
#include "gateway/upload/upload.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/id.h"
#include "base/log.h"
#include "gateway/answer.h"
#include "gateway/upload/multipart.h"

#define CONTENT_PART "content" /* the only part that operations document */

struct upload {
    struct call *c;
    struct keeper_owner owner;
    struct keeper *keeper; /* NULL: no content has arrived */
    struct call_file file;
    bool in_content, has_content, full;
    struct multipart multipart;
};

static int fail_room(struct call *c, const struct files *files) {
    bool remote = files_are_remote(files);
    log_fmt(LOG_WARN, "an upload is refused: the %s has no room for files (log_id %.*s)",
            remote ? "database's disk" : "disk", STR_FMT(c->log_id));
    answer_fail_busy(c, remote ? STR("the database's disk has no room for further files; its operator has to make room")
                               : STR("this server's disk has no room for further files; its operator finds more under "
                                     "[store] free_min"));
    return -ENOSPC;
}

void upload_failed(struct upload *u, int error) {
    if (error == -ENOSPC || error == -EDQUOT)
        (void)fail_room(u->c, u->owner.files);
    else if (error == -EUSERS)
        answer_fail_busy(u->c, STR("too many files are being uploaded; try again in a few seconds"));
    else if (!answer_fail_error(u->c, error))
        log_fmt(LOG_ERROR, "cannot keep an upload: %s (log_id %.*s)", strerror(-error), STR_FMT(u->c->log_id));
}

static int fail_size(struct call *c) {
    return call_fail(c, CODE_PARAMETER, CONTENT_PART " may have at most %" PRId64 " bytes", UPLOAD_MAX_BYTES);
}

/* ---- parts ---- */

static int on_part(void *ctx, const struct multipart_part *part) {
    struct upload *u = ctx;
    u->in_content = str_eq(part->name, STR(CONTENT_PART));
    if (!u->in_content)
        return 0; /* undocumented fields are ignored */
    if (u->has_content)
        return call_fail(u->c, CODE_PARAMETER, CONTENT_PART " is there twice; one file at a time is accepted");
    u->has_content = true;
    u->file.name = arena_dup(u->c->arena, str_is_absent(part->filename) ? STR("") : part->filename);
    u->file.id = id_new();
    int r = keeper_new(&u->keeper, &u->owner, (struct files_name){u->c->tenant, u->file.id});
    if (r < 0)
        upload_failed(u, r);
    return r;
}

static void take_head(struct call_file *file, const char *bytes, size_t len) {
    const size_t most = sizeof file->head;
    if ((uint64_t)file->size >= most)
        return;
    size_t at = (size_t)file->size, left = most - at;
    memcpy(file->head + at, bytes, len < left ? len : left);
}

static int on_data(void *ctx, const char *bytes, size_t len) {
    struct upload *u = ctx;
    if (!u->in_content)
        return 0;
    take_head(&u->file, bytes, len);
    u->file.size += (int64_t)len;
    if (u->file.size > UPLOAD_MAX_BYTES)
        return fail_size(u->c);
    if (keeper_write(u->keeper, (struct str){bytes, len}) == -EAGAIN)
        u->full = true;
    return 0;
}

static int on_part_end(void *ctx) {
    struct upload *u = ctx;
    u->in_content = false;
    return 0;
}

/* ---- the whole ---- */

static int done(struct upload *u, int r) {
    if (r == -EBADMSG && u->c->code == 0)
        r = call_fail(u->c, CODE_PARAMETER, "%s", u->multipart.why ? u->multipart.why : "the body cannot be read");
    if (r < 0)
        upload_drop(u);
    return r;
}

int upload_begin(struct upload **ret, struct call *c, const struct keeper_owner *owner, struct str content_type,
                 int64_t length) {
    static const struct multipart_events events = {.part = on_part, .data = on_data, .part_end = on_part_end};
    if (length > UPLOAD_MAX_BYTES + UPLOAD_AROUND_MAX)
        return fail_size(c);
    if (files_room(owner->files, length > 0 ? (uint64_t)length : 0) == -ENOSPC)
        return fail_room(c, owner->files);
    struct upload *u = arena_new(c->arena, struct upload);
    u->c = c;
    u->owner = *owner;
    int r = done(u, multipart_begin(&u->multipart, content_type, &events, u));
    if (r == 0)
        *ret = u;
    return r;
}

int upload_feed(struct upload *u, const char *bytes, size_t len) {
    u->full = false;
    int r = done(u, multipart_feed(&u->multipart, bytes, len));
    return r == 0 && u->full ? -EAGAIN : r;
}

int upload_finish(struct upload *u) {
    int r = multipart_finish(&u->multipart);
    if (r == 0 && !u->has_content)
        r = call_fail_field(u->c, STR(CONTENT_PART), STR(""), CONTENT_PART " is required");
    else if (r == 0 && u->file.size == 0)
        r = call_fail(u->c, CODE_PARAMETER, CONTENT_PART " is empty");
    r = done(u, r);
    if (r == 0)
        keeper_finish(u->keeper);
    return r;
}

void upload_kept(struct upload *u) {
    u->file.sha256 = arena_dup(u->c->arena, keeper_sha256(u->keeper));
    u->c->file = &u->file;
}

void upload_drop(struct upload *u) {
    u->keeper = keeper_drop(u->keeper);
}

void upload_free(struct upload *u) {
    u->keeper = keeper_free(u->keeper);
}
