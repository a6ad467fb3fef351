/* SPDX-License-Identifier: Apache-2.0
 *
 * An upload on its way from the socket to a kept file: multipart/form-data with one part of content, of any size up to
 * the limit, with the same little memory. What is refused or broken off leaves nothing behind.
 */
#ifndef HIRED_GATEWAY_UPLOAD_UPLOAD_H
#define HIRED_GATEWAY_UPLOAD_UPLOAD_H

#include "gateway/call.h"
#include "gateway/upload/keeper.h"

#define UPLOAD_MAX_BYTES (INT64_C(300) * 1024 * 1024)
#define UPLOAD_AROUND_MAX (64 * 1024) /* for what stands around the content */

struct upload; /* in the arena of the call; to be dropped or freed */

/* Begins one into a draft below dir, which the owner's pool writes; owner->tell is called as keeper.h says. length: the
 * request's, or -1. Returns 0, or < 0 with the call failed. */
int upload_begin(struct upload **ret, struct call *c, const struct keeper_owner *owner, const char *dir,
                 struct str content_type, int64_t length);

/* Takes a piece of the body. Returns 0, -EAGAIN (it is taken, but no more until owner->tell), or < 0 with the call
 * failed and the draft dropped. */
int upload_feed(struct upload *u, const char *bytes, size_t len);

/* The body is all there: looks whether it was whole. Returns 0 (owner->tell says when it is kept), or < 0 likewise. */
int upload_finish(struct upload *u);

/* It is kept: sets c->file. */
void upload_kept(struct upload *u);

/* It could not be kept: puts the error into words. */
void upload_failed(struct upload *u, int error);

/* Takes away whatever there is of it; only once. */
void upload_drop(struct upload *u);

/* The kept file stays. */
void upload_free(struct upload *u);

#endif
