/* SPDX-License-Identifier: Apache-2.0
 *
 * Running requests by receiver.
 */
#include "events/load.h"

#include <stdlib.h>

#include "base/array.h"

struct load *load_of(struct loads *l, int64_t key) {
    struct load *unused = NULL;

    for (size_t i = 0; i < l->n; i++) {
        if (l->all[i].key == key)
            return &l->all[i];
        if (l->all[i].running == 0 && !l->all[i].failing)
            unused = &l->all[i];
    }
    if (!unused) {
        l->all = array_grow(l->all, l->n, &l->cap, sizeof(*l->all));
        unused = &l->all[l->n++];
    }
    *unused = (struct load){.key = key};
    return unused;
}

unsigned loads_failing(const struct loads *l) {
    unsigned running = 0;

    for (size_t i = 0; i < l->n; i++)
        if (l->all[i].failing)
            running += l->all[i].running;
    return running;
}

void loads_free(struct loads *l) {
    free(l->all);
    *l = (struct loads){0};
}
