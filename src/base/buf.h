/* SPDX-License-Identifier: Apache-2.0
 *
 * A growing run of bytes on the heap, for output. Owned by whoever holds the struct; growth does not fail (see
 * arena.h).
 */
#ifndef HIRED_BASE_BUF_H
#define HIRED_BASE_BUF_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

struct buf {
    char *ptr;
    size_t len, cap;
};

#define BUF_EMPTY                                                                                                      \
    { 0 }
#define BUF_CLEANUP __attribute__((cleanup(buf_free)))

/* Makes room for at least more bytes behind len. */
void buf_grow(struct buf *b, size_t more);

static inline void buf_reserve(struct buf *b, size_t more) {
    if (b->cap - b->len < more)
        buf_grow(b, more);
}

static inline void buf_add(struct buf *b, const void *bytes, size_t len) {
    if (len == 0)
        return;
    buf_reserve(b, len);
    memcpy(b->ptr + b->len, bytes, len);
    b->len += len;
}

static inline void buf_add_str(struct buf *b, struct str s) {
    buf_add(b, s.ptr, s.len);
}

static inline void buf_add_char(struct buf *b, char c) {
    buf_reserve(b, 1);
    b->ptr[b->len++] = c;
}

#define buf_add_lit(b, literal) buf_add((b), "" literal, sizeof(literal) - 1)

void buf_add_i64(struct buf *b, int64_t value);
void buf_add_hex(struct buf *b, const void *bytes, size_t len); /* lower case */
void buf_add_percent(struct buf *b, char c);                    /* "%E4": the byte as a URL escapes it */
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

static inline struct str buf_str(const struct buf *b) {
    return (struct str){b->ptr ? b->ptr : "", b->len};
}

/* Empties; gives the memory back too if it had grown beyond keep bytes. */
void buf_reset(struct buf *b, size_t keep);
void buf_free(struct buf *b);

#endif
