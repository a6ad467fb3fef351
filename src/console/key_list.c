/* SPDX-License-Identifier: Apache-2.0
 *
 * A sorted list of bounded length.
 */
#include "console/key_list.h"

#include <string.h>

struct key_list key_list_new(struct arena *a, size_t max, bool descending) {
    return (struct key_list){.v = arena_array(a, struct list_key, max), .max = max, .descending = descending};
}

static bool is_before(const struct key_list *l, struct list_key x, struct list_key y) {
    if (x.a != y.a)
        return (x.a < y.a) != l->descending;
    return x.b != y.b && (x.b < y.b) != l->descending;
}

bool key_list_add(struct key_list *l, struct list_key k) {
    size_t at = l->n;

    while (at > 0 && is_before(l, k, l->v[at - 1]))
        at--;
    if (at > 0 && l->v[at - 1].a == k.a && l->v[at - 1].b == k.b)
        return true;
    if (at == l->max)
        return false;
    size_t after = (l->n < l->max ? l->n : l->max - 1) - at;
    memmove(l->v + at + 1, l->v + at, after * sizeof *l->v);
    l->v[at] = k;
    l->n = at + after + 1;
    return true;
}
