/* SPDX-License-Identifier: Apache-2.0
 *
 * The part of a limit that this process has, if several processes serve the same database. The parts of all of them
 * together are the limit: each gets the same, and what remains goes to the first ones. So a limit is never exceeded by
 * calls at different processes, but a caller whose calls all go to one of them gets only its part.
 */
#ifndef HIRED_GATEWAY_PORTION_H
#define HIRED_GATEWAY_PORTION_H

#include <stdatomic.h>
#include <stdint.h>

struct portion {
    uint32_t parts; /* how many processes serve; at least 1 */
    uint32_t rank;  /* of this one, from 0 */
};

#define PORTION_WHOLE ((struct portion){.parts = 1, .rank = 0})

/* May be 0. */
static inline uint32_t portion_of(struct portion p, uint32_t limit) {
    return limit / p.parts + (p.rank < limit % p.parts);
}

/* As one number, so that it can be changed while others read it. 0: the whole. */
typedef _Atomic uint64_t portion_cell;

static inline void portion_set(portion_cell *cell, struct portion p) {
    atomic_store(cell, (uint64_t)p.parts << 32 | p.rank);
}

static inline struct portion portion_get(const portion_cell *cell) {
    uint64_t n = atomic_load(cell);
    return n == 0 ? PORTION_WHOLE : (struct portion){.parts = (uint32_t)(n >> 32), .rank = (uint32_t)n};
}

#endif
