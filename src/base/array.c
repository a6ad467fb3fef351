/* SPDX-License-Identifier: Apache-2.0
 *
 * Arrays that grow by one element at a time.
 */
#include "base/array.h"

#include <stdint.h>

enum { SMALLEST = 8 };

/* A capacity that is too large becomes SIZE_MAX elements or bytes; the allocation of that many ends the process. */
static size_t next_cap(size_t cap) {
    if (cap < SMALLEST)
        return SMALLEST;
    return cap > SIZE_MAX / 2 ? SIZE_MAX : 2 * cap;
}

void *array_grow(void *v, size_t n, size_t *cap, size_t size) {
    size_t bytes;
    if (n < *cap)
        return v;
    *cap = next_cap(*cap);
    if (__builtin_mul_overflow(*cap, size, &bytes))
        bytes = SIZE_MAX;
    return mem_grow(v, bytes);
}

void *arena_array_grow(struct arena *a, void *v, size_t n, size_t *cap, size_t size) {
    if (n < *cap)
        return v;
    *cap = next_cap(*cap);
    void *more = arena_calloc(a, *cap, size);
    if (n > 0)
        memcpy(more, v, n * size);
    return more;
}
