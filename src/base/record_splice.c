/* SPDX-License-Identifier: Apache-2.0
 *
 * Makes the wire form of a stored record for one reader. Lists of thousands of records go through here, so plain text
 * is searched and copied sixteen or thirty-two bytes at a time.
 */
#ifdef __SSE2__
#include <immintrin.h>
#endif

#include "base/hex.h"
#include "base/json.h"
#include "base/record.h"
#include "base/record_internal.h"

static bool is_mark(char c) {
    return (unsigned char)c <= MARK_END; /* NUL is not a mark, but JSON text has no NUL */
}

/* The first mark from p on, or end. */
static const char *find_mark(const char *p, const char *end) {
#ifdef __SSE2__
    const __m128i last = _mm_set1_epi8(MARK_END);
    for (; end - p >= 16; p += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
        int found = _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(bytes, last), bytes));
        if (found)
            return p + __builtin_ctz((unsigned)found);
    }
#endif
    for (; end - p >= 8; p += 8) {
        uint64_t w;
        memcpy(&w, p, 8);
        if ((w - UINT64_C(0x0404040404040404)) & ~w & UINT64_C(0x8080808080808080))
            break;
    }
    while (p < end && !is_mark(*p))
        p++;
    return p;
}

/* The marks stand so close together that looking and copying in one go is several times as fast as memchr and memcpy in
 * turns. copy_blocks copies whole registers from p, and ends in front of the first mark or where less than a register
 * of the len bytes is left; it returns how many bytes before that place. What it stores never passes to + len. */
#ifdef __SSE2__
static size_t copy_blocks(const char *p, size_t len, char *to) {
    const __m128i last = _mm_set1_epi8(MARK_END);
    size_t n = 0;
    for (; len - n >= 16; n += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(p + n));
        _mm_storeu_si128((__m128i *)(void *)(to + n), bytes);
        int found = _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(bytes, last), bytes));
        if (found)
            return n + (size_t)__builtin_ctz((unsigned)found);
    }
    return n;
}

__attribute__((target("avx2"))) static size_t copy_wide_blocks(const char *p, size_t len, char *to) {
    const __m256i last = _mm256_set1_epi8(MARK_END);
    size_t n = 0;
    for (; len - n >= 32; n += 32) {
        __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)(p + n));
        _mm256_storeu_si256((__m256i *)(void *)(to + n), bytes);
        int found = _mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_min_epu8(bytes, last), bytes));
        if (found)
            return n + (size_t)__builtin_ctz((unsigned)found);
    }
    return n;
}
#endif

/* Copies what stands before the first mark, or before end; returns that place. */
static const char *copy_plain(const char *p, const char *end, struct buf *out) {
    buf_reserve(out, (size_t)(end - p));
#ifdef __SSE2__
    size_t left = (size_t)(end - p);
    char *to = out->ptr + out->len;
    size_t n = __builtin_cpu_supports("avx2") ? copy_wide_blocks(p, left, to) : copy_blocks(p, left, to);
    out->len += n;
    p += n;
#endif
    if (p == end || is_mark(*p))
        return p;
    const char *mark = find_mark(p, end);
    buf_add(out, p, (size_t)(mark - p));
    return mark;
}

/* p stands behind a conditional's bit; returns what follows its end mark. */
static const char *skip_conditional(const char *p, const char *end) {
    for (size_t depth = 1; (p = find_mark(p, end)) < end;) {
        char mark = *p++;
        if (mark == MARK_BEGIN)
            depth++;
        else if (mark == MARK_END && --depth == 0)
            return p;
    }
    return end;
}

static bool slot_id(const char *digits, int64_t *ret) {
    uint64_t id;
    if (hex_to_u64((struct str){digits, SLOT_DIGITS}, &id) < 0 || id > INT64_MAX)
        return false;
    *ret = (int64_t)id;
    return true;
}

static void fill_slot(const struct record_reader *r, const char *slot, struct buf *out) {
    int64_t id;
    if (!slot_id(slot + 2, &id))
        return;
    if (slot[1] == 'U')
        r->user(r->ctx, id, out);
    else if (slot[1] == 'F')
        r->file(r->ctx, id, out);
}

static bool is_hidden(const struct record_reader *r, char byte) {
    if (byte == 'A' + UNDESCRIBED_BIT)
        return !r->undescribed;
    return byte >= 'A' && byte < 'A' + UNDESCRIBED_BIT && (r->hidden >> (byte - 'A') & 1);
}

void record_splice(const struct record_reader *r, struct str stored, struct buf *out) {
    const char *p = stored.ptr, *end = p ? p + stored.len : p;
    if (p == end)
        return;
    buf_reserve(out, stored.len + stored.len / 4 + 1);
    if (*p == '{' || *p == '[')
        json_comma(out);
    while (p < end) {
        /* If the members before this comma were left out, the comma is left out, too. */
        if (*p == ',' && out->len > 0 && out->ptr[out->len - 1] == '{')
            p++;
        const char *mark = copy_plain(p, end, out);
        size_t left = (size_t)(end - mark);
        if (left == 0)
            return;
        if (*mark == MARK_SLOT && left >= SLOT_LEN) {
            fill_slot(r, mark, out);
            p = mark + SLOT_LEN;
        } else if (*mark == MARK_BEGIN && left >= 2) {
            p = is_hidden(r, mark[1]) ? skip_conditional(mark + 2, end) : mark + 2;
        } else if (*mark == MARK_SLOT || *mark == MARK_BEGIN) {
            return; /* damaged: cut off within a mark */
        } else {
            p = mark + 1;
        }
    }
}
