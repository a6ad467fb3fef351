/* SPDX-License-Identifier: Apache-2.0
 *
 * Writes accounts, actors and users, and finds users by their user_id.
 */
#include "console/people.h"

#include "base/json.h"
#include "console/version.h"

void write_actor(struct call *c, enum hire_actor_kind kind, int64_t id, struct str name, struct str en_name) {
    static const struct str kinds[] = {STR_INIT("system"), STR_INIT("app"), STR_INIT("user"), STR_INIT("operator")};
    json_key(c->out, STR("actor"));
    json_begin(c->out, '{');
    json_member_str(c->out, STR("kind"), kinds[kind & 3]);
    if (id != 0)
        json_member_id(c->out, STR("id"), id);
    json_member_str(c->out, STR("name"), name);
    json_member_str(c->out, STR("en_name"), en_name);
    json_end(c->out, '}');
}

int user_id_of(struct call *c, int64_t uid, struct str *ret) {
    *ret = STR_ABSENT;
    if (uid == 0)
        return 0;
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_USERS_USER_ID);
    db_bind_int(&q, 1, c->tenant);
    db_bind_int(&q, 2, uid);
    int r = db_row(&q);
    if (r == 1)
        *ret = arena_dup(c->arena, db_text(&q, COL_USERS_USER_ID_USER_ID));
    return r < 0 ? r : 0;
}

int find_user(struct call *c, struct str user_id, int64_t *ret) {
    *ret = 0;
    if (str_is_empty(user_id))
        return 0;
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_USERS_BY_USER_ID);
    db_bind_int(&q, 1, c->tenant);
    db_bind_text(&q, 2, user_id);
    int r = db_row(&q);
    if (r == 0)
        return console_fail(c, (struct reason){.word = REASON_USER_UNKNOWN, .subject = str_head(user_id, 100)},
                            "there is no user with the user_id %.*s", STR_FMT(str_head(user_id, 100)));
    if (r == 1)
        *ret = db_int(&q, COL_USERS_BY_USER_ID_ID);
    return r < 0 ? r : 0;
}

int write_account(struct call *c, const struct account *a, bool all) {
    struct str user_id;
    int r = user_id_of(c, a->users_id, &user_id);
    if (r < 0)
        return r;
    json_begin(c->out, '{');
    json_member_id(c->out, STR("id"), a->id);
    json_member_str(c->out, STR("user"), a->login);
    json_member_str(c->out, STR("name"), a->name);
    json_member_str(c->out, STR("en_name"), a->en_name);
    json_key(c->out, STR("roles"));
    account_write_roles(c->out, a->roles);
    json_member_str(c->out, STR("user_id"), user_id);
    if (all) {
        json_member_bool(c->out, STR("disabled"), a->disabled);
        json_member_str(c->out, STR("version"), version_of_account(c, a));
        console_member_time(c->out, STR("create_time"), a->created_ms);
        console_member_time(c->out, STR("last_sign_in"), a->signed_in_ms);
    }
    json_end(c->out, '}');
    return 0;
}
