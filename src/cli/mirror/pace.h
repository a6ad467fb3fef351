/* SPDX-License-Identifier: Apache-2.0
 *
 * Keeps calls within the documented limits of an operation, so that the source has to refuse none, and other programs
 * of the same app keep a part of them: nine tenths of each limit are used.
 */
#ifndef HIRED_CLI_MIRROR_PACE_H
#define HIRED_CLI_MIRROR_PACE_H

#include "gateway/op.h"

struct pace {
    int64_t *times[2]; /* of the last calls within each limit, in a ring; NULL: no call yet */
    size_t at[2];
};

/* Notes a call. Returns how many milliseconds it has to wait, by a clock that only grows. */
int64_t pace_take(struct pace *p, const struct op *op, int64_t now_ms);
void pace_free(struct pace *p);

#endif
