/* SPDX-License-Identifier: Apache-2.0
 *
 * The operations that move the server's clock. While it jumps, what falls due happens in the order of its time: the
 * clock goes from one due time to the next, and waits at each until all is done.
 */
#include "base/clock.h"

#include <pthread.h>

#include "api_handlers.h"
#include "api_types.h"
#include "base/json.h"
#include "gateway/answer.h"
#include "gateway/call.h"
#include "testing/toolbox.h"

#define PATIENCE_MS 30000 /* of real time, for one jump */
#define AGAIN_MS 10

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* one jump at a time */

/* What a jump has done. */
struct jump {
    int64_t steps;     /* times at which something was due */
    const char *still; /* what was not done in time; NULL: all was */
};

static void write_clock(struct call *c) {
    json_begin(c->out, '{');
    json_member_int(c->out, STR("now_ms"), clock_now_ms());
    json_member_bool(c->out, STR("frozen"), clock_is_frozen());
}

int handle_test_clock_get(struct call *c) {
    write_clock(c);
    json_end(c->out, '}');
    return 0;
}

static void set_clock(const struct toolbox *t, int64_t ms) {
    clock_advance(ms - clock_now_ms());
    t->o.clock_moved(t->o.ctx);
}

static unsigned left_ms(int64_t end_ns) {
    int64_t left = (end_ns - clock_mono_ns()) / 1000000;
    return left > 0 ? (unsigned)left : 0;
}

/* Goes from one due time to the next, up to target_ms. */
static void walk(struct toolbox *t, int64_t target_ms, int64_t end_ns, struct jump *j) {
    int64_t next_ms;
    for (;;) {
        if (t->o.settle(t->o.ctx, left_ms(end_ns), &next_ms, &j->still) < 0)
            return;
        if (next_ms > target_ms || !toolbox_sleep(t, 0))
            break;
        if (next_ms > clock_now_ms()) {
            set_clock(t, next_ms);
            j->steps++;
        } else if (!toolbox_sleep(t, AGAIN_MS)) { /* it is due but cannot be done, for a reason that the log has */
            break;
        }
        j->still = "what is due at this time";
        if (left_ms(end_ns) == 0)
            return;
    }
    j->still = NULL;
}

/* The clock stands still meanwhile, so that what happens at a due time happens at just that time. */
static void jump_to(struct toolbox *t, int64_t target_ms, struct jump *j) {
    int64_t end_ns = clock_mono_ns() + PATIENCE_MS * INT64_C(1000000), none;
    const char *what;
    walk(t, target_ms, end_ns, j);
    set_clock(t, target_ms);
    if (!j->still && t->o.settle(t->o.ctx, left_ms(end_ns), &none, &what) < 0)
        j->still = what;
}

static int check(struct call *c, const struct test_clock_move_body *in) {
    if (!str_is_empty(in->tenant_key))
        return call_fail(
            c, CODE_PARAMETER,
            "a tenant has no clock of its own: all tenants of a server share one. Start one server for each "
            "group of tests that moves the clock");
    if (in->advance_ms.set && in->set_ms.set)
        return call_fail(c, CODE_PARAMETER, "advance_ms and set_ms exclude each other");
    return 0;
}

int handle_test_clock_move(struct call *c) {
    const struct test_clock_move_body *in = c->body;
    struct jump j = {0};
    int r = check(c, in);
    if (r < 0)
        return r;
    pthread_mutex_lock(&lock);
    bool frozen = in->frozen.set ? in->frozen.v : clock_is_frozen();
    clock_freeze(true);
    int64_t now_ms = clock_now_ms();
    int64_t target_ms = in->set_ms.set ? in->set_ms.v : in->advance_ms.set ? now_ms + in->advance_ms.v : now_ms;
    if (target_ms > now_ms && !in->at_once.v)
        jump_to(c->toolbox, target_ms, &j);
    else
        set_clock(c->toolbox, target_ms);
    clock_freeze(frozen);
    pthread_mutex_unlock(&lock);
    write_clock(c);
    json_member_int(c->out, STR("steps"), j.steps);
    json_member_str(c->out, STR("still"), str_of(j.still));
    json_end(c->out, '}');
    return 0;
}
