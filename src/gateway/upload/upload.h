/* SPDX-License-Identifier: Apache-2.0
 *
 * Receives an upload (multipart/form-data with one part of content, of any size up to the limit) and stores the
 * file, with a fixed amount of memory. If the upload is refused or broken off, nothing of it stays.
 */
#ifndef HIRED_GATEWAY_UPLOAD_UPLOAD_H
#define HIRED_GATEWAY_UPLOAD_UPLOAD_H

#include "gateway/call.h"
#include "gateway/upload/keeper.h"

#define UPLOAD_MAX_BYTES (INT64_C(300) * 1024 * 1024)
#define UPLOAD_AROUND_MAX (64 * 1024) /* for everything in the body except the content */

struct upload; /* in the call's arena; end it with upload_drop or upload_free */

/* Begins an upload into a draft file, which the owner's pool writes; owner->tell is called as keeper.h says. length: of
 * the request's body, or -1. Returns 0, or < 0 with the call failed. */
int upload_begin(struct upload **ret, struct call *c, const struct keeper_owner *owner, struct str content_type,
                 int64_t length);

/* Takes a piece of the body. Returns 0; -EAGAIN (the piece was taken; do not call it again before owner->tell); or <
 * 0 with the call failed and the draft dropped. */
int upload_feed(struct upload *u, const char *bytes, size_t len);

/* Call it at the end of the body: checks that the body was complete. Returns 0 (owner->tell says when the file is
 * stored), or < 0 with the call failed and the draft dropped. */
int upload_finish(struct upload *u);

/* Sets c->file, after owner->tell(1). */
void upload_kept(struct upload *u);

/* Fails the call because the file could not be stored. */
void upload_failed(struct upload *u, int error);

/* Removes the file, stored or not; call it only once. */
void upload_drop(struct upload *u);

/* Frees the upload; the stored file stays. */
void upload_free(struct upload *u);

#endif
