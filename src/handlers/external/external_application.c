/* SPDX-License-Identifier: Apache-2.0
 *
 * hire/v1/external_applications: applications that were made in other systems.
 */
#include "api_handlers.h"
#include "api_types.h"
#include "base/json.h"
#include "handlers/handlers.h"
#include "hire/external/external.h"

static int answer_application(struct call *c, const struct hire *h, int r, const struct external_application *a) {
    if (r < 0)
        return call_from_hire(c, h, r);
    json_begin(c->out, '{');
    json_key(c->out, STR("external_application"));
    call_write_record(c, &type_external_application, a, c->out);
    json_end(c->out, '}');
    return 0;
}

int handle_external_application_create(struct call *c) {
    const struct external_application_create_body *body = c->body;
    struct hire h = hire_of(c);
    struct external_application a = {
        .job_recruitment_type = body->job_recruitment_type,
        .job_title = body->job_title,
        .resume_source = body->resume_source,
        .stage = body->stage,
        .talent_id = body->talent_id,
        .termination_reason = body->termination_reason,
        .delivery_type = body->delivery_type,
        .modify_time = body->modify_time,
        .create_time = body->create_time,
        .termination_type = body->termination_type,
    };
    return answer_application(c, &h, external_application_create(&h, body->external_id, &a), &a);
}

int handle_external_application_update(struct call *c) {
    const struct external_application_update_params *params = c->params;
    const struct external_application_update_body *body = c->body;
    struct hire h = hire_of(c);
    struct external_application a = {
        .job_recruitment_type = body->job_recruitment_type,
        .job_title = body->job_title,
        .resume_source = body->resume_source,
        .stage = body->stage,
        .talent_id = body->talent_id,
        .termination_reason = body->termination_reason,
        .delivery_type = body->delivery_type,
        .modify_time = body->modify_time,
        .create_time = body->create_time,
        .termination_type = body->termination_type,
    };
    return answer_application(c, &h, external_application_update(&h, params->external_application_id, &a), &a);
}

int handle_external_application_delete(struct call *c) {
    const struct external_application_delete_params *params = c->params;
    const struct external_application_delete_query *query = c->query;
    struct hire h = hire_of(c);
    struct external_application a = {0};
    int r = external_application_delete(&h, params->external_application_id, query->talent_id, &a);
    a.create_time.set = false; /* this operation does not answer it, unlike the others */
    return answer_application(c, &h, r, &a);
}

static void add_application(void *ctx, int64_t id, struct str doc) {
    page_add_typed(ctx, id, &type_external_application, doc);
}

int handle_external_application_list(struct call *c) {
    const struct external_application_list_query *q = c->query;
    struct hire h = hire_of(c);
    struct page page;
    struct page_key from;
    int r = call_page_open(c, q->page_token, q->talent_id, &from);
    if (r < 0)
        return r;
    int limit = page_limit(q->page_size);
    page_begin(&page, c, limit);
    r = external_application_list(&h, q->talent_id, from.a, limit + 1, add_application, &page);
    page_end(&page, &from);
    return call_from_hire(c, &h, r);
}
