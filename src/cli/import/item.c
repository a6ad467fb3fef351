/* SPDX-License-Identifier: Apache-2.0
 *
 * Imports one record: checks its members against api/, replaces users' ids by internal ones, and passes it to the
 * domain (or, if its kind has no rules, writes it to a table).
 */
#include <errno.h>

#include "api_types.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"
#include "cli/import/import.h"
#include "hire/external/external.h"
#include "hire/interview/interview.h"
#include "hire/order/order.h"
#include "hire/reference/card.h"
#include "store/stamp.h"

struct item {
    struct import *im;
    struct import_source *src;
    const struct answer_item *place;
    const struct item_kind *kind;
    json_t *value;
    int64_t id; /* of kinds with numeric ids */
    size_t findings_before;
};

static void complain(const struct item *it, struct str member, struct str reason) {
    import_complain(it->im, it->src, it->place, member, reason);
}

/* ---- users ---- */

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

int import_user(struct import *im, struct str id, struct str zh_name, struct str en_name, int64_t *ret_uid,
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

static struct str text_of(const json_t *value) {
    return json_is_string(value) ? (struct str){json_string_value(value), json_string_length(value)} : STR_ABSENT;
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

/* Replaces a user's id from the file by the internal id; "" stays. */
static int map_user(void *ctx, struct str *value, struct str path) {
    struct item *it = ctx;
    const json_t *name = json_object_get(holder_of(it->value, path), "name");
    struct str why = STR_ABSENT;
    int64_t uid;
    int r;

    if (str_is_empty(*value))
        return 0;
    if (value->len > 64) {
        complain(it, path, STR("is no user's id: it is longer than 64 bytes"));
        return 0;
    }
    r = import_user(it->im, *value, text_of(json_object_get(name, "zh_cn")), text_of(json_object_get(name, "en_us")),
                    &uid, &why);
    if (r == -EINVAL)
        complain(it, path, why);
    else if (r < 0)
        return r;
    else
        *value = arena_printf(&it->im->scratch, "%lld", (long long)uid);
    return 0;
}

/* ---- records of kinds without rules ---- */

static bool is_user_member(const struct item *it, const char *name) {
    for (const char *const *m = it->kind->user_members; m && *m; m++)
        if (strcmp(*m, name) == 0)
            return true;
    return false;
}

static int write_value(struct item *it, const json_t *value, bool user, struct str path, struct buf *out);

static int write_object(struct item *it, const json_t *object, struct str path, struct buf *out) {
    const char *name;
    json_t *value;
    bool first = true;
    int r = 0;

    buf_add_char(out, '{');
    json_object_foreach((json_t *)(uintptr_t)object, name, value) {
        bool user = is_user_member(it, name);
        if (json_is_null(value) ||
            (it->kind->store == KEPT_AS_USER && path.len == 0 &&
             (strcmp(name, "user_id") == 0 || strcmp(name, "open_id") == 0 || strcmp(name, "union_id") == 0 ||
              strcmp(name, "name") == 0 || strcmp(name, "en_name") == 0)))
            continue;
        if (user)
            buf_add_lit(out, "\x02"
                             "A");
        if (!first)
            buf_add_char(out, ',');
        first = false;
        buf_add_char(out, '"');
        json_escape(out, str_of(name));
        buf_add_lit(out, "\":");
        r = write_value(it, value, user,
                        arena_printf(&it->im->scratch, "%.*s%s%s", STR_FMT(path), path.len ? "." : "", name), out);
        if (r < 0)
            return r;
        if (user)
            buf_add_char(out, '\x03');
    }
    buf_add_char(out, '}');
    return 0;
}

static int write_list(struct item *it, const json_t *list, bool user, struct str path, struct buf *out) {
    size_t i;
    json_t *value;
    int r;

    buf_add_char(out, '[');
    json_array_foreach(list, i, value) {
        if (i > 0)
            buf_add_char(out, ',');
        r = write_value(it, value, user, arena_printf(&it->im->scratch, "%.*s[%zu]", STR_FMT(path), i), out);
        if (r < 0)
            return r;
    }
    buf_add_char(out, ']');
    return 0;
}

/* Writes the stored form of a JSON value. */
static int write_value(struct item *it, const json_t *value, bool user, struct str path, struct buf *out) {
    struct str text = text_of(value);
    int r;

    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return write_object(it, value, path, out);
    case JSON_ARRAY:
        return write_list(it, value, user, path, out);
    case JSON_STRING: {
        struct str id = text;
        int64_t uid;
        if (user && (r = map_user(it, &id, path)) < 0)
            return r;
        buf_add_char(out, '"');
        if (user && id.ptr != text.ptr && id_parse(id, &uid) == 0)
            buf_printf(out, "\x01U%016llx", (unsigned long long)uid);
        else
            json_escape(out, text);
        buf_add_char(out, '"');
        return 0;
    }
    case JSON_INTEGER:
        buf_add_i64(out, json_integer_value(value));
        return 0;
    case JSON_REAL:
        json_num(out, json_real_value(value));
        return 0;
    case JSON_TRUE:
        buf_add_lit(out, "true");
        return 0;
    case JSON_FALSE:
        buf_add_lit(out, "false");
        return 0;
    case JSON_NULL:
        buf_add_lit(out, "null");
        return 0;
    }
    return -EINVAL;
}

static void note_undescribed(void *ctx, struct str path) {
    struct item *it = ctx;

    if (!it->im->keep)
        import_note_undescribed(it->im, it->kind, path);
}

/* ---- storing ---- */

static void count(struct item *it, bool existed, int changed) {
    struct import_count *n = &it->im->counts[it->kind - item_kinds];

    if (!existed)
        n->added++;
    else if (changed)
        n->changed++;
    else
        n->same++;
}

/* Reads a required text member. */
static struct str require_text(struct item *it, const char *name, size_t max) {
    const json_t *value = json_object_get(it->value, name);
    struct str text = text_of(value);

    if (!value || json_is_null(value))
        complain(it, str_of(name), STR("is required"));
    else if (str_is_absent(text) || text.len == 0 || text.len > max)
        complain(it, str_of(name), arena_printf(&it->im->scratch, "must be a text of 1 to %zu bytes", max));
    else
        return text;
    return STR_ABSENT;
}

static int64_t optional_int(struct item *it, const char *name) {
    const json_t *value = json_object_get(it->value, name);
    int64_t n = 0;

    if (json_is_integer(value))
        return json_integer_value(value);
    if (json_is_string(value) && json_string_length(value) > 0 && str_to_i64(text_of(value), &n) < 0)
        complain(it, str_of(name), STR("must be a number, or one as text"));
    return n;
}

/* Reads the required id of an order, an application ...: a number as text. */
static int64_t require_id(struct item *it, const char *name) {
    struct str text = require_text(it, name, 20);
    int64_t id = 0;

    if (!str_is_absent(text) && id_parse(text, &id) < 0)
        complain(it, str_of(name), STR("must be an id: digits of a number from 1 to 9223372036854775807"));
    return id;
}

static int keep_user(struct item *it) {
    struct import *im = it->im;
    struct user_import in = {.user_id = text_of(json_object_get(it->value, "user_id")),
                             .open_id = text_of(json_object_get(it->value, "open_id")),
                             .union_id = text_of(json_object_get(it->value, "union_id")),
                             .name = text_of(json_object_get(it->value, "name")),
                             .en_name = text_of(json_object_get(it->value, "en_name")),
                             .email = text_of(json_object_get(it->value, "email")),
                             .mobile = text_of(json_object_get(it->value, "mobile"))};
    struct str ids[] = {in.open_id, in.union_id, in.user_id}, why = STR_ABSENT;
    struct buf doc BUF_CLEANUP = BUF_EMPTY;
    bool existed = false;
    int64_t uid;
    int r = write_value(it, it->value, false, STR(""), &doc);

    if (r < 0)
        return r;
    if (str_is_empty(in.user_id) && str_is_empty(in.open_id) && str_is_empty(in.union_id))
        complain(it, STR(""), STR("has no user_id, open_id or union_id"));
    if (im->view.app == 0 && (!str_is_empty(in.open_id) || !str_is_empty(in.union_id))) {
        complain(it, STR(""), STR("has an open_id or a union_id: --app APP_ID must say whose"));
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
        complain(it, STR(""), why);
        return 0;
    }
    if (r >= 0)
        count(it, existed, r);
    return r < 0 ? r : 0;
}

static bool row_exists(struct item *it, enum db_statement which, int64_t id) {
    struct db_query q DB_CLEANUP = db_query(it->im->cli->db, which);

    db_bind_int(&q, 1, it->im->tenant);
    db_bind_int(&q, 2, id);
    return db_row(&q) == 1;
}

/* Orders, interviews and external checks go through the domain's rules. */
static int keep_in_domain(struct item *it, void *record) {
    struct import *im = it->im;
    struct hire h = cli_hire(im->cli, im->tenant);
    bool existed;
    int r;

    h.arena = &im->scratch;
    if (!im->keep) {
        r = it->kind->store == KEPT_AS_ORDER       ? order_import_check(&h, record)
            : it->kind->store == KEPT_AS_INTERVIEW ? interview_import_check(&h, record)
                                                   : external_check_import_check(&h, record);
        if (r == HIRE_REFUSED)
            complain(it, STR(""), h.why);
        return r == HIRE_REFUSED ? 0 : r;
    }
    switch (it->kind->store) {
    case KEPT_AS_ORDER:
        existed = row_exists(it, SQL_CLI_ORDER_EXISTS, it->id);
        r = order_import(&h, record);
        break;
    case KEPT_AS_INTERVIEW:
        existed = row_exists(it, SQL_CLI_INTERVIEW_EXISTS, it->id);
        r = interview_import(&h, record);
        break;
    default:
        existed = row_exists(it, SQL_CLI_CHECK_EXISTS, it->id);
        r = external_check_import(&h, record);
        break;
    }
    if (r == HIRE_REFUSED) {
        complain(it, STR(""), h.why);
        return 0;
    }
    if (r >= 0)
        count(it, existed, r);
    return r < 0 ? r : 0;
}

static int keep_typed(struct item *it) {
    struct import *im = it->im;
    const struct record_type *type = it->kind->type;
    void *record = arena_alloc(&im->scratch, type->size);
    struct violations *vs = arena_new(&im->scratch, struct violations);
    int r;

    it->id = require_id(it, it->kind->id_member.ptr);
    /* The server computes the summary from the records; saved answers may hold summary values that are no longer valid.
     */
    if (it->kind->store == KEPT_AS_INTERVIEW && json_is_integer(json_object_get(it->value, "interview_round_summary")))
        json_object_del(it->value, "interview_round_summary");
    record_read_answer(type, record, it->value, &im->scratch, vs, note_undescribed, it);
    for (size_t i = 0; i < violations_kept(vs); i++)
        complain(it, vs->v[i].field, vs->v[i].description);
    if (im->findings > it->findings_before)
        return 0;
    r = record_each_user(type, record, &im->scratch, map_user, it);
    if (r < 0 || im->findings > it->findings_before)
        return r;
    return keep_in_domain(it, record);
}

/* Reads the stored document. Returns 1 with it in the arena, 0 if there is none, or a negative errno. */
static int old_doc(struct item *it, enum db_statement get, struct str id, struct str *ret) {
    struct db_query q DB_CLEANUP = db_query(it->im->cli->db, get);
    int r;

    db_bind_int(&q, 1, it->im->tenant);
    if (get == SQL_CLI_REFERENCE_GET) {
        db_bind_text(&q, 2, it->kind->name);
        db_bind_text(&q, 3, id);
    } else {
        db_bind_int(&q, 2, it->id);
    }
    r = db_row(&q);
    if (r == 1)
        *ret = arena_dup(&it->im->scratch, db_text(&q, COL_CLI_DOC_DOC));
    return r;
}

static int put_application(struct item *it, int64_t talent, int64_t job, struct str doc) {
    struct db_query q DB_CLEANUP = db_query(it->im->cli->db, SQL_CLI_APPLICATION_PUT);
    struct str stage = text_of(json_object_get(json_object_get(it->value, "stage"), "id"));

    db_bind_int(&q, 1, it->im->tenant);
    db_bind_int(&q, 2, it->id);
    db_bind_int(&q, 3, talent);
    db_bind_int(&q, 4, job);
    db_bind_text(&q, 5, str_is_absent(stage) ? STR("") : stage);
    db_bind_int(&q, 6, optional_int(it, "active_status"));
    db_bind_int(&q, 7, optional_int(it, "modify_time"));
    db_bind_text(&q, 8, doc);
    return db_run(&q);
}

static int put_external_application(struct item *it, struct str doc) {
    struct db_query q DB_CLEANUP = db_query(it->im->cli->db, SQL_CLI_EXTERNAL_APPLICATION_PUT);
    struct str external_id = text_of(json_object_get(it->value, "external_id"));

    db_bind_int(&q, 1, it->im->tenant);
    db_bind_int(&q, 2, it->id);
    db_bind_text(&q, 3, str_is_absent(external_id) ? STR("") : external_id);
    db_bind_int(&q, 4, optional_int(it, "talent_id"));
    db_bind_text(&q, 5, doc);
    return db_run(&q);
}

static int put_reference(struct item *it, struct str id, struct str doc) {
    struct db_query q DB_CLEANUP = db_query(it->im->cli->db, SQL_CLI_REFERENCE_PUT);

    db_bind_int(&q, 1, it->im->tenant);
    db_bind_text(&q, 2, it->kind->name);
    db_bind_text(&q, 3, id);
    db_bind_text(&q, 4, doc);
    db_bind_int(&q, 5, id_new()); /* position in lists; an existing row keeps its own */
    int r = db_run(&q);
    struct hire h = cli_hire(it->im->cli, it->im->tenant);
    h.arena = &it->im->scratch;
    return r < 0 ? r : card_keep_name(&h, it->kind->name, id, doc) < 0 ? -EBADMSG : r;
}

/* Checks that described members have the types that api/ gives them, because operations return them. Other members are
 * stored, but no operation returns them. */
static void check_types(struct item *it) {
    struct arena *a = &it->im->scratch;
    struct violations *vs;

    if (!it->kind->type)
        return;
    vs = arena_new(a, struct violations);
    record_read_answer(it->kind->type, arena_alloc(a, it->kind->type->size), it->value, a, vs, note_undescribed, it);
    for (size_t i = 0; i < violations_kept(vs); i++)
        complain(it, vs->v[i].field, vs->v[i].description);
}

/* Checks the members that lists show of records that api/ does not describe. */
static void check_name(struct item *it, struct str doc) {
    struct hire h = cli_hire(it->im->cli, it->im->tenant);
    struct str name;

    h.arena = &it->im->scratch;
    if (card_read_name(&h, it->kind->name, doc, &name) < 0)
        complain(
            it, STR(""),
            STR("has a member of a wrong type among those that lists show: name, mobile, email and current_city in "
                "basic_info, or title, code, department and city"));
}

static int keep_untyped(struct item *it) {
    struct import *im = it->im;
    bool application = it->kind->store == KEPT_AS_APPLICATION,
         external = it->kind->store == KEPT_AS_EXTERNAL_APPLICATION;
    struct buf doc BUF_CLEANUP = BUF_EMPTY;
    struct str id = STR_ABSENT, old = STR_ABSENT;
    int64_t talent = 0, job = 0;
    int existed, r;

    check_types(it);
    if (application || external)
        it->id = require_id(it, it->kind->id_member.ptr);
    else
        id = require_text(it, it->kind->id_member.ptr, 64);
    if (application) {
        talent = require_id(it, "talent_id");
        job = require_id(it, "job_id");
        if (optional_int(it, "modify_time") > clock_now_ms() + HIRE_IMPORT_AHEAD_MS)
            complain(it, STR("modify_time"), STR("is more than a day ahead of this machine's clock"));
    }
    r = write_value(it, it->value, false, STR(""), &doc);
    if (r == 0 && !im->keep)
        check_name(it, buf_str(&doc));
    if (r < 0 || im->findings > it->findings_before || !im->keep)
        return r;
    existed = old_doc(it,
                      application ? SQL_CLI_APPLICATION_GET
                      : external  ? SQL_CLI_EXTERNAL_APPLICATION_GET
                                  : SQL_CLI_REFERENCE_GET,
                      id, &old);
    if (existed < 0)
        return existed;
    if (existed && str_eq(old, buf_str(&doc))) {
        count(it, true, 0);
        return 0;
    }
    r = application ? db_stamp_raise(im->cli->db, im->tenant, optional_int(it, "modify_time")) : 0;
    if (r < 0)
        return r;
    r = application ? put_application(it, talent, job, buf_str(&doc))
        : external  ? put_external_application(it, buf_str(&doc))
                    : put_reference(it, id, buf_str(&doc));
    if (r >= 0)
        count(it, existed, 1);
    return r < 0 ? r : 0;
}

int import_item(struct import *im, struct import_source *src, const struct answer_item *place,
                const struct item_kind *kind, json_t *value) {
    struct item it = {im, src, place, kind, value, 0, im->findings};
    int r;

    if (kind->store == KEPT_AS_USER)
        r = keep_user(&it);
    else if (kind->store == KEPT_AS_ORDER || kind->store == KEPT_AS_INTERVIEW || kind->store == KEPT_AS_CHECK)
        r = keep_typed(&it);
    else
        r = keep_untyped(&it);
    if (r < 0)
        cli_fail_errno(im->cli, r, "import a record", NULL);
    return r;
}
