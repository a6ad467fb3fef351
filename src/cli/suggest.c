/* SPDX-License-Identifier: Apache-2.0
 *
 * "Did you mean": finds the name nearest to a mistyped one, by edit distance.
 */
#include "cli/suggest.h"

#define NAME_MAX_LEN 64

static size_t distance(struct str a, struct str b) {
    size_t row[NAME_MAX_LEN + 1];

    if (a.len > NAME_MAX_LEN || b.len > NAME_MAX_LEN)
        return SIZE_MAX;
    for (size_t j = 0; j <= b.len; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t best = diagonal + (a.ptr[i - 1] != b.ptr[j - 1]);
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            diagonal = row[j];
            row[j] = best;
        }
    }
    return row[b.len];
}

void suggest_offer(struct suggest *s, struct str name) {
    size_t d = distance(s->typed, name);
    size_t near = name.len / 3 > 1 ? name.len / 3 : 1;

    /* The beginning of a name counts as near: "--rate" for "--rate-limits". */
    if (s->typed.len >= 3 && str_starts(name, s->typed))
        d = 1;
    if (d > near || (!str_is_absent(s->best) && d >= s->distance))
        return;
    s->best = name;
    s->distance = d;
}
