/* SPDX-License-Identifier: Apache-2.0
 *
 * Takes secrets out of texts.
 */
#include "testing/mask.h"

#include <stdlib.h>

#include "base/hex.h"
#include "base/json.h"
#include "base/record.h"

#define DEPTH_MAX 4 /* of JSON within strings of JSON */
#define NAME_MAX_LEN 128
#define TOKEN_MIN 32 /* characters of a token after its prefix */

static void mask_any(struct mask *m, struct str in, unsigned depth, struct buf *out);

void mask_remember(struct mask *m, struct str value) {
    if (value.len < MASK_VALUE_MIN || m->n == MASK_VALUES)
        return;
    for (size_t i = 0; i < m->n; i++)
        if (str_eq(m->values[i], value))
            return;
    m->values[m->n++] = arena_dup(m->arena, value);
}

/* ---- names ---- */

/* Lower-case letters and digits of a name, without escapes (\uXXXX, %XX); the rest is dropped. */
static struct str plain_name(struct str name, char to[NAME_MAX_LEN]) {
    size_t n = 0;
    for (size_t i = 0; i < name.len && n < NAME_MAX_LEN; i++) {
        int c = (unsigned char)name.ptr[i];
        size_t digits = c == '%' ? 2 : c == '\\' && i + 1 < name.len && name.ptr[i + 1] == 'u' ? 4 : 0;
        size_t from = i + (digits == 4 ? 2 : 1);
        if (digits > 0 && from + digits <= name.len) {
            c = 0;
            for (size_t k = 0; k < digits && c >= 0; k++) {
                int d = hex_digit(name.ptr[from + k]);
                c = d < 0 ? -1 : c * 16 + d;
            }
            i = c < 0 ? i : from + digits - 1;
        }
        if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
            to[n++] = (char)(c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c);
    }
    return (struct str){to, n};
}

static bool has_word(struct str s, struct str word) {
    for (size_t i = 0; i + word.len <= s.len; i++)
        if (memcmp(s.ptr + i, word.ptr, word.len) == 0)
            return true;
    return false;
}

static bool is_secret_name(struct str name) {
    static const struct str words[] = {STR_INIT("secret"), STR_INIT("password"),      STR_INIT("passwd"),
                                       STR_INIT("token"),  STR_INIT("ticket"),        STR_INIT("encryptkey"),
                                       STR_INIT("apikey"), STR_INIT("authorization"), STR_INIT("cookie"),
                                       STR_INIT("bearer")};
    static const struct str others[] = {STR_INIT("pagetoken"), STR_INIT("tokentype")};
    char buffer[NAME_MAX_LEN];
    struct str plain = plain_name(name, buffer);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (str_eq(plain, others[i]))
            return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (has_word(plain, words[i]))
            return true;
    return false;
}

/* ---- JSON, whole or not ---- */

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static size_t skip_blanks(struct str s, size_t i) {
    while (i < s.len && is_blank(s.ptr[i]))
        i++;
    return i;
}

/* The index of the quote that ends the string whose first quote is at i; s.len if it does not end. */
static size_t string_end(struct str s, size_t i) {
    char quote = s.ptr[i++];
    while (i < s.len && s.ptr[i] != quote)
        i += s.ptr[i] == '\\' ? 2 : 1;
    return i < s.len ? i : s.len;
}

/* Where the value that begins at i ends: behind its last byte. */
static size_t value_end(struct str s, size_t i) {
    unsigned depth = 0;
    for (; i < s.len; i++) {
        char c = s.ptr[i];
        if (c == '"') {
            i = string_end(s, i);
            if (depth == 0)
                return i < s.len ? i + 1 : s.len;
        } else if (c == '{' || c == '[') {
            depth++;
        } else if (c == '}' || c == ']') {
            if (depth <= 1)
                return depth == 0 ? i : i + 1;
            depth--;
        } else if (depth == 0 && (c == ',' || is_blank(c))) {
            return i;
        }
    }
    return s.len;
}

static struct str cut(struct str s, size_t from, size_t to) {
    return (struct str){s.ptr + from, to - from};
}

/* The text of a string literal, without its quotes; absent if it is damaged. */
static struct str decode(struct mask *m, struct str literal) {
    json_t *value = json_loadb(literal.ptr, literal.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    struct str text = STR_ABSENT;
    if (json_is_string(value))
        text = arena_dup(m->arena, (struct str){json_string_value(value), json_string_length(value)});
    json_decref(value);
    return text;
}

/* Whether a string may hold a secret's name before a value: a look at the bytes, because few strings do. */
static bool has_hint(struct str literal) {
    static const struct str words[] = {
        STR_INIT("secret"),   STR_INIT("passw"),  STR_INIT("token"),  STR_INIT("ticket"), STR_INIT("encrypt"),
        STR_INIT("authoriz"), STR_INIT("cookie"), STR_INIT("bearer"), STR_INIT("basic"),  STR_INIT("api")};
    if (memchr(literal.ptr, '\\', literal.len) || memchr(literal.ptr, '%', literal.len))
        return true;
    for (size_t i = 0; i < literal.len; i++) {
        if (!strchr("sptaecb", literal.ptr[i] | 0x20))
            continue;
        for (size_t k = 0; k < sizeof words / sizeof *words; k++)
            if (literal.len - i >= words[k].len && str_eq_nocase((struct str){literal.ptr + i, words[k].len}, words[k]))
                return true;
    }
    return false;
}

/* A value that is a string: what is JSON or a form in it is masked too. */
static void mask_string(struct mask *m, struct str literal, unsigned depth, struct buf *out) {
    struct str text = has_hint(literal) ? decode(m, literal) : STR_ABSENT;
    if (str_is_absent(text)) {
        buf_add_str(out, literal);
        return;
    }
    struct buf inner BUF_CLEANUP = BUF_EMPTY;
    mask_any(m, text, depth + 1, &inner);
    if (str_eq(buf_str(&inner), text)) {
        buf_add_str(out, literal);
        return;
    }
    buf_add_char(out, '"');
    json_escape(out, buf_str(&inner));
    buf_add_char(out, '"');
}

/* Remembers the value between from and to, which is masked. */
static void remember(struct mask *m, struct str in, size_t from, size_t to) {
    struct str value = cut(in, from, to);
    if (value.len >= 2 && value.ptr[0] == '"') {
        struct str text = decode(m, value);
        mask_remember(m, (struct str){value.ptr + 1, value.len - (value.ptr[value.len - 1] == '"' ? 2 : 1)});
        if (!str_is_absent(text))
            mask_remember(m, text);
    } else if (value.len > 0 && value.ptr[0] != '{' && value.ptr[0] != '[') {
        mask_remember(m, value);
    }
}

static void mask_json(struct mask *m, struct str in, unsigned depth, struct buf *out) {
    for (size_t i = 0; i < in.len;) {
        if (in.ptr[i] != '"') {
            const char *quote = memchr(in.ptr + i, '"', in.len - i);
            size_t next = quote ? (size_t)(quote - in.ptr) : in.len;
            buf_add_str(out, cut(in, i, next));
            i = next;
            continue;
        }
        size_t end = string_end(in, i), after = end < in.len ? end + 1 : in.len, colon = skip_blanks(in, after);
        if (colon >= in.len || in.ptr[colon] != ':') {
            mask_string(m, cut(in, i, after), depth, out);
            i = after;
            continue;
        }
        size_t value = skip_blanks(in, colon + 1);
        buf_add_str(out, cut(in, i, value));
        if (is_secret_name(cut(in, i, end))) {
            size_t behind = value_end(in, value);
            remember(m, in, value, behind);
            buf_add_lit(out, "\"" MASKED "\"");
            value = behind;
        }
        i = value;
    }
}

/* ---- other texts ---- */

static bool is_name_char(char c) {
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_' || c == '-' || c == '%' ||
           c == '.' || c == '[' || c == ']';
}

/* Whether all of a line belongs to the value: "Authorization: Bearer x". */
static bool takes_line(struct str name) {
    char buffer[NAME_MAX_LEN];
    struct str plain = plain_name(name, buffer);
    return has_word(plain, STR("authorization")) || has_word(plain, STR("cookie"));
}

static size_t text_value_end(struct str in, size_t i, bool line) {
    if (i < in.len && (in.ptr[i] == '"' || in.ptr[i] == '\'')) {
        size_t end = string_end(in, i);
        return end < in.len ? end + 1 : in.len;
    }
    for (; i < in.len; i++) {
        char c = in.ptr[i];
        if (c == '\n' || c == '\r' || (!line && (c == '&' || c == ',' || c == ';' || c == '}' || is_blank(c))))
            return i;
    }
    return in.len;
}

/* name=value, name: value, "Bearer value", with or without quotes. */
static void mask_text(struct mask *m, struct str in, struct buf *out) {
    for (size_t i = 0; i < in.len;) {
        size_t end = i;
        while (end < in.len && is_name_char(in.ptr[end]))
            end++;
        if (end == i) {
            buf_add_char(out, in.ptr[i++]);
            continue;
        }
        struct str name = cut(in, i, end);
        size_t sign = end;
        while (sign < in.len && (in.ptr[sign] == '"' || in.ptr[sign] == '\'' || in.ptr[sign] == ' '))
            sign++;
        bool assigned = sign < in.len && (in.ptr[sign] == '=' || in.ptr[sign] == ':');
        bool scheme = sign > end && (str_eq_nocase(name, STR("bearer")) || str_eq_nocase(name, STR("basic")));
        if (!(assigned && is_secret_name(name)) && !scheme) {
            buf_add_str(out, name);
            i = end;
            continue;
        }
        size_t value = skip_blanks(in, assigned ? sign + 1 : sign);
        size_t behind = text_value_end(in, value, takes_line(name));
        buf_add_str(out, cut(in, i, value));
        if (behind > value) {
            mask_remember(m, cut(in, value, behind));
            buf_add_lit(out, MASKED);
        }
        i = behind;
    }
}

/* ---- both ---- */

static void mask_any(struct mask *m, struct str in, unsigned depth, struct buf *out) {
    in = str_without_mark(in);
    size_t first = skip_blanks(in, 0);
    if (depth > DEPTH_MAX) {
        buf_add_lit(out, MASKED);
        return;
    }
    if (first >= in.len || (in.ptr[first] != '{' && in.ptr[first] != '[')) {
        mask_text(m, in, out);
        return;
    }
    if (m->sound && depth == 0) {
        mask_json(m, in, depth, out);
        return;
    }
    struct buf once BUF_CLEANUP = BUF_EMPTY;
    mask_json(m, in, depth, &once);
    struct str why;
    json_t *whole = record_parse(buf_str(&once), m->arena, &why);
    if (whole)
        buf_add_str(out, buf_str(&once));
    else /* names without quotes, say */
        mask_text(m, buf_str(&once), out);
    json_decref(whole);
}

struct str mask_named(struct mask *m, struct str text) {
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    mask_any(m, text, 0, &out);
    return arena_dup(m->arena, buf_str(&out));
}

/* ---- forms and values ---- */

static bool is_word_char(char c) {
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_';
}

/* The length of the access token ("t-0123...") at i, or 0. */
static size_t token_at(struct str s, size_t i) {
    if (i + 2 >= s.len || s.ptr[i + 1] != '-' || !memchr("tau", s.ptr[i], 3) || (i > 0 && is_word_char(s.ptr[i - 1])))
        return 0;
    size_t n = 2;
    while (i + n < s.len && is_word_char(s.ptr[i + n]))
        n++;
    return n >= 2 + TOKEN_MIN ? n : 0;
}

/* Copies the text without tokens. */
static void mask_tokens(struct mask *m, struct str text, struct buf *out) {
    size_t copied = 0, i = 0;
    const char *dash;
    while (i < text.len && (dash = memchr(text.ptr + i, '-', text.len - i)) != NULL) {
        size_t at = (size_t)(dash - text.ptr), n = at > copied ? token_at(text, at - 1) : 0;
        i = at + 1;
        if (n == 0)
            continue;
        m->replaced = m->replaced || (at > 1 && text.ptr[at - 2] == '\\'); /* the t of "\t" */
        buf_add_str(out, cut(text, copied, at - 1));
        buf_add_lit(out, MASKED);
        i = copied = at - 1 + n;
    }
    buf_add_str(out, cut(text, copied, text.len));
}

/* Takes a value out of the text, if it is there. */
static struct str without(struct mask *m, struct str text, struct str value) {
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    const char *found;
    size_t copied = 0;
    while ((found = memmem(text.ptr + copied, text.len - copied, value.ptr, value.len)) != NULL) {
        size_t at = (size_t)(found - text.ptr);
        buf_add_str(&out, cut(text, copied, at));
        buf_add_lit(&out, MASKED);
        copied = at + value.len;
    }
    if (copied == 0)
        return text;
    m->replaced = true;
    buf_add_str(&out, cut(text, copied, text.len));
    return arena_dup(m->arena, buf_str(&out));
}

/* The longest first: a value may be a part of another. */
static int longest_first(const void *a, const void *b) {
    const struct str *x = a, *y = b;
    return x->len > y->len ? -1 : x->len < y->len;
}

struct str mask_values(struct mask *m, struct str text) {
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    qsort(m->values, m->n, sizeof *m->values, longest_first);
    mask_tokens(m, text, &out);
    struct str kept = arena_dup(m->arena, buf_str(&out));
    for (size_t i = 0; i < m->n; i++)
        kept = without(m, kept, m->values[i]);
    return kept;
}
