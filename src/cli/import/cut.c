/* SPDX-License-Identifier: Apache-2.0
 *
 * Files of hundreds of megabytes are scanned here twice, so the scan compares 16 bytes at a time.
 */
#include "cli/import/cut.h"

#include "base/invariant.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

size_t cut_blanks(struct str s, size_t i) {
    while (i < s.len && (s.ptr[i] == ' ' || s.ptr[i] == '\t' || s.ptr[i] == '\n' || s.ptr[i] == '\r'))
        i++;
    return i;
}

/* The next quote or backslash, or the end of the text. */
static size_t find_quote(struct str s, size_t i) {
#ifdef __SSE2__
    const __m128i quote = _mm_set1_epi8('"'), escape = _mm_set1_epi8('\\');
    for (; i + 16 <= s.len; i += 16) {
        __m128i b = _mm_loadu_si128((const __m128i *)(const void *)(s.ptr + i));
        int found = _mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(b, quote), _mm_cmpeq_epi8(b, escape)));
        if (found)
            return i + (size_t)__builtin_ctz((unsigned)found);
    }
#endif
    while (i < s.len && s.ptr[i] != '"' && s.ptr[i] != '\\')
        i++;
    return i;
}

/* The next quote or bracket, or the end of the text. Brackets and braces differ by one bit. */
static size_t find_mark(struct str s, size_t i) {
#ifdef __SSE2__
    const __m128i quote = _mm_set1_epi8('"'), bit = _mm_set1_epi8(0x20), open = _mm_set1_epi8('{'),
                  close = _mm_set1_epi8('}');
    for (; i + 16 <= s.len; i += 16) {
        __m128i b = _mm_loadu_si128((const __m128i *)(const void *)(s.ptr + i)), braces = _mm_or_si128(b, bit);
        int found = _mm_movemask_epi8(_mm_or_si128(
            _mm_cmpeq_epi8(b, quote), _mm_or_si128(_mm_cmpeq_epi8(braces, open), _mm_cmpeq_epi8(braces, close))));
        if (found)
            return i + (size_t)__builtin_ctz((unsigned)found);
    }
#endif
    while (i < s.len && s.ptr[i] != '"' && (s.ptr[i] | 0x20) != '{' && (s.ptr[i] | 0x20) != '}')
        i++;
    return i;
}

size_t cut_string(struct str s, size_t i) {
    for (i = find_quote(s, i + 1); i < s.len; i = find_quote(s, i + 2)) {
        if (s.ptr[i] == '"')
            return i + 1;
    }
    return SIZE_MAX;
}

bool cut_on(struct str s, size_t *i, size_t *depth, size_t upto) {
    size_t at = *i;

    INVARIANT_RETURN(*depth > 0, true);
    while (at < upto) {
        at = find_mark(s, at);
        if (at >= s.len)
            break;
        char c = s.ptr[at];
        if (c == '"') {
            at = cut_string(s, at);
            if (at == SIZE_MAX)
                break;
            continue;
        }
        at++;
        *depth += c == '{' || c == '[' ? 1 : SIZE_MAX; /* adding SIZE_MAX subtracts 1 */
        if (*depth == 0) {
            *i = at;
            return true;
        }
    }
    *i = at < s.len ? at : SIZE_MAX;
    return false;
}

size_t cut_value(struct str s, size_t i) {
    if (i < s.len && (s.ptr[i] == '{' || s.ptr[i] == '[')) {
        size_t depth = 1;
        i++;
        return cut_on(s, &i, &depth, SIZE_MAX) ? i : SIZE_MAX;
    }
    if (i < s.len && s.ptr[i] == '"')
        return cut_string(s, i);
    while (i < s.len && !strchr(",]} \t\n\r", s.ptr[i]))
        i++;
    return i;
}
