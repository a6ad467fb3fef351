/* SPDX-License-Identifier: Apache-2.0
 *
 * hire/v1/background_check_orders: reading orders.
 */
#include "api_handlers.h"
#include "api_types.h"
#include "handlers/handlers.h"
#include "hire/order.h"

/* The time range of a filter: both ends optional, the earlier one first. */
static int update_range(struct call *c, struct str start, struct str end, struct order_filter *f) {
    int r = filter_time(c, "update_start_time", start, &f->update_start);
    if (r == 0)
        r = filter_time(c, "update_end_time", end, &f->update_end);
    if (r == 0 && f->update_start > f->update_end)
        r = call_fail(c, CODE_PARAMETER, "update_start_time must not be later than update_end_time");
    return r;
}

int handle_background_check_order_list(struct call *c) {
    const struct background_check_order_list_query *in = c->query;
    struct order_filter f = {.update_end = INT64_MAX, .begin_end = INT64_MAX};
    struct page_key from;
    int r = filter_id(c, "application_id", in->application_id, &f.application_id);
    if (r == 0)
        r = update_range(c, in->update_start_time, in->update_end_time, &f);
    if (r == 0)
        r = call_page_open(c, in->page_token,
                           filter_bytes(c, (const int64_t[]){f.application_id, f.update_start, f.update_end}, 3),
                           &from);
    if (r < 0)
        return r;
    struct hire h = hire_of(c);
    struct page page;
    int limit = page_limit(in->page_size);
    page_begin(&page, c, limit);
    r = order_list(&h, &f, from.a, from.b, limit + 1, page_add, &page);
    page_end(&page, &from);
    return call_from_hire(c, &h, r);
}
