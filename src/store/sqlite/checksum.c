/* SPDX-License-Identifier: Apache-2.0
 *
 * The SQLite driver: the checksum of a page. Each step maps every value of its word to another result, so a change
 * within one aligned group of eight bytes is always seen; any other change is missed once in 2^64.
 */
#include "store/sqlite/pages.h"

#define A UINT64_C(0x9e3779b185ebca87) /* odd: multiplication by it can be undone */
#define B UINT64_C(0xc2b2ae3d27d4eb4f)
#define LANES 4 /* independent sums, which a processor computes at the same time */

static uint64_t turn(uint64_t x, int n) {
    return x << n | x >> (64 - n);
}

/* The same number on every machine; compilers make one load of it. */
static uint64_t word_at(const unsigned char *p) {
    return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24 | (uint64_t)p[4] << 32 |
           (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 | (uint64_t)p[7] << 56;
}

static uint64_t checksum(const unsigned char *page, size_t size, uint32_t number) {
    uint64_t lane[LANES] = {number + A, number ^ B, number * A, ~(uint64_t)number};
    size_t words = size / sizeof(uint64_t);
    for (size_t i = 0; i < words; i++)
        lane[i % LANES] = turn(lane[i % LANES] + word_at(page + i * sizeof(uint64_t)) * B, 31) * A;
    uint64_t sum = turn(lane[0], 1) + turn(lane[1], 7) + turn(lane[2], 12) + turn(lane[3], 18);
    sum = (sum ^ sum >> 33) * B;
    return sum ^ sum >> 29;
}

void page_seal(unsigned char *page, size_t size, uint32_t number) {
    uint64_t sum = checksum(page, size - CHECKSUM_BYTES, number);
    for (size_t i = 0; i < CHECKSUM_BYTES; i++)
        page[size - CHECKSUM_BYTES + i] = (unsigned char)(sum >> 8 * i);
}

bool page_intact(const unsigned char *page, size_t size, uint32_t number) {
    return word_at(page + size - CHECKSUM_BYTES) == checksum(page, size - CHECKSUM_BYTES, number);
}
