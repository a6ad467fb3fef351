/* SPDX-License-Identifier: Apache-2.0
 *
 * Frames of the long connection (longlink.proto): taken apart and put together.
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

/* Appends the frame as it goes over the wire. */
void frame_write(const struct frame *f, struct buf *out);

/* Texts are copied into the arena. Headers beyond FRAME_HEADERS_MAX are dropped. Returns 0, or -EBADMSG for what is no
 * frame. */
int frame_read(struct str bytes, struct arena *a, struct frame *ret);

/* How many parts a payload of len bytes is sent in; at least 1. The Go and the Java SDK handle frames side by side and
 * lose parts that arrive together, so few events come in parts; the Python SDK takes no message of more than 1 MiB,
 * headers included. docs/SDKS.md */
#define FRAME_PART_MAX (1024 * 1024 - 1024)
size_t frame_parts(size_t len);

/* Appends part seq (from 0) of an event's payload as a data frame with the headers that the SDKs put it together by. */
struct frame_event {
    uint64_t seq_id;
    int32_t service;
    struct str message_id, trace_id, payload;
};
void frame_write_part(const struct frame_event *e, size_t seq, struct buf *out);

#endif
