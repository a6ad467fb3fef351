/* SPDX-License-Identifier: Apache-2.0
 *
 * Interviews: schedule, reschedule, cancel.
 */
#include "hire/interview/change.h"

#include "base/id.h"
#include "hire/application/internal.h"
#include "hire/interview/interview.h"
#include "hire/reference/reference.h"

enum { ON_SITE = 1, BY_VIDEO = 3, SUBMITTED = 1, NOT_SUBMITTED = 2, ROUND_TYPE_ENABLED = 1 };

int interview_get(struct hire *h, int64_t id, struct interview_extend *ret) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_INTERVIEW_GET);
    int r;

    *ret = (struct interview_extend){0};
    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, id);
    r = db_row(&q);
    if (r != 1)
        return r;
    r = record_read_stored(&type_interview_extend, ret, db_text(&q, COL_INTERVIEW_GET_DOC), h->arena);
    return r < 0 ? r : 1;
}

/* ---- the records that a plan names ---- */

static int named(struct hire *h, const char *what, const char *kind, struct str id, const struct record_type *type,
                 void *ret) {
    struct str doc;
    int r = reference_get(h, str_of(kind), id, &doc);

    if (r == 0)
        return hire_refuse(h, REFUSED_PARAMETER, "%s: there is no %.*s", what, STR_FMT(str_head(id, 64)));
    return r < 0 ? r : record_read_stored(type, ret, doc, h->arena);
}

static struct id_name_object *id_name(struct hire *h, struct str id, struct str zh, struct str en) {
    struct id_name_object *out = arena_new(h->arena, struct id_name_object);

    out->id = id;
    out->name = arena_new(h->arena, struct i18n);
    *out->name = (struct i18n){.zh_cn = zh, .en_us = en};
    return out;
}

static int set_user(struct hire *h, int64_t uid, struct user_id_name **ret) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_USERS_GET);
    int r;

    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, uid);
    r = db_row(&q);
    if (r == 0)
        return hire_refuse(h, REFUSED_PARAMETER, "interviewers: a user is unknown");
    if (r < 0)
        return r;
    *ret = arena_new(h->arena, struct user_id_name);
    (*ret)->id = hire_text(h, uid);
    (*ret)->name = arena_new(h->arena, struct i18n);
    *(*ret)->name = (struct i18n){.zh_cn = arena_dup(h->arena, db_text(&q, COL_USERS_GET_NAME)),
                                  .en_us = arena_dup(h->arena, db_text(&q, COL_USERS_GET_EN_NAME))};
    return 0;
}

/* Sets the records of the plan's interviewers. An interviewer who had a record before keeps it. */
static int set_interviewers(struct hire *h, const struct interview_plan *in, struct interview_extend *out) {
    const struct interview_record_list before = out->interview_record_list;
    struct interview_record_list *list = &out->interview_record_list;

    if (in->n_interviewers == 0)
        return hire_refuse(h, REFUSED_PARAMETER, "interviewers: at least one interviewer is required");
    list->n = in->n_interviewers;
    list->v = arena_array(h->arena, struct interview_record, list->n);
    for (size_t i = 0; i < list->n; i++) {
        for (size_t k = 0; k < i; k++)
            if (in->interviewers[k] == in->interviewers[i])
                return hire_refuse(h, REFUSED_PARAMETER, "interviewers: a user is named twice");
        const struct interview_record *kept = interview_record_of(&before, in->interviewers[i]);
        list->v[i].id = kept ? kept->id : hire_text(h, id_new());
        list->v[i].user_id = hire_text(h, in->interviewers[i]);
        list->v[i].commit_status = SET_INT(NOT_SUBMITTED);
        list->v[i].conclusion = SET_INT(CONCLUSION_NOT_STARTED);
        int r = set_user(h, in->interviewers[i], &list->v[i].interviewer);
        if (r < 0)
            return r;
    }
    return 0;
}

static int set_stage(struct hire *h, const struct interview_plan *in, struct interview_extend *out) {
    struct job_processes_list processes;
    const struct job_processes_stage *stage;
    struct application application = {0};
    struct str doc, id = in->stage_id;
    int r = application_get(h, in->application_id, &doc);

    if (r == 0)
        return hire_refuse(h, REFUSED_PARAMETER, "application_id: there is no such application");
    if (r < 0 || (r = record_read_stored(&type_application, &application, doc, h->arena)) < 0 ||
        (r = reference_processes(h, &processes)) < 0)
        return r;
    if (application.active_status.v == APPLICATION_TERMINATED)
        return hire_refuse_for(h, REASON_APPLICATION_ENDED, STR_ABSENT, "application_id: the application has ended");
    if (str_is_empty(id) && application.stage)
        id = application.stage->id;
    if (str_is_empty(id))
        return 0;
    stage = process_stage(&processes, id, NULL);
    if (!stage)
        return hire_refuse(h, REFUSED_PARAMETER, "stage_id: there is no stage %.*s", STR_FMT(str_head(id, 64)));
    out->stage_id = stage->id;
    out->stage = id_name(h, stage->id, stage->zh_name, stage->en_name);
    return 0;
}

static int set_rooms(struct hire *h, const struct interview_plan *in, struct interview_extend *out) {
    struct interview_meeting_room_list *list = &out->meeting_room_list;

    list->n = in->room_ids.n;
    for (size_t i = 0; i < list->n; i++)
        for (size_t k = 0; k < i; k++)
            if (str_eq(in->room_ids.v[i], in->room_ids.v[k]))
                return hire_refuse(h, REFUSED_PARAMETER, "room_ids: a room is named twice");
    list->v = list->n ? arena_array(h->arena, struct interview_meeting_room, list->n) : NULL;
    for (size_t i = 0; i < list->n; i++) {
        struct room room = {0};
        int r = named(h, "room_ids", "room", in->room_ids.v[i], &type_room, &room);
        if (r < 0)
            return r;
        list->v[i] = (struct interview_meeting_room){.room_id = room.room_id, .room_name = room.name};
    }
    return 0;
}

static int set_place_and_kind(struct hire *h, const struct interview_plan *in, struct interview_extend *out) {
    struct interview_round_type kind = {0};
    struct location place = {0};
    int r;

    out->interview_round_type = NULL;
    out->address = NULL;
    if (!str_is_empty(in->round_type_id)) {
        r = named(h, "round_type_id", "interview_round_type", in->round_type_id, &type_interview_round_type, &kind);
        if (r < 0)
            return r;
        if (kind.active_status.set && kind.active_status.v != ROUND_TYPE_ENABLED)
            return hire_refuse_for(h, REASON_ROUND_TYPE_CLOSED, STR_ABSENT,
                                   "round_type_id: that kind of round is not in use any more");
        out->interview_round_type =
            id_name(h, kind.id, kind.name ? kind.name->zh_cn : STR_ABSENT, kind.name ? kind.name->en_us : STR_ABSENT);
    }
    if (str_is_empty(in->address_id))
        return 0;
    r = named(h, "address_id", "location", in->address_id, &type_location, &place);
    if (r < 0)
        return r;
    out->address = arena_new(h->arena, struct interview_address);
    *out->address = (struct interview_address){.id = place.id,
                                               .name = place.name,
                                               .district = place.district,
                                               .city = place.city,
                                               .state = place.state,
                                               .country = place.country};
    return 0;
}

struct rounds {
    int64_t n, last_begin, last_id;
};

static void count_round(void *ctx, int64_t begin_time, int64_t id, struct str doc) {
    struct rounds *rounds = ctx;
    *rounds = (struct rounds){rounds->n + 1, begin_time, id};
}

#define ROUNDS_A_PAGE 200

/* Sets the round of the plan or, if it has none, the round after the application's last one. */
static int set_round(struct hire *h, const struct interview_plan *in, struct interview_extend *out) {
    const struct interview_filter f = {.application_id = in->application_id, .begin_end = INT64_MAX};
    struct rounds rounds = {.last_begin = -1, .last_id = -1};
    int r;

    out->round = in->round;
    if (in->round.set)
        return 0;
    do
        r = interview_list(h, &f, rounds.last_begin, rounds.last_id, 0, ROUNDS_A_PAGE, count_round, &rounds);
    while (r == ROUNDS_A_PAGE);
    out->round = SET_INT(rounds.n);
    return r < 0 ? r : 0;
}

/* The rules of a plan that need no record. */
static int check_plan(struct hire *h, const struct interview_plan *in) {
    if (in->begin_ms >= in->end_ms)
        return hire_refuse_for(h, REASON_TIMES_ORDER, STR_ABSENT, "end_time must be later than begin_time");
    if (in->end_ms - in->begin_ms > INTERVIEW_LENGTH_MAX_MS)
        return hire_refuse_for(h, REASON_TIMES_LENGTH, STR_ABSENT, "end_time must be within 24 hours of begin_time");
    if (in->video_type.set && in->type != BY_VIDEO)
        return hire_refuse(h, REFUSED_PARAMETER, "video_type is allowed for an interview by video only");
    if (!str_is_empty(in->address_id) && in->type != ON_SITE)
        return hire_refuse(h, REFUSED_PARAMETER, "address_id is allowed for an interview on site only");
    return hire_bounded(h, "remark", in->remark, false, HIRE_TEXT_MAX);
}

/* Sets the members that a reschedule may change. */
static int set_plan(struct hire *h, const struct interview_plan *in, struct interview_extend *out) {
    int r;

    if ((r = check_plan(h, in)) < 0 || (r = set_stage(h, in, out)) < 0 || (r = set_interviewers(h, in, out)) < 0 ||
        (r = set_rooms(h, in, out)) < 0 || (r = set_place_and_kind(h, in, out)) < 0)
        return r;
    out->begin_time = SET_INT(in->begin_ms);
    out->end_time = SET_INT(in->end_ms);
    out->interview_type = SET_INT(in->type);
    out->video_type = in->video_type;
    out->remark = str_is_empty(in->remark) ? STR_ABSENT : in->remark;
    out->biz_modify_time = SET_INT(h->now_ms);
    return 0;
}

int interview_schedule(struct hire *h, const struct interview_plan *in, int64_t *ret_id) {
    struct interview_extend out = {0};
    int64_t id = id_new();
    int r;

    if ((r = set_plan(h, in, &out)) < 0 || (r = set_round(h, in, &out)) < 0)
        return r;
    if (in->creator_uid != 0 && (r = set_user(h, in->creator_uid, &out.creator)) < 0)
        return r;
    out.id = hire_text(h, id);
    out.application_id = hire_text(h, in->application_id);
    out.interview_arrangement_id = hire_text(h, id_new());
    out.arrangement_type = SET_INT(1);
    out.arrangement_appointment_kind = SET_INT(1);
    out.biz_create_time = SET_INT(h->now_ms);
    r = interview_import(h, &out);
    if (r >= 0)
        *ret_id = id;
    return r < 0 ? r : 0;
}

/* ---- reschedule and cancel ---- */

bool interview_is_open(const struct interview_extend *in) {
    for (size_t i = 0; i < in->interview_record_list.n; i++) {
        const struct interview_record *r = &in->interview_record_list.v[i];
        if (r->commit_status.v == SUBMITTED || (r->conclusion.set && r->conclusion.v != CONCLUSION_NOT_STARTED &&
                                                r->conclusion.v != CONCLUSION_NOT_SUBMITTED))
            return false;
    }
    return true;
}

/* Reads an interview that is to be changed; refuses one that an interviewer has assessed. */
static int get_open(struct hire *h, int64_t id, struct interview_extend *ret) {
    int r = interview_get(h, id, ret);

    if (r <= 0)
        return r < 0 ? r : -ENOENT;
    return interview_is_open(ret)
               ? 0
               : hire_refuse_for(h, REASON_INTERVIEW_ASSESSED, STR_ABSENT,
                                 "an interviewer has assessed the interview, so it cannot be changed");
}

int interview_reschedule(struct hire *h, int64_t id, const struct interview_plan *in) {
    struct interview_plan plan = *in;
    struct interview_extend doc;
    int r = get_open(h, id, &doc);

    if (r < 0)
        return r;
    if ((r = hire_id(h, "application_id", doc.application_id, &plan.application_id)) < 0)
        return r;
    if (str_is_empty(plan.stage_id))
        plan.stage_id = doc.stage_id;
    if (plan.round.set)
        doc.round = plan.round;
    r = set_plan(h, &plan, &doc);
    if (r < 0)
        return r;
    r = interview_import(h, &doc);
    return r < 0 ? r : 0;
}

static int forget_places(struct hire *h, int64_t id, int64_t begin_time) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_INTERVIEW_BEGIN_DROP);

    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, begin_time);
    db_bind_int(&q, 3, id);
    return db_post(&q);
}

int interview_cancel(struct hire *h, int64_t id, struct str why) {
    struct interview_extend doc;
    int r = get_open(h, id, &doc);

    if (r < 0 || (r = hire_bounded(h, "reason", why, false, HIRE_TEXT_MAX)) < 0 ||
        (r = forget_places(h, id, doc.begin_time.v)) < 0 || (r = interview_forget_interviewers(h, id)) < 0)
        return r;
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_INTERVIEW_CANCEL);
    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, id);
    db_bind_int(&q, 3, h->now_ms);
    db_bind_int(&q, 4, h->actor_id);
    db_bind_text(&q, 5, str_is_absent(why) ? STR("") : why);
    r = db_post(&q);
    if (r < 0)
        return r;
    struct db_query drop DB_CLEANUP = db_query(h->db, SQL_INTERVIEW_DROP);
    db_bind_int(&drop, 1, h->tenant);
    db_bind_int(&drop, 2, id);
    r = db_post(&drop);
    return r < 0 ? r : 0;
}

int interview_cancelled_get(struct hire *h, int64_t id, struct interview_cancelled *ret) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_INTERVIEW_CANCELLED_GET);
    int r;

    *ret = (struct interview_cancelled){0};
    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, id);
    r = db_row(&q);
    if (r != 1)
        return r;
    ret->at_ms = db_int(&q, COL_INTERVIEW_CANCELLED_GET_CANCELLED_MS);
    ret->actor_id = db_int(&q, COL_INTERVIEW_CANCELLED_GET_ACTOR);
    ret->why = arena_dup(h->arena, db_text(&q, COL_INTERVIEW_CANCELLED_GET_WHY));
    r = record_read_stored(&type_interview_extend, &ret->doc, db_text(&q, COL_INTERVIEW_CANCELLED_GET_DOC), h->arena);
    return r < 0 ? r : 1;
}
