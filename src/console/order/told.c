/* SPDX-License-Identifier: Apache-2.0
 *
 * The state of the last event about an order.
 */
#include "console/order/told.h"

#include "base/json.h"
#include "hire/outbox/outbox.h"

/* In ascending order: among several receivers the highest state counts. */
enum told_state { TOLD_NOBODY, TOLD_GIVEN_UP, TOLD_WAITING, TOLD_TAKEN };
static const struct str states[] = {STR_INIT("nobody"), STR_INIT("given_up"), STR_INIT("waiting"), STR_INIT("taken")};

struct told {
    enum told_state state;
    int64_t app, attempts, next_ms;
};

static enum told_state state_of(int64_t delivery) {
    return delivery == 0 ? TOLD_WAITING : delivery == 1 ? TOLD_TAKEN : TOLD_GIVEN_UP;
}

static int read_deliveries(struct call *c, int64_t event, struct told *ret) {
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_CONSOLE_DELIVERIES_OF_EVENT);
    int r;
    db_bind_int(&q, 1, c->tenant);
    db_bind_int(&q, 2, event);
    while ((r = db_row(&q)) == 1) {
        enum told_state state = state_of(db_int(&q, COL_CONSOLE_DELIVERY_STATE));
        if (state > ret->state)
            *ret = (struct told){state, db_int(&q, COL_CONSOLE_DELIVERY_APP), db_int(&q, COL_CONSOLE_DELIVERY_ATTEMPTS),
                                 db_int(&q, COL_CONSOLE_DELIVERY_NEXT_MS)};
    }
    return r;
}

/* The time of the successful attempt or, if there is none, of the last one. */
static int read_last_attempt(struct call *c, int64_t event, int64_t app, int64_t *ret) {
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_CONSOLE_LAST_ATTEMPT);
    *ret = 0;
    db_bind_int(&q, 1, c->tenant);
    db_bind_int(&q, 2, event);
    db_bind_int(&q, 3, app);
    int r = db_row(&q);
    if (r == 1)
        *ret = db_int(&q, COL_CONSOLE_LAST_ATTEMPT_AT_MS);
    return r < 0 ? r : 0;
}

int write_told(struct call *c, int64_t order) {
    struct told told = {TOLD_NOBODY, 0, 0, 0};
    int64_t event, last = 0;
    bool canceled;
    {
        struct db_query q DB_CLEANUP = db_query(c->db, SQL_CONSOLE_LAST_EVENT_ABOUT);
        db_bind_int(&q, 1, c->tenant);
        db_bind_int(&q, 2, order);
        int r = db_row(&q);
        if (r <= 0)
            return r;
        event = db_int(&q, COL_CONSOLE_LAST_EVENT_ABOUT_ID);
        canceled = str_eq(db_text(&q, COL_CONSOLE_LAST_EVENT_ABOUT_TYPE), STR("hire.eco_background_check.canceled_v1"));
    }
    int r = read_deliveries(c, event, &told);
    if (r == 0 && told.state != TOLD_NOBODY)
        r = read_last_attempt(c, event, told.app, &last);
    if (r < 0)
        return r;
    json_key(c->out, STR("told"));
    json_begin(c->out, '{');
    json_member_str(c->out, STR("of"), canceled ? STR("cancel") : STR("order"));
    json_member_str(c->out, STR("state"), states[told.state]);
    json_member_int(c->out, STR("attempts"), told.attempts);
    if (told.state == TOLD_WAITING)
        console_member_time(c->out, STR("next_time"), told.next_ms);
    console_member_time(c->out, STR("last_time"), last);
    json_end(c->out, '}');
    return 0;
}
