/* SPDX-License-Identifier: Apache-2.0
 *
 * hire/v1/eco_background_checks: what a vendor tells of its orders.
 */
#include "api_handlers.h"
#include "base/id.h"
#include "handlers/handlers.h"
#include "hire/order/order.h"

int handle_eco_background_check_update_progress(struct call *c) {
    struct hire h = hire_of(c);
    return call_from_hire(c, &h, order_progress(&h, c->body));
}

int handle_eco_background_check_update_result(struct call *c) {
    struct hire h = hire_of(c);
    return call_from_hire(c, &h, order_result(&h, c->body));
}

int handle_eco_background_check_cancel(struct call *c) {
    const struct eco_background_check_cancel_body *in = c->body;
    struct hire h = hire_of(c);
    int64_t id;
    /* A text that is not an id gets the same answer as an unknown id. */
    if (id_parse(in->background_check_id, &id) < 0)
        id = 0;
    return call_from_hire(c, &h, order_cancel(&h, id, STR_ABSENT));
}
