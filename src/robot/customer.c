/* SPDX-License-Identifier: Apache-2.0
 *
 * A customer: arranges a check, watches it through the public API, and approves, rejects, withdraws or terminates in
 * the console, because the public API has no operations for that.
 */
#include "robot/customer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"

#define PAGES_MAX 20
#define CODE_ORDER_CHANGED 4090
#define REST_NS 20000000 /* of real time, between two looks */

enum { ARRANGED = 2, COMPLETED = 3, TERMINATED = 4, IN_APPROVAL = 5, WITHDRAWN = 6, APPROVED = 8, REJECTED = 9 };

struct customer *customer_new(struct robot *r) {
    struct customer *c = mem_alloc(sizeof *c);
    const struct scenarios *s = r->o.scenarios;
    c->scenario = r->o.scenario ? scenario_find(s, str_of(r->o.scenario)) : &s->v[s->otherwise];
    return c;
}

struct customer *customer_free(struct customer *c) {
    free(c);
    return NULL;
}

int64_t customer_due(struct robot *r) {
    const struct customer *c = r->customer;
    if (c->over)
        return ROBOT_NEVER;
    return r->noticed && c->arranged ? 0 : c->due_ms;
}

/* ---- looking ---- */

static struct str text_of(const json_t *object, const char *name) {
    const json_t *value = json_object_get(object, name);
    return json_is_string(value) ? (struct str){json_string_value(value), json_string_length(value)} : STR_ABSENT;
}

static void see(struct customer *c, const json_t *order) {
    const json_t *list = json_object_get(order, "feedback_info_list"), *item;
    size_t i, results = 0, interims = 0;
    json_array_foreach(list, i, item) {
        bool final = json_integer_value(json_object_get(item, "report_type")) == 2;
        results += final;
        interims += !final;
    }
    c->status = (int)json_integer_value(json_object_get(order, "order_status"));
    c->stages = json_array_size(json_object_get(order, "process_info_list"));
    c->results = results;
    c->interims = interims;
    c->has_result = results > 0;
}

/* Finds the order among those of its application. Returns ACT_OVER if it is not there any more. */
static struct act look(struct robot *r, struct customer *c, char ret_conclusion[100]) {
    struct buf token BUF_CLEANUP = BUF_EMPTY;
    for (int page = 0; page < PAGES_MAX; page++) {
        struct client_answer a CLIENT_ANSWER_CLEANUP = CLIENT_ANSWER_EMPTY;
        struct buf query BUF_CLEANUP = BUF_EMPTY;
        const json_t *item;
        size_t i;
        client_query(&query, "application_id", str_of(c->application_id));
        client_query_int(&query, "page_size", 50);
        if (token.len > 0)
            client_query(&query, "page_token", buf_str(&token));
        int error = client_call(r->client, "GET", CUSTOMER_ORDERS, query.ptr, NULL, &a);
        robot_called(r, false);
        if (error < 0 || a.code != 0)
            return robot_judge(r, r->client, error, &a, c->tries, "reading the order");
        const json_t *items = json_object_get(a.data, "items");
        json_array_foreach(items, i, item) {
            if (!str_eq(text_of(item, "order_id"), str_of(c->order_id)))
                continue;
            see(c, item);
            snprintf(ret_conclusion, 100, "%.*s", STR_FMT(str_head(text_of(item, "conclusion"), 99)));
            return (struct act){.end = ACT_DONE};
        }
        token.len = 0;
        buf_add_str(&token, text_of(a.data, "page_token"));
        if (!json_is_true(json_object_get(a.data, "has_more")) || token.len == 0)
            break;
    }
    robot_tell(r, true, "order %s: it is not there any more", c->order_id);
    return (struct act){.end = ACT_OVER};
}

/* ---- acting ---- */

static struct act console(struct robot *r, const struct customer *c, const char *verb, const char *reason,
                          const char *what) {
    struct client_answer a CLIENT_ANSWER_CLEANUP = CLIENT_ANSWER_EMPTY;
    char path[100], doing[120];
    json_t *body = json_pack("{s:s}", "reason", reason);
    snprintf(path, sizeof path, "/console/api/orders/%s/%s", c->order_id, verb);
    snprintf(doing, sizeof doing, "order %s: %s", c->order_id, verb);
    int error = client_call(r->console, "POST", path, NULL, body, &a);
    json_decref(body);
    robot_called(r, true);
    if (error == 0 && a.code == 0)
        robot_tell(r, false, "order %s: %s", c->order_id, what);
    if (error == 0 && (a.code == CODE_ORDER_STATUS || a.code == CODE_ORDER_CHANGED))
        return (struct act){.end = ACT_DONE}; /* the vendor was faster; the next look decides anew */
    return robot_judge(r, r->console, error, &a, c->tries, doing);
}

static struct act decide(struct robot *r, struct customer *c) {
    const struct scenario *s = c->scenario;
    bool report = c->has_result;
    enum decision d = report ? s->reports[c->decided < s->n_reports ? c->decided : s->n_reports - 1] : s->arrangement;
    struct act act;
    if (d == DECIDE_APPROVE)
        act =
            console(r, c, "approve", "a robot of a test", report ? "approved the report" : "approved the arrangement");
    else if (d == DECIDE_REJECT)
        act = console(r, c, "reject", "a robot of a test", report ? "rejected the report" : "rejected the arrangement");
    else
        act = console(r, c, "withdraw", "a robot of a test", "took the request for approval back");
    if (act.end == ACT_DONE && report)
        c->decided++;
    return act;
}

static bool is_to_terminate(const struct customer *c) {
    bool told = c->status == ARRANGED || c->status == APPROVED || c->has_result;
    switch (c->scenario->terminate) {
    case TERMINATE_ARRANGED:
        return c->status == ARRANGED; /* not before the vendor took it */
    case TERMINATE_PROGRESS:
        return told && (c->stages > 0 || c->interims > 0);
    case TERMINATE_INTERIM:
        return told && c->interims > 0;
    case TERMINATE_REPORT:
        return c->has_result;
    default:
        return false;
    }
}

static bool has_ended(const struct customer *c) {
    return c->status == COMPLETED || c->status == TERMINATED ||
           ((c->status == REJECTED || c->status == WITHDRAWN) && !c->has_result);
}

static const char *word_of(int status) {
    return status == COMPLETED    ? "completed"
           : status == TERMINATED ? "terminated"
           : status == REJECTED   ? "rejected"
                                  : "withdrawn";
}

/* Looks, and acts if the order waits for something. ACT_AGAIN with wait_ms: the next look or try. */
static struct act watch(struct robot *r, struct customer *c, int64_t now_ms) {
    char conclusion[100] = "";
    struct act act = look(r, c, conclusion);
    if (act.end != ACT_DONE)
        return act;
    if (has_ended(c)) {
        robot_tell(r, false, "order %s: %s%s%s", c->order_id, word_of(c->status), conclusion[0] ? ", " : "",
                   conclusion);
        return (struct act){.end = ACT_OVER};
    }
    bool terminates = is_to_terminate(c);
    if (!terminates && c->status != IN_APPROVAL) {
        c->seen_ms = 0;
        return act;
    }
    if (c->seen_ms == 0)
        c->seen_ms = now_ms;
    if (now_ms < c->seen_ms + c->scenario->after_ms)
        return (struct act){.end = ACT_AGAIN, .wait_ms = c->seen_ms + c->scenario->after_ms - now_ms};
    act = terminates ? console(r, c, "terminate", "a robot of a test", "terminated it") : decide(r, c);
    if (act.end == ACT_DONE) {
        c->seen_ms = 0;
        return (struct act){.end = ACT_AGAIN, .wait_ms = 0}; /* what has become of it */
    }
    return act;
}

static void note(struct robot *r, struct customer *c, struct act act, int64_t now_ms) {
    bool waits_for_change = act.end == ACT_DONE;
    c->tries = act.end == ACT_AGAIN && act.wait_ms > 0 && c->seen_ms == 0 ? c->tries + 1 : 0;
    if (act.end == ACT_OVER) {
        c->over = true;
        r->state.ended = true;
        r->state.over = c->arranged ? 1 : 0;
        r->state.running = 0;
    } else if (!waits_for_change) {
        c->due_ms = now_ms + act.wait_ms;
    } else {
        c->due_ms = r->o.look_every_ms > 0 ? now_ms + r->o.look_every_ms : ROBOT_NEVER;
    }
}

/* A server that commits all the time must not be asked all the time. */
static void rest_between_looks(struct customer *c) {
    int64_t since_ns = clock_mono_ns() - c->looked_ns;
    if (since_ns < REST_NS)
        nanosleep(&(struct timespec){0, (long)(REST_NS - since_ns)}, NULL);
    c->looked_ns = clock_mono_ns();
}

void customer_act(struct robot *r, int64_t now_ms) {
    struct customer *c = r->customer;
    bool first = !c->arranged;
    r->noticed = false; /* what changes from here on is looked at again */
    pthread_mutex_unlock(&r->lock);
    rest_between_looks(c);
    struct act act = first ? customer_arrange(r, c) : watch(r, c, now_ms);
    pthread_mutex_lock(&r->lock);
    if (first && act.end == ACT_DONE) {
        c->arranged = true;
        r->ready = true;
        r->state.running = 1;
        memcpy(r->state.order_id, c->order_id, sizeof c->order_id);
        act = (struct act){.end = ACT_AGAIN};
    }
    note(r, c, act, now_ms);
}
