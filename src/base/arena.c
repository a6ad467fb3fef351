/* SPDX-License-Identifier: Apache-2.0
 *
 * A request's memory: a chain of blocks, cut from the front for objects and from the back for text.
 */
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    ALIGNMENT = alignof(max_align_t),
    BLOCK_SIZE = 8192,           /* with its head; small, because every open connection may keep one */
    LARGE_SIZE = BLOCK_SIZE / 4, /* from here on an allocation gets its own block, so that little room is lost */
};

struct arena_block {
    struct arena_block *older;
    size_t size; /* of data */
    alignas(max_align_t) char data[];
};

#define BLOCK_ROOM (BLOCK_SIZE - sizeof(struct arena_block))

static _Noreturn void mem_exhausted(void) {
    static const char message[] = "hired: the system has no memory left; ending\n";
    ssize_t ignored = write(STDERR_FILENO, message, sizeof(message) - 1);
    (void)ignored;
    abort();
}

void *mem_alloc(size_t size) {
    void *p = calloc(1, size ? size : 1);
    if (!p)
        mem_exhausted();
    return p;
}

void *mem_grow(void *old, size_t size) {
    void *p = realloc(old, size ? size : 1);
    if (!p)
        mem_exhausted();
    return p;
}

static struct arena_block *block_new(size_t room) {
    size_t size;
    if (__builtin_add_overflow(room, sizeof(struct arena_block), &size))
        mem_exhausted();
    struct arena_block *b = mem_grow(NULL, size);
    b->older = NULL;
    b->size = room;
    return b;
}

static void use_block(struct arena *a, struct arena_block *b) {
    a->next = b->data;
    a->end = b->data + b->size;
}

/* A block of its own for a large allocation. It stands behind the newest block, whose free room stays in use. */
static char *large_block(struct arena *a, size_t size) {
    struct arena_block *b = block_new(size);
    if (a->blocks) {
        b->older = a->blocks->older;
        a->blocks->older = b;
    } else {
        a->blocks = b;
        a->next = a->end = b->data; /* no other allocation goes into it */
    }
    return b->data;
}

static void ordinary_block(struct arena *a) {
    struct arena_block *b = block_new(BLOCK_ROOM);
    b->older = a->blocks;
    a->blocks = b;
    use_block(a, b);
}

static size_t room_left(const struct arena *a) {
    return (size_t)(a->end - a->next);
}

void *arena_alloc(struct arena *a, size_t size) {
    if (size > SIZE_MAX - ALIGNMENT)
        mem_exhausted();
    size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT; /* next stays aligned */
    if (size > room_left(a)) {
        if (size >= LARGE_SIZE)
            return memset(large_block(a, size), 0, size);
        ordinary_block(a);
    }
    char *p = a->next;
    if (size == 0)
        return p ? p : (ordinary_block(a), a->next);
    a->next += size;
    return memset(p, 0, size);
}

void *arena_calloc(struct arena *a, size_t count, size_t size) {
    size_t total;
    if (__builtin_mul_overflow(count, size, &total))
        mem_exhausted();
    return arena_alloc(a, total);
}

char *arena_bytes(struct arena *a, size_t size) {
    if (size > room_left(a) || !a->blocks) {
        if (size >= LARGE_SIZE)
            return large_block(a, size);
        ordinary_block(a);
    }
    a->end -= size;
    return a->end;
}

struct str arena_dup(struct arena *a, struct str s) {
    if (str_is_absent(s))
        return s;
    if (s.len == SIZE_MAX)
        mem_exhausted();
    char *p = arena_bytes(a, s.len + 1);
    memcpy(p, s.ptr, s.len);
    p[s.len] = '\0';
    return (struct str){p, s.len};
}

struct str arena_utf8(struct arena *a, struct str s) {
    if (str_is_utf8(s))
        return s;
    char *copy = arena_bytes(a, s.len);
    for (size_t i = 0; i < s.len; i++)
        copy[i] = (unsigned char)s.ptr[i] < 128 ? s.ptr[i] : '?';
    return (struct str){copy, s.len};
}

struct str arena_vprintf(struct arena *a, const char *format, va_list args) {
    char quick[256];
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(quick, sizeof(quick), format, args);
    size_t len = n > 0 ? (size_t)n : 0;
    char *p = arena_bytes(a, len + 1);
    if (len < sizeof(quick))
        memcpy(p, quick, len);
    else
        vsnprintf(p, len + 1, format, again);
    p[len] = '\0';
    va_end(again);
    return (struct str){p, len};
}

struct str arena_printf(struct arena *a, const char *format, ...) {
    va_list args;
    va_start(args, format);
    struct str s = arena_vprintf(a, format, args);
    va_end(args);
    return s;
}

void arena_reset(struct arena *a) {
    struct arena_block *kept = NULL;
    for (struct arena_block *b = a->blocks, *older; b; b = older) {
        older = b->older;
        if (!kept && b->size == BLOCK_ROOM)
            kept = b;
        else
            free(b);
    }
    *a = (struct arena)ARENA_EMPTY;
    if (kept) {
        kept->older = NULL;
        a->blocks = kept;
        use_block(a, kept);
    }
}

void arena_free(struct arena *a) {
    for (struct arena_block *b = a->blocks, *older; b; b = older) {
        older = b->older;
        free(b);
    }
    *a = (struct arena)ARENA_EMPTY;
}
