/* SPDX-License-Identifier: Apache-2.0
 *
 * Hexadecimal text.
 */
#include "base/hex.h"

#include <errno.h>

const char hex_digits[16] = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};
const char hex_digits_upper[16] = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'};

const uint8_t hex_table[256] = {
    ['0'] = 0x10, ['1'] = 0x11, ['2'] = 0x12, ['3'] = 0x13, ['4'] = 0x14, ['5'] = 0x15, ['6'] = 0x16, ['7'] = 0x17,
    ['8'] = 0x18, ['9'] = 0x19, ['a'] = 0x1A, ['b'] = 0x1B, ['c'] = 0x1C, ['d'] = 0x1D, ['e'] = 0x1E, ['f'] = 0x1F,
    ['A'] = 0x2A, ['B'] = 0x2B, ['C'] = 0x2C, ['D'] = 0x2D, ['E'] = 0x2E, ['F'] = 0x2F,
};

bool hex_is(struct str s) {
    for (size_t i = 0; i < s.len; i++)
        if (hex_digit_lower(s.ptr[i]) < 0)
            return false;
    return s.len > 0;
}

void hex_encode(const void *bytes, size_t len, char *ret) {
    const uint8_t *in = bytes;
    for (size_t i = 0; i < len; i++) {
        ret[2 * i] = hex_digits[in[i] >> 4];
        ret[2 * i + 1] = hex_digits[in[i] & 15];
    }
}

int hex_decode(struct str s, void *ret) {
    uint8_t *out = ret;
    if (s.len % 2 != 0)
        return -EINVAL;
    for (size_t i = 0; i < s.len; i += 2) {
        int high = hex_digit_lower(s.ptr[i]), low = hex_digit_lower(s.ptr[i + 1]);
        if (high < 0 || low < 0)
            return -EINVAL;
        *out++ = (uint8_t)(high << 4 | low);
    }
    return 0;
}

int hex_to_u64(struct str s, uint64_t *ret) {
    uint64_t value = 0;
    if (s.len == 0 || s.len > 16)
        return -EINVAL;
    for (size_t i = 0; i < s.len; i++) {
        int digit = hex_digit_lower(s.ptr[i]);
        if (digit < 0)
            return -EINVAL;
        value = value << 4 | (uint64_t)digit;
    }
    *ret = value;
    return 0;
}
