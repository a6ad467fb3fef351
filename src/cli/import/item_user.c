/* SPDX-License-Identifier: Apache-2.0
 *
 * Imports a user's own record.
 */
#include "cli/import/item.h"

#include <errno.h>

int item_keep_user(struct item *it) {
    struct import *im = it->im;
    struct user_import in = {.user_id = item_text(json_object_get(it->value, "user_id")),
                             .open_id = item_text(json_object_get(it->value, "open_id")),
                             .union_id = item_text(json_object_get(it->value, "union_id")),
                             .name = item_text(json_object_get(it->value, "name")),
                             .en_name = item_text(json_object_get(it->value, "en_name")),
                             .email = item_text(json_object_get(it->value, "email")),
                             .mobile = item_text(json_object_get(it->value, "mobile"))};
    struct str ids[] = {in.open_id, in.union_id, in.user_id}, why = STR_ABSENT;
    struct buf doc BUF_CLEANUP = BUF_EMPTY;
    bool existed = false;
    int64_t uid;
    int r = item_write_stored(it, it->value, false, STR(""), &doc);

    if (r < 0)
        return r;
    if (str_is_empty(in.user_id) && str_is_empty(in.open_id) && str_is_empty(in.union_id))
        item_complain(it, STR(""), STR("has no user_id, open_id or union_id"));
    if (im->view.app == 0 && (!str_is_empty(in.open_id) || !str_is_empty(in.union_id))) {
        item_complain(it, STR(""), STR("has an open_id or a union_id: --app APP_ID must say whose"));
        return 0;
    }
    if (im->findings > it->findings_before)
        return 0;
    in.doc = arena_dup(&im->scratch, buf_str(&doc));
    for (int i = 0; i < 3 && !existed; i++)
        if (!str_is_empty(ids[i]) &&
            user_find(im->cli->db, im->cli->seal, &im->view, (enum user_id_type)i, ids[i], &uid) == 0) {
            /* Without name and doc the user was created by a record that named it, so it counts as new. */
            struct db_query q DB_CLEANUP = db_query(im->cli->db, SQL_USERS_GET);
            db_bind_int(&q, 1, im->tenant);
            db_bind_int(&q, 2, uid);
            existed =
                db_row(&q) == 1 && (db_text(&q, COL_USERS_GET_NAME).len > 0 || db_text(&q, COL_USERS_GET_DOC).len > 2);
        }
    r = user_import(im->cli->db, im->cli->seal, &im->view, &in, &im->scratch, &uid, &why);
    if (r == -EEXIST) {
        item_complain(it, STR(""), why);
        return 0;
    }
    if (r >= 0)
        item_count(it, existed, r);
    return r < 0 ? r : 0;
}
