/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads and writes the frames of the long connection (longlink.proto).
 */
#ifndef HIRED_EVENTS_LONGLINK_FRAME_H
#define HIRED_EVENTS_LONGLINK_FRAME_H

#include "base/buf.h"

#define FRAME_HEADERS_MAX 32

enum frame_method { FRAME_CONTROL = 0, FRAME_DATA = 1 };

struct frame_header {
    struct str key, value;
};

struct frame {
    uint64_t seq_id, log_id;
    int32_t service, method;
    struct frame_header headers[FRAME_HEADERS_MAX];
    size_t n_headers;
    struct str payload; /* absent: none */
};

/* The first header of that name, or absent. */
struct str frame_header(const struct frame *f, struct str key);
void frame_add(struct frame *f, struct str key, struct str value); /* there must be room */

/* Appends the frame in wire form. */
void frame_write(const struct frame *f, struct buf *out);

/* Texts are copied into the arena. Headers beyond FRAME_HEADERS_MAX are dropped. Returns 0, or -EBADMSG if the bytes
 * are not a frame. */
int frame_read(struct str bytes, struct arena *a, struct frame *ret);

/* In how many parts a payload of len bytes is sent; at least 1. The Go and the Java SDK handle frames concurrently
 * and lose parts that arrive together, so parts are used for few events; the Python SDK accepts no message of more
 * than 1 MiB, including headers. docs/SDKS.md */
#define FRAME_PART_MAX (1024 * 1024 - 1024)
size_t frame_parts(size_t len);

/* Appends part seq (from 0) of an event's payload as a data frame, with the headers by which the SDKs join the
 * parts. */
struct frame_event {
    uint64_t seq_id;
    int32_t service;
    struct str message_id, trace_id, payload;
};
void frame_write_part(const struct frame_event *e, size_t seq, struct buf *out);

#endif
