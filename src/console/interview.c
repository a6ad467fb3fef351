/* SPDX-License-Identifier: Apache-2.0
 *
 * console/api/interviews.
 */
#include "api_handlers.h"
#include "base/id.h"
#include "base/json.h"
#include "console/list.h"
#include "console/people.h"
#include "hire/interview_change.h"

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

/* A record's user as the tenant names it; a text that is no internal id stays as it is. */
static int write_interviewer(struct call *c, const struct interview_record *record) {
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
            json_member_str(out, STR("user_id"), db_text(&q, 0));
            json_member_str(out, STR("name"), db_text(&q, 1));
            json_member_str(out, STR("en_name"), db_text(&q, 2));
        }
    }
    json_member_str(out, STR("record_id"), record->id);
    json_member_bool(out, STR("submitted"), record->commit_status.set && record->commit_status.v == 1);
    if (record->conclusion.set)
        json_member_int(out, STR("conclusion"), record->conclusion.v);
    json_end(out, '}');
    return r < 0 ? r : 0;
}

/* The person's own record; NULL: takes no part. */
static const struct interview_record *own_record(const struct call *c, const struct interview_extend *in) {
    for (size_t i = 0; c->person->users_id != 0 && i < in->interview_record_list.n; i++) {
        int64_t uid;
        if (id_parse(in->interview_record_list.v[i].user_id, &uid) == 0 && uid == c->person->users_id)
            return &in->interview_record_list.v[i];
    }
    return NULL;
}

static void write_opt_int(struct buf *out, struct str key, struct opt_int v) {
    if (v.set)
        json_member_int(out, key, v.v);
}

static int write_interview(struct call *c, struct hire *h, const struct interview_extend *in) {
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
    write_opt_int(out, STR("interview_round_summary"), in->interview_round_summary);
    write_opt_int(out, STR("interview_type"), in->interview_type);
    write_opt_int(out, STR("video_type"), in->video_type);
    write_id_name(out, STR("stage"), in->stage);
    write_id_name(out, STR("round_type"), in->interview_round_type);
    json_key(out, STR("rooms"));
    json_begin(out, '[');
    for (size_t i = 0; i < in->meeting_room_list.n; i++)
        json_str(out, in->meeting_room_list.v[i].room_name);
    json_end(out, ']');
    if (in->address && in->address->name)
        console_member_i18n(out, STR("address"), in->address->name->zh_cn, in->address->name->en_us);
    json_member_str(out, STR("remark"), in->remark);
    json_key(out, STR("interviewers"));
    json_begin(out, '[');
    for (size_t i = 0; r == 0 && i < in->interview_record_list.n; i++)
        r = write_interviewer(c, &in->interview_record_list.v[i]);
    json_end(out, ']');
    const struct interview_record *own = own_record(c, in);
    json_member_bool(out, STR("may_assess"), own && !(own->commit_status.set && own->commit_status.v == 1));
    json_end(out, '}');
    return r;
}

/* Only interviewers, and nothing else: they see their own interviews alone. */
static bool sees_own_only(const struct call *c) {
    return (c->person->roles & ~ROLE_BIT(ROLE_INTERVIEWER)) == 0;
}

/* ---- lists ---- */

static int write_stored(struct call *c, struct hire *h, struct str doc) {
    struct interview_extend in = {0};
    int r = record_read_stored(&type_interview_extend, &in, doc, c->arena);
    return r < 0 ? r : write_interview(c, h, &in);
}

int write_interviews_of(struct call *c, struct hire *h, int64_t application) {
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_CONSOLE_INTERVIEWS_OF_APPLICATION);
    int r;
    json_key(c->out, STR("interviews"));
    json_begin(c->out, '[');
    db_bind_int(&q, 1, c->tenant);
    db_bind_int(&q, 2, application);
    while ((r = db_row(&q)) == 1)
        if ((r = write_stored(c, h, db_text(&q, 2))) < 0)
            return r;
    json_end(c->out, ']');
    return r;
}

int handle_console_interview_list(struct call *c) {
    const struct console_interview_list_query *in = c->query;
    int64_t from = 0, to = INT64_MAX, application;
    bool mine = in->mine.v || sees_own_only(c);
    struct hire h = console_hire(c);
    struct list l;
    int r = console_filter_id(c, "application_id", in->application_id, &application);
    if (r == 0 && !str_is_empty(in->from))
        r = console_result(c, &h, hire_time(&h, "from", in->from, &from));
    if (r == 0 && !str_is_empty(in->to))
        r = console_result(c, &h, hire_time(&h, "to", in->to, &to));
    if (r == 0)
        r = list_begin(&l, c, in->page_size, in->page_token,
                       (const int64_t[]){from, to, application, mine ? c->person->account : 0}, 4, STR(""));
    if (r < 0)
        return r;
    if (str_is_empty(in->page_token))
        l.from.a = l.from.b = -1; /* this one goes forward */
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_CONSOLE_INTERVIEWS);
    db_bind_int(&q, 1, c->tenant);
    db_bind_int(&q, 2, l.from.a < from ? from : l.from.a);
    db_bind_int(&q, 3, l.from.a < from ? -1 : l.from.b);
    db_bind_int(&q, 4, to);
    db_bind_int(&q, 5, application);
    while ((r = db_row(&q)) == 1) {
        struct interview_extend one = {0};
        if ((r = record_read_stored(&type_interview_extend, &one, db_text(&q, 2), c->arena)) < 0)
            return r;
        if (mine && !own_record(c, &one))
            continue;
        if (!list_add(&l, db_int(&q, 0), db_int(&q, 1)))
            break;
        if ((r = write_interview(c, &l.h, &one)) < 0)
            return r;
    }
    if (r < 0)
        return r;
    list_end(&l);
    return 0;
}

/* ---- one ---- */

/* The form of an interview's round type; absent: none. */
static int form_of(struct hire *h, const struct id_name_object *kind, struct str *ret) {
    struct interview_round_type type = {0};
    struct str doc;
    *ret = STR_ABSENT;
    int r = kind ? reference_get(h, STR("interview_round_type"), kind->id, &doc) : 0;
    if (r <= 0)
        return r;
    r = record_read_stored(&type_interview_round_type, &type, doc, h->arena);
    if (type.interview_assessment_template_info)
        *ret = type.interview_assessment_template_info->id;
    return r;
}

/* A record as the API answers it: user ids are the tenant's. */
static void write_record(struct call *c, const struct interview_record *record) {
    struct record_reader reader = call_reader(c);
    struct buf stored BUF_CLEANUP = BUF_EMPTY;
    record_write_stored(&type_interview_record, record, &stored);
    record_splice(&reader, buf_str(&stored), c->out);
}

int handle_console_interview_get(struct call *c) {
    const struct console_interview_get_params *in = c->params;
    struct hire h = console_hire(c);
    struct interview_extend doc;
    struct str form;
    int64_t id;
    int r = console_id(c, in->interview_id, &id);
    if (r == 0)
        r = interview_get(&h, id, &doc);
    if (r < 0)
        return r;
    const struct interview_record *own = r == 1 ? own_record(c, &doc) : NULL;
    if (r == 0 || (sees_own_only(c) && !own))
        return call_fail(c, CODE_NOT_FOUND, NULL);
    json_begin(c->out, '{');
    json_key(c->out, STR("interview"));
    r = write_interview(c, &h, &doc);
    json_key(c->out, STR("records"));
    json_begin(c->out, '[');
    /* Who has still to assess is not told what the others think. */
    bool blind = own && !(own->commit_status.set && own->commit_status.v == 1);
    for (size_t i = 0; i < doc.interview_record_list.n; i++)
        if (!blind || &doc.interview_record_list.v[i] == own)
            write_record(c, &doc.interview_record_list.v[i]);
    json_end(c->out, ']');
    if (r == 0)
        r = form_of(&h, doc.interview_round_type, &form);
    if (r == 0)
        json_member_str(c->out, STR("form_id"), form);
    json_end(c->out, '}');
    return r;
}

/* ---- changes ---- */

int handle_console_interview_schedule(struct call *c) {
    const struct console_interview_schedule_body *in = c->body;
    struct hire h = console_hire(c);
    struct interview_plan plan = {
        .creator_uid = c->person->users_id,
        .type = (int)in->interview_type.v,
        .video_type = in->video_type,
        .round = in->round,
        .stage_id = in->stage_id,
        .round_type_id = in->round_type_id,
        .address_id = in->address_id,
        .room_ids = in->room_ids,
        .remark = in->remark,
    };
    int64_t id = 0;
    int r = hire_id(&h, "application_id", in->application_id, &plan.application_id);
    if (r == 0)
        r = hire_time(&h, "begin_time", in->begin_time, &plan.begin_ms);
    if (r == 0)
        r = hire_time(&h, "end_time", in->end_time, &plan.end_ms);
    for (size_t i = 0; r == 0 && i < in->interviewers.n && i < INTERVIEWERS_MAX; i++) {
        r = find_user(c, in->interviewers.v[i], &plan.interviewers[i]);
        if (r < 0)
            return r;
        plan.n_interviewers++;
    }
    if (r == 0)
        r = interview_schedule(&h, &plan, &id);
    if (r < 0)
        return console_result(c, &h, r);
    c->audit_subject = arena_printf(c->arena, "%lld", (long long)id);
    json_begin(c->out, '{');
    json_member_id(c->out, STR("interview_id"), id);
    json_end(c->out, '}');
    return 0;
}

int handle_console_interview_assess(struct call *c) {
    const struct console_interview_assess_params *at = c->params;
    const struct console_interview_assess_body *in = c->body;
    const struct interview_verdict verdict = {
        .conclusion = (int)in->conclusion.v, .content = in->content, .score_id = in->score_id};
    struct hire h = console_hire(c);
    int64_t id;
    int r = console_id(c, at->interview_id, &id);
    if (r < 0)
        return r;
    r = interview_assess(&h, id, c->person->users_id, &verdict);
    return r == -ENOENT ? call_fail(c, CODE_NOT_FOUND, NULL) : console_result(c, &h, r);
}
