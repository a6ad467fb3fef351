/* SPDX-License-Identifier: Apache-2.0
 *
 * Gathers the errors in a configuration.
 */
#include "cli/config/load.h"

void config_complain(struct loading *l, const char *format, ...) {
    struct arena scratch ARENA_CLEANUP = ARENA_EMPTY;
    va_list args;

    if (l->errors.len > 0)
        buf_add_char(&l->errors, '\n');
    va_start(args, format);
    buf_add_str(&l->errors, arena_vprintf(&scratch, format, args));
    va_end(args);
}

void config_complain_value(struct loading *l, const char *where, const struct option *o, struct str value) {
    struct buf accepts BUF_CLEANUP = BUF_EMPTY;

    option_accepts(o, &accepts);
    config_complain(l, "%s: \"%.*s\" is not accepted; it takes %.*s", where, STR_FMT(value),
                    STR_FMT(buf_str(&accepts)));
}
