/* SPDX-License-Identifier: Apache-2.0
 *
 * A request's memory: allocate freely, release all at once. Nothing allocated here is freed on its own.
 *
 * Allocation does not fail: when the system has no memory left, the process ends with a message (as h2o does). That is
 * safe here because an answer is sent only after its write is durable. What a request may allocate is bounded by the
 * limits on its input, so a client cannot drive a server there.
 */
#ifndef HIRED_BASE_ARENA_H
#define HIRED_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

#include "base/str.h"

struct arena_block;

struct arena {
    struct arena_block *blocks; /* newest first */
    char *next, *end;           /* free room in the newest block */
};

/* An arena of all zeroes is empty and ready; nothing is allocated before the first use. */
#define ARENA_EMPTY                                                                                                    \
    { 0 }

/* size bytes, zeroed, aligned for any type. Valid until arena_reset or arena_free. */
void *arena_alloc(struct arena *a, size_t size);

/* count * size bytes, zeroed; the product is checked. */
void *arena_calloc(struct arena *a, size_t count, size_t size);

/* Not zeroed, not aligned: for text. */
char *arena_bytes(struct arena *a, size_t size);

/* A copy of s that lives in the arena, followed by a NUL that len does not count. Absent stays absent. */
struct str arena_dup(struct arena *a, struct str s);

/* s itself if it is UTF-8; otherwise a copy in the arena in which every byte above 127 is '?', for places that hold
 * UTF-8 only (JSON). */
struct str arena_utf8(struct arena *a, struct str s);

/* Formats into the arena; NUL-terminated. */
struct str arena_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct str arena_vprintf(struct arena *a, const char *format, va_list args);

/* Forgets everything allocated, keeps one block of ordinary size for the next use. */
void arena_reset(struct arena *a);

/* Gives everything back to the system. */
void arena_free(struct arena *a);

#define arena_new(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define arena_array(a, type, count) ((type *)arena_calloc((a), (count), sizeof(type)))

/* struct arena scratch ARENA_CLEANUP = ARENA_EMPTY; */
#define ARENA_CLEANUP __attribute__((cleanup(arena_free)))

/* malloc and realloc that end the process with a message instead of returning NULL. */
void *mem_alloc(size_t size); /* zeroed */
void *mem_grow(void *old, size_t size);

#endif
