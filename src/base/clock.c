/* SPDX-License-Identifier: Apache-2.0
 *
 * The system's clocks, moved by the test clock's offset.
 */
#include "base/clock.h"

#include <stdatomic.h>
#include <time.h>

static _Atomic int64_t wall_offset_ms, mono_offset_ms;

static int64_t read_ns(clockid_t which) {
    struct timespec t;
    clock_gettime(which, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int64_t clock_now_ms(void) {
    return read_ns(CLOCK_REALTIME) / 1000000 + atomic_load_explicit(&wall_offset_ms, memory_order_relaxed);
}

int64_t clock_mono_ms(void) {
    return read_ns(CLOCK_MONOTONIC) / 1000000 + atomic_load_explicit(&mono_offset_ms, memory_order_relaxed);
}

int64_t clock_mono_ns(void) {
    return read_ns(CLOCK_MONOTONIC);
}

void clock_advance(int64_t ms) {
    atomic_fetch_add(&wall_offset_ms, ms);
    if (ms > 0)
        atomic_fetch_add(&mono_offset_ms, ms);
}
