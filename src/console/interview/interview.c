/* SPDX-License-Identifier: Apache-2.0
 *
 * console/api/interviews: lists, and one interview with its assessments.
 */
#include "console/interview/interview.h"
#include "api_handlers.h"
#include "base/id.h"
#include "base/json.h"
#include "console/application/row.h"
#include "console/list.h"
#include "console/people.h"
#include "console/version.h"
#include "hire/interview/interview.h"
#include "hire/interview/summary.h"

/* ---- rows ---- */

static void write_id_name(struct buf *out, struct str key, const struct id_name_object *o) {
    if (!o)
        return;
    json_key(out, key);
    json_begin(out, '{');
    json_member_str(out, STR("id"), o->id);
    if (o->name)
        console_member_i18n(out, STR("name"), o->name->zh_cn, o->name->en_us);
    json_end(out, '}');
}

static bool is_submitted(const struct interview_record *record) {
    return record->commit_status.set && record->commit_status.v == 1;
}

/* The user has user_id and names if the record's user is known here; otherwise only the record's members are
 * written. */
int write_interviewer(struct call *c, const struct interview_record *record, bool verdict) {
    struct buf *out = c->out;
    int64_t uid = 0;
    int r = 0;
    json_begin(out, '{');
    if (id_parse(record->user_id, &uid) == 0) {
        struct db_query q DB_CLEANUP = db_query(c->db, SQL_USERS_GET);
        db_bind_int(&q, 1, c->tenant);
        db_bind_int(&q, 2, uid);
        r = db_row(&q);
        if (r == 1) {
            json_member_str(out, STR("user_id"), db_text(&q, COL_USERS_GET_USER_ID));
            json_member_str(out, STR("name"), db_text(&q, COL_USERS_GET_NAME));
            json_member_str(out, STR("en_name"), db_text(&q, COL_USERS_GET_EN_NAME));
        }
    }
    json_member_str(out, STR("record_id"), record->id);
    json_member_bool(out, STR("submitted"), is_submitted(record));
    if (verdict && record->conclusion.set)
        json_member_int(out, STR("conclusion"), record->conclusion.v);
    json_end(out, '}');
    return r < 0 ? r : 0;
}

const struct interview_record *own_record(const struct call *c, const struct interview_extend *in) {
    return interview_record_of(&in->interview_record_list, c->person->users_id);
}

/* The signed-in person's own record if it is not submitted yet, otherwise NULL. Until they submit, interviewers see
 * no record of the others. */
static const struct interview_record *record_to_write(const struct call *c, const struct interview_extend *in) {
    const struct interview_record *own = own_record(c, in);
    return own && !is_submitted(own) ? own : NULL;
}

/* The summary of all records or, for a person who has not submitted yet, of their own record. */
static struct opt_int summary_for(const struct interview_extend *in, const struct interview_record *only) {
    if (!only || !only->conclusion.set)
        return in->interview_round_summary;
    const enum interview_conclusion own = (enum interview_conclusion)only->conclusion.v;
    return (struct opt_int){.set = true, .v = interview_summary(&own, 1)};
}

static bool may_schedule(const struct call *c) {
    return (c->person->roles & (ROLE_BIT(ROLE_ADMIN) | ROLE_BIT(ROLE_RECRUITER))) != 0;
}

static void write_opt_int(struct buf *out, struct str key, struct opt_int v) {
    if (v.set)
        json_member_int(out, key, v.v);
}

/* live: the interview was not cancelled. */
static int write_interview(struct call *c, struct hire *h, const struct interview_extend *in, bool live) {
    const struct interview_record *only = record_to_write(c, in);
    struct buf *out = c->out;
    int64_t application = 0;
    int r = 0;
    json_begin(out, '{');
    json_member_str(out, STR("id"), in->id);
    json_member_str(out, STR("application_id"), in->application_id);
    if (id_parse(in->application_id, &application) == 0)
        r = write_subject(c, h, application);
    console_member_time(out, STR("begin_time"), in->begin_time.v);
    console_member_time(out, STR("end_time"), in->end_time.v);
    write_opt_int(out, STR("round"), in->round);
    write_opt_int(out, STR("interview_round_summary"), summary_for(in, only));
    write_opt_int(out, STR("interview_type"), in->interview_type);
    write_opt_int(out, STR("video_type"), in->video_type);
    write_id_name(out, STR("stage"), in->stage);
    write_id_name(out, STR("round_type"), in->interview_round_type);
    json_key(out, STR("rooms"));
    json_begin(out, '[');
    for (size_t i = 0; i < in->meeting_room_list.n; i++)
        json_str(out, in->meeting_room_list.v[i].room_name);
    json_end(out, ']');
    json_key(out, STR("room_ids"));
    json_begin(out, '[');
    for (size_t i = 0; i < in->meeting_room_list.n; i++)
        json_str(out, in->meeting_room_list.v[i].room_id);
    json_end(out, ']');
    if (in->address && in->address->name)
        console_member_i18n(out, STR("address"), in->address->name->zh_cn, in->address->name->en_us);
    if (in->address)
        json_member_str(out, STR("address_id"), in->address->id);
    json_member_str(out, STR("remark"), in->remark);
    json_key(out, STR("interviewers"));
    json_begin(out, '[');
    for (size_t i = 0; r == 0 && i < in->interview_record_list.n; i++)
        r = write_interviewer(c, &in->interview_record_list.v[i], !only || only == &in->interview_record_list.v[i]);
    json_end(out, ']');
    json_member_bool(out, STR("may_assess"), live && only);
    json_member_bool(out, STR("may_change"), live && may_schedule(c) && interview_is_open(in));
    json_end(out, '}');
    return r;
}

/* Whether the person has only the role of an interviewer and may see only their own interviews. */
static bool sees_own_only(const struct call *c) {
    return (c->person->roles & ~ROLE_BIT(ROLE_INTERVIEWER)) == 0;
}

/* ---- lists ---- */

static int write_stored(struct call *c, struct hire *h, struct str doc) {
    struct interview_extend in = {0};
    int r = record_read_stored(&type_interview_extend, &in, doc, c->arena);
    return r < 0 ? r : write_interview(c, h, &in, true);
}

int write_interviews_of(struct call *c, struct hire *h, int64_t application) {
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_CONSOLE_INTERVIEWS_OF_APPLICATION);
    int r;
    json_key(c->out, STR("interviews"));
    json_begin(c->out, '[');
    db_bind_int(&q, 1, c->tenant);
    db_bind_int(&q, 2, application);
    while ((r = db_row(&q)) == 1)
        if ((r = write_stored(c, h, db_text(&q, COL_CONSOLE_INTERVIEW_DOC))) < 0)
            return r;
    json_end(c->out, ']');
    return r;
}

static int write_row(struct list *l, void *ctx, const struct db_query *q) {
    return write_stored(l->c, &l->h, db_text(q, COL_CONSOLE_INTERVIEW_DOC));
}

int handle_console_interview_list(struct call *c) {
    const struct console_interview_list_query *in = c->query;
    int64_t from = 0, to = INT64_MAX, application;
    bool mine = in->mine.v || sees_own_only(c);
    struct hire h = console_hire(c);
    struct list l;
    int r = call_filter_id(c, "application_id", in->application_id, &application);
    if (r == 0 && !str_is_empty(in->from))
        r = console_result(c, &h, hire_time_any(&h, "from", in->from, &from));
    if (r == 0 && !str_is_empty(in->to))
        r = console_result(c, &h, hire_time_any(&h, "to", in->to, &to));
    if (r == 0)
        r = list_begin(&l, c, in->page_size, in->page_token,
                       (const int64_t[]){from, to, application, mine ? c->person->account : 0}, 4, STR(""));
    if (r < 0)
        return r;
    if (str_is_empty(in->page_token))
        l.from.a = l.from.b = -1; /* this list ascends */
    struct db_query q DB_CLEANUP =
        db_query(c->db, mine ? SQL_CONSOLE_INTERVIEWS_OF_INTERVIEWER : SQL_CONSOLE_INTERVIEWS);
    db_bind_int(&q, 1, c->tenant);
    db_bind_int(&q, 2, l.from.a < from ? from : l.from.a);
    db_bind_int(&q, 3, l.from.a < from ? -1 : l.from.b);
    db_bind_int(&q, 4, to);
    db_bind_int(&q, 5, application);
    if (mine)
        db_bind_int(&q, 6, c->person->users_id); /* 0: the account has no user and therefore no interviews */
    r = list_write(
        &l, &q,
        &(struct list_rows){.a = COL_CONSOLE_INTERVIEW_BEGIN_TIME, .b = COL_CONSOLE_INTERVIEW_ID, .write = write_row});
    if (r == 0)
        list_end(&l);
    return r;
}

/* ---- one interview ---- */

/* The records that the person may see: all, or only their own until it is submitted. */
struct view {
    struct call *c;
    const struct interview_record *only; /* NULL: all */
};

static struct view view_of(struct call *c, const struct interview_extend *doc) {
    return (struct view){c, record_to_write(c, doc)};
}

static void write_records(const struct view *v, const struct interview_extend *doc) {
    json_key(v->c->out, STR("records"));
    json_begin(v->c->out, '[');
    for (size_t i = 0; i < doc->interview_record_list.n; i++)
        if (!v->only || v->only == &doc->interview_record_list.v[i])
            call_write_record(v->c, &type_interview_record, &doc->interview_record_list.v[i], v->c->out);
    json_end(v->c->out, ']');
}

static int write_answer(void *ctx, int64_t record_id, struct str doc) {
    const struct view *v = ctx;
    struct record_reader reader = call_reader(v->c);
    int64_t only;
    if (!v->only || (id_parse(v->only->id, &only) == 0 && only == record_id))
        record_splice(&reader, doc, v->c->out);
    return 0;
}

static int write_answers(struct view *v, struct hire *h, int64_t id) {
    json_key(v->c->out, STR("answers"));
    json_begin(v->c->out, '[');
    int r = interview_answers(h, id, write_answer, v);
    json_end(v->c->out, ']');
    return r;
}

static bool asks_levels(const struct interview_feedback_form *form) {
    for (size_t m = 0; m < form->modules.n; m++)
        for (size_t i = 0; i < form->modules.v[m].dimensions.n; i++)
            if (form->modules.v[m].dimensions.v[i].type.v == QUESTION_JOB_LEVEL)
                return true;
    return false;
}

static int write_form_of(const struct view *v, struct hire *h, const struct interview_extend *doc) {
    struct interview_feedback_form form;
    int r = interview_form_get(h, doc->interview_round_type, &form);
    if (r != 1)
        return r;
    write_form(v->c, h, &form);
    return v->only && asks_levels(&form) ? write_job_levels(v->c, h) : 0;
}

static int write_cancelled(struct call *c, const struct interview_cancelled *gone) {
    struct account who;
    int r = account_get(c->db, c->tenant, gone->actor_id, c->arena, &who);
    json_key(c->out, STR("cancelled"));
    json_begin(c->out, '{');
    console_member_time(c->out, STR("at"), gone->at_ms);
    if (r == 1)
        write_actor(c, ACTOR_USER, gone->actor_id, who.name, who.en_name);
    if (!str_is_empty(gone->why))
        json_member_str(c->out, STR("reason"), gone->why);
    json_end(c->out, '}');
    return r < 0 ? r : 0;
}

bool may_see_interview(const struct call *c, const struct interview_extend *doc) {
    return !sees_own_only(c) || own_record(c, doc);
}

static int write_live(struct call *c, struct hire *h, int64_t id, const struct interview_extend *doc) {
    struct view v = view_of(c, doc);
    json_begin(c->out, '{');
    json_key(c->out, STR("interview"));
    int r = write_interview(c, h, doc, true);
    json_member_str(c->out, STR("version"), version_of_interview(c, doc));
    write_records(&v, doc);
    if (r >= 0)
        r = write_answers(&v, h, id);
    if (r >= 0)
        r = write_form_of(&v, h, doc);
    json_end(c->out, '}');
    return r < 0 ? r : 0;
}

static int write_gone(struct call *c, struct hire *h, const struct interview_cancelled *gone) {
    json_begin(c->out, '{');
    json_key(c->out, STR("interview"));
    int r = write_interview(c, h, &gone->doc, false);
    if (r >= 0)
        r = write_cancelled(c, gone);
    json_end(c->out, '}');
    return r;
}

int handle_console_interview_get(struct call *c) {
    const struct console_interview_get_params *in = c->params;
    struct hire h = console_hire(c);
    struct interview_cancelled gone;
    struct interview_extend doc;
    int64_t id;
    int r = console_id(c, in->interview_id, &id);
    if (r == 0)
        r = interview_get(&h, id, &doc);
    if (r < 0)
        return r;
    if (r == 1)
        return may_see_interview(c, &doc) ? write_live(c, &h, id, &doc) : call_fail(c, CODE_NOT_FOUND, NULL);
    r = interview_cancelled_get(&h, id, &gone);
    if (r < 0)
        return r;
    return r == 1 && may_see_interview(c, &gone.doc) ? write_gone(c, &h, &gone) : call_fail(c, CODE_NOT_FOUND, NULL);
}
