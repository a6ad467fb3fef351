/* SPDX-License-Identifier: Apache-2.0
 *
 * hire/v1/applications: applications of talents to jobs.
 */
#include <errno.h>

#include "api_handlers.h"
#include "api_types.h"
#include "base/id.h"
#include "base/json.h"
#include "handlers/handlers.h"
#include "hire/application/application.h"

int handle_application_get(struct call *c) {
    const struct application_get_params *params = c->params;
    struct hire h = hire_of(c);
    struct str doc;
    int64_t id;
    int r = 0;
    if (id_parse(params->application_id, &id) < 0 || (r = application_get(&h, id, &doc)) == 0)
        return call_fail(c, CODE_PARAMETER, "application_id: there is no application %.*s",
                         STR_FMT(str_head(params->application_id, 32)));
    if (r < 0)
        return r;
    json_begin(c->out, '{');
    json_key(c->out, STR("application"));
    r = call_write_typed(c, &type_application, doc, c->out);
    json_end(c->out, '}');
    return r;
}

static int filter_of(struct call *c, const struct application_list_query *q, struct application_filter *ret) {
    *ret = (struct application_filter){.stage_id = q->stage_id, .process_id = q->process_id, .to_ms = INT64_MAX};
    int r = call_filter_id(c, "talent_id", q->talent_id, &ret->talent_id);
    if (r == 0)
        r = call_filter_id(c, "job_id", q->job_id, &ret->job_id);
    if (r == 0)
        r = filter_time(c, "update_start_time", q->update_start_time, &ret->from_ms);
    if (r == 0)
        r = filter_time(c, "update_end_time", q->update_end_time, &ret->to_ms);
    if (r == 0 && ret->from_ms > ret->to_ms)
        r = call_fail(c, CODE_PARAMETER, "update_start_time must not be later than update_end_time");
    if (str_eq(q->active_status, STR("1")))
        ret->active_status = 1;
    else if (str_eq(q->active_status, STR("2")))
        ret->active_status = 2;
    for (size_t i = 0; i < q->lock_status.n; i++)
        ret->locks |= 1u << q->lock_status.v[i];
    return r;
}

/* Adds an id to a page of ids. */
static void add_id(void *ctx, int64_t id) {
    struct page *p = ctx;
    if (p->n++ >= p->limit)
        return;
    json_id(p->c->out, id);
    p->last_a = id;
}

int handle_application_list(struct call *c) {
    const struct application_list_query *q = c->query;
    struct hire h = hire_of(c);
    struct application_filter f;
    struct page page;
    struct page_key from;
    int r = filter_of(c, q, &f);
    if (r < 0)
        return r;
    /* The lengths come before the caller's texts, so that different filters have different bytes. */
    struct str filters =
        arena_printf(c->arena, "%lld %lld %zu:%.*s %zu:%.*s %d %lld %lld %u", (long long)f.talent_id,
                     (long long)f.job_id, f.stage_id.len, STR_FMT(f.stage_id), f.process_id.len, STR_FMT(f.process_id),
                     f.active_status, (long long)f.from_ms, (long long)f.to_ms, f.locks);
    r = call_page_open(c, q->page_token, filters, &from);
    if (r < 0)
        return r;
    int limit = page_limit(q->page_size);
    page_begin(&page, c, limit);
    int64_t cut;
    r = application_list(&h, &f, from.a, limit + 1, add_id, &page, &cut);
    if (r >= 0 && cut != 0)
        page_cut(&page, cut, 0);
    page_end(&page, &from);
    return call_from_hire(c, &h, r);
}

int handle_application_create(struct call *c) {
    const struct application_create_body *body = c->body;
    struct hire h = hire_of(c);
    struct application_new in = {
        .talent_id = body->talent_id,
        .job_id = body->job_id,
        .source_id = body->resume_source_id,
        .city_codes = body->application_preferred_city_code_list,
        .delivery_type = body->delivery_type,
    };
    int64_t id;
    int r = str_is_empty(body->user_id) ? 0 : call_user(c, body->user_id, &in.employee);
    if (r < 0)
        return r;
    r = application_create(&h, &in, &id);
    if (r < 0)
        return call_from_hire(c, &h, r);
    json_begin(c->out, '{');
    json_member_id(c->out, STR("id"), id);
    json_end(c->out, '}');
    return 0;
}

int handle_application_transfer_stage(struct call *c) {
    const struct application_transfer_stage_params *params = c->params;
    const struct application_transfer_stage_body *body = c->body;
    struct hire h = hire_of(c);
    return call_from_hire(c, &h, application_transfer_stage(&h, params->application_id, body->stage_id));
}

int handle_application_terminate(struct call *c) {
    const struct application_terminate_params *params = c->params;
    const struct application_terminate_body *body = c->body;
    struct hire h = hire_of(c);
    const struct application_end in = {(int)body->termination_type.v, body->termination_reason_list,
                                       body->termination_reason_note};
    return call_from_hire(c, &h, application_terminate(&h, params->application_id, &in));
}

int handle_application_recover(struct call *c) {
    const struct application_recover_params *params = c->params;
    struct hire h = hire_of(c);
    return call_from_hire(c, &h, application_recover(&h, params->application_id));
}
