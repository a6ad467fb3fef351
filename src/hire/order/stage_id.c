/* SPDX-License-Identifier: Apache-2.0
 *
 * The ids of an order's stages, as one text.
 */
#include "hire/order/stage_id.h"

#include <stdio.h>

/* Takes the next id off the text. Returns false at its end, or where it is damaged. */
static bool next(struct str *rest, struct str *ret) {
    size_t chars = 0, at = 0, end;

    while (at < rest->len && rest->ptr[at] >= '0' && rest->ptr[at] <= '9' && at < 9)
        chars = chars * 10 + (size_t)(rest->ptr[at++] - '0');
    if (at == 0 || at == rest->len || rest->ptr[at] != ':')
        return false;
    for (end = ++at; end < rest->len; end++)
        if (((unsigned char)rest->ptr[end] & 0xc0) != 0x80 && chars-- == 0) /* the first byte of a character */
            break;
    *ret = (struct str){rest->ptr + at, end - at};
    *rest = (struct str){rest->ptr + end, rest->len - end};
    return true;
}

bool stage_ids_have(struct str ids, struct str id) {
    struct str one;

    while (next(&ids, &one))
        if (str_eq(one, id))
            return true;
    return false;
}

struct str stage_ids_add(struct str ids, struct str id, struct arena *a) {
    return arena_printf(a, "%.*s%zu:%.*s", STR_FMT(str_is_absent(ids) ? STR("") : ids), str_chars(id), STR_FMT(id));
}
