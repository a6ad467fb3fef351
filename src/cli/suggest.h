/* SPDX-License-Identifier: Apache-2.0
 *
 * "Did you mean": the name nearest to a mistyped one.
 */
#ifndef HIRED_CLI_SUGGEST_H
#define HIRED_CLI_SUGGEST_H

#include "base/str.h"

struct suggest {
    struct str typed;
    struct str best; /* absent: no name is near enough */
    size_t distance;
};

/* Usage: s = {.typed = ...}; offer every accepted name; then read s->best. */
void suggest_offer(struct suggest *s, struct str name);

#endif
