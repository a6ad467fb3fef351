/* SPDX-License-Identifier: Apache-2.0
 *
 * Replaces the users' ids in an item by internal ids.
 */
#include "cli/import/item.h"

#include <errno.h>

/* Sets the name of a user that has none. An existing name is kept: only the user's own record may change it. */
static int name_user(struct import *im, int64_t uid, const struct user_import *in) {
    int64_t same;
    struct str why;
    bool named;
    int r;

    if (str_is_empty(in->name) && str_is_empty(in->en_name))
        return 0;
    {
        struct db_query q DB_CLEANUP = db_query(im->cli->db, SQL_USERS_GET);
        db_bind_int(&q, 1, im->tenant);
        db_bind_int(&q, 2, uid);
        r = db_row(&q);
        named = r == 1 && (db_text(&q, COL_USERS_GET_NAME).len > 0 || db_text(&q, COL_USERS_GET_EN_NAME).len > 0);
    }
    if (r < 0 || named)
        return r < 0 ? r : 0;
    r = user_import(im->cli->db, im->cli->seal, &im->view, in, &im->scratch, &same, &why);
    return r < 0 ? r : 0;
}

/* Finds the internal id of a user that an item names, and creates the user if it is unknown. Returns 0, -EINVAL with
 * *ret_why, or another negative errno. */
static int find_user(struct import *im, struct str id, struct str zh_name, struct str en_name, int64_t *ret_uid,
                     struct str *ret_why) {
    struct user_import in = {.name = str_is_absent(zh_name) ? en_name : zh_name, .en_name = en_name};
    int64_t uid = import_users_get(im->users, id);
    int r;

    if (uid != 0 || !im->keep) { /* the check pass needs only an id of a valid form */
        *ret_uid = uid != 0 ? uid : 1;
        return 0;
    }
    *(im->type == USER_OPEN_ID ? &in.open_id : im->type == USER_UNION_ID ? &in.union_id : &in.user_id) = id;
    r = user_find(im->cli->db, im->cli->seal, &im->view, im->type, id, &uid);
    if (r == 0)
        r = name_user(im, uid, &in);
    else if (r == -ENOENT)
        r = user_import(im->cli->db, im->cli->seal, &im->view, &in, &im->scratch, &uid, ret_why);
    if (r == -EEXIST)
        return -EINVAL;
    if (r < 0)
        return r;
    /* A user without a name is not cached, because a later record may name it. */
    if (!str_is_empty(in.name))
        import_users_put(im->users, id, uid);
    *ret_uid = uid;
    return 0;
}

/* Returns the object that holds the member at that path: for "interview_record_list[0].interviewer.id" the interviewer.
 */
static const json_t *holder_of(const json_t *value, struct str path) {
    while (path.len > 0 && value) {
        size_t n = 0;
        if (path.ptr[0] == '[') {
            size_t index = 0;
            for (n = 1; n < path.len && path.ptr[n] != ']'; n++)
                index = index * 10 + (size_t)(path.ptr[n] - '0');
            value = json_array_get(value, index);
            path = str_skip(path, n + 1);
            continue;
        }
        if (path.ptr[0] == '.')
            path = str_skip(path, 1);
        while (n < path.len && path.ptr[n] != '.' && path.ptr[n] != '[')
            n++;
        if (n == path.len)
            return value;
        value = json_object_getn(value, path.ptr, n);
        path = str_skip(path, n);
    }
    return NULL;
}

int item_map_user(void *ctx, struct str *value, struct str path) {
    struct item *it = ctx;
    const json_t *name = json_object_get(holder_of(it->value, path), "name");
    struct str why = STR_ABSENT;
    int64_t uid;
    int r;

    if (str_is_empty(*value))
        return 0;
    if (value->len > 64) {
        item_complain(it, path, STR("is not a user's id: it is longer than 64 bytes"));
        return 0;
    }
    r = find_user(it->im, *value, item_text(json_object_get(name, "zh_cn")), item_text(json_object_get(name, "en_us")),
                  &uid, &why);
    if (r == -EINVAL)
        item_complain(it, path, why);
    else if (r < 0)
        return r;
    else
        *value = arena_printf(&it->im->scratch, "%lld", (long long)uid);
    return 0;
}
