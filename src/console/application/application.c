/* SPDX-License-Identifier: Apache-2.0
 *
 * console/api/applications: the searchable list, and one application with its candidate, job, orders and interviews.
 */
#include "hire/application/application.h"
#include "api_handlers.h"
#include "base/json.h"
#include "console/application/row.h"
#include "console/application/search.h"
#include "console/interview/interview.h"
#include "console/list.h"
#include "console/order/row.h"
#include "gateway/link.h"
#include "hire/attachment/attachment.h"
#include "hire/reference/card.h"

/* ---- the list ---- */

int handle_console_application_list(struct call *c) {
    const struct console_application_list_query *in = c->query;
    struct application_search search = {
        .text = str_trim(in->query),
        .stage_id = in->stage_id,
        .status = in->status.set ? in->status.v : 0,
    };
    struct list l;
    int r = call_filter_id(c, "job_id", in->job_id, &search.job);
    if (r == 0)
        r = list_begin(&l, c, in->page_size, in->page_token, (const int64_t[]){search.job, search.status}, 2,
                       arena_printf(c->arena, "%.*s\n%.*s", STR_FMT(in->stage_id), STR_FMT(in->query)));
    if (r == 0)
        r = application_search(&l, &search);
    if (r == 0)
        list_end(&l);
    return r;
}

/* ---- one application ---- */

static int write_resume(struct call *c, struct hire *h, struct str resume_id) {
    struct attachment_row resume;
    int r = str_is_empty(resume_id) ? 0 : attachment_find(h, resume_id, &resume);
    if (r <= 0)
        return r;
    json_member_str(c->out, STR("resume_id"), resume_id);
    json_member_str(c->out, STR("resume_name"), resume.name);
    if (!str_is_absent(resume.url))
        return 0;
    json_key(c->out, STR("resume_url"));
    buf_add_char(c->out, '"');
    link_write(c->seal, c->base_url, LINK_ATTACHMENT, resume.id, LINK_ATTACHMENT_LIFE_S, c->now_ms, c->out);
    buf_add_char(c->out, '"');
    return 0;
}

static int write_candidate(struct call *c, struct hire *h, int64_t talent, struct str resume_id) {
    struct person_card p = {0};
    int r = person_card_get(h, talent, &p);
    if (r < 0)
        return r;
    json_key(c->out, STR("candidate"));
    json_begin(c->out, '{');
    json_member_id(c->out, STR("id"), talent);
    json_member_str(c->out, STR("name"), p.name);
    if (!str_is_empty(p.mobile))
        json_member_str(c->out, STR("mobile"),
                        str_is_empty(p.mobile_code)
                            ? p.mobile
                            : arena_printf(c->arena, "+%.*s%.*s", STR_FMT(p.mobile_code), STR_FMT(p.mobile)));
    json_member_str(c->out, STR("email"), p.email);
    if (p.current_city)
        console_member_i18n(c->out, STR("current_city"), p.current_city->zh_name, p.current_city->en_name);
    if (p.experience_years.set)
        json_member_int(c->out, STR("experience_years"), p.experience_years.v);
    r = write_resume(c, h, resume_id);
    json_end(c->out, '}');
    return r;
}

static int write_job(struct call *c, struct hire *h, int64_t job) {
    struct job_card card;
    int r = job_card_get(h, job, &card);
    if (r < 0)
        return r;
    json_key(c->out, STR("job"));
    json_begin(c->out, '{');
    json_member_id(c->out, STR("id"), job);
    json_member_str(c->out, STR("title"), card.title);
    json_member_str(c->out, STR("code"), card.code);
    if (card.department)
        console_member_i18n(c->out, STR("department"), card.department->zh_name, card.department->en_name);
    if (card.city)
        console_member_i18n(c->out, STR("city"), card.city->zh_name, card.city->en_name);
    json_end(c->out, '}');
    return 0;
}

static void write_stages(struct call *c, const struct job_processes_list *processes, const struct application *doc) {
    json_key(c->out, STR("stages"));
    json_begin(c->out, '[');
    for (size_t i = 0; i < doc->stage_time_list.n; i++) {
        const struct application_stage_time *at = &doc->stage_time_list.v[i];
        json_begin(c->out, '{');
        write_stage(c->out, processes, at->stage_id);
        json_member_str(c->out, STR("enter_time"), at->enter_time);
        json_member_str(c->out, STR("exit_time"), at->exit_time);
        json_end(c->out, '}');
    }
    json_end(c->out, ']');
}

int handle_console_application_get(struct call *c) {
    const struct console_application_get_params *in = c->params;
    struct hire h = console_hire(c);
    struct job_processes_list processes;
    struct application doc = {0};
    struct application_row row;
    int64_t id;
    int r = console_id(c, in->application_id, &id);
    if (r < 0)
        return r;
    {
        struct db_query q DB_CLEANUP = db_query(c->db, SQL_CONSOLE_APPLICATION);
        db_bind_int(&q, 1, c->tenant);
        db_bind_int(&q, 2, id);
        r = db_row(&q);
        if (r <= 0)
            return r < 0 ? r : call_fail(c, CODE_NOT_FOUND, NULL);
        read_application_row(c, &q, &row);
        r = record_read_stored(&type_application, &doc, db_text(&q, COL_CONSOLE_APPLICATION_DOC), c->arena);
    }
    if (r < 0 || (r = reference_processes(&h, &processes)) < 0)
        return r;
    json_begin(c->out, '{');
    json_key(c->out, STR("application"));
    r = write_application_row(c, &h, &processes, &row, doc.create_time);
    if (r == 0)
        r = write_candidate(c, &h, row.talent, doc.talent_attachment_resume_id);
    if (r == 0)
        r = write_job(c, &h, row.job);
    write_stages(c, &processes, &doc);
    if (r == 0)
        r = write_orders_of(c, &h, id);
    if (r == 0)
        r = write_interviews_of(c, &h, id);
    json_end(c->out, '}');
    return r;
}
