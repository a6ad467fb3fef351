/* SPDX-License-Identifier: Apache-2.0
 *
 * The answers of the vendor's receiver to the demo's events, written directly to the log of deliveries.
 */
#include "cli/demo/days.h"

#include "events/delivery/delivery.h"
#include "events/retry.h"

struct due {
    int64_t event, created_ms;
};

static int attempt(struct days *w, const struct due *e, int n, int64_t at_ms, int status, const char *answer,
                   const char *error) {
    const struct delivery_outcome o = {.tenant = w->h.tenant,
                                       .event = e->event,
                                       .app = w->d->vendor_app,
                                       .attempts = n,
                                       .at_ms = at_ms,
                                       .now_ms = at_ms + 40 + demo_jitter(n, 6, 90),
                                       .way = WAY_REQUEST_URL,
                                       .status = status,
                                       .duration_ms =
                                           status == 0 ? 3000 : 40 + demo_jitter((int)(e->event % 997), n, 90),
                                       .answer = str_of(answer),
                                       .error = str_of(error)};
    return delivery_settle(w->cli->db, &o);
}

/* Writes up to `times` failed attempts, at the delays of the backoff. Returns the number of attempts, or a negative
 * errno. */
static int failures(struct days *w, const struct due *e, int times) {
    int64_t at_ms = e->created_ms + 90;
    int n = 0, r = 0;

    while (n < times && at_ms < w->now_ms && r >= 0) {
        r = n % 2 == 0
                ? attempt(w, e, n, at_ms, 503, "upstream is restarting", "answered with status 503; 200 is expected")
                : attempt(w, e, n, at_ms, 0, "", "no answer within 3 seconds (2 of them to connect)");
        at_ms += 3000 + retry_delay_ms(++n);
    }
    return r < 0 ? r : n;
}

static int record_delivery(struct days *w, const struct due *e, size_t i, size_t n) {
    if (i + 1 == n) /* the last delivery is still pending */
        return 0;
    if (i + 2 == n)
        return failures(w, e, 2);
    if (i == n / 2)
        return failures(w, e, 5);
    int tried = i % 5 == 2 ? failures(w, e, 1) : 0;
    return tried < 0 ? tried
                     : attempt(w, e, tried, e->created_ms + 60 + tried * 15090, 200, "{\"msg\":\"success\"}", "");
}

int demo_record_deliveries(struct days *w) {
    struct due due[DELIVERIES_MAX];
    size_t n = 0;
    int r;

    {
        struct db_query q DB_CLEANUP = db_query(w->cli->db, SQL_EVENT_DUE);
        db_bind_int(&q, 1, w->d->vendor_app);
        db_bind_int(&q, 2, w->now_ms);
        db_bind_int(&q, 3, DELIVERIES_MAX);
        while ((r = db_row(&q)) == 1 && n < DELIVERIES_MAX)
            due[n++] = (struct due){db_int(&q, COL_EVENT_DUE_EVENT), db_int(&q, COL_EVENT_DUE_CREATED_MS)};
    }
    for (size_t i = 0; i < n && r >= 0; i++)
        r = record_delivery(w, &due[i], i, n);
    return r;
}
