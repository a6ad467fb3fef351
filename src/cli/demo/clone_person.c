/* SPDX-License-Identifier: Apache-2.0
 *
 * The talents and applications of copied orders. An application began some days before its first order.
 */
#include <errno.h>

#include "base/id.h"
#include "base/json.h"
#include "cli/demo/clone.h"
#include "cli/demo/names.h"
#include "hire/application/application.h"

#define DAY_MS INT64_C(86400000)
#define BEFORE_CHECK_MS (10 * DAY_MS)
#define MINUTE_MS INT64_C(60000)
#define STAGE_BACKGROUND_CHECK 8

int64_t clone_application_id(const struct scale *s, int64_t a) {
    return clone_id(scale_begin(s, scale_first_order(a)) - BEFORE_CHECK_MS, CLONE_APPLICATION);
}

static int read_application(struct cloning *c, int64_t id, struct application *ret) {
    struct db_query q DB_CLEANUP = db_query(c->cli->db, SQL_CLI_APPLICATION_GET);
    int r;

    db_bind_int(&q, 1, c->tenant);
    db_bind_int(&q, 2, id);
    r = db_row(&q);
    if (r != 1)
        return r < 0 ? r : -ENOENT;
    return record_read_stored(&type_application, ret, arena_dup(&c->cli->arena, db_text(&q, COL_CLI_DOC_DOC)),
                              &c->cli->arena);
}

/* For a check that goes on: the application is in that stage. For others: ended, or hired. */
static bool is_active(const struct application *a) {
    return a->active_status.v == 1 && a->stage && a->stage->type.v == STAGE_BACKGROUND_CHECK;
}

static bool is_over(const struct application *a) {
    return a->active_status.v != 1 || (a->stage && a->stage->type.v == STAGE_ONBOARDED);
}

int clone_people_read(struct cloning *c, struct clone_people *ret) {
    int64_t ids[CLONE_TEMPLATES_MAX];
    int n = clone_ids(c->cli, SQL_CLI_APPLICATIONS, c->tenant, ids), r = 0;
    struct application *read = arena_array(&c->cli->arena, struct application, (size_t)(n > 0 ? n : 1));

    *ret = (struct clone_people){
        .all = arena_array(&c->cli->arena, struct application, (size_t)(n > 0 ? n : 1) * 2),
        .jobs = arena_array(&c->cli->arena, struct str, (size_t)(n > 0 ? n : 1)),
    };
    for (int i = 0; i < n && r >= 0; i++)
        if ((r = read_application(c, ids[i], &read[i])) >= 0)
            ret->jobs[ret->n_jobs++] = read[i].job_id;
    for (int i = 0; i < n && r >= 0; i++)
        if (is_active(&read[i]))
            ret->all[ret->n_active++] = read[i];
    for (int i = 0; i < n && r >= 0; i++)
        if (is_over(&read[i]))
            ret->all[ret->n_active + ret->n_ended++] = read[i];
    if (r >= 0 && (n < 0 || ret->n_active == 0 || ret->n_ended == 0))
        return n < 0 ? n : -ENOENT;
    return r < 0 ? r : 0;
}

static int write_talent(struct cloning *c, int64_t id, const struct demo_name *p, int64_t a, int64_t ms) {
    struct buf *out = &c->doc;

    out->len = 0;
    json_begin(out, '{');
    json_member_id(out, STR("id"), id);
    json_member_bool(out, STR("is_in_agency_period"), false);
    json_member_bool(out, STR("is_onboarded"), false);
    json_key(out, STR("basic_info"));
    json_begin(out, '{');
    json_member_str(out, STR("name"), p->name);
    json_member_str(out, STR("mobile"), p->mobile);
    json_member_str(out, STR("mobile_code"), STR("86"));
    json_member_str(out, STR("email"), p->email);
    json_member_int(out, STR("experience_years"), 1 + scale_random(a, 21, 20));
    json_member_int(out, STR("age"), 22 + scale_random(a, 22, 33));
    json_member_str(out, STR("modify_time"), clone_text(ms, &c->scratch));
    json_end(out, '}');
    json_end(out, '}');
    return clone_put_talent(c, id, p->name);
}

static void move_times(struct application *a, const struct application *t, const struct clone_pace *pace,
                       struct arena *arena) {
    clone_move(pace, &a->create_time, arena);
    clone_move(pace, &a->modify_time, arena);
    a->stage_time_list.v = arena_array(arena, struct application_stage_time, t->stage_time_list.n + 1);
    for (size_t i = 0; i < t->stage_time_list.n; i++) {
        a->stage_time_list.v[i] = t->stage_time_list.v[i];
        clone_move(pace, &a->stage_time_list.v[i].enter_time, arena);
        clone_move(pace, &a->stage_time_list.v[i].exit_time, arena);
    }
}

/* A few jobs get most applications. */
static struct str job_of(const struct clone_people *p, int64_t a) {
    return p->jobs[scale_random(a, 24, 1 + scale_random(a, 23, (uint32_t)p->n_jobs))];
}

int clone_person(struct cloning *c, const struct clone_people *p, int64_t a, bool checked) {
    const struct application *t = checked ? &p->all[scale_random(a, 20, (uint32_t)p->n_active)]
                                          : &p->all[p->n_active + scale_random(a, 20, (uint32_t)p->n_ended)];
    int64_t began = scale_begin(&c->scale, scale_first_order(a)) - BEFORE_CHECK_MS;
    int64_t id = clone_application_id(&c->scale, a), talent = clone_id(began, CLONE_TALENT), created = 0, modified = 0;
    struct demo_name name = demo_name_of(a, &c->scratch);
    struct application doc = *t;
    int r;

    (void)str_to_i64(t->create_time, &created);
    (void)str_to_i64(t->modify_time, &modified);
    struct clone_pace pace = {created, began, 500 + scale_random(a, 25, 1000)};
    int64_t left = c->scale.now_ms - MINUTE_MS - began;
    if (modified > created && clone_at(&pace, modified) > began + left)
        pace.thousandths = left * 1000 / (modified - created);
    if ((r = write_talent(c, talent, &name, a, began)) < 0)
        return r;
    doc.id = clone_text(id, &c->scratch);
    doc.talent_id = clone_text(talent, &c->scratch);
    doc.job_id = job_of(p, a);
    doc.talent_attachment_resume_id = STR_ABSENT;
    move_times(&doc, t, &pace, &c->scratch);
    c->doc.len = 0;
    record_write_stored(&type_application, &doc, &c->doc);
    return clone_put_application(c, id, talent, &doc);
}
