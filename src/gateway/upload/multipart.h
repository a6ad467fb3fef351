/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads multipart/form-data (RFC 7578) as it arrives, with a fixed amount of memory. Strict: nothing but line ends
 * before the first part and after the last, no encodings, and every part says what it is. File names are read as
 * browsers, the usual libraries and the platform's SDKs write them: %22, %0D, %0A, \\" and \\\\ between quotes, and
 * filename*.
 */
#ifndef HIRED_GATEWAY_UPLOAD_MULTIPART_H
#define HIRED_GATEWAY_UPLOAD_MULTIPART_H

#include "base/str.h"

#define MULTIPART_HEAD_MAX 8192 /* bytes of a part's headers */
#define MULTIPART_LINES_MAX 16  /* header lines of a part */
#define MULTIPART_PARTS_MAX 16
#define MULTIPART_BOUNDARY_MAX 70

/* A part's headers, understood. Valid until the call that gets it returns. */
struct multipart_part {
    struct str name;         /* UTF-8 */
    struct str filename;     /* UTF-8, as it was sent: may hold folders; filename* wins over filename if it can be read.
                                Absent: none */
    struct str content_type; /* as it was sent; absent: none */
};

/* A negative return value ends the reading and is what multipart_feed returns. */
struct multipart_events {
    int (*part)(void *ctx, const struct multipart_part *part);
    int (*data)(void *ctx, const char *bytes, size_t len);
    int (*part_end)(void *ctx);
};

struct multipart {
    const struct multipart_events *events;
    void *ctx;
    const char *why; /* after -EBADMSG: what is wrong, to stand in a sentence; static */
    int state, parts;
    size_t delimiter_len, matched;
    size_t head_len;
    char delimiter[4 + MULTIPART_BOUNDARY_MAX];
    char head[MULTIPART_HEAD_MAX];
    char extended[MULTIPART_HEAD_MAX]; /* filename*, decoded */
};

/* content_type: the request's. Returns 0, or -EBADMSG. */
int multipart_begin(struct multipart *m, struct str content_type, const struct multipart_events *events, void *ctx);

/* Returns 0, -EBADMSG, or what an event returned. After a failure it must not be called again. */
int multipart_feed(struct multipart *m, const char *bytes, size_t len);

/* The body has ended. Returns 0, or -EBADMSG if it ended too early. */
int multipart_finish(struct multipart *m);

#endif
