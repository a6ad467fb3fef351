/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/import/json_heap.h"

#include <jansson.h>
#include <stdlib.h>

#define BLOCK ((size_t)4 << 20)
#define ALIGN ((size_t)16)

static char *block;
static size_t used, live;

static void *heap_alloc(size_t size) {
    size_t n = (size + ALIGN - 1) & ~(ALIGN - 1);

    if (size > BLOCK || n > BLOCK - used)
        return malloc(size);
    void *p = block + used;
    used += n;
    live++;
    return p;
}

static void heap_free(void *p) {
    if ((char *)p < block || (char *)p >= block + BLOCK) {
        free(p);
        return;
    }
    if (--live == 0)
        used = 0;
}

void json_heap_begin(void) {
    if (!block && (block = malloc(BLOCK)))
        json_set_alloc_funcs(heap_alloc, heap_free);
}
