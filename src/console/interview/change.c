/* SPDX-License-Identifier: Apache-2.0
 *
 * console/api/interviews: schedule, reschedule, cancel, assess, and the conflicts of a plan.
 */
#include "api_handlers.h"
#include "base/json.h"
#include "console/application/row.h"
#include "console/interview/interview.h"
#include "console/people.h"
#include "console/version.h"

#define CONFLICTS_MAX 20

static int read_people(struct call *c, const struct str_list *from, int64_t *to, size_t *ret_n) {
    int r = 0;
    *ret_n = 0;
    for (size_t i = 0; r == 0 && i < from->n && i < INTERVIEWERS_MAX; i++)
        if ((r = find_user(c, from->v[i], &to[i])) == 0)
            ++*ret_n;
    return r;
}

static int read_times(struct call *c, struct hire *h, struct str begin, struct str end, int64_t *ret_begin,
                      int64_t *ret_end) {
    int r = console_result(c, h, hire_time(h, "begin_time", begin, ret_begin));
    return r < 0 ? r : console_result(c, h, hire_time(h, "end_time", end, ret_end));
}

static int read_plan(struct call *c, struct hire *h, const struct console_interview_plan *in,
                     struct interview_plan *ret) {
    *ret = (struct interview_plan){
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
    int r = read_times(c, h, in->begin_time, in->end_time, &ret->begin_ms, &ret->end_ms);
    return r < 0 ? r : read_people(c, &in->interviewers, ret->interviewers, &ret->n_interviewers);
}

/* Like console_result(); -ENOENT fails the call as not found. */
static int change_result(struct call *c, const struct hire *h, int r) {
    return r == -ENOENT ? call_fail(c, CODE_NOT_FOUND, NULL) : console_result(c, h, r);
}

int handle_console_interview_schedule(struct call *c) {
    const struct console_interview_schedule_body *in = c->body;
    struct hire h = console_hire(c);
    struct interview_plan plan;
    int64_t id = 0;
    int r = read_plan(c, &h, in->plan, &plan);
    if (r < 0)
        return r;
    r = hire_id(&h, "application_id", in->application_id, &plan.application_id);
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

/* Reads the interview and checks the version of the change. Returns 1, 0 (there is none) or < 0. */
static int read_version(struct call *c, struct hire *h, int64_t id, struct str version, struct interview_extend *ret) {
    int r = interview_get(h, id, ret);
    if (r != 1)
        return r;
    r = version_check(c, version, version_of_interview(c, ret));
    return r < 0 ? r : 1;
}

/* The audit log gets the times of the previous plan. */
int handle_console_interview_reschedule(struct call *c) {
    const struct console_interview_reschedule_params *at = c->params;
    const struct console_interview_reschedule_body *in = c->body;
    struct hire h = console_hire(c);
    struct interview_extend before;
    struct interview_plan plan;
    int64_t id;
    int r = console_id(c, at->interview_id, &id);
    if (r == 0)
        r = read_plan(c, &h, in->plan, &plan);
    if (r == 0)
        r = read_version(c, &h, id, in->version, &before);
    if (r < 0)
        return r;
    c->audit_detail =
        arena_printf(c->arena, "begin_time %lld -> %lld", (long long)before.begin_time.v, (long long)plan.begin_ms);
    return change_result(c, &h, interview_reschedule(&h, id, &plan));
}

int handle_console_interview_cancel(struct call *c) {
    const struct console_interview_cancel_params *at = c->params;
    const struct console_interview_cancel_body *in = c->body;
    struct hire h = console_hire(c);
    struct interview_extend before;
    int64_t id;
    int r = console_id(c, at->interview_id, &id);
    if (r == 0)
        r = read_version(c, &h, id, in->version, &before);
    if (r < 0)
        return r;
    c->audit_detail = in->reason;
    return change_result(c, &h, interview_cancel(&h, id, in->reason));
}

int handle_console_interview_assess(struct call *c) {
    const struct console_interview_assess_params *at = c->params;
    const struct console_interview_assess_body *in = c->body;
    struct form_answer *answers = arena_array(c->arena, struct form_answer, in->answers.n + 1);
    const struct interview_verdict verdict = {
        .conclusion = (int)in->conclusion.v,
        .content = in->content,
        .score_id = in->score_id,
        .answers = answers,
        .n_answers = in->answers.n,
    };
    struct hire h = console_hire(c);
    struct interview_extend doc;
    int64_t id;
    int r = console_id(c, at->interview_id, &id);
    if (r == 0)
        r = interview_get(&h, id, &doc);
    if (r < 0)
        return r;
    if (r == 0 || !may_see_interview(c, &doc))
        return call_fail(c, CODE_NOT_FOUND, NULL);
    for (size_t i = 0; i < in->answers.n; i++) {
        const struct console_answer *a = &in->answers.v[i];
        answers[i] = (struct form_answer){
            .dimension_id = a->dimension_id,
            .option_ids = a->option_ids,
            .text = a->text,
            .score = a->score,
            .lower_level_id = a->lower_level_id,
            .higher_level_id = a->higher_level_id,
            .not_evident = a->not_evident.v,
        };
    }
    return change_result(c, &h, interview_assess(&h, id, c->person->users_id, &verdict));
}

/* ---- conflicts ---- */

struct conflicts {
    struct call *c;
    struct hire *h;
};

static int write_taken(struct call *c, const struct interview_conflict *found) {
    int r = 0;
    json_key(c->out, STR("interviewers"));
    json_begin(c->out, '[');
    for (size_t i = 0; r == 0 && i < found->n_interviewers; i++) {
        const struct interview_record who = {.user_id =
                                                 hire_text(&(struct hire){.arena = c->arena}, found->interviewers[i])};
        r = write_interviewer(c, &who, false);
    }
    json_end(c->out, ']');
    json_key(c->out, STR("rooms"));
    json_begin(c->out, '[');
    for (size_t i = 0; i < found->room_names.n; i++)
        json_str(c->out, found->room_names.v[i]);
    json_end(c->out, ']');
    return r;
}

static int write_conflict(void *ctx, const struct interview_conflict *found) {
    struct conflicts *all = ctx;
    struct call *c = all->c;
    int64_t application = 0;
    json_begin(c->out, '{');
    json_member_id(c->out, STR("interview_id"), found->id);
    int r = hire_id(all->h, "application_id", found->doc->application_id, &application);
    if (r == 0)
        r = write_subject(c, all->h, application);
    console_member_time(c->out, STR("begin_time"), found->doc->begin_time.v);
    console_member_time(c->out, STR("end_time"), found->doc->end_time.v);
    if (r >= 0)
        r = write_taken(c, found);
    json_member_bool(c->out, STR("candidate"), found->candidate);
    json_end(c->out, '}');
    return r;
}

int handle_console_interview_conflicts(struct call *c) {
    const struct console_interview_conflicts_body *in = c->body;
    struct hire h = console_hire(c);
    int64_t people[INTERVIEWERS_MAX];
    struct interview_wish wish = {.interviewers = people, .room_ids = in->room_ids};
    struct conflicts all = {c, &h};
    int r = read_times(c, &h, in->begin_time, in->end_time, &wish.begin_ms, &wish.end_ms);
    if (r == 0)
        r = read_people(c, &in->interviewers, people, &wish.n_interviewers);
    if (r == 0)
        r = call_filter_id(c, "application_id", in->application_id, &wish.application_id);
    if (r == 0)
        r = call_filter_id(c, "except_id", in->except_id, &wish.except_id);
    if (r < 0)
        return r;
    json_begin(c->out, '{');
    json_key(c->out, STR("items"));
    json_begin(c->out, '[');
    r = interview_conflicts(&h, &wish, CONFLICTS_MAX, write_conflict, &all);
    json_end(c->out, ']');
    json_end(c->out, '}');
    return r < 0 ? console_result(c, &h, r) : 0;
}
