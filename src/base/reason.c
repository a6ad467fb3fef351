/* SPDX-License-Identifier: Apache-2.0
 *
 * The words of refusals.
 */
#include "base/reason.h"

struct str reason_text(enum reason_word word) {
    static const struct str texts[] = {[REASON_NONE] = {NULL, 0},
#define X(name, text) [REASON_##name] = STR_INIT(text),
                                       REASONS(X)
#undef X
    };
    return texts[word];
}
