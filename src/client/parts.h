/* SPDX-License-Identifier: Apache-2.0
 *
 * Joins the parts in which a long event arrives over a long connection (events/longlink/frame.h). Bounded: the oldest
 * incomplete event is dropped when a fifth one begins; its sender sends it again.
 */
#ifndef HIRED_CLIENT_PARTS_H
#define HIRED_CLIENT_PARTS_H

#include "base/buf.h"

#define PARTS_EVENTS 4                 /* events that are incomplete at once */
#define PARTS_MAX 64                   /* parts of an event */
#define PARTS_BYTES (16 * 1024 * 1024) /* of an event */

struct parts_event {
    struct buf id; /* empty: the place is free */
    unsigned sum, have;
    uint64_t begun; /* the order in which they began */
    size_t bytes;
    struct buf part[PARTS_MAX];
    bool has[PARTS_MAX];
};

struct parts {
    struct parts_event event[PARTS_EVENTS];
    uint64_t begun;
    struct buf whole;
};

/* Takes part seq (from 0) of sum. Returns 1 and the whole event (valid until the next call) when it was the last that
 * was missing, 0 when others are missing, or -EINVAL (numbers or sizes beyond the bounds). */
int parts_take(struct parts *p, struct str id, int64_t sum, int64_t seq, struct str payload, struct str *ret);
void parts_free(struct parts *p); /* what it holds */

#endif
