/* SPDX-License-Identifier: Apache-2.0
 *
 * hire/v1/external_background_checks: checks brought in from other systems.
 */
#include "api_handlers.h"
#include "api_types.h"
#include "base/json.h"
#include "handlers/handlers.h"
#include "hire/external/external.h"

static void add_check(void *page, int64_t id, struct str doc) {
    page_add(page, id, 0, doc);
}

/* The checks with these ids, in this order, each once; unknown ids are left out. */
static int checks_by_id(struct call *c, struct hire *h, const struct str_list *ids, struct page *page) {
    int64_t *seen = arena_array(c->arena, int64_t, ids->n);
    for (size_t i = 0; i < ids->n; i++) {
        int r = call_filter_id(c, "external_background_check_id_list", ids->v[i], &seen[i]);
        if (r < 0)
            return r;
        bool again = seen[i] == 0;
        for (size_t j = 0; j < i; j++)
            again |= seen[j] == seen[i];
        r = again ? 0 : external_check_get(h, seen[i], add_check, page);
        if (r < 0)
            return r;
    }
    return 0;
}

int handle_external_background_check_batch_query(struct call *c) {
    const struct external_background_check_batch_query_query *query = c->query;
    const struct external_background_check_batch_query_body *body = c->body;
    struct hire h = hire_of(c);
    struct page page;
    struct page_key from = {0};
    int r;
    if (body->external_background_check_id_list.n > 0) {
        /* With ids the other conditions have no effect, and all checks are on one page. */
        page_begin(&page, c, (int)body->external_background_check_id_list.n);
        r = checks_by_id(c, &h, &body->external_background_check_id_list, &page);
        page_end(&page, &from);
        return call_from_hire(c, &h, r);
    }
    int64_t application;
    r = call_filter_id(c, "external_application_id", query->external_application_id, &application);
    if (r == 0)
        r = call_page_open(c, query->page_token, filter_bytes(c, &application, 1), &from);
    if (r < 0)
        return r;
    int limit = page_limit(query->page_size);
    page_begin(&page, c, limit);
    r = external_check_list(&h, application, from.a, limit + 1, add_check, &page);
    page_end(&page, &from);
    return call_from_hire(c, &h, r);
}

static int answer_check(struct call *c, const struct hire *h, int r, const struct external_background_check *check) {
    if (r < 0)
        return call_from_hire(c, h, r);
    json_begin(c->out, '{');
    json_key(c->out, STR("external_background_check"));
    call_write_record(c, &type_external_background_check, check, c->out);
    json_end(c->out, '}');
    return 0;
}

int handle_external_background_check_create(struct call *c) {
    const struct external_background_check_create_body *body = c->body;
    struct hire h = hire_of(c);
    struct external_background_check check = {.external_application_id = body->external_application_id,
                                              .date = body->date,
                                              .name = body->name,
                                              .result = body->result};
    int r = external_check_create(&h, body->external_id, &body->attachment_id_list, &check);
    return answer_check(c, &h, r, &check);
}

int handle_external_background_check_update(struct call *c) {
    const struct external_background_check_update_params *params = c->params;
    const struct external_background_check_update_body *body = c->body;
    struct hire h = hire_of(c);
    struct external_background_check check = {.external_application_id = body->external_application_id,
                                              .date = body->date,
                                              .name = body->name,
                                              .result = body->result};
    int r = external_check_update(&h, params->external_background_check_id, &body->attachment_id_list, &check);
    return answer_check(c, &h, r, &check);
}

int handle_external_background_check_delete(struct call *c) {
    const struct external_background_check_delete_params *params = c->params;
    struct hire h = hire_of(c);
    return call_from_hire(c, &h, external_check_delete(&h, params->external_background_check_id));
}
