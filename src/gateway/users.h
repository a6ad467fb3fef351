/* SPDX-License-Identifier: Apache-2.0
 *
 * A user's three kinds of id. user_id is the tenant's; open_id and union_id are sealed from the internal id with the
 * app or the developer, so they need no table; only ids that came from elsewhere (an import) are stored as aliases.
 */
#ifndef HIRED_GATEWAY_USERS_H
#define HIRED_GATEWAY_USERS_H

#include "base/arena.h"
#include "base/seal.h"
#include "gateway/call.h"
#include "store/db.h"

/* Whose view of users: the app and its developer. */
struct user_view {
    int64_t tenant;
    int64_t app;
    int64_t developer;
};

/* The internal id behind an id of the given type. Returns 0, -ENOENT, or another negative errno. */
int user_find(struct db *db, const struct seal *seal, const struct user_view *v, enum user_id_type type, struct str id,
              int64_t *ret_uid);

/* Whose an id is that user_find did not find: made for another app, or of a user of another tenant; USER_UNKNOWN if it
 * is nobody's. Returns one of them or a negative errno. */
enum user_owner { USER_UNKNOWN, USER_OF_OTHER_APP, USER_OF_OTHER_TENANT };
int user_owner(struct db *db, const struct seal *seal, const struct user_view *v, enum user_id_type type,
               struct str id);

/* The id of that type, in the arena. Returns 0, -ENOENT (no such user), or another negative errno. */
int user_external_id(struct db *db, const struct seal *seal, const struct user_view *v, enum user_id_type type,
                     int64_t uid, struct arena *a, struct str *ret);

/* The user with that mail address (in any case) or mobile number (without '+': a Chinese one). Returns 0, -ENOENT, or
 * another negative errno. Of several, the oldest. */
int user_find_by_email(struct db *db, int64_t tenant, struct str email, int64_t *ret_uid);
int user_find_by_mobile(struct db *db, int64_t tenant, struct str mobile, int64_t *ret_uid);

/* A user's row; texts in the arena, doc in stored form. Returns 0, -ENOENT, or another negative errno. */
struct user_row {
    struct str user_id, name, en_name, doc;
};
int user_get(struct db *db, int64_t tenant, int64_t uid, struct arena *a, struct user_row *ret);

/* What an import knows of a user; absent parts are unknown. */
struct user_import {
    struct str user_id, open_id, union_id;
    struct str name, en_name;
    struct str doc;           /* stored form of the contact record; absent: keep what is there */
    struct str email, mobile; /* as in doc: by these the user is found */
};

/* Finds the user that any of the ids names, or makes one, and stores what is new. -EEXIST: the ids name two different
 * users (ret_why says which). Returns 1 if anything changed, 0 if not, and the internal id. */
int user_import(struct db *db, const struct seal *seal, const struct user_view *v, const struct user_import *in,
                struct arena *a, int64_t *ret_uid, struct str *ret_why);

#endif
