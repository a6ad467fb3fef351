/* SPDX-License-Identifier: Apache-2.0
 *
 * hire/v1/interviews: reading interviews.
 */
#include "hire/interview/interview.h"
#include "api_handlers.h"
#include "api_types.h"
#include "handlers/handlers.h"

static int interview_filter_read(struct call *c, const struct interview_list_query *in, struct interview_filter *f) {
    *f = (struct interview_filter){.begin_end = INT64_MAX};
    if (str_is_empty(in->application_id) && str_is_empty(in->interview_id) && str_is_empty(in->start_time) &&
        str_is_empty(in->end_time))
        return call_fail(c, CODE_PARAMETER,
                         "application_id, interview_id, start_time and end_time must not all be empty");
    int r = call_filter_id(c, "application_id", in->application_id, &f->application_id);
    if (r == 0)
        r = call_filter_id(c, "interview_id", in->interview_id, &f->interview_id);
    if (r == 0)
        r = filter_time(c, "start_time", in->start_time, &f->begin_start);
    if (r == 0)
        r = filter_time(c, "end_time", in->end_time, &f->begin_end);
    if (r == 0 && f->begin_start > f->begin_end)
        r = call_fail(c, CODE_PARAMETER, "start_time must not be later than end_time");
    return r;
}

int handle_interview_list(struct call *c) {
    const struct interview_list_query *in = c->query;
    struct interview_filter f;
    struct page_key from;
    int r = interview_filter_read(c, in, &f);
    if (r == 0)
        r = call_page_open(
            c, in->page_token,
            filter_bytes(c, (const int64_t[]){f.application_id, f.interview_id, f.begin_start, f.begin_end}, 4), &from);
    if (r < 0)
        return r;
    struct hire h = hire_of(c);
    struct page page;
    int limit = page_limit(in->page_size);
    page_begin(&page, c, limit);
    /* An interview that was moved before the first page cannot be missed in this list; lists by id need not know */
    if (str_is_empty(in->page_token) && f.application_id == 0 && f.interview_id == 0)
        r = interview_walk_start(&h, &from.walk_start_ms);
    if (r == 0)
        r = interview_list(&h, &f, from.a, from.b, from.walk_start_ms, limit + 1, page_add, &page);
    page_end(&page, &from);
    return call_from_hire(c, &h, r);
}
