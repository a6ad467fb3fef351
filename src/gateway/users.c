/* SPDX-License-Identifier: Apache-2.0
 *
 * Users and their three kinds of id.
 */
#include <errno.h>

#include "base/id.h"
#include "gateway/users.h"

#define USER_ID_LEN 8 /* of user_ids that hired makes */

/* 32 bits that distinguish the sealed ids of one app (or developer) from those of another. */
static uint32_t owner_tag(int64_t owner) {
    return (uint32_t)((uint64_t)owner ^ ((uint64_t)owner >> 32));
}

static int64_t view_owner(const struct user_view *v, enum user_id_type type) {
    return type == USER_OPEN_ID ? v->app : v->developer;
}

static bool user_exists(struct db *db, int64_t tenant, int64_t uid, int *ret_error) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_USERS_EXISTS);
    db_bind_int(&q, 1, tenant);
    db_bind_int(&q, 2, uid);
    int r = db_row(&q);
    *ret_error = r < 0 ? r : 0;
    return r == 1;
}

static int find_by_user_id(struct db *db, int64_t tenant, struct str id, int64_t *ret_uid) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_USERS_BY_USER_ID);
    db_bind_int(&q, 1, tenant);
    db_bind_text(&q, 2, id);
    int r = db_row(&q);
    if (r == 1)
        *ret_uid = db_int(&q, COL_USERS_BY_USER_ID_ID);
    return r < 0 ? r : r == 1 ? 0 : -ENOENT;
}

static int find_by_alias(struct db *db, const struct user_view *v, enum user_id_type type, struct str id,
                         int64_t *ret_uid) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_USER_ALIAS_FIND);
    db_bind_int(&q, 1, v->tenant);
    db_bind_int(&q, 2, type);
    db_bind_int(&q, 3, view_owner(v, type));
    db_bind_text(&q, 4, id);
    int r = db_row(&q);
    if (r == 1)
        *ret_uid = db_int(&q, COL_USER_ALIAS_FIND_USERS_ID);
    return r < 0 ? r : r == 1 ? 0 : -ENOENT;
}

static int alias_of(struct db *db, const struct user_view *v, enum user_id_type type, int64_t uid, struct arena *a,
                    struct str *ret) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_USER_ALIAS_OF);
    db_bind_int(&q, 1, v->tenant);
    db_bind_int(&q, 2, uid);
    db_bind_int(&q, 3, type);
    db_bind_int(&q, 4, view_owner(v, type));
    int r = db_row(&q);
    if (r == 1)
        *ret = arena_dup(a, db_text(&q, COL_USER_ALIAS_OF_ALIAS));
    return r;
}

int user_find(struct db *db, const struct seal *seal, const struct user_view *v, enum user_id_type type, struct str id,
              int64_t *ret_uid) {
    if (str_is_empty(id))
        return -ENOENT;
    if (type == USER_USER_ID)
        return find_by_user_id(db, v->tenant, id, ret_uid);

    bool open = type == USER_OPEN_ID;
    int64_t uid;
    uint32_t tag;
    if (str_starts(id, open ? STR("ou_") : STR("on_")) &&
        seal_open(seal, open ? SEAL_OPEN_ID : SEAL_UNION_ID, str_skip(id, 3), &uid, &tag) == 0) {
        int error;
        struct str alias;
        if (tag != owner_tag(view_owner(v, type)) || !user_exists(db, v->tenant, uid, &error))
            return tag != owner_tag(view_owner(v, type)) ? -ENOENT : error ? error : -ENOENT;
        /* a user with an imported id has no other id of that type */
        struct arena scratch ARENA_CLEANUP = ARENA_EMPTY;
        int r = alias_of(db, v, type, uid, &scratch, &alias);
        if (r != 0)
            return r < 0 ? r : -ENOENT;
        *ret_uid = uid;
        return 0;
    }
    return find_by_alias(db, v, type, id, ret_uid);
}

static int owner_of_user_id(struct db *db, struct str id) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_USERS_ANYWHERE);
    db_bind_text(&q, 1, id);
    int r = db_row(&q);
    return r < 0 ? r : r == 1 ? USER_OF_OTHER_TENANT : USER_UNKNOWN;
}

static int owner_of_alias(struct db *db, const struct user_view *v, struct str id) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_USER_ALIAS_ELSEWHERE);
    db_bind_int(&q, 1, v->tenant);
    db_bind_int(&q, 2, USER_OPEN_ID);
    db_bind_text(&q, 3, id);
    int r = db_row(&q);
    return r < 0 ? r : r == 1 ? USER_OF_OTHER_APP : USER_UNKNOWN;
}

int user_owner(struct db *db, const struct seal *seal, const struct user_view *v, enum user_id_type type,
               struct str id) {
    bool open = type == USER_OPEN_ID;
    int64_t uid;
    uint32_t tag;
    int error;
    if (str_is_empty(id))
        return USER_UNKNOWN;
    if (type == USER_USER_ID)
        return owner_of_user_id(db, id);
    if (!str_starts(id, open ? STR("ou_") : STR("on_")) ||
        seal_open(seal, open ? SEAL_OPEN_ID : SEAL_UNION_ID, str_skip(id, 3), &uid, &tag) < 0)
        return open ? owner_of_alias(db, v, id) : USER_UNKNOWN;
    if (open && tag != owner_tag(v->app))
        return USER_OF_OTHER_APP;
    bool here = user_exists(db, v->tenant, uid, &error);
    return error < 0 ? error : here ? USER_UNKNOWN : USER_OF_OTHER_TENANT;
}

int user_external_id(struct db *db, const struct seal *seal, const struct user_view *v, enum user_id_type type,
                     int64_t uid, struct arena *a, struct str *ret) {
    if (type == USER_USER_ID) {
        struct db_query q DB_CLEANUP = db_query(db, SQL_USERS_USER_ID);
        db_bind_int(&q, 1, v->tenant);
        db_bind_int(&q, 2, uid);
        int r = db_row(&q);
        if (r != 1)
            return r < 0 ? r : -ENOENT;
        *ret = arena_dup(a, db_text(&q, COL_USERS_USER_ID_USER_ID));
        return 0;
    }
    int r = alias_of(db, v, type, uid, a, ret);
    if (r != 0)
        return r < 0 ? r : 0;
    bool open = type == USER_OPEN_ID;
    char *text = arena_bytes(a, 3 + SEAL_HEX_LEN);
    memcpy(text, open ? "ou_" : "on_", 3);
    seal_close(seal, open ? SEAL_OPEN_ID : SEAL_UNION_ID, uid, owner_tag(view_owner(v, type)), text + 3);
    *ret = (struct str){text, 3 + SEAL_HEX_LEN};
    return 0;
}

/* ---- by mail and mobile ---- */

/* As the table has them: mail addresses in lower case; numbers as '+', country code and digits. "" stays "". */
static struct str email_key(struct str email, struct arena *a) {
    email = str_trim(email);
    char *key = arena_bytes(a, email.len);
    for (size_t i = 0; i < email.len; i++)
        key[i] = email.ptr[i] >= 'A' && email.ptr[i] <= 'Z' ? (char)(email.ptr[i] | 32) : email.ptr[i];
    return (struct str){key, email.len};
}

static struct str mobile_key(struct str mobile, struct arena *a) {
    mobile = str_trim(mobile);
    char *key = arena_bytes(a, mobile.len + 3);
    size_t n = 0;
    if (mobile.len > 0 && mobile.ptr[0] != '+') {
        memcpy(key, "+86", 3);
        n = 3;
    }
    for (size_t i = 0; i < mobile.len; i++)
        if (mobile.ptr[i] != ' ' && mobile.ptr[i] != '-')
            key[n++] = mobile.ptr[i];
    return (struct str){key, n};
}

static int find_by(struct db *db, enum db_statement which, int64_t tenant, struct str key, int64_t *ret_uid) {
    if (str_is_empty(key))
        return -ENOENT;
    struct db_query q DB_CLEANUP = db_query(db, which);
    db_bind_int(&q, 1, tenant);
    db_bind_text(&q, 2, key);
    int r = db_row(&q);
    if (r == 1)
        *ret_uid = db_int(&q, COL_FIRST);
    return r < 0 ? r : r == 1 ? 0 : -ENOENT;
}

int user_find_by_email(struct db *db, int64_t tenant, struct str email, int64_t *ret_uid) {
    struct arena scratch ARENA_CLEANUP = ARENA_EMPTY;
    return find_by(db, SQL_USERS_BY_EMAIL, tenant, email_key(email, &scratch), ret_uid);
}

int user_find_by_mobile(struct db *db, int64_t tenant, struct str mobile, int64_t *ret_uid) {
    struct arena scratch ARENA_CLEANUP = ARENA_EMPTY;
    return find_by(db, SQL_USERS_BY_MOBILE, tenant, mobile_key(mobile, &scratch), ret_uid);
}

int user_get(struct db *db, int64_t tenant, int64_t uid, struct arena *a, struct user_row *ret) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_USERS_GET);
    db_bind_int(&q, 1, tenant);
    db_bind_int(&q, 2, uid);
    int r = db_row(&q);
    if (r != 1)
        return r < 0 ? r : -ENOENT;
    *ret = (struct user_row){
        arena_dup(a, db_text(&q, COL_USERS_GET_USER_ID)), arena_dup(a, db_text(&q, COL_USERS_GET_NAME)),
        arena_dup(a, db_text(&q, COL_USERS_GET_EN_NAME)), arena_dup(a, db_text(&q, COL_USERS_GET_DOC))};
    return 0;
}

/* ---- import ---- */

struct user_match {
    int64_t uid; /* 0: not found yet */
    struct str by;
};

static int match_one(struct db *db, const struct seal *seal, const struct user_view *v, enum user_id_type type,
                     struct str id, struct arena *a, struct user_match *m, struct str *ret_why) {
    int64_t uid;
    if (str_is_empty(id))
        return 0;
    int r = user_find(db, seal, v, type, id, &uid);
    if (r == -ENOENT)
        return 0;
    if (r < 0)
        return r;
    if (m->uid != 0 && m->uid != uid) {
        *ret_why = arena_printf(a,
                                "%.*s and %.*s already belong to two different users; import the file of users before "
                                "the records that mention them",
                                STR_FMT(m->by), STR_FMT(id));
        return -EEXIST;
    }
    *m = (struct user_match){uid, id};
    return 0;
}

static int alias_add(struct db *db, const struct seal *seal, const struct user_view *v, enum user_id_type type,
                     struct str id, int64_t uid) {
    int64_t known;
    if (str_is_empty(id))
        return 0;
    int r = user_find(db, seal, v, type, id, &known);
    if (r != -ENOENT)
        return r;
    struct db_query q DB_CLEANUP = db_query(db, SQL_USER_ALIAS_ADD);
    db_bind_int(&q, 1, v->tenant);
    db_bind_int(&q, 2, type);
    db_bind_int(&q, 3, view_owner(v, type));
    db_bind_text(&q, 4, id);
    db_bind_int(&q, 5, uid);
    r = db_run(&q);
    return r < 0 ? r : 1;
}

static int user_add(struct db *db, int64_t tenant, const struct user_import *in, struct arena *a, int64_t *ret_uid) {
    int64_t uid = id_new();
    char random[USER_ID_LEN];
    /* The random user_id may be taken: try another one. */
    for (int tries = 0; tries < 8; tries++) {
        id_random_hex(random, USER_ID_LEN / 2);
        struct str user_id = str_is_empty(in->user_id) ? (struct str){random, sizeof random} : in->user_id;
        struct db_query q DB_CLEANUP = db_query(db, SQL_USERS_ADD);
        db_bind_int(&q, 1, tenant);
        db_bind_int(&q, 2, uid);
        db_bind_text(&q, 3, user_id);
        db_bind_text(&q, 4, str_is_absent(in->name) ? STR("") : in->name);
        db_bind_text(&q, 5, str_is_absent(in->en_name) ? STR("") : in->en_name);
        db_bind_text(&q, 6, str_is_absent(in->doc) ? STR("{}") : in->doc);
        db_bind_text(&q, 7, email_key(in->email, a));
        db_bind_text(&q, 8, mobile_key(in->mobile, a));
        int r = db_run(&q);
        if (r >= 0) {
            *ret_uid = uid;
            return 1;
        }
        if (r != -EEXIST || !str_is_empty(in->user_id))
            return r;
    }
    return -EEXIST;
}

/* Returns new, or old if new is absent; sets *changed if they differ. */
static struct str newer(struct str old, struct str new, bool *changed) {
    if (str_is_absent(new) || str_eq(old, new))
        return old;
    *changed = true;
    return new;
}

static int user_update(struct db *db, int64_t tenant, int64_t uid, const struct user_import *in, struct arena *a) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_USERS_GET);
    db_bind_int(&q, 1, tenant);
    db_bind_int(&q, 2, uid);
    int r = db_row(&q);
    if (r != 1)
        return r < 0 ? r : -ENOENT;
    bool changed = false;
    struct str user_id = newer(arena_dup(a, db_text(&q, COL_USERS_GET_USER_ID)),
                               str_is_empty(in->user_id) ? STR_ABSENT : in->user_id, &changed);
    struct str name = newer(arena_dup(a, db_text(&q, COL_USERS_GET_NAME)), in->name, &changed);
    struct str en_name = newer(arena_dup(a, db_text(&q, COL_USERS_GET_EN_NAME)), in->en_name, &changed);
    struct str doc = newer(arena_dup(a, db_text(&q, COL_USERS_GET_DOC)), in->doc, &changed);
    /* Address and number are copies of those in the doc: a doc without an address removes the stored one. */
    bool has_doc = !str_is_absent(in->doc);
    struct str email =
        newer(arena_dup(a, db_text(&q, COL_USERS_GET_EMAIL)), has_doc ? email_key(in->email, a) : STR_ABSENT, &changed);
    struct str mobile = newer(arena_dup(a, db_text(&q, COL_USERS_GET_MOBILE)),
                              has_doc ? mobile_key(in->mobile, a) : STR_ABSENT, &changed);
    if (!changed)
        return 0;
    struct db_query u DB_CLEANUP = db_query(db, SQL_USERS_UPDATE);
    db_bind_int(&u, 1, tenant);
    db_bind_int(&u, 2, uid);
    db_bind_text(&u, 3, user_id);
    db_bind_text(&u, 4, name);
    db_bind_text(&u, 5, en_name);
    db_bind_text(&u, 6, doc);
    db_bind_text(&u, 7, email);
    db_bind_text(&u, 8, mobile);
    r = db_run(&u);
    return r < 0 ? r : 1;
}

int user_import(struct db *db, const struct seal *seal, const struct user_view *v, const struct user_import *in,
                struct arena *a, int64_t *ret_uid, struct str *ret_why) {
    struct user_match m = {0};
    const struct str ids[] = {
        [USER_OPEN_ID] = in->open_id, [USER_UNION_ID] = in->union_id, [USER_USER_ID] = in->user_id};
    for (int type = USER_OPEN_ID; type <= USER_USER_ID; type++) {
        int r = match_one(db, seal, v, (enum user_id_type)type, ids[type], a, &m, ret_why);
        if (r < 0)
            return r;
    }
    int64_t uid = m.uid;
    int changed = uid == 0 ? user_add(db, v->tenant, in, a, &uid) : user_update(db, v->tenant, uid, in, a);
    if (changed < 0)
        return changed;
    for (int type = USER_OPEN_ID; type <= USER_UNION_ID; type++) {
        int r = alias_add(db, seal, v, (enum user_id_type)type, ids[type], uid);
        if (r == -EEXIST) {
            *ret_why = arena_printf(a, "%.*s: this user already has another id of that type", STR_FMT(ids[type]));
            return r;
        }
        if (r < 0)
            return r;
        changed |= r > 0;
    }
    *ret_uid = uid;
    return changed;
}
