/* SPDX-License-Identifier: Apache-2.0
 *
 * contact/v3/users: users' records, and ids of users by mail address or mobile number.
 */
#include "api_handlers.h"
#include "api_types.h"
#include "base/json.h"
#include "gateway/users.h"
#include "handlers/handlers.h"

static struct user_view view_of(const struct call *c) {
    return (struct user_view){c->tenant, c->app->id, c->app->developer};
}

/* The user's three ids as this caller sees them. */
static int ids_of(struct call *c, int64_t uid, struct str *ret_open, struct str *ret_union, struct str *ret_user) {
    struct user_view view = view_of(c);
    int r = user_external_id(c->db, c->seal, &view, USER_OPEN_ID, uid, c->arena, ret_open);
    if (r == 0)
        r = user_external_id(c->db, c->seal, &view, USER_UNION_ID, uid, c->arena, ret_union);
    if (r == 0)
        r = user_external_id(c->db, c->seal, &view, USER_USER_ID, uid, c->arena, ret_user);
    return r;
}

int handle_user_get(struct call *c) {
    const struct user_get_params *params = c->params;
    struct user user = {0};
    struct user_row row;
    int64_t uid;
    int r = call_user(c, params->user_id, &uid);
    if (r == 0)
        r = user_get(c->db, c->tenant, uid, c->arena, &row);
    if (r == 0)
        r = record_read_stored(&type_user, &user, row.doc, c->arena);
    if (r == 0)
        r = ids_of(c, uid, &user.open_id, &user.union_id, &user.user_id);
    if (r < 0)
        return r;
    user.name = row.name;
    user.en_name = row.en_name;
    /* The platform gives it with a user_access_token only. */
    user.assign_info.n = 0;
    user.assign_info.v = NULL;
    user.department_path.n = 0;
    user.department_path.v = NULL;
    json_begin(c->out, '{');
    json_key(c->out, STR("user"));
    call_write_record(c, &type_user, &user, c->out);
    json_end(c->out, '}');
    return 0;
}

static int write_batch_user(struct call *c, int64_t uid) {
    struct batch_user user = {0};
    struct user_row row;
    int r = user_get(c->db, c->tenant, uid, c->arena, &row);
    if (r == 0)
        r = record_read_stored(&type_batch_user, &user, row.doc, c->arena);
    if (r == 0)
        r = ids_of(c, uid, &user.open_id, &user.union_id, &user.user_id);
    if (r < 0)
        return r;
    user.name = row.name;
    user.en_name = row.en_name;
    user.assign_info.n = 0;
    user.assign_info.v = NULL;
    user.department_path.n = 0;
    user.department_path.v = NULL;
    call_write_record(c, &type_batch_user, &user, c->out);
    return 0;
}

int handle_user_batch(struct call *c) {
    const struct user_batch_query *q = c->query;
    int64_t *uids = arena_array(c->arena, int64_t, q->user_ids.n);
    struct str *missing = arena_array(c->arena, struct str, q->user_ids.n);
    size_t n = 0, n_missing = 0;
    for (size_t i = 0; i < q->user_ids.n; i++) {
        int r = call_user_find(c, q->user_ids.v[i], &uids[n]);
        if (r == -ENOENT)
            missing[n_missing++] = q->user_ids.v[i];
        else if (r < 0)
            return r;
        bool again = r < 0;
        for (size_t j = 0; j < n && !again; j++)
            again = uids[j] == uids[n];
        n += again ? 0 : 1;
    }
    if (n_missing > 0)
        return call_fail_users(c, missing, n_missing);
    json_begin(c->out, '{');
    json_key(c->out, STR("items"));
    json_begin(c->out, '[');
    for (size_t i = 0; i < n; i++) {
        int r = write_batch_user(c, uids[i]);
        if (r < 0)
            return r;
    }
    json_end(c->out, ']');
    json_end(c->out, '}');
    return 0;
}

/* Writes one entry for one address or number; it has the user's id if there is such a user. */
static int write_found(struct call *c, struct str email, struct str mobile, bool resigned_too) {
    struct user_id_info info = {.email = email, .mobile = mobile};
    int64_t uid;
    int r = str_is_absent(email) ? user_find_by_mobile(c->db, c->tenant, mobile, &uid)
                                 : user_find_by_email(c->db, c->tenant, email, &uid);
    if (r < 0 && r != -ENOENT)
        return r;
    if (r == 0) {
        struct batch_user user = {0};
        struct user_row row;
        r = user_get(c->db, c->tenant, uid, c->arena, &row);
        if (r == 0)
            r = record_read_stored(&type_batch_user, &user, row.doc, c->arena);
        if (r < 0)
            return r;
        bool resigned = user.status && user.status->is_resigned.v;
        if (!resigned || resigned_too) {
            info.user_id = arena_printf(c->arena, "%lld", (long long)uid);
            info.status = user.status;
        }
    }
    call_write_record(c, &type_user_id_info, &info, c->out);
    return 0;
}

int handle_user_batch_get_id(struct call *c) {
    const struct user_batch_get_id_body *body = c->body;
    bool resigned_too = body->include_resigned.v;
    int r = 0;
    json_begin(c->out, '{');
    json_key(c->out, STR("user_list"));
    json_begin(c->out, '[');
    for (size_t i = 0; i < body->emails.n && r == 0; i++)
        r = write_found(c, body->emails.v[i], STR_ABSENT, resigned_too);
    for (size_t i = 0; i < body->mobiles.n && r == 0; i++)
        r = write_found(c, STR_ABSENT, body->mobiles.v[i], resigned_too);
    json_end(c->out, ']');
    json_end(c->out, '}');
    return r;
}
