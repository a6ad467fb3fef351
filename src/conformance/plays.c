/* SPDX-License-Identifier: Apache-2.0
 *
 * What the customer plays. Each play disturbs something, arranges checks and waits for the vendor.
 */
#include <errno.h>
#include <string.h>

#include "conformance/run_internal.h"

#define PACKAGES_MAX 4 /* so many further packages are arranged in the plain play */
#define QUIET_MS 300

/* ---- what is waited for ---- */

/* An entry about a check (NULL: about any), behind a number. */
struct awaited {
    const char *order, *operation, *event;
    enum story_fault_kind fault; /* of the entry; FAULT_NONE: any */
    bool taken, accepted;        /* the event was taken; the call was accepted */
    int64_t after;
};

static const json_t *find(const struct run *r, const struct awaited *a) {
    size_t i;
    json_t *e;
    json_array_foreach(r->story->entries, i, e) {
        if (entry_number(e) <= a->after || (a->order && strcmp(entry_order(e), a->order) != 0) ||
            (a->operation && !entry_is(e, a->operation)) || (a->event && !entry_is_event(e, a->event)) ||
            (a->fault != FAULT_NONE && entry_fault(r->story, e, NULL) != a->fault) ||
            (a->taken && !json_is_true(json_object_get(e, "taken"))) ||
            (a->accepted && !entry_is_accepted(r->story, e)))
            continue;
        return e;
    }
    return NULL;
}

static bool is_there(const struct run *r, const void *ctx) {
    return find(r, ctx) != NULL;
}

static int await(struct run *r, struct awaited a, const json_t **ret) {
    int result = run_wait(r, is_there, &a, NULL);
    const json_t *e = find(r, &a);
    if (ret)
        *ret = e;
    return result;
}

/* ---- the account ---- */

static bool account_is_told(const struct run *r, const void *ctx) {
    const struct awaited a = {.event = EVENT_ACCOUNT, .taken = true};
    return find(r, &a) != NULL;
}

static bool package_is_pushed(const struct run *r, const void *ctx) {
    size_t i;
    json_t *e;
    json_array_foreach(r->story->entries, i, e) {
        if (entry_is(e, "eco_background_check_package.create") && entry_is_accepted(r->story, e) &&
            strcmp(entry_body_text(e, "account_id"), r->account_id) == 0)
            return true;
    }
    return false;
}

int play_bind(struct run *r) {
    bool told = false;
    run_tell(r, "binding an account");
    r->story->played |= PLAY_BIT(PLAY_BIND);
    int result = r->story->has_url ? act_challenge(r) : 0;
    if (result == 0)
        result = act_bind(r);
    if (result == 0)
        result = run_wait(r, account_is_told, NULL, &told);
    if (result < 0)
        return result;
    const struct awaited attempt = {.event = EVENT_ACCOUNT};
    if (!told && !find(r, &attempt))
        return run_fail(
            r, -ENOTCONN,
            "the app %s has no request URL and no long connection, so no event can be sent to it: is the vendor's "
            "program running?",
            r->o->app_id);
    result = run_wait(r, package_is_pushed, NULL, NULL);
    if (result == 0)
        result = run_settle(r, QUIET_MS);
    return result < 0 ? result : act_look(r);
}

/* ---- events ---- */

static int play_plain(struct run *r) {
    size_t packages = json_array_size(json_object_get(r->vendor, "packages")), n = 0;
    if (!run_plays_it(r, PLAY_PLAIN))
        return 0;
    run_tell(r, "arranging checks: all fields, required fields only, every package");
    int result = act_arrange(r, PLAY_PLAIN, "with every field filled in", FILL_ALL, 0, true, NULL);
    if (result == 0)
        result = act_arrange(r, PLAY_PLAIN, "with the required fields only, of a candidate without a mobile",
                             FILL_REQUIRED, 0, false, NULL);
    for (n = 2; result == 0 && n <= packages && n < PACKAGES_MAX + 2; n++)
        result = act_arrange(r, PLAY_PLAIN, "of a further package", FILL_ALL, n - 1, false, NULL);
    return result < 0 ? result : run_wait_ends(r, n);
}

static json_t *of_event(const char *event, const char *what) {
    return json_pack("{s:s, s:b}", "event", event, what, 1);
}

static int play_twice(struct run *r) {
    struct story_order *o;
    const json_t *e = NULL;
    if (!run_plays_it(r, PLAY_TWICE))
        return 0;
    run_tell(r, "delivering an event twice, and once more later");
    int result = act_disturb(r, FAULT_TWICE, 0, of_event(EVENT_CREATED, "twice"));
    if (result == 0)
        result = act_arrange(r, PLAY_TWICE, "whose event comes three times", FILL_REQUIRED, 0, false, &o);
    if (result == 0)
        result = run_wait_ends(r, 1);
    if (result == 0)
        result = act_calm(r);
    if (result == 0)
        result = await(r, (struct awaited){.order = o->id, .event = EVENT_CREATED, .taken = true}, &e);
    if (result < 0 || !e)
        return result;
    int64_t after = r->last;
    result = act_replay(r, o);
    if (result == 0)
        result =
            await(r, (struct awaited){.order = o->id, .event = EVENT_CREATED, .taken = true, .after = after}, NULL);
    return result < 0 ? result : run_settle(r, 2 * QUIET_MS);
}

static int play_broken(struct run *r) {
    struct story_order *o;
    if (!run_plays_it(r, PLAY_BROKEN))
        return 0;
    run_tell(r, "breaking the connection while an event is on its way");
    int result = act_disturb(r, FAULT_BROKEN, 0, of_event(EVENT_CREATED, "breaks_connection"));
    if (result == 0)
        result = act_arrange(r, PLAY_BROKEN, "whose event broke off at first", FILL_REQUIRED, 0, false, &o);
    if (result == 0)
        result = await(r, (struct awaited){.order = o->id, .event = EVENT_CREATED, .fault = FAULT_BROKEN}, NULL);
    if (result == 0)
        result = run_watch(r, 100); /* the outcome is recorded, from which the next attempt is counted */
    if (result == 0)
        result = act_advance(r, 16 * 1000);
    if (result == 0)
        result = run_wait_ends(r, 1);
    return result < 0 ? result : act_calm(r);
}

static int play_disorder(struct run *r) {
    struct story_order *o;
    if (!run_plays_it(r, PLAY_DISORDER))
        return 0;
    run_tell(r, "telling the end of a check before its beginning");
    int result = act_disturb(r, FAULT_DISORDER, 0, of_event(EVENT_CREATED, "out_of_order"));
    if (result == 0)
        result = act_arrange(r, PLAY_DISORDER, "whose end is told first", FILL_REQUIRED, 0, false, &o);
    if (result == 0)
        result = act_terminate(r, o);
    if (result == 0)
        result = await(r, (struct awaited){.order = o->id, .event = EVENT_CREATED, .taken = true}, NULL);
    if (result == 0)
        result = run_settle(r, 2 * QUIET_MS);
    return result < 0 ? result : act_calm(r);
}

static int play_forged(struct run *r) {
    struct story_order *o;
    if (!(r->o->plays & PLAY_BIT(PLAY_FORGED)) || !r->story->has_url || !r->story->may_sign)
        return 0;
    r->story->played |= PLAY_BIT(PLAY_FORGED);
    run_tell(r, "forging an event");
    int result = act_disturb(r, FAULT_FORGED, 0, of_event(EVENT_CREATED, "wrong_signature"));
    if (result == 0)
        result = act_arrange(r, PLAY_FORGED, "of which a forged event told", FILL_REQUIRED, 0, false, &o);
    if (result == 0)
        result = await(r, (struct awaited){.order = o->id, .fault = FAULT_FORGED}, NULL);
    if (result == 0)
        result = run_watch(r, 1000);
    if (result == 0)
        result = act_terminate(r, o);
    if (result == 0)
        result = run_settle(r, QUIET_MS);
    return result < 0 ? result : act_calm(r);
}

static int play_events(struct run *r) {
    static int (*const plays[])(struct run * r) = {play_plain, play_twice, play_broken, play_disorder};
    int result = 0;
    for (size_t i = 0; i < sizeof plays / sizeof plays[0] && result == 0; i++)
        result = plays[i](r);
    return result;
}

int play_all_ways(struct run *r) {
    bool both = r->story->has_url && r->story->connected;
    if (both)
        run_tell(r, "the app has a request URL and a long connection; first the connection");
    int result = play_events(r);
    if (result == 0 && both) {
        run_tell(r, "now the request URL");
        result = act_set_way(r, true);
        if (result == 0)
            result = play_events(r);
    }
    if (result == 0)
        result = play_forged(r);
    return result == 0 && both ? act_set_way(r, false) : result;
}

/* ---- calls that go wrong ---- */

static json_t *of_call(const char *operation, const char *member, json_t *value) {
    json_t *body = json_pack("{s:s}", "operation", operation);
    json_object_set_new(body, member, value);
    return body;
}

static json_t *after_effect(json_t *body) {
    json_object_set_new(body, "when", json_string("after"));
    return body;
}

/* One check whose calls the rules disturb that were made before. */
static int disturbed(struct run *r, enum play play, const char *about) {
    int result = act_arrange(r, play, about, FILL_REQUIRED, 0, false, NULL);
    if (result == 0)
        result = run_wait_ends(r, 1);
    return result < 0 ? result : act_calm(r);
}

static int play_limited(struct run *r) {
    json_t *rule = of_call(OP_RESULT, "code", json_integer(99991400));
    if (!run_plays_it(r, PLAY_LIMITED)) {
        json_decref(rule);
        return 0;
    }
    run_tell(r, "answering with 429");
    json_object_set_new(rule, "reset_s", json_integer(2));
    int result = act_disturb(r, FAULT_LIMITED, 2, rule);
    return result < 0 ? result : disturbed(r, PLAY_LIMITED, "whose result is answered with 429");
}

static int play_failing(struct run *r) {
    if (!run_plays_it(r, PLAY_FAILING))
        return 0;
    run_tell(r, "answering with 500 and 502");
    int result = act_disturb(r, FAULT_FAILING, 0, of_call(OP_PROGRESS, "status", json_integer(500)));
    if (result == 0)
        result = act_disturb(r, FAULT_FAILING, 0, of_call(OP_RESULT, "status", json_integer(502)));
    return result < 0 ? result : disturbed(r, PLAY_FAILING, "whose calls are answered with 500 and 502");
}

static int play_token(struct run *r) {
    if (!run_plays_it(r, PLAY_TOKEN))
        return 0;
    run_tell(r, "ending the token");
    int result = act_disturb(r, FAULT_TOKEN, 0, of_call(OP_RESULT, "ends_token", json_true()));
    return result < 0 ? result : disturbed(r, PLAY_TOKEN, "whose result comes with a token that has ended");
}

static int play_lost(struct run *r) {
    if (!run_plays_it(r, PLAY_LOST))
        return 0;
    run_tell(r, "losing answers");
    int result = act_disturb(r, FAULT_LOST, 0, after_effect(of_call(OP_PROGRESS, "reset", json_true())));
    if (result == 0)
        result = act_disturb(r, FAULT_LOST, 0, after_effect(of_call(OP_RESULT, "reset", json_true())));
    if (result == 0)
        result = disturbed(r, PLAY_LOST, "whose answers are lost");
    if (result == 0)
        result = act_disturb(r, FAULT_LOST, 0, of_call(OP_RESULT, "cut", json_true()));
    if (result == 0)
        result = disturbed(r, PLAY_LOST, "whose answer is cut off");
    return result < 0 ? result : run_settle(r, 4 * QUIET_MS); /* a vendor may wait before it repeats */
}

int play_faults(struct run *r) {
    static int (*const plays[])(struct run * r) = {play_limited, play_failing, play_token, play_lost};
    int result = 0;
    for (size_t i = 0; i < sizeof plays / sizeof plays[0] && result == 0; i++)
        result = plays[i](r);
    return result;
}

/* ---- approval, termination ---- */

static int reject_once(struct run *r, struct story_order *o) {
    const json_t *again;
    int result = act_decide(r, o, false);
    if (result == 0)
        result = run_settle(r, 3 * QUIET_MS);
    if (result < 0)
        return result;
    const struct awaited a = {.order = o->id, .operation = OP_RESULT, .accepted = true, .after = o->decided};
    again = find(r, &a);
    if (again)
        return act_decide(r, o, true);
    return act_terminate(r, o);
}

static int play_approval(struct run *r) {
    struct story_order *first, *second;
    if (!run_plays_it(r, PLAY_APPROVAL))
        return 0;
    run_tell(r, "approving a report, and rejecting one");
    int result = act_set_approval(r, true);
    if (result == 0)
        result = act_arrange(r, PLAY_APPROVAL, "whose report is approved", FILL_REQUIRED, 0, false, &first);
    if (result == 0)
        result = act_arrange(r, PLAY_APPROVAL, "whose report is rejected", FILL_REQUIRED, 0, false, &second);
    if (result == 0)
        result = run_wait_ends(r, 2);
    if (result == 0)
        result = run_settle(r, 3 * QUIET_MS);
    const struct awaited a = {.order = first->id, .operation = OP_RESULT, .accepted = true};
    const struct awaited b = {.order = second->id, .operation = OP_RESULT, .accepted = true};
    if (result == 0 && find(r, &a))
        result = act_decide(r, first, true);
    if (result == 0 && find(r, &b))
        result = reject_once(r, second);
    if (result == 0)
        result = run_settle(r, QUIET_MS);
    return result < 0 ? result : act_set_approval(r, false);
}

static int play_terminated(struct run *r) {
    struct story_order *o;
    const json_t *on_way = NULL;
    json_t *rule = of_call(OP_RESULT, "status", json_integer(503));
    if (!run_plays_it(r, PLAY_TERMINATED)) {
        json_decref(rule);
        return 0;
    }
    run_tell(r, "terminating a check while its report is on its way");
    json_object_set_new(rule, "times", json_integer(0));
    int result = act_disturb(r, FAULT_FAILING, 0, rule);
    if (result == 0)
        result =
            act_arrange(r, PLAY_TERMINATED, "terminated while its report is on its way", FILL_REQUIRED, 0, false, &o);
    if (result == 0)
        result = await(r, (struct awaited){.order = o->id, .operation = OP_RESULT}, &on_way);
    if (result == 0)
        result = act_terminate(r, o);
    if (result == 0)
        result = await(r, (struct awaited){.order = o->id, .event = EVENT_CANCELED, .taken = true}, NULL);
    if (result == 0 && on_way)
        result = run_watch(r, 3000);
    return result < 0 ? result : act_calm(r);
}

int play_customer(struct run *r) {
    int result = play_approval(r);
    return result < 0 ? result : play_terminated(r);
}
