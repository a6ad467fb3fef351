/* SPDX-License-Identifier: Apache-2.0
 *
 * Ids that grow with time, and random bytes.
 */
#include "base/id.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hex.h"

#define EPOCH_MS INT64_C(1420070400000) /* 2015-01-01 UTC */
#define LAST_MS ((INT64_C(1) << 41) - 1)

enum { SEQUENCE_BITS = 12, NODE_BITS = 10 };

static _Atomic int64_t last_tick; /* milliseconds and sequence of the last id, without the node */
static _Atomic unsigned node_number;

int id_set_node(unsigned node) {
    if (node >= 1u << NODE_BITS)
        return -EINVAL;
    atomic_store(&node_number, node);
    return 0;
}

unsigned id_node(void) {
    return atomic_load(&node_number);
}

/* Where the sequence of a millisecond begins. With 0 everywhere nearly all ids would end with the same byte, by which
 * kept files are put into folders. */
static int64_t first_of(int64_t ms) {
    return (int64_t)((uint64_t)ms * UINT64_C(0x9E3779B97F4A7C15) >> 56);
}

int64_t id_new(void) {
    int64_t ms = clock_now_ms() - EPOCH_MS;
    ms = ms < 0 ? 0 : ms > LAST_MS ? LAST_MS : ms;
    int64_t now = ms << SEQUENCE_BITS | first_of(ms);
    int64_t last = atomic_load(&last_tick), tick;
    /* Ids run ahead of the clock if it stands still or goes back, or if a millisecond's sequence numbers are used up.
     */
    do
        tick = now > last ? now : last + 1;
    while (!atomic_compare_exchange_weak(&last_tick, &last, tick));
    int64_t sequence = tick & ((1 << SEQUENCE_BITS) - 1);
    return (tick >> SEQUENCE_BITS) << (SEQUENCE_BITS + NODE_BITS) |
           (int64_t)atomic_load(&node_number) << SEQUENCE_BITS | sequence;
}

void id_go_above(int64_t ms) {
    ms -= EPOCH_MS;
    int64_t below = ((ms < 0 ? 0 : ms > LAST_MS ? LAST_MS : ms) << SEQUENCE_BITS) - 1, last = atomic_load(&last_tick);
    while (last < below && !atomic_compare_exchange_weak(&last_tick, &last, below)) {
    }
}

int64_t id_last_ms(void) {
    int64_t tick = atomic_load(&last_tick);
    return tick == 0 ? 0 : (tick >> SEQUENCE_BITS) + EPOCH_MS;
}

int64_t id_at(int64_t ms) {
    ms -= EPOCH_MS;
    ms = ms < 0 ? 0 : ms > LAST_MS ? LAST_MS : ms;
    return ms << (SEQUENCE_BITS + NODE_BITS);
}

int64_t id_time_ms(int64_t id) {
    return (id >> (SEQUENCE_BITS + NODE_BITS)) + EPOCH_MS;
}

int id_parse(struct str s, int64_t *ret) {
    int64_t id;
    if (str_to_i64(s, &id) < 0 || id <= 0)
        return -EINVAL;
    *ret = id;
    return 0;
}

void id_random(void *out, size_t len) {
    char *at = out;
    while (len > 0) {
        ssize_t n = getrandom(at, len, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            static const char message[] = "hired: the system gives no random bytes; ending\n";
            ssize_t ignored = write(STDERR_FILENO, message, sizeof(message) - 1);
            (void)ignored;
            abort();
        }
        at += n;
        len -= (size_t)n;
    }
}

void id_random_hex(char *out, size_t len) {
    unsigned char bytes[64];
    while (len > 0) {
        size_t n = len < sizeof(bytes) ? len : sizeof(bytes);
        id_random(bytes, n);
        hex_encode(bytes, n, out);
        out += 2 * n;
        len -= n;
    }
}
