/* SPDX-License-Identifier: Apache-2.0
 *
 * Lists of reference records: hire/v1 job_processes, termination_reasons, interview_feedback_forms and
 * interview_round_types, contact/v3 job_levels.
 */
#include "handlers/reference/reference.h"
#include "api_handlers.h"
#include "api_types.h"
#include "base/json.h"

static int take(void *ctx, int64_t seq, struct str id, struct str doc) {
    struct reference_page *p = ctx;
    if (p->wanted) {
        void *record = arena_alloc(p->page.c->arena, p->type->size);
        int r = record_read_stored(p->type, record, doc, p->page.c->arena);
        if (r < 0 || !p->wanted(record, p->by))
            return r;
    }
    return page_add_typed(&p->page, seq, p->type, doc);
}

int reference_page_write(struct call *c, struct reference_page *p, struct str member, struct str kind,
                         struct opt_int page_size, struct str page_token) {
    struct hire h = hire_of(c);
    struct page_key from;
    int r = call_page_open(c, page_token, str_is_absent(p->by) ? STR("") : p->by, &from);
    if (r < 0)
        return r;
    int limit = page_limit(page_size);
    page_begin_as(&p->page, c, member, limit);
    r = reference_walk(&h, kind, from.a, limit + 1, take, p);
    page_end(&p->page, &from);
    return call_from_hire(c, &h, r);
}

int handle_job_process_list(struct call *c) {
    const struct job_process_list_query *q = c->query;
    struct reference_page p = {.type = &type_job_processes};
    return reference_page_write(c, &p, STR("items"), STR("job_process"), q->page_size, q->page_token);
}

int handle_termination_reason_list(struct call *c) {
    const struct termination_reason_list_query *q = c->query;
    struct reference_page p = {.type = &type_termination_reason};
    return reference_page_write(c, &p, STR("items"), STR("termination_reason"), q->page_size, q->page_token);
}

int handle_resume_source_list(struct call *c) {
    const struct resume_source_list_query *q = c->query;
    struct reference_page p = {.type = &type_resume_source};
    return reference_page_write(c, &p, STR("items"), STR("resume_source"), q->page_size, q->page_token);
}

static bool level_is_called(const void *record, struct str name) {
    const struct job_level *level = record;
    return str_eq(level->name, name);
}

int handle_job_level_list(struct call *c) {
    const struct job_level_list_query *q = c->query;
    struct reference_page p = {.type = &type_job_level, .by = q->name};
    if (!str_is_empty(q->name))
        p.wanted = level_is_called;
    return reference_page_write(c, &p, STR("items"), STR("job_level"), q->page_size, q->page_token);
}

/* The forms with these ids, in this order, each once; unknown ids are left out. */
static int forms_by_id(struct call *c, const struct str_list *ids) {
    struct hire h = hire_of(c);
    struct page page;
    struct page_key from = {0};
    int r = 0;
    page_begin(&page, c, (int)ids->n);
    for (size_t i = 0; i < ids->n && r >= 0; i++) {
        struct str doc;
        bool again = false;
        for (size_t j = 0; j < i && !again; j++)
            again = str_eq(ids->v[j], ids->v[i]);
        if (again)
            continue;
        r = reference_get(&h, STR("interview_feedback_form"), ids->v[i], &doc);
        if (r == 1)
            r = page_add_typed(&page, 0, &type_interview_feedback_form, doc);
    }
    page_end(&page, &from);
    return r < 0 ? r : 0;
}

int handle_interview_feedback_form_list(struct call *c) {
    const struct interview_feedback_form_list_query *q = c->query;
    struct reference_page p = {.type = &type_interview_feedback_form};
    if (q->interview_feedback_form_ids.n > 0)
        return forms_by_id(c, &q->interview_feedback_form_ids);
    return reference_page_write(c, &p, STR("items"), STR("interview_feedback_form"), q->page_size, q->page_token);
}

struct round_types {
    struct call *c;
    struct opt_int process_type;
    bool enabled; /* at least one of the given types is enabled */
};

static int take_round_type(void *ctx, int64_t seq, struct str id, struct str doc) {
    struct round_types *t = ctx;
    struct interview_round_type *record = arena_new(t->c->arena, struct interview_round_type);
    int r = record_read_stored(&type_interview_round_type, record, doc, t->c->arena);
    if (r < 0)
        return r;
    if (t->process_type.set && (!record->process_type.set || record->process_type.v != t->process_type.v))
        return 0;
    t->enabled |= record->active_status.set && record->active_status.v == 1;
    call_write_record(t->c, &type_interview_round_type, record, t->c->out);
    return 1;
}

int handle_interview_round_type_list(struct call *c) {
    const struct interview_round_type_list_query *q = c->query;
    struct hire h = hire_of(c);
    struct round_types t = {.c = c, .process_type = q->process_type};
    json_begin(c->out, '{');
    json_key(c->out, STR("items"));
    json_begin(c->out, '[');
    int r = reference_walk(&h, STR("interview_round_type"), 0, INT32_MAX, take_round_type, &t);
    json_end(c->out, ']');
    json_member_int(c->out, STR("active_status"), t.enabled ? 1 : 2);
    json_end(c->out, '}');
    return r < 0 ? r : 0;
}
