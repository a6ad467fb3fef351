/* SPDX-License-Identifier: Apache-2.0
 *
 * The system's clocks, moved by the test clock: to the offsets of a clock that goes, what it has stood still is added
 * as soon as it goes on.
 */
#include "base/clock.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

struct moved {
    clockid_t clock;
    _Atomic int64_t offset_ms, stands_ms; /* stands_ms 0: it goes */
};
static struct moved wall = {.clock = CLOCK_REALTIME}, mono = {.clock = CLOCK_MONOTONIC};
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of those who move the clocks */

static int64_t read_ns(clockid_t which) {
    struct timespec t;
    clock_gettime(which, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int64_t goes_ms(const struct moved *m) {
    return read_ns(m->clock) / 1000000 + atomic_load_explicit(&m->offset_ms, memory_order_relaxed);
}

static int64_t now_ms(const struct moved *m) {
    int64_t stands = atomic_load_explicit(&m->stands_ms, memory_order_relaxed);
    return stands ? stands : goes_ms(m);
}

int64_t clock_now_ms(void) {
    return now_ms(&wall);
}

int64_t clock_mono_ms(void) {
    return now_ms(&mono);
}

int64_t clock_mono_ns(void) {
    return read_ns(CLOCK_MONOTONIC);
}

static void advance(struct moved *m, int64_t ms) {
    if (atomic_load(&m->stands_ms))
        atomic_fetch_add(&m->stands_ms, ms);
    else
        atomic_fetch_add(&m->offset_ms, ms);
}

void clock_advance(int64_t ms) {
    pthread_mutex_lock(&lock);
    advance(&wall, ms);
    if (ms > 0)
        advance(&mono, ms);
    pthread_mutex_unlock(&lock);
}

static void freeze(struct moved *m, bool frozen) {
    int64_t stands = atomic_load(&m->stands_ms);
    if (frozen && !stands) {
        atomic_store(&m->stands_ms, goes_ms(m));
    } else if (!frozen && stands) {
        atomic_fetch_add(&m->offset_ms, stands - goes_ms(m));
        atomic_store(&m->stands_ms, 0);
    }
}

void clock_freeze(bool frozen) {
    pthread_mutex_lock(&lock);
    freeze(&wall, frozen);
    freeze(&mono, frozen);
    pthread_mutex_unlock(&lock);
}

bool clock_is_frozen(void) {
    return atomic_load(&wall.stands_ms) != 0;
}
