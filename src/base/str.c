/* SPDX-License-Identifier: Apache-2.0
 *
 * Text as {pointer, length}: comparing, cutting, reading numbers, checking UTF-8.
 */
#include "base/str.h"

#include <errno.h>

static unsigned char lower(char c) {
    unsigned char u = (unsigned char)c;
    return u >= 'A' && u <= 'Z' ? (unsigned char)(u | 0x20) : u;
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

bool str_eq_nocase(struct str a, struct str b) {
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.ptr[i]) != lower(b.ptr[i]))
            return false;
    return true;
}

struct str str_trim(struct str s) {
    while (s.len > 0 && is_blank(s.ptr[s.len - 1]))
        s.len--;
    while (s.len > 0 && is_blank(s.ptr[0])) {
        s.ptr++;
        s.len--;
    }
    return s;
}

size_t str_find(struct str s, char c) {
    const char *at = s.len > 0 ? memchr(s.ptr, c, s.len) : NULL;
    return at ? (size_t)(at - s.ptr) : SIZE_MAX;
}

struct str str_cut(struct str *rest, char c) {
    struct str s = *rest;
    size_t at = str_find(s, c);
    if (at == SIZE_MAX) {
        *rest = STR_ABSENT;
        return s;
    }
    *rest = (struct str){s.ptr + at + 1, s.len - at - 1};
    return (struct str){s.ptr, at};
}

int str_to_i64(struct str s, int64_t *ret) {
    bool negative = s.len > 0 && s.ptr[0] == '-';
    size_t i = negative ? 1 : 0;
    if (i == s.len || (s.ptr[i] == '0' && s.len > 1)) /* "-0" is refused as a leading zero */
        return -EINVAL;
    int64_t value = 0;
    bool fits = true;
    for (; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return -EINVAL;
        int digit = s.ptr[i] - '0';
        /* Counts down from zero, because int64 has one more negative value than positive ones. */
        if (fits && (__builtin_mul_overflow(value, 10, &value) || __builtin_sub_overflow(value, digit, &value)))
            fits = false;
    }
    if (!fits || (!negative && value == INT64_MIN))
        return -ERANGE;
    *ret = negative ? value : -value;
    return 0;
}

bool str_eq_secret(struct str a, struct str b) {
    if (a.len != b.len)
        return false;
    const volatile unsigned char *x = (const volatile unsigned char *)a.ptr;
    const volatile unsigned char *y = (const volatile unsigned char *)b.ptr;
    unsigned char differing = 0;
    for (size_t i = 0; i < a.len; i++)
        differing |= (unsigned char)(x[i] ^ y[i]);
    return differing == 0;
}

size_t str_chars(struct str s) {
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++)
        n += ((unsigned char)s.ptr[i] & 0xC0) != 0x80;
    return n;
}

/* Length of the well-formed sequence of two to four bytes at p, or 0. */
static size_t utf8_sequence(const unsigned char *p, size_t len) {
    unsigned char low = 0x80, high = 0xBF; /* bounds of the second byte; they exclude overlong forms and surrogates */
    size_t n;
    if (p[0] >= 0xC2 && p[0] <= 0xDF) {
        n = 2;
    } else if (p[0] >= 0xE0 && p[0] <= 0xEF) {
        n = 3;
        low = p[0] == 0xE0 ? 0xA0 : low;
        high = p[0] == 0xED ? 0x9F : high;
    } else if (p[0] >= 0xF0 && p[0] <= 0xF4) {
        n = 4;
        low = p[0] == 0xF0 ? 0x90 : low;
        high = p[0] == 0xF4 ? 0x8F : high;
    } else {
        return 0;
    }
    if (len < n || p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < n; i++)
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    return n;
}

bool str_is_utf8(struct str s) {
    const unsigned char *p = (const unsigned char *)s.ptr;
    size_t i = 0;
    while (i < s.len) {
        if (s.len - i >= 8) { /* most text is ASCII: eight bytes at once */
            uint64_t word;
            memcpy(&word, p + i, 8);
            if ((word & UINT64_C(0x8080808080808080)) == 0) {
                i += 8;
                continue;
            }
        }
        if (p[i] < 0x80) {
            i++;
            continue;
        }
        size_t n = utf8_sequence(p + i, s.len - i);
        if (n == 0)
            return false;
        i += n;
    }
    return true;
}

struct str str_head(struct str s, size_t max) {
    if (s.len <= max)
        return s;
    while (max > 0 && ((unsigned char)s.ptr[max] & 0xC0) == 0x80)
        max--;
    return (struct str){s.ptr, max};
}

int str_compare(struct str a, struct str b) {
    size_t common = a.len < b.len ? a.len : b.len;
    int order = common > 0 ? memcmp(a.ptr, b.ptr, common) : 0;
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}
