/* SPDX-License-Identifier: Apache-2.0
 *
 * Writes compact JSON into a buf, byte for byte as JSON.stringify does.
 */
#include "base/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

void json_comma(struct buf *b) {
    if (b->len == 0)
        return;
    switch (b->ptr[b->len - 1]) {
    case '{':
    case '[':
    case ':':
    case ',':
        return;
    default:
        buf_add_char(b, ',');
    }
}

void json_begin(struct buf *b, char open) {
    json_comma(b);
    buf_add_char(b, open);
}

void json_end(struct buf *b, char close) {
    buf_add_char(b, close);
}

void json_key(struct buf *b, struct str key) {
    json_str(b, key);
    buf_add_char(b, ':');
}

/* Non-zero if one of the eight bytes needs an escape: below 0x20, '"' or '\\'. Bytes from 0x80 on never do. */
static uint64_t needs_escape(const char *p) {
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = UINT64_C(0x8080808080808080);
    uint64_t w;
    memcpy(&w, p, 8);
    uint64_t quote = w ^ ones * '"', backslash = w ^ ones * '\\';
    return ((w - ones * 0x20) | (quote - ones) | (backslash - ones)) & ~w & tops;
}

static bool is_plain(char c) {
    return (unsigned char)c >= 0x20 && c != '"' && c != '\\';
}

static size_t plain_run(const char *p, size_t len) {
    size_t i = 0;
    while (len - i >= 8 && !needs_escape(p + i))
        i += 8;
    while (i < len && is_plain(p[i]))
        i++;
    return i;
}

static void escape_char(struct buf *b, char c) {
    switch (c) {
    case '"':
        buf_add_lit(b, "\\\"");
        break;
    case '\\':
        buf_add_lit(b, "\\\\");
        break;
    case '\b':
        buf_add_lit(b, "\\b");
        break;
    case '\f':
        buf_add_lit(b, "\\f");
        break;
    case '\n':
        buf_add_lit(b, "\\n");
        break;
    case '\r':
        buf_add_lit(b, "\\r");
        break;
    case '\t':
        buf_add_lit(b, "\\t");
        break;
    default:
        buf_add_lit(b, "\\u00");
        buf_add_hex(b, &c, 1);
    }
}

void json_escape(struct buf *b, struct str s) {
    while (s.len > 0) {
        size_t n = plain_run(s.ptr, s.len);
        buf_add(b, s.ptr, n);
        s = str_skip(s, n);
        for (; s.len > 0 && !is_plain(*s.ptr); s = str_skip(s, 1))
            escape_char(b, *s.ptr);
    }
}

void json_str(struct buf *b, struct str s) {
    buf_reserve(b, s.len + 3); /* comma, quotes, and usually nothing to escape */
    json_comma(b);
    buf_add_char(b, '"');
    json_escape(b, s);
    buf_add_char(b, '"');
}

void json_int(struct buf *b, int64_t value) {
    json_comma(b);
    buf_add_i64(b, value);
}

/* ECMAScript's Number::toString: the fewest digits that read back, laid out with or without an exponent. The one
 * difference is described in json.h. */
void json_num(struct buf *b, double value) {
    char text[32];
    json_comma(b);
    if (value == 0 || !isfinite(value)) {
        buf_add_char(b, '0'); /* also for -0; JSON has no form for the others */
        return;
    }
    for (int digits = 0; digits < 17; digits++) {
        snprintf(text, sizeof(text), "%.*e", digits, value);
        double back = strtod(text, NULL);
        if (!(back < value) && !(back > value))
            break;
    }
    char *mantissa = text, *e = strchr(text, 'e');
    int exponent = atoi(e + 1); /* of the first digit */
    if (*mantissa == '-') {
        buf_add_char(b, '-');
        mantissa++;
    }
    char digit[20];
    int n = 0;
    for (char *p = mantissa; p < e; p++)
        if (*p != '.')
            digit[n++] = *p;
    int point = exponent + 1;                  /* digits before the decimal point */
    bool beyond_int64 = fabs(value) >= 0x1p63; /* without an exponent a strict reader takes it for an integer */
    if (point > 0 && !beyond_int64) {
        for (int i = 0; i < n || i < point; i++) {
            if (i == point)
                buf_add_char(b, '.');
            buf_add_char(b, i < n ? digit[i] : '0');
        }
    } else if (point <= 0 && point > -6) {
        buf_add_lit(b, "0.");
        for (int i = point; i < 0; i++)
            buf_add_char(b, '0');
        buf_add(b, digit, (size_t)n);
    } else {
        buf_add_char(b, digit[0]);
        if (n > 1)
            buf_add_char(b, '.');
        buf_add(b, digit + 1, (size_t)n - 1);
        buf_printf(b, "e%+d", exponent);
    }
}

void json_bool(struct buf *b, bool value) {
    json_comma(b);
    buf_add_str(b, value ? STR("true") : STR("false"));
}

void json_id(struct buf *b, int64_t id) {
    json_comma(b);
    buf_add_char(b, '"');
    buf_add_i64(b, id);
    buf_add_char(b, '"');
}

void json_member_str(struct buf *b, struct str key, struct str value) {
    if (str_is_absent(value))
        return;
    json_key(b, key);
    json_str(b, value);
}

void json_member_raw(struct buf *b, struct str key, struct str json) {
    if (str_is_absent(json))
        return;
    json_key(b, key);
    json_comma(b);
    buf_add_str(b, json);
}

void json_member_int(struct buf *b, struct str key, int64_t value) {
    json_key(b, key);
    json_int(b, value);
}

void json_member_bool(struct buf *b, struct str key, bool value) {
    json_key(b, key);
    json_bool(b, value);
}

void json_member_id(struct buf *b, struct str key, int64_t id) {
    json_key(b, key);
    json_id(b, id);
}

void json_member_words(struct buf *b, struct str key, struct str words) {
    json_key(b, key);
    json_begin(b, '[');
    while (!str_is_absent(words)) {
        struct str word = str_cut(&words, ' ');
        if (word.len > 0)
            json_str(b, word);
    }
    json_end(b, ']');
}
