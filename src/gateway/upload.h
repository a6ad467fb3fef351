/* SPDX-License-Identifier: Apache-2.0
 *
 * An upload on its way from the socket to a kept file: multipart/form-data with one part of content, of any size up to the
 * limit, with the same little memory. What is refused or broken off leaves nothing behind.
 */
#ifndef HIRED_GATEWAY_UPLOAD_H
#define HIRED_GATEWAY_UPLOAD_H

#include "gateway/call.h"

#define UPLOAD_MAX_BYTES (INT64_C(300) * 1024 * 1024)
#define UPLOAD_AROUND_MAX (64 * 1024) /* for what stands around the content */

struct upload; /* in the arena of the call; nothing else to free once it was kept or dropped */

/* Begins one into a draft below dir. length: the request's, or -1. Returns 0, or < 0 with the call failed. */
int upload_begin(struct upload **ret, struct call *c, const char *dir, struct str content_type, int64_t length);

/* Takes a piece of the body. Returns 0, or < 0 with the call failed and the draft dropped. */
int upload_feed(struct upload *u, const char *bytes, size_t len);

/* The body is all there: looks whether it was whole and sets c->file. Returns 0, or < 0 likewise. */
int upload_finish(struct upload *u);

/* Makes the draft durable and gives it its name. May take long; runs on any thread. Returns 0 or a negative errno. */
int upload_keep(struct upload *u);

/* Takes away whatever there is of it. */
void upload_drop(struct upload *u);

#endif
