/* SPDX-License-Identifier: Apache-2.0
 *
 * Imports one record: checks it and, in the second pass, stores it by the rules of its kind.
 */
#include "cli/import/item.h"

int import_item(struct import *im, struct import_source *src, const struct answer_item *place,
                const struct item_kind *kind, json_t *value) {
    struct item it = {im, src, place, kind, value, 0, im->findings};
    int r;

    if (kind->store == KEPT_AS_USER)
        r = item_keep_user(&it);
    else if (kind->store == KEPT_AS_ORDER || kind->store == KEPT_AS_INTERVIEW || kind->store == KEPT_AS_CHECK)
        r = item_keep_typed(&it);
    else
        r = item_keep_untyped(&it);
    if (r < 0)
        cli_fail_errno(im->cli, r, "import a record", NULL);
    return r;
}
