/* SPDX-License-Identifier: Apache-2.0
 *
 * Tells the clock of the test mode when the dispatcher has done all that is due, and what comes next.
 */
#include "base/clock.h"
#include "events/delivery/internal.h"

/* When the next ticket of a store app is due that has somewhere to go. */
static int64_t next_ticket_ms(struct dispatcher *d) {
    int64_t next_ms = SETTLE_NEVER, app = 0;

    for (;;) {
        struct db_query q DB_CLEANUP = db_query(d->db, SQL_APP_TICKET_DUE);
        db_bind_int(&q, 1, INT64_MAX);
        db_bind_int(&q, 2, app);
        if (db_row(&q) != 1)
            return next_ms;
        app = db_int(&q, COL_APP_TICKET_DUE_ID);
        int64_t at_ms = db_int(&q, COL_APP_TICKET_DUE_APP_TICKET_MS) + TICKET_EVERY_MS;
        bool goes = !str_is_empty(db_text(&q, COL_APP_TICKET_DUE_REQUEST_URL)) || hub_has(d->o.hub, app);
        if (goes && at_ms < next_ms)
            next_ms = at_ms;
    }
}

void dispatcher_tell_settled(struct dispatcher *d) {
    bool fresh;

    if (!settle_is_asked(&d->settle, &fresh))
        return;
    if (fresh) { /* look for everything that is due before the answer */
        d->scan_at_ms = d->scan_not_before_ns = 0;
        d->upkeep_ns = d->forget_ns = 0;
        return;
    }
    if (!duty_is_mine(&d->o.worker)) { /* another process sends what is due */
        settle_answer(&d->settle, SETTLE_NEVER);
        return;
    }
    if (d->busy > 0 || d->scan_at_ms <= clock_now_ms() || d->upkeep_ns == 0 || d->forget_ns == 0)
        return;
    int64_t ticket_ms = next_ticket_ms(d);
    settle_answer(&d->settle, ticket_ms < d->next_due_ms ? ticket_ms : d->next_due_ms);
}

static void wake(void *ctx) {
    struct dispatcher *d = ctx;
    curl_multi_wakeup(d->multi);
}

int dispatcher_settle(struct dispatcher *d, unsigned timeout_ms, int64_t *ret_next_ms) {
    return settle_wait(&d->settle, wake, d, timeout_ms, ret_next_ms);
}
