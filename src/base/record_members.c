/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads single members out of a record's stored form by skipping over the others: a list that shows three of an order's
 * members must not build all of it.
 */
#include "base/record.h"
#include "base/record_internal.h"

/* Behind the string that begins at p. */
static const char *skip_string(const char *p, const char *end) {
    for (p++; p < end && *p != '"'; p++)
        p += *p == '\\' && p + 1 < end;
    return p < end ? p + 1 : end;
}

/* Behind the value that begins at p. What follows one is a comma, the end of its object, or the end of a conditional.
 */
static const char *skip_value(const char *p, const char *end) {
    size_t depth = 0;

    while (p < end) {
        switch (*p) {
        case '"':
            p = skip_string(p, end);
            continue;
        case '{':
        case '[':
            depth++;
            break;
        case MARK_BEGIN:
            if (depth == 0)
                return p;
            p += p + 1 < end; /* the bit, which may be any letter or bracket */
            break;
        case MARK_END:
        case ',':
            if (depth == 0)
                return p;
            break;
        case '}':
        case ']':
            if (depth == 0)
                return p;
            depth--;
            break;
        default:
            break;
        }
        p++;
    }
    return end;
}

/* To the next member's name: over commas and the marks of conditionals. */
static const char *next_name(const char *p, const char *end) {
    while (p < end && *p != '"' && *p != '}')
        p += *p == MARK_BEGIN && p + 1 < end ? 2 : 1;
    return p < end && *p == '"' ? p : NULL;
}

void record_members(struct str stored, const struct str *names, size_t n, struct str *ret) {
    const char *p = stored.ptr, *end = p + stored.len;
    size_t missing = n;

    for (size_t i = 0; i < n; i++)
        ret[i] = STR_ABSENT;
    if (stored.len == 0 || *p++ != '{')
        return;
    while (missing > 0 && (p = next_name(p, end))) {
        const char *value = skip_string(p, end);
        if (value == end || *value != ':')
            return;
        struct str name = {p + 1, (size_t)(value - p) - 2};
        p = skip_value(++value, end);
        if (p == end) /* it was cut off */
            return;
        for (size_t i = 0; i < n; i++)
            if (str_eq(name, names[i])) {
                ret[i] = (struct str){value, (size_t)(p - value)};
                missing--;
            }
    }
}
