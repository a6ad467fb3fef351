/* SPDX-License-Identifier: Apache-2.0
 *
 * Connects the test mode with the gateway and the dispatcher.
 */
#include "testing/hooks.h"

#include "testing/faults.h"
#include "testing/journal.h"

static bool call_fault(void *ctx, const struct call *c, struct call_fault *ret) {
    const struct toolbox *t = ctx;
    return faults_of_call(t->faults, c, ret);
}

static void call_answered(void *ctx, const struct call_answer *a) {
    const struct toolbox *t = ctx;
    journal_add_call(t->journal, a);
}

struct call_hooks hooks_of_calls(struct toolbox *t) {
    return (struct call_hooks){.ctx = t, .fault = call_fault, .answered = call_answered};
}

static bool event_fault(void *ctx, const struct event_attempt *e, struct event_fault *ret) {
    const struct toolbox *t = ctx;
    return faults_of_event(t->faults, e, ret);
}

static bool event_ended(void *ctx, const struct event_attempt *e, const struct event_outcome *o, int64_t *ret_tenant,
                        int64_t *ret_event) {
    const struct toolbox *t = ctx;
    journal_add_event(t->journal, e, o);
    return faults_release(t->faults, e, ret_tenant, ret_event);
}

struct event_hooks hooks_of_events(struct toolbox *t) {
    return (struct event_hooks){.ctx = t, .fault = event_fault, .ended = event_ended};
}
