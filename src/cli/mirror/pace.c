/* SPDX-License-Identifier: Apache-2.0
 *
 * Keeps calls within limits.
 */
#include "cli/mirror/pace.h"

#include <stdlib.h>

#include "base/arena.h"

static size_t share_of(const struct op_limit *limit) {
    size_t n = (size_t)limit->calls * 9 / 10;
    return n > 0 ? n : 1;
}

int64_t pace_take(struct pace *p, const struct op *op, int64_t now_ms) {
    int64_t begin = now_ms;
    for (int i = 0; i < 2; i++) {
        const struct op_limit *limit = &op->limits[i];
        if (limit->calls == 0)
            continue;
        size_t n = share_of(limit);
        if (!p->times[i]) {
            p->times[i] = mem_alloc(n * sizeof(int64_t));
            for (size_t k = 0; k < n; k++)
                p->times[i][k] = INT64_MIN / 2;
        }
        int64_t free_at = p->times[i][p->at[i]] + (int64_t)limit->seconds * 1000;
        begin = free_at > begin ? free_at : begin;
    }
    for (int i = 0; i < 2; i++)
        if (op->limits[i].calls > 0) {
            p->times[i][p->at[i]] = begin;
            p->at[i] = (p->at[i] + 1) % share_of(&op->limits[i]);
        }
    return begin - now_ms;
}

void pace_free(struct pace *p) {
    free(p->times[0]);
    free(p->times[1]);
}
