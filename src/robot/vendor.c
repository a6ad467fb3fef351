/* SPDX-License-Identifier: Apache-2.0
 *
 * A vendor's orders: what an event begins and ends, and which step of which order is next.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "robot/internal.h"

#define EVENT_CREATED "hire.eco_background_check.created_v1"
#define EVENT_CANCELED "hire.eco_background_check.canceled_v1"

struct vendor {
    struct vendor_order *orders;
    size_t n, cap;
    uint64_t known[ROBOT_REMEMBERED]; /* digests of orders that ended and of events, the oldest overwritten */
    size_t known_at;
};

struct vendor *vendor_new(void) {
    return mem_alloc(sizeof(struct vendor));
}

static void drop(struct vendor *v, size_t i) {
    free((char *)(uintptr_t)v->orders[i].id.ptr);
    v->orders[i] = v->orders[--v->n];
}

struct vendor *vendor_free(struct vendor *v) {
    while (v && v->n > 0)
        drop(v, v->n - 1);
    if (v)
        free(v->orders);
    free(v);
    return NULL;
}

/* ---- what is known ---- */

static uint64_t digest(struct str kind, struct str id) {
    uint64_t h = UINT64_C(14695981039346656037); /* FNV-1a */
    for (size_t i = 0; i < kind.len + id.len; i++)
        h = (h ^ (uint8_t)(i < kind.len ? kind.ptr[i] : id.ptr[i - kind.len])) * UINT64_C(1099511628211);
    return h | 1; /* not 0: a free place */
}

static bool knows(const struct vendor *v, uint64_t d) {
    for (size_t i = 0; i < ROBOT_REMEMBERED; i++)
        if (v->known[i] == d)
            return true;
    return false;
}

static void remember(struct vendor *v, uint64_t d) {
    v->known[v->known_at] = d;
    v->known_at = (v->known_at + 1) % ROBOT_REMEMBERED;
}

static struct vendor_order *find(const struct vendor *v, struct str id) {
    for (size_t i = 0; i < v->n; i++)
        if (str_eq(v->orders[i].id, id))
            return &v->orders[i];
    return NULL;
}

static void end_order(struct robot *r, struct vendor_order *o) {
    struct vendor *v = r->vendor;
    remember(v, digest(STR("order "), o->id));
    drop(v, (size_t)(o - v->orders));
    r->state.running = (unsigned)v->n;
    r->state.over++;
}

/* ---- events ---- */

int vendor_take(struct robot *r, struct str id, const struct scenario *scenario, int64_t event_ms, size_t next) {
    struct vendor *v = r->vendor;
    if (find(v, id) || knows(v, digest(STR("order "), id)))
        return -EEXIST;
    if (scenario->refuses_event)
        return -ECANCELED;
    if (v->n >= ROBOT_ORDERS_MAX)
        return -EUSERS;
    char *copy = mem_alloc(id.len + 1);
    memcpy(copy, id.ptr, id.len);
    v->orders = array_grow(v->orders, v->n, &v->cap, sizeof *v->orders);
    struct vendor_order *o = &v->orders[v->n++];
    *o = (struct vendor_order){.id = {copy, id.len}, .scenario = scenario, .event_ms = event_ms, .next = next};
    if (next < scenario->n_steps)
        o->due_ms = event_ms + scenario->steps[next].after_ms;
    else
        end_order(r, o);
    r->state.running = (unsigned)v->n;
    return 0;
}

static struct str text_of(const json_t *object, const char *name) {
    const json_t *value = json_object_get(object, name);
    return json_is_string(value) ? (struct str){json_string_value(value), json_string_length(value)} : STR_ABSENT;
}

static const struct scenario *scenario_of(const struct robot *r, const json_t *event) {
    const struct scenarios *s = r->o.scenarios;
    if (r->o.scenario)
        return scenario_find(s, str_of(r->o.scenario));
    return scenario_choose(s, text_of(json_object_get(event, "candidate_info"), "name"), text_of(event, "package_id"),
                           text_of(event, "account_id"));
}

/* ret_text: what to tell. With the lock. */
static int on_created(struct robot *r, const json_t *event, int64_t now_ms, char ret_text[200]) {
    struct str id = text_of(event, "background_check_id");
    const struct scenario *s = scenario_of(r, event);
    if (id.len == 0 || id.len > 64)
        return PUSH_TAKEN; /* no order that anything could be done for */
    int error = vendor_take(r, id, s, now_ms, 0);
    if (error == 0)
        snprintf(ret_text, 200, "order %.*s: follows the scenario %.*s", STR_FMT(id), STR_FMT(s->name));
    else if (error == -ECANCELED)
        snprintf(ret_text, 200, "order %.*s: refuses the event, as the scenario %.*s says", STR_FMT(id),
                 STR_FMT(s->name));
    else if (error == -EUSERS)
        snprintf(ret_text, 200, "order %.*s: refuses the event, because %d orders have not ended", STR_FMT(id),
                 ROBOT_ORDERS_MAX);
    return error == 0 || error == -EEXIST ? PUSH_TAKEN : PUSH_AGAIN;
}

static void on_canceled(struct robot *r, const json_t *event, char ret_text[200]) {
    struct str id = text_of(event, "background_check_id");
    struct vendor_order *o = find(r->vendor, id);
    if (o)
        end_order(r, o);
    else if (id.len > 0) /* it came before the event that arranged the order, or the order has ended */
        remember(r->vendor, digest(STR("order "), id));
    if (o)
        snprintf(ret_text, 200, "order %.*s: the customer terminated it", STR_FMT(id));
}

int vendor_event(void *ctx, struct str body) {
    struct robot *r = ctx;
    char text[200] = "";
    int code = PUSH_TAKEN;
    json_t *in = json_loadb(body.ptr, body.len, 0, NULL);
    const json_t *header = json_object_get(in, "header"), *event = json_object_get(in, "event");
    struct str type = text_of(header, "event_type"), event_id = text_of(header, "event_id");
    int64_t now_ms = robot_now(r);

    pthread_mutex_lock(&r->lock);
    bool twice = event_id.len > 0 && knows(r->vendor, digest(STR("event "), event_id));
    r->state.events++;
    r->deeds++;
    if (!twice && str_eq(type, STR(EVENT_CREATED)))
        code = on_created(r, event, now_ms, text);
    else if (!twice && str_eq(type, STR(EVENT_CANCELED)))
        on_canceled(r, event, text);
    if (!twice && code == PUSH_TAKEN && event_id.len > 0)
        remember(r->vendor, digest(STR("event "), event_id));
    pthread_cond_broadcast(&r->changed);
    pthread_mutex_unlock(&r->lock);
    json_decref(in);
    if (text[0])
        robot_tell(r, false, "%s", text);
    return code;
}

/* ---- steps ---- */

static struct vendor_order *next_order(const struct vendor *v) {
    struct vendor_order *next = NULL;
    for (size_t i = 0; i < v->n; i++)
        if (!next || v->orders[i].due_ms < next->due_ms)
            next = &v->orders[i];
    return next;
}

int64_t vendor_due(struct robot *r) {
    const struct vendor_order *o = next_order(r->vendor);
    return o ? o->due_ms : ROBOT_NEVER;
}

/* The copy `done` has what the step changed. */
static void settle_step(struct robot *r, struct vendor_order *o, const struct vendor_order *done, struct act act) {
    const struct scenario *s = o->scenario;
    o->stamp_ms = done->stamp_ms;
    o->page = done->page;
    if (act.end == ACT_AGAIN) {
        o->tries = done->tries + 1;
        o->due_ms = act.wait_ms + done->due_ms;
        return;
    }
    o->tries = 0;
    o->next++;
    if (act.end == ACT_OVER || o->next >= s->n_steps)
        end_order(r, o);
    else
        o->due_ms = o->event_ms + s->steps[o->next].after_ms;
}

void vendor_act(struct robot *r, int64_t now_ms) {
    struct vendor_order *o = next_order(r->vendor), copy = *o;
    const struct step *step = &o->scenario->steps[o->next];
    char id[65];
    snprintf(id, sizeof id, "%.*s", STR_FMT(o->id));
    copy.id = str_of(id);
    copy.due_ms = now_ms;
    pthread_mutex_unlock(&r->lock);
    struct act act = vendor_step(r, &copy, step, copy.next);
    pthread_mutex_lock(&r->lock);
    o = find(r->vendor, copy.id);
    if (o) /* the customer may have terminated it meanwhile */
        settle_step(r, o, &copy, act);
}
