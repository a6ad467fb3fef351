/* SPDX-License-Identifier: Apache-2.0
 *
 * Numbers of SQLite's file format that more than one file reads (https://www.sqlite.org/fileformat2.html). They are
 * big-endian.
 */
#ifndef HIRED_STORE_SQLITE_FORMAT_H
#define HIRED_STORE_SQLITE_FORMAT_H

#include <stdint.h>

/* The write-ahead log: a header, then frames, each a header and a page. */
#define WAL_HEADER 32
#define WAL_FRAME_HEADER 24
#define WAL_MAGIC 0x377f0682 /* the lowest bit: checksums are computed from big-endian words */

static inline uint32_t two_at(const unsigned char *p) {
    return (uint32_t)p[0] << 8 | p[1];
}

static inline uint32_t four_at(const unsigned char *p) {
    return two_at(p) << 16 | two_at(p + 2);
}

/* Bytes of a frame of the log that begins with this header. */
static inline int64_t wal_frame_bytes(const unsigned char *header) {
    return WAL_FRAME_HEADER + (int64_t)four_at(header + 8);
}

#endif
