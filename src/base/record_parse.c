/* SPDX-License-Identifier: Apache-2.0
 *
 * Parses JSON strictly and says in a sentence where it is wrong. The sentences name no values: they may be personal
 * data, and a sentence may end in a log.
 */
#include <stdio.h>

#include "base/record.h"
#include "base/record_internal.h"

enum { DEPTH_MAX = 64 };

/* p stands behind an opening quote; returns what follows the closing one. */
static const char *skip_string(const char *p, const char *end) {
    while (p < end) {
        size_t left = (size_t)(end - p);
        const char *quote = memchr(p, '"', left);
        if (!quote)
            return end;
        const char *escape = memchr(p, '\\', (size_t)(quote - p));
        if (!escape)
            return quote + 1;
        p = escape + 1 < end ? escape + 2 : end;
    }
    return end;
}

/* Where nesting goes beyond DEPTH_MAX, or NULL. jansson would recurse into 2048 levels. */
static const char *find_too_deep(struct str text) {
    const char *p = text.ptr, *end = p + text.len;
    unsigned depth = 0;
    while (p < end) {
        switch (*p++) {
        case '"':
            p = skip_string(p, end);
            break;
        case '[':
        case '{':
            if (++depth > DEPTH_MAX)
                return p - 1;
            break;
        case ']':
        case '}':
            depth -= depth > 0;
        }
    }
    return NULL;
}

void record_position(struct str text, size_t offset, unsigned *line, unsigned *column) {
    size_t begin = 0, lines = 1;
    for (const char *nl; (nl = memchr(text.ptr + begin, '\n', offset - begin)); lines++)
        begin = (size_t)(nl - text.ptr) + 1;
    *line = (unsigned)lines;
    *column = (unsigned)str_chars((struct str){text.ptr + begin, offset - begin}) + 1;
}

/* Words the error; jansson's own words are replaced where they speak of its programming interface. */
static struct str describe(const json_error_t *e, struct arena *a) {
    struct str text = str_of(e->text);
    switch (json_error_code(e)) {
    case json_error_premature_end_of_input:
        return STR("the text ends too early");
    case json_error_end_of_input_expected:
        return STR("something follows the end of the JSON value");
    case json_error_invalid_utf8:
        return STR("the text is not valid UTF-8");
    case json_error_null_character:
    case json_error_null_byte_in_key:
        return STR("the character \\u0000 is not accepted");
    case json_error_numeric_overflow:
        return memmem(text.ptr, text.len, "integer", 7)
                   ? STR("an integer is out of range: accepted are -9223372036854775808 to 9223372036854775807")
                   : STR("a number is out of range: its size must stay below 1.8e308");
    case json_error_duplicate_key:
        return STR("a name stands twice in one object");
    default:
        break;
    }
    /* jansson's own word for the rest of the syntax ("':' expected near '1234'"), without the text near it. */
    const char *near = memmem(text.ptr, text.len, " near ", 6);
    if (near)
        text.len = (size_t)(near - text.ptr);
    return arena_dup(a, text);
}

json_t *record_parse(struct str text, struct arena *a, struct str *ret_why) {
    unsigned line = 1, column = 1;
    if (str_is_utf16(text)) {
        *ret_why = STR("the text is UTF-16 (it begins with its byte order mark): UTF-8 is expected");
        return NULL;
    }
    text = str_without_mark(text);
    if (str_is_empty(text)) {
        *ret_why = arena_dup(a, STR("the text is empty: a JSON object is expected"));
        return NULL;
    }
    json_t *plain = record_parse_plain(text);
    if (plain)
        return plain;
    const char *too_deep = find_too_deep(text);
    if (too_deep) {
        record_position(text, (size_t)(too_deep - text.ptr), &line, &column);
        *ret_why = arena_printf(a, "line %u, column %u: nested more than %d levels deep", line, column, DEPTH_MAX);
        return NULL;
    }
    json_error_t e;
    json_t *v = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, &e);
    if (v)
        return v;
    struct str what = describe(&e, a);
    size_t offset = e.position < 0 ? 0 : (size_t)e.position;
    record_position(text, offset < text.len ? offset : text.len, &line, &column);
    *ret_why = arena_printf(a, "line %u, column %u: %.*s", line, column, STR_FMT(what));
    return NULL;
}
