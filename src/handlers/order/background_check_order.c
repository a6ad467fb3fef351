/* SPDX-License-Identifier: Apache-2.0
 *
 * hire/v1/background_check_orders: reading orders.
 */
#include "api_handlers.h"
#include "api_types.h"
#include "handlers/handlers.h"
#include "hire/order/order.h"

/* Parses the time range of a filter: each end is optional, and the end may not be before the start. */
static int update_range(struct call *c, struct str start, struct str end, struct order_filter *f) {
    int r = filter_time(c, "update_start_time", start, &f->update_start);
    if (r == 0)
        r = filter_time(c, "update_end_time", end, &f->update_end);
    if (r == 0 && f->update_start > f->update_end)
        r = call_fail(c, CODE_PARAMETER, "update_start_time must not be later than update_end_time");
    return r;
}

static int begin_range(struct call *c, struct str start, struct str end, struct order_filter *f) {
    int r = filter_time(c, "begin_start_time", start, &f->begin_start);
    if (r == 0)
        r = filter_time(c, "begin_end_time", end, &f->begin_end);
    if (r == 0 && f->begin_start > f->begin_end)
        r = call_fail(c, CODE_PARAMETER, "begin_start_time must not be later than begin_end_time");
    return r;
}

static int write_page(struct call *c, const struct order_filter *f, struct page_key *from, int limit) {
    struct hire h = hire_of(c);
    struct page page;
    page_begin(&page, c, limit);
    struct order_place_in_list cut;
    int r = order_list(&h, f, (struct order_place_in_list){from->a, from->b}, limit + 1, page_add, &page, &cut);
    if (r >= 0 && cut.time != 0)
        page_cut(&page, cut.time, cut.id);
    page_end(&page, from);
    return call_from_hire(c, &h, r);
}

int handle_background_check_order_list(struct call *c) {
    const struct background_check_order_list_query *in = c->query;
    struct order_filter f = {.update_end = INT64_MAX, .begin_end = INT64_MAX};
    struct page_key from;
    int r = call_filter_id(c, "application_id", in->application_id, &f.application_id);
    if (r == 0)
        r = update_range(c, in->update_start_time, in->update_end_time, &f);
    if (r == 0)
        r = call_page_open(c, in->page_token,
                           filter_bytes(c, (const int64_t[]){f.application_id, f.update_start, f.update_end}, 3),
                           &from);
    return r < 0 ? r : write_page(c, &f, &from, page_limit(in->page_size));
}

/* Writes the orders with these ids, in this order, each once; unknown ids, and orders that this caller may not see,
 * are left out. */
static int orders_by_id(struct call *c, const struct str_list *ids) {
    int64_t *seen = arena_array(c->arena, int64_t, ids->n);
    struct hire h = hire_of(c);
    struct page page;
    struct page_key from = {0};
    int r = 0;
    page_begin(&page, c, (int)ids->n);
    for (size_t i = 0; r == 0 && i < ids->n; i++) {
        struct order_state state;
        struct str doc;
        r = call_filter_id(c, "background_check_order_id_list", ids->v[i], &seen[i]);
        bool again = seen[i] == 0;
        for (size_t j = 0; j < i; j++)
            again |= seen[j] == seen[i];
        if (r < 0 || again)
            continue;
        r = order_get(&h, seen[i], &state, &doc);
        if (r == 1) {
            page_add(&page, seen[i], 0, doc);
            r = 0;
        }
    }
    page_end(&page, &from);
    return r;
}

int handle_background_check_order_batch_query(struct call *c) {
    const struct background_check_order_batch_query_query *query = c->query;
    const struct background_check_order_batch_query_body *in = c->body;
    struct order_filter f = {.update_end = INT64_MAX, .begin_end = INT64_MAX};
    struct page_key from;
    /* With ids the other conditions have no effect, and all orders are on one page. */
    if (in->background_check_order_id_list.n > 0)
        return orders_by_id(c, &in->background_check_order_id_list);
    int r = call_filter_id(c, "application_id", in->application_id, &f.application_id);
    if (r == 0)
        r = update_range(c, in->update_start_time, in->update_end_time, &f);
    if (r == 0)
        r = begin_range(c, in->begin_start_time, in->begin_end_time, &f);
    /* The tables of api/ accept only the digits of a status. */
    if (r == 0 && !str_is_empty(in->order_status))
        f.status = in->order_status.ptr[0] - '0';
    if (r == 0)
        r = call_page_open(c, query->page_token,
                           arena_printf(c->arena, "%lld %lld %lld %lld %lld %d", (long long)f.application_id,
                                        (long long)f.update_start, (long long)f.update_end, (long long)f.begin_start,
                                        (long long)f.begin_end, f.status),
                           &from);
    return r < 0 ? r : write_page(c, &f, &from, page_limit(query->page_size));
}
