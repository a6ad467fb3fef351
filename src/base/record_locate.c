/* SPDX-License-Identifier: Apache-2.0
 *
 * Finds the place of a value in JSON text by its path. The text is known to be valid, so the scanner only skips; if
 * it is not valid, the scanner still never leaves it.
 */
#include <errno.h>

#include "base/hex.h"
#include "base/record.h"
#include "base/record_internal.h"

struct scan {
    const char *p, *end;
};

static bool at_end(const struct scan *s) {
    return s->p >= s->end;
}

static char peek(const struct scan *s) {
    return at_end(s) ? '\0' : *s->p;
}

static void skip_blanks(struct scan *s) {
    while (!at_end(s) && (*s->p == ' ' || *s->p == '\t' || *s->p == '\n' || *s->p == '\r'))
        s->p++;
}

/* Takes c if it stands next, after blanks. */
static bool take(struct scan *s, char c) {
    skip_blanks(s);
    if (peek(s) != c || at_end(s))
        return false;
    s->p++;
    return true;
}

/* Skips a string and returns what stands between its quotes, escapes and all. */
static struct str take_string(struct scan *s) {
    if (!take(s, '"'))
        return STR_ABSENT;
    const char *begin = s->p;
    while (!at_end(s) && *s->p != '"')
        s->p += *s->p == '\\' && s->end - s->p > 1 ? 2 : 1;
    struct str inside = {begin, (size_t)(s->p - begin)};
    take(s, '"');
    return inside;
}

static void skip_value(struct scan *s) {
    size_t depth = 0;
    skip_blanks(s);
    while (!at_end(s)) {
        char c = *s->p;
        if (c == '"') {
            take_string(s);
        } else if (c == '{' || c == '[') {
            depth++;
            s->p++;
        } else if ((c == '}' || c == ']' || c == ',') && depth == 0) {
            return;
        } else {
            depth -= c == '}' || c == ']';
            s->p++;
        }
    }
}

static unsigned hex4(const char *p) {
    return ((unsigned)hex_pair(p) << 8 | (unsigned)hex_pair(p + 2)) & 0xFFFF;
}

static size_t utf8_put(char out[4], unsigned c) {
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--, c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3F));
    out[0] = (char)((0xF00 >> n & 0xFF) | c);
    return n;
}

/* One character of a string's inside, unescaped. Returns how many bytes of out it takes and moves *in behind it. */
static size_t unescape_one(struct str *in, char out[4]) {
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    if (in->ptr[0] != '\\' || in->len < 2) {
        out[0] = in->ptr[0];
        *in = str_skip(*in, 1);
        return 1;
    }
    if (in->ptr[1] != 'u' || in->len < 6) {
        const char *at = strchr(from, in->ptr[1]);
        out[0] = at && *at ? to[at - from] : in->ptr[1];
        *in = str_skip(*in, 2);
        return 1;
    }
    unsigned c = hex4(in->ptr + 2);
    *in = str_skip(*in, 6);
    if (c >= 0xD800 && c < 0xDC00 && in->len >= 6) {
        c = 0x10000 + ((c - 0xD800) << 10) + (hex4(in->ptr + 2) & 0x3FF);
        *in = str_skip(*in, 6);
    }
    return utf8_put(out, c);
}

/* If path begins with this member name, returns the length of that beginning; otherwise SIZE_MAX. */
static size_t match_name(struct str inside, struct str path) {
    size_t at = 0;
    while (inside.len > 0) {
        char c[4];
        size_t n = unescape_one(&inside, c);
        if (path.len - at < n || memcmp(path.ptr + at, c, n) != 0)
            return SIZE_MAX;
        at += n;
    }
    return at;
}

static bool locate(struct scan *s, struct str path);

/* A name may hold dots itself (an unknown one, at least), so each member whose name fits is tried. */
static bool locate_in_object(struct scan *s, struct str path) {
    do {
        struct str name = take_string(s);
        if (str_is_absent(name) || !take(s, ':'))
            return false;
        size_t n = match_name(name, path);
        if (n != SIZE_MAX && (n == path.len || path.ptr[n] == '.' || path.ptr[n] == '[')) {
            struct scan inner = *s;
            if (locate(&inner, str_skip(path, n < path.len && path.ptr[n] == '.' ? n + 1 : n))) {
                *s = inner;
                return true;
            }
        }
        skip_value(s);
    } while (take(s, ','));
    return false;
}

static bool locate_in_list(struct scan *s, struct str path) {
    int64_t index;
    size_t close = str_find(path, ']');
    if (path.ptr[0] != '[' || close == SIZE_MAX || str_to_i64((struct str){path.ptr + 1, close - 1}, &index) < 0)
        return false;
    for (; index > 0; index--) {
        skip_value(s);
        if (!take(s, ','))
            return false;
    }
    path = str_skip(path, close + 1);
    if (!str_is_empty(path) && path.ptr[0] == '.')
        path = str_skip(path, 1);
    return locate(s, path);
}

/* Leaves s at the first byte of the value. */
static bool locate(struct scan *s, struct str path) {
    skip_blanks(s);
    if (str_is_empty(path))
        return !at_end(s) && *s->p != ']';
    if (take(s, '{'))
        return locate_in_object(s, path);
    if (take(s, '['))
        return locate_in_list(s, path);
    return false;
}

int record_locate(struct str text, struct str path, unsigned *ret_line, unsigned *ret_column) {
    text = str_without_mark(text);
    if (str_is_empty(text))
        return -ENOENT;
    struct scan s = {text.ptr, text.ptr + text.len};
    if (!locate(&s, path))
        return -ENOENT;
    record_position(text, (size_t)(s.p - text.ptr), ret_line, ret_column);
    return 0;
}
