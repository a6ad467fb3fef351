/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads multipart/form-data (RFC 7578) as it arrives, with a fixed amount of memory. The reader is strict: only line
 * ends before the first part and after the last one, no content encodings, and every part needs a
 * Content-Disposition. File names are read as browsers, common libraries and the platform's SDKs write them: %22,
 * %0D, %0A, \\" and \\\\ between quotes, and filename*.
 */
#ifndef HIRED_GATEWAY_UPLOAD_MULTIPART_H
#define HIRED_GATEWAY_UPLOAD_MULTIPART_H

#include "base/str.h"

#define MULTIPART_HEAD_MAX 8192 /* bytes of a part's headers */
#define MULTIPART_LINES_MAX 16  /* header lines of a part */
#define MULTIPART_PARTS_MAX 16
#define MULTIPART_BOUNDARY_MAX 70

/* The parsed headers of a part. Valid during the call of the event function. */
struct multipart_part {
    struct str name;         /* UTF-8 */
    struct str filename;     /* UTF-8, as sent: may contain directories; filename* is preferred to filename if it can
                              * be read. Absent: none */
    struct str content_type; /* as sent; absent: none */
};

/* If one of these returns a negative value, reading ends and multipart_feed returns that value. */
struct multipart_events {
    int (*part)(void *ctx, const struct multipart_part *part);
    int (*data)(void *ctx, const char *bytes, size_t len);
    int (*part_end)(void *ctx);
};

struct multipart {
    const struct multipart_events *events;
    void *ctx;
    const char *why; /* after -EBADMSG: what is wrong, as part of a sentence; static */
    int state, parts;
    size_t delimiter_len, matched;
    size_t head_len;
    char delimiter[4 + MULTIPART_BOUNDARY_MAX];
    char head[MULTIPART_HEAD_MAX];
    char extended[MULTIPART_HEAD_MAX]; /* filename*, decoded */
};

/* content_type: the request's header. Returns 0, or -EBADMSG. */
int multipart_begin(struct multipart *m, struct str content_type, const struct multipart_events *events, void *ctx);

/* Returns 0, -EBADMSG, or the negative value of an event function. Must not be called again after a failure. */
int multipart_feed(struct multipart *m, const char *bytes, size_t len);

/* Call it at the end of the body. Returns 0, or -EBADMSG if the last boundary is missing. */
int multipart_finish(struct multipart *m);

#endif
