/* SPDX-License-Identifier: Apache-2.0
 *
 * What both engines ask of a side in the same way.
 */
#include "store/transfer/side.h"

/* The note does not count: the server may still be writing that of a process that was killed, between this question and
 * the one before. */
#define USED_SQL                                                                                                       \
    "SELECT (SELECT COUNT(*) FROM tenant) + (SELECT COUNT(*) FROM meta WHERE key NOT IN ('schema', '" META_TRANSFER    \
    "')) AS used"
#define NOTE_SQL "SELECT value FROM meta WHERE key = '" META_TRANSFER "'"

int side_note(struct side *s, struct str *ret) {
    return s->fn->ask(s, NOTE_SQL, ret);
}

int side_is_unfinished(struct side *s) {
    struct str note;
    int r = side_note(s, &note);
    return r < 0 ? r : !str_is_absent(note);
}

int side_is_used(struct side *s) {
    struct str used;
    int r = s->fn->ask(s, USED_SQL, &used);
    return r < 0 ? r : !str_eq(used, STR("0"));
}

int side_has_own_data(struct side *s) {
    int r = side_is_unfinished(s);
    return r < 0 ? r : r == 1 ? 0 : side_is_used(s);
}

int side_give(struct side *s, int r, struct side **ret) {
    if (r < 0)
        s->fn->close(s);
    else
        *ret = s;
    return r;
}
