/* SPDX-License-Identifier: Apache-2.0
 *
 * Text as {pointer, length}: never assumed to be NUL-terminated, never owned.
 * A NULL ptr means "absent"; an empty text has a non-NULL ptr and len 0.
 */
#ifndef HIRED_BASE_STR_H
#define HIRED_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
    const char *ptr;
    size_t len;
};

#define STR(literal) ((struct str){("" literal), sizeof(literal) - 1})
#define STR_INIT(literal)                                                                                              \
    { ("" literal), sizeof(literal) - 1 } /* for static tables */
#define STR_ABSENT ((struct str){NULL, 0})
/* For printf: printf("%.*s", STR_FMT(s)) */
#define STR_FMT(s) (int)(s).len, ((s).ptr ? (s).ptr : "")

static inline struct str str_of(const char *cstr) {
    return (struct str){cstr, cstr ? strlen(cstr) : 0};
}

static inline bool str_is_absent(struct str s) {
    return s.ptr == NULL;
}

/* True for absent and for "". */
static inline bool str_is_empty(struct str s) {
    return s.len == 0;
}

static inline bool str_eq(struct str a, struct str b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool str_starts(struct str s, struct str prefix) {
    return s.len >= prefix.len && (prefix.len == 0 || memcmp(s.ptr, prefix.ptr, prefix.len) == 0);
}

static inline bool str_ends(struct str s, struct str suffix) {
    return s.len >= suffix.len && (suffix.len == 0 || memcmp(s.ptr + s.len - suffix.len, suffix.ptr, suffix.len) == 0);
}

/* Without the first n bytes; all of them if there are fewer. */
static inline struct str str_skip(struct str s, size_t n) {
    if (n > s.len)
        n = s.len;
    return n == 0 ? s : (struct str){s.ptr + n, s.len - n}; /* NULL + 0 is undefined in C */
}

/* ASCII case-insensitive. */
bool str_eq_nocase(struct str a, struct str b);

/* Drops ASCII blanks (space, tab) at both ends. */
struct str str_trim(struct str s);

/* Index of byte c, or SIZE_MAX. */
size_t str_find(struct str s, char c);

/* Splits at the first c: returns what stands before it and leaves the rest in *rest; without c, returns all and
 * makes *rest absent. To walk "a,b,c": while (!str_is_absent(rest)) part = str_cut(&rest, ','). */
struct str str_cut(struct str *rest, char c);

/* Strict decimal: an optional '-', then digits only, no leading zero but "0" itself, no blanks, within int64.
 * Returns 0, or -EINVAL (not such a text) or -ERANGE (does not fit). *ret is set only on success. */
int str_to_i64(struct str s, int64_t *ret);

/* Compares in time that depends on the lengths only; for secrets. */
bool str_eq_secret(struct str a, struct str b);

/* Number of Unicode characters; the text must be valid UTF-8. */
size_t str_chars(struct str s);

/* True if s is well-formed UTF-8 (no overlong forms, no surrogates, at most U+10FFFF). */
bool str_is_utf8(struct str s);

/* The text without the byte order mark that some editors and platforms write before UTF-8; it is no part of it. */
static inline struct str str_without_mark(struct str s) {
    return s.len >= 3 && memcmp(s.ptr, "\xef\xbb\xbf", 3) == 0 ? (struct str){s.ptr + 3, s.len - 3} : s;
}

/* Whether it begins with a byte order mark of UTF-16: what Windows' PowerShell writes into a file. */
static inline bool str_is_utf16(struct str s) {
    return s.len >= 2 && (memcmp(s.ptr, "\xff\xfe", 2) == 0 || memcmp(s.ptr, "\xfe\xff", 2) == 0);
}

/* The first max bytes at most, cut between characters. */
struct str str_head(struct str s, size_t max);

/* Orders bytewise, a shorter prefix first; <0, 0, >0. */
int str_compare(struct str a, struct str b);

#endif
