/* SPDX-License-Identifier: Apache-2.0
 *
 * Waits for all threads that process what is due, for the clock of the test mode.
 */
#include "base/clock.h"
#include "cli/serve/serving.h"
#include "testing/robots.h"

/* Waits for the threads that process what is due, each once. */
static int settle_once(struct serving *s, unsigned timeout_ms, int64_t *ret_next_ms, const char **ret_what) {
    int64_t events_ms, fetches_ms, robots_ms;
    *ret_what = "deliveries of events";
    int r = dispatcher_settle(s->dispatcher, timeout_ms, &events_ms);
    if (r < 0)
        return r;
    *ret_what = "fetches of reports";
    r = fetcher_settle(s->fetcher, timeout_ms, &fetches_ms);
    if (r < 0)
        return r;
    *ret_what = "robots";
    r = robots_settle(s->toolbox->robots, timeout_ms, &robots_ms);
    *ret_next_ms = events_ms < fetches_ms ? events_ms : fetches_ms;
    if (robots_ms < *ret_next_ms)
        *ret_next_ms = robots_ms;
    return r;
}

/* What robots do may cause events and fetches, and these may give robots something to do, so it is over when a round
 * finds that no robot has done anything. */
int serve_settle(void *ctx, unsigned timeout_ms, int64_t *ret_next_ms, const char **ret_what) {
    struct serving *s = ctx;
    int64_t end_ns = clock_mono_ns() + timeout_ms * INT64_C(1000000);
    for (;;) {
        uint64_t deeds = robots_deeds(s->toolbox->robots);
        int64_t left_ms = (end_ns - clock_mono_ns()) / 1000000;
        int r = settle_once(s, left_ms > 0 ? (unsigned)left_ms : 0, ret_next_ms, ret_what);
        if (r < 0 || robots_deeds(s->toolbox->robots) == deeds)
            return r;
    }
}

bool serve_connected(void *ctx, int64_t app) {
    return hub_has(((struct serving *)ctx)->hub, app);
}
