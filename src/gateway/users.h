/* SPDX-License-Identifier: Apache-2.0
 *
 * The three kinds of a user's id. user_id is chosen by the tenant and stored. open_id and union_id are sealed from
 * the internal id and the app or developer, so they need no table; only imported ids are stored, as aliases.
 */
#ifndef HIRED_GATEWAY_USERS_H
#define HIRED_GATEWAY_USERS_H

#include "base/arena.h"
#include "base/seal.h"
#include "gateway/call.h"
#include "store/db.h"

/* The app and developer for which ids of users are read and written. */
struct user_view {
    int64_t tenant;
    int64_t app;
    int64_t developer;
};

/* Finds the internal id for an id of the given type. Returns 0, -ENOENT, or another negative errno. */
int user_find(struct db *db, const struct seal *seal, const struct user_view *v, enum user_id_type type, struct str id,
              int64_t *ret_uid);

/* To whom an id belongs that user_find did not find: it was made for another app, or the user is of another tenant,
 * or it is unknown. Returns one of these or a negative errno. */
enum user_owner { USER_UNKNOWN, USER_OF_OTHER_APP, USER_OF_OTHER_TENANT };
int user_owner(struct db *db, const struct seal *seal, const struct user_view *v, enum user_id_type type,
               struct str id);

/* The user's id of the given type, in the arena. Returns 0, -ENOENT (no such user), or another negative errno. */
int user_external_id(struct db *db, const struct seal *seal, const struct user_view *v, enum user_id_type type,
                     int64_t uid, struct arena *a, struct str *ret);

/* Finds the user with that mail address (case does not matter) or mobile number (without '+': a Chinese number). If
 * several users match, the oldest one. Returns 0, -ENOENT, or another negative errno. */
int user_find_by_email(struct db *db, int64_t tenant, struct str email, int64_t *ret_uid);
int user_find_by_mobile(struct db *db, int64_t tenant, struct str mobile, int64_t *ret_uid);

/* A user's row; texts in the arena, doc in stored form. Returns 0, -ENOENT, or another negative errno. */
struct user_row {
    struct str user_id, name, en_name, doc;
};
int user_get(struct db *db, int64_t tenant, int64_t uid, struct arena *a, struct user_row *ret);

/* What an import says about a user. Absent members are not known. */
struct user_import {
    struct str user_id, open_id, union_id;
    struct str name, en_name;
    struct str doc;           /* stored form of the contact record; absent: the stored one stays */
    struct str email, mobile; /* as in doc; used to find the user by address or number */
};

/* Finds the user with one of the given ids, or adds a user, and stores what is new. Returns 1 if anything changed, 0
 * if not, and the internal id; -EEXIST if the ids belong to two different users (ret_why says which). */
int user_import(struct db *db, const struct seal *seal, const struct user_view *v, const struct user_import *in,
                struct arena *a, int64_t *ret_uid, struct str *ret_why);

#endif
