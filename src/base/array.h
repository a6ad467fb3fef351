/* SPDX-License-Identifier: Apache-2.0
 *
 * Arrays that grow by one element at a time:
 *
 *     int64_t *ids = NULL;
 *     size_t n = 0, cap = 0;
 *     while (...) {
 *         ids = arena_array_grow(arena, ids, n, &cap, sizeof(*ids));
 *         ids[n++] = ...;
 *     }
 *
 * The capacity doubles, so n elements cost at most 2n copies. An array that does not fit into the address space ends
 * the process, as all allocation without memory does (arena.h).
 */
#ifndef HIRED_BASE_ARRAY_H
#define HIRED_BASE_ARRAY_H

#include "base/arena.h"

/* Returns v, or its n elements elsewhere, with room for at least one more; *cap is the number of elements there is room
 * for. size is that of an element, not 0. v comes from mem_grow or an earlier array_grow, or is NULL with *cap 0; the
 * caller gives it back with free(). What is behind the n elements is not initialised. */
void *array_grow(void *v, size_t n, size_t *cap, size_t size);

/* The same in an arena: v may be any memory, and the old copy stays in the arena until that is reset. What is behind
 * the n elements is zero in an array that this function has made. */
void *arena_array_grow(struct arena *a, void *v, size_t n, size_t *cap, size_t size);

#endif
