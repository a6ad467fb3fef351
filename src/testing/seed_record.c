/* SPDX-License-Identifier: Apache-2.0
 *
 * Makes the records of a seed that have no rules of their own: talents, jobs, applications and all that is looked up.
 * And the interviews, which the domain stores.
 */
#include <string.h>

#include "base/id.h"
#include "base/json.h"
#include "hire/application/zone.h"
#include "hire/interview/interview.h"
#include "hire/reference/card.h"
#include "store/stamp.h"
#include "testing/seed_internal.h"

/* ---- the stored form ---- */

static bool names_user(const struct seed_list *list, const char *member) {
    for (const char *const *m = list->user_members; m && *m; m++)
        if (strcmp(*m, member) == 0)
            return true;
    return false;
}

static int store(struct seed_work *w, const struct seed_list *list, const json_t *value, bool user, struct buf *out);

static int store_object(struct seed_work *w, const struct seed_list *list, const json_t *object, struct buf *out) {
    const char *name;
    json_t *value;
    bool first = true;
    int r = 0;

    buf_add_char(out, '{');
    json_object_foreach((json_t *)(uintptr_t)object, name, value) {
        bool user = names_user(list, name);
        if (json_is_null(value))
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
        r = store(w, list, value, user, out);
        if (r < 0)
            return r;
        if (user)
            buf_add_char(out, '\x03');
    }
    buf_add_char(out, '}');
    return 0;
}

static int store_list(struct seed_work *w, const struct seed_list *list, const json_t *values, bool user,
                      struct buf *out) {
    size_t i = 0;
    json_t *value;
    int r = 0;

    buf_add_char(out, '[');
    json_array_foreach(values, i, value) {
        if (i > 0)
            buf_add_char(out, ',');
        if ((r = store(w, list, value, user, out)) < 0)
            return r;
    }
    buf_add_char(out, ']');
    return 0;
}

static int store_text(struct seed_work *w, struct str text, bool user, struct buf *out) {
    int64_t uid = 0;
    int r = user ? seed_user(w, text, &uid) : 0;

    if (r < 0)
        return r;
    buf_add_char(out, '"');
    if (uid != 0)
        buf_printf(out, "\x01U%016llx", (unsigned long long)uid);
    else
        json_escape(out, text);
    buf_add_char(out, '"');
    return 0;
}

/* Writes a value in the form in which records are stored (base/record.h). */
static int store(struct seed_work *w, const struct seed_list *list, const json_t *value, bool user, struct buf *out) {
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return store_object(w, list, value, out);
    case JSON_ARRAY:
        return store_list(w, list, value, user, out);
    case JSON_STRING:
        return store_text(w, (struct str){json_string_value(value), json_string_length(value)}, user, out);
    case JSON_INTEGER:
        buf_add_i64(out, json_integer_value(value));
        return 0;
    case JSON_REAL:
        json_num(out, json_real_value(value));
        return 0;
    case JSON_NULL:
        buf_add_lit(out, "null");
        return 0;
    default:
        buf_add_str(out, json_is_true(value) ? STR("true") : STR("false"));
        return 0;
    }
}

/* ---- applications ---- */

static int64_t number_of(const json_t *record, const char *name) {
    const json_t *v = json_object_get(record, name);
    int64_t n = 0;
    if (json_is_integer(v))
        return json_integer_value(v);
    return str_to_i64(seed_text(record, name), &n) == 0 ? n : 0;
}

static int id_of(struct seed_work *w, const json_t *record, const char *name, struct str path, int64_t *ret) {
    if (id_parse(seed_text(record, name), ret) == 0)
        return 0;
    return seed_find(w->seed, path, "needs %s, a number from 1 to 9223372036854775807 as a text", name);
}

static int put_application(struct seed_work *w, const json_t *record, struct str doc, struct str path) {
    int64_t id, talent, job, changed = number_of(record, "modify_time");
    struct str stage = seed_text(json_object_get(record, "stage"), "id");
    int r = id_of(w, record, "id", path, &id);

    if (r == 0)
        r = id_of(w, record, "talent_id", path, &talent);
    if (r == 0)
        r = id_of(w, record, "job_id", path, &job);
    if (r == 0)
        r = seed_judge(w, hire_imported_time(&w->h, "modify_time", changed), path);
    if (r < 0)
        return r;
    struct db_query q DB_CLEANUP = db_query(w->db, SQL_CLI_APPLICATION_PUT);
    db_bind_int(&q, 1, w->tenant.id);
    db_bind_int(&q, 2, id);
    db_bind_int(&q, 3, talent);
    db_bind_int(&q, 4, job);
    db_bind_text(&q, 5, str_is_absent(stage) ? STR("") : stage);
    db_bind_int(&q, 6, number_of(record, "active_status"));
    db_bind_int(&q, 7, changed);
    db_bind_text(&q, 8, doc);
    r = db_run(&q);
    return r < 0 ? r : application_zone_raise(w->db, w->tenant.id, id, changed);
}

/* An application without these was made now and is active. */
static void complete_application(struct seed_work *w, json_t *record) {
    char now[24];
    snprintf(now, sizeof now, "%lld", (long long)w->h.now_ms);
    if (!json_object_get(record, "active_status"))
        json_object_set_new(record, "active_status", json_integer(1));
    if (!json_object_get(record, "create_time"))
        json_object_set_new(record, "create_time", json_string(now));
    if (!json_object_get(record, "modify_time"))
        json_object_set_new(record, "modify_time", json_string(now));
}

/* ---- references ---- */

static int put_reference(struct seed_work *w, const struct seed_list *list, struct str id, struct str doc,
                         struct str path) {
    struct str kind = str_of(list->kind), name;

    if (card_read_name(&w->h, kind, doc, &name) < 0)
        return seed_find(w->seed, path,
                         "has a member of a wrong type among those that lists show: name, mobile, email "
                         "and current_city in basic_info, or title, code, department and city");
    struct db_query q DB_CLEANUP = db_query(w->db, SQL_CLI_REFERENCE_PUT);
    db_bind_int(&q, 1, w->tenant.id);
    db_bind_text(&q, 2, kind);
    db_bind_text(&q, 3, id);
    db_bind_text(&q, 4, doc);
    db_bind_int(&q, 5, id_new());
    int r = db_run(&q);
    return r < 0 ? r : card_keep_name(&w->h, kind, id, doc);
}

static int make_record(struct seed_work *w, const struct seed_list *list, json_t *record, struct str path) {
    struct buf doc BUF_CLEANUP = BUF_EMPTY;
    bool application = strcmp(list->kind, "application") == 0;
    json_t *copy = json_copy(record); /* a template's record is used again */

    if (application)
        complete_application(w, copy);
    int r = store(w, list, copy, false, &doc);
    if (r == 0)
        r = application ? put_application(w, copy, buf_str(&doc), path)
                        : put_reference(w, list, seed_text(copy, list->key), buf_str(&doc), path);
    json_decref(copy);
    return r < 0 ? r : 0;
}

int seed_make_records(struct seed_work *w) {
    int r = 0;
    for (size_t k = 0; k < n_seed_lists && r == 0; k++) {
        const struct seed_list *list = &seed_lists[k];
        json_t *record;
        size_t i = 0;
        if (!list->kind)
            continue;
        json_array_foreach(json_object_get(w->part->json, list->name), i, record) {
            if (!seed_stands(w, list->name, seed_text(record, list->key)))
                r = make_record(w, list, record, seed_item_path(w, list->name, i));
            if (r < 0)
                break;
        }
    }
    return r;
}

/* ---- interviews ---- */

int seed_map_user(void *ctx, struct str *value, struct str path) {
    struct seed_work *w = ctx;
    int64_t uid;
    int r = seed_user(w, *value, &uid);
    if (r == 0 && uid != 0)
        *value = hire_text(&w->h, uid);
    return r;
}

int seed_make_interviews(struct seed_work *w) {
    const struct interview_extend_list *in = &w->part->in.interviews;
    int r = 0;

    for (size_t i = 0; i < in->n && r >= 0; i++) {
        struct str path = seed_item_path(w, "interviews", i);
        struct interview_extend *one = arena_new(w->arena, struct interview_extend);
        struct violations *vs = arena_new(w->arena, struct violations);
        if (seed_stands(w, "interviews", in->v[i].id))
            continue;
        /* Read again, because the ids of users are replaced in it. */
        record_read(&type_interview_extend, one, json_array_get(json_object_get(w->part->json, "interviews"), i),
                    w->arena, vs);
        one->interview_round_summary = (struct opt_int){0};
        r = record_each_user(&type_interview_extend, one, w->arena, seed_map_user, w);
        if (r == 0)
            r = seed_judge(w, interview_import(&w->h, one), path);
    }
    return r < 0 ? r : 0;
}
