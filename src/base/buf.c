/* SPDX-License-Identifier: Apache-2.0
 *
 * A growing run of bytes on the heap, for output.
 */
#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hex.h"

enum { SMALLEST = 256 };

void buf_grow(struct buf *b, size_t more) {
    size_t needed;
    if (__builtin_add_overflow(b->len, more, &needed))
        needed = SIZE_MAX; /* mem_grow ends the process */
    if (needed <= b->cap)
        return;
    size_t cap = b->cap < SMALLEST ? SMALLEST : b->cap;
    while (cap < needed)
        cap = cap > SIZE_MAX / 2 ? needed : cap * 2;
    b->ptr = mem_grow(b->ptr, cap);
    b->cap = cap;
}

void buf_add_i64(struct buf *b, int64_t value) {
    char digits[20];
    size_t at = sizeof(digits);
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do
        digits[--at] = (char)('0' + rest % 10);
    while ((rest /= 10) > 0);
    if (value < 0)
        digits[--at] = '-';
    buf_add(b, digits + at, sizeof(digits) - at);
}

void buf_add_hex(struct buf *b, const void *bytes, size_t len) {
    if (len == 0)
        return;
    buf_reserve(b, len > SIZE_MAX / 2 ? SIZE_MAX : 2 * len);
    hex_encode(bytes, len, b->ptr + b->len);
    b->len += 2 * len;
}

void buf_add_percent(struct buf *b, char c) {
    char escape[3] = {'%', hex_digits_upper[(uint8_t)c >> 4], hex_digits_upper[(uint8_t)c & 15]};
    buf_add(b, escape, sizeof(escape));
}

void buf_printf(struct buf *b, const char *format, ...) {
    va_list args;
    buf_reserve(b, 64);
    va_start(args, format);
    int n = vsnprintf(b->ptr + b->len, b->cap - b->len, format, args);
    va_end(args);
    if (n < 0)
        return;
    if ((size_t)n >= b->cap - b->len) {
        buf_reserve(b, (size_t)n + 1);
        va_start(args, format);
        vsnprintf(b->ptr + b->len, (size_t)n + 1, format, args);
        va_end(args);
    }
    b->len += (size_t)n;
}

void buf_reset(struct buf *b, size_t keep) {
    if (b->cap > keep)
        buf_free(b);
    b->len = 0;
}

void buf_free(struct buf *b) {
    free(b->ptr);
    *b = (struct buf)BUF_EMPTY;
}
