/* SPDX-License-Identifier: Apache-2.0
 *
 * Hexadecimal text. hired writes lower case and reads its own texts (sealed ids, keys, names of files) in lower case
 * only, so that a value has one text; what others write (percent-escapes, chunk sizes, JSON's \u) is read in both
 * cases. buf_add_hex (buf.h) appends to a buffer.
 */
#ifndef HIRED_BASE_HEX_H
#define HIRED_BASE_HEX_H

#include "base/str.h"

/* The digits by value. */
extern const char hex_digits[16], hex_digits_upper[16];

/* By character: HEX_IS_LOWER for 0-9 and a-f, HEX_IS_UPPER for A-F, and the value in the low four bits; 0 for others.
 */
extern const uint8_t hex_table[256];
enum { HEX_IS_LOWER = 0x10, HEX_IS_UPPER = 0x20, HEX_VALUE = 0x0F };

/* The value of a digit in either case, or -1. */
static inline int hex_digit(char c) {
    uint8_t t = hex_table[(uint8_t)c];
    return t ? t & HEX_VALUE : -1;
}

/* The value of a digit in lower case, or -1. */
static inline int hex_digit_lower(char c) {
    uint8_t t = hex_table[(uint8_t)c];
    return t & HEX_IS_LOWER ? t & HEX_VALUE : -1;
}

/* The value of two digits in either case, 0 to 255, or -1. Both characters must exist. */
static inline int hex_pair(const char *two) {
    int high = hex_digit(two[0]), low = hex_digit(two[1]);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
}

/* True if s is not empty and has only digits in lower case. */
bool hex_is(struct str s);

/* Writes 2 * len digits in lower case to ret, without a NUL. */
void hex_encode(const void *bytes, size_t len, char *ret);

/* Decodes digits in lower case into s.len / 2 bytes at ret. Returns 0, or -EINVAL (an odd number of characters, or one
 * that is no digit) with ret undefined. */
int hex_decode(struct str s, void *ret);

/* Reads 1 to 16 digits in lower case. Returns 0, or -EINVAL with *ret unchanged. */
int hex_to_u64(struct str s, uint64_t *ret);

#endif
