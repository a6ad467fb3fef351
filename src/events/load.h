/* SPDX-License-Identifier: Apache-2.0
 *
 * How many requests each receiver (an app, an owner of links) has running, and whether its last one failed. The
 * dispatcher and the fetcher share their places by it. Used by one thread.
 */
#ifndef HIRED_EVENTS_LOAD_H
#define HIRED_EVENTS_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct load {
    int64_t key;
    unsigned running;
    bool failing; /* its last request failed */
};

struct loads {
    struct load *all;
    size_t n, cap;
};

/* The load of key; a new one (nothing running, not failing) if it is not known. Valid until the next call. A load is
 * dropped when nothing is running and the last request succeeded. */
struct load *load_of(struct loads *l, int64_t key);

/* How many requests the failing ones have running together. */
unsigned loads_failing(const struct loads *l);

void loads_free(struct loads *l);

#endif
