/* SPDX-License-Identifier: Apache-2.0
 *
 * Limits how many bytes a second a long copy moves, so that others can use the disk.
 */
#ifndef HIRED_BASE_PACE_H
#define HIRED_BASE_PACE_H

#include <stdint.h>
#include <time.h>

#include "base/clock.h"

#define PACE_AHEAD_NS INT64_C(100000000) /* unused time that may be caught up on */

struct pace {
    uint64_t rate;  /* bytes a second; 0: no limit */
    int64_t due_ns; /* when the bytes so far may have been moved; 0 at first */
};

/* Call it after each piece: sleeps until that many bytes were due. */
static inline void pace_moved(struct pace *p, uint64_t bytes) {
    int64_t now = clock_mono_ns(), nap;

    if (p->rate == 0)
        return;
    if (p->due_ns < now - PACE_AHEAD_NS)
        p->due_ns = now - PACE_AHEAD_NS;
    p->due_ns += (int64_t)((double)bytes * 1e9 / (double)p->rate);
    nap = p->due_ns - now;
    if (nap > 0)
        nanosleep(&(struct timespec){.tv_sec = nap / 1000000000, .tv_nsec = nap % 1000000000}, NULL);
}

#endif
