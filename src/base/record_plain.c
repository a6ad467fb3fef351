/* SPDX-License-Identifier: Apache-2.0
 *
 * Parses plain JSON, which is nearly all input, several times as fast as jansson's lexer. It reports no errors: text
 * that it is not sure of (a \u escape, a number that is not a short integer, any error) is left to jansson. So jansson
 * alone decides what is accepted, and jansson words the errors.
 */
#include "base/record_internal.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { DEPTH_MAX = 64, KEY_MAX = 256, DIGITS_MAX = 18 };

struct plain {
    const char *p, *end;
    struct buf unescaped;
    unsigned depth;
};

static json_t *take_value(struct plain *s);

static void skip_blanks(struct plain *s) {
    while (s->p < s->end && (*s->p == ' ' || *s->p == '\n' || *s->p == '\r' || *s->p == '\t'))
        s->p++;
}

/* The first byte from p on that is a quote, a backslash or a control character; ret_wide: whether there are bytes
 * beyond ASCII in front of it. */
static const char *find_special(const char *p, const char *end, bool *ret_wide) {
    unsigned wide = 0;
#ifdef __SSE2__
    const __m128i quote = _mm_set1_epi8('"'), escape = _mm_set1_epi8('\\'), control = _mm_set1_epi8(0x1F);
    for (; end - p >= 16; p += 16) {
        __m128i b = _mm_loadu_si128((const __m128i *)(const void *)p);
        __m128i special = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(b, quote), _mm_cmpeq_epi8(b, escape)),
                                       _mm_cmpeq_epi8(_mm_min_epu8(b, control), b));
        unsigned found = (unsigned)_mm_movemask_epi8(special), high = (unsigned)_mm_movemask_epi8(b);
        if (found) {
            unsigned n = (unsigned)__builtin_ctz(found);
            *ret_wide |= wide || (high & ((1u << n) - 1));
            return p + n;
        }
        wide |= high;
    }
#endif
    for (; p < end && *p != '"' && *p != '\\' && (unsigned char)*p > 0x1F; p++)
        wide |= (unsigned char)*p & 0x80;
    *ret_wide |= wide != 0;
    return p;
}

/* The character that a backslash and c stand for; 0: not one of the short ones. */
static char short_escape(char c) {
    switch (c) {
    case '"':
    case '\\':
    case '/':
        return c;
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default:
        return 0;
    }
}

/* p stands behind the opening quote. The text is valid until the next one is taken. */
static bool take_string(struct plain *s, struct str *ret) {
    const char *begin = s->p;
    bool wide = false, escaped = false;

    for (;;) {
        const char *special = find_special(s->p, s->end, &wide);
        if (special == s->end || (unsigned char)*special <= 0x1F)
            return false;
        if (escaped)
            buf_add(&s->unescaped, s->p, (size_t)(special - s->p));
        if (*special == '"') {
            s->p = special + 1;
            *ret = escaped ? buf_str(&s->unescaped) : (struct str){begin, (size_t)(special - begin)};
            return !wide || str_is_utf8(*ret);
        }
        char c = special + 1 < s->end ? short_escape(special[1]) : 0;
        if (c == 0)
            return false;
        if (!escaped) {
            escaped = true;
            buf_reset(&s->unescaped, 0);
            buf_add(&s->unescaped, begin, (size_t)(special - begin));
        }
        buf_add_char(&s->unescaped, c);
        s->p = special + 2;
    }
}

static json_t *take_integer(struct plain *s) {
    bool negative = *s->p == '-';
    const char *p = s->p + negative, *begin = p;
    int64_t n = 0;

    for (; p < s->end && *p >= '0' && *p <= '9' && p - begin < DIGITS_MAX; p++)
        n = n * 10 + (*p - '0');
    if (p == begin || (*begin == '0' && (p - begin > 1 || negative)))
        return NULL;
    if (p < s->end && (*p == '.' || *p == 'e' || *p == 'E' || (*p >= '0' && *p <= '9')))
        return NULL;
    s->p = p;
    return json_integer(negative ? -n : n);
}

static bool take_word(struct plain *s, const char *word, size_t len) {
    if ((size_t)(s->end - s->p) < len || memcmp(s->p, word, len) != 0)
        return false;
    s->p += len;
    return true;
}

/* Behind a value: true if another one follows. Sets *ret_end at the closing bracket; neither: it is not plain. */
static bool take_comma(struct plain *s, char close, bool *ret_end) {
    skip_blanks(s);
    *ret_end = s->p < s->end && *s->p == close;
    if (!*ret_end && (s->p == s->end || *s->p != ','))
        return false;
    s->p++;
    if (!*ret_end)
        skip_blanks(s);
    return !*ret_end;
}

static bool take_member(struct plain *s, json_t *object) {
    char copy[KEY_MAX];
    struct str key;
    size_t before = json_object_size(object);

    if (s->p == s->end || *s->p++ != '"' || !take_string(s, &key) || key.len > KEY_MAX)
        return false;
    memcpy(copy, key.ptr, key.len); /* the value may be unescaped to the same place */
    skip_blanks(s);
    if (s->p == s->end || *s->p++ != ':')
        return false;
    skip_blanks(s);
    json_t *value = take_value(s);
    /* A name that stands there twice replaces the first one. */
    return value && json_object_setn_new_nocheck(object, copy, key.len, value) == 0 &&
           json_object_size(object) == before + 1;
}

/* p stands behind the brace. */
static json_t *take_object(struct plain *s) {
    json_t *object = json_object();
    bool ended, more;

    skip_blanks(s);
    if (object && s->p < s->end && *s->p == '}') {
        s->p++;
        return object;
    }
    do {
        if (!object || !take_member(s, object)) {
            json_decref(object);
            return NULL;
        }
        more = take_comma(s, '}', &ended);
    } while (more);
    if (ended)
        return object;
    json_decref(object);
    return NULL;
}

static json_t *take_list(struct plain *s) {
    json_t *list = json_array();
    bool ended, more;

    skip_blanks(s);
    if (list && s->p < s->end && *s->p == ']') {
        s->p++;
        return list;
    }
    do {
        json_t *value = list ? take_value(s) : NULL;
        if (!value || json_array_append_new(list, value) < 0) {
            json_decref(list);
            return NULL;
        }
        more = take_comma(s, ']', &ended);
    } while (more);
    if (ended)
        return list;
    json_decref(list);
    return NULL;
}

static json_t *take_nested(struct plain *s) {
    if (++s->depth > DEPTH_MAX)
        return NULL;
    json_t *value = *s->p++ == '{' ? take_object(s) : take_list(s);
    s->depth--;
    return value;
}

static json_t *take_value(struct plain *s) {
    struct str text;

    if (s->p == s->end)
        return NULL;
    switch (*s->p) {
    case '{':
    case '[':
        return take_nested(s);
    case '"':
        s->p++;
        return take_string(s, &text) ? json_stringn_nocheck(text.ptr, text.len) : NULL;
    case 't':
        return take_word(s, "true", 4) ? json_true() : NULL;
    case 'f':
        return take_word(s, "false", 5) ? json_false() : NULL;
    case 'n':
        return take_word(s, "null", 4) ? json_null() : NULL;
    default:
        return take_integer(s);
    }
}

json_t *record_parse_plain(struct str text) {
    struct plain s = {.p = text.ptr, .end = text.ptr + text.len};
    json_t *value = NULL;

    skip_blanks(&s);
    if (s.p < s.end && (*s.p == '{' || *s.p == '['))
        value = take_value(&s);
    skip_blanks(&s);
    if (value && s.p != s.end) {
        json_decref(value);
        value = NULL;
    }
    buf_free(&s.unescaped);
    return value;
}
