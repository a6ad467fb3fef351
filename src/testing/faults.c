/* SPDX-License-Identifier: Apache-2.0
 *
 * The rules that disturb calls and events: a list in the order in which they were made.
 */
#include "testing/faults.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#define HELD_MAX 1024 /* events that wait and are remembered; beyond, the oldest is forgotten */

struct node {
    struct fault_rule rule;
    struct node *next;
};

/* An event that a rule has made wait; app 0: none. */
struct held {
    int64_t app, tenant, event;
    bool for_another; /* until an attempt to deliver another event of its app has ended */
};

struct faults {
    pthread_mutex_t lock; /* protects all but n and used */
    struct node *first;
    int64_t last_id;
    _Atomic unsigned n;
    _Atomic bool used; /* there was a rule */
    struct held held[HELD_MAX];
    unsigned next_held;
};

struct faults *faults_new(void) {
    struct faults *f = mem_alloc(sizeof *f);
    pthread_mutex_init(&f->lock, NULL);
    return f;
}

struct faults *faults_free(struct faults *f) {
    if (!f)
        return NULL;
    while (f->first) {
        struct node *next = f->first->next;
        free(f->first);
        f->first = next;
    }
    pthread_mutex_destroy(&f->lock);
    free(f);
    return NULL;
}

/* ---- the list ---- */

int faults_add(struct faults *f, struct fault_rule *rule) {
    struct node *node = mem_alloc(sizeof *node), **end = &f->first;
    int r = -ENOSPC;
    pthread_mutex_lock(&f->lock);
    if (atomic_load(&f->n) < FAULTS_MAX) {
        snprintf(rule->id, sizeof rule->id, "fault-%lld", (long long)++f->last_id);
        memcpy(rule->event_fault.rule, rule->id, sizeof rule->id);
        node->rule = *rule;
        while (*end)
            end = &(*end)->next;
        *end = node;
        atomic_fetch_add(&f->n, 1);
        atomic_store(&f->used, true);
        r = 0;
    }
    pthread_mutex_unlock(&f->lock);
    if (r < 0)
        free(node);
    return r;
}

static bool is_wanted(struct str wanted, const char *has) {
    return str_is_absent(wanted) || str_eq(wanted, str_of(has));
}

size_t faults_take(struct faults *f, struct str id, struct str app_id, struct str tenant_key, bool remove,
                   struct arena *a, struct fault_rule **ret) {
    size_t n = 0;
    pthread_mutex_lock(&f->lock);
    *ret = arena_array(a, struct fault_rule, atomic_load(&f->n) + 1);
    for (struct node **at = &f->first, *node; (node = *at);) {
        const struct fault_rule *rule = &node->rule;
        if (!is_wanted(id, rule->id) || !is_wanted(app_id, rule->app_id) || !is_wanted(tenant_key, rule->tenant_key)) {
            at = &node->next;
            continue;
        }
        (*ret)[n++] = *rule;
        if (!remove) {
            at = &node->next;
            continue;
        }
        *at = node->next;
        free(node);
        atomic_fetch_sub(&f->n, 1);
    }
    pthread_mutex_unlock(&f->lock);
    return n;
}

/* ---- which call ---- */

/* splitmix64: a number that depends on seed and n only, evenly distributed. */
static uint64_t mixed(uint64_t seed, uint64_t n) {
    uint64_t z = seed * UINT64_C(0xd1342543de82ef95) + (n + 1) * UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* Counts a matching call; returns whether the rule disturbs it. */
static bool fires(struct fault_rule *rule) {
    rule->matched++;
    if (rule->times > 0 && rule->fired >= rule->times)
        return false;
    bool now = rule->share > 0
                   ? (double)(mixed((uint64_t)rule->seed, (uint64_t)rule->matched) >> 11) < rule->share * 0x1p53
                   : rule->matched >= rule->nth;
    rule->fired += now;
    return now;
}

static bool is_of(const struct fault_rule *rule, struct str app_id, int64_t tenant) {
    return (rule->app_id[0] == '\0' || str_eq(app_id, str_of(rule->app_id))) &&
           (rule->tenant == 0 || rule->tenant == tenant);
}

struct str faults_app(const struct call *c) {
    if (c->app)
        return c->app->app_id;
    const struct record_type *body = c->op && c->body ? c->op->body : NULL;
    for (size_t i = 0; body && i < body->n_fields; i++)
        if (str_eq(body->fields[i].name, STR("app_id")) && body->fields[i].kind == RECORD_STRING)
            return *(const struct str *)(const void *)((const char *)c->body + body->fields[i].offset);
    return STR_ABSENT;
}

bool faults_of_call(struct faults *f, const struct call *c, struct call_fault *ret) {
    bool found = false;
    if (atomic_load_explicit(&f->n, memory_order_relaxed) == 0)
        return false;
    struct str app_id = faults_app(c);
    pthread_mutex_lock(&f->lock);
    for (struct node *node = f->first; node && !found; node = node->next) {
        struct fault_rule *rule = &node->rule;
        if (rule->op != c->op || !is_of(rule, app_id, c->tenant) || !fires(rule))
            continue;
        *ret = rule->call;
        ret->rule = arena_dup(c->arena, str_of(rule->id));
        found = true;
    }
    pthread_mutex_unlock(&f->lock);
    return found;
}

/* ---- events ---- */

static bool is_held(const struct held *h, const struct event_attempt *e) {
    return h->app == e->app && h->event == e->event && h->tenant == e->tenant;
}

/* Notes that the event waits. Called with the lock held. */
static void hold(struct faults *f, const struct event_attempt *e, bool for_another) {
    f->held[f->next_held++ % HELD_MAX] =
        (struct held){.app = e->app, .tenant = e->tenant, .event = e->event, .for_another = for_another};
}

/* Whether a rule has made this attempt wait; it is not shown to the rules once more. Called with the lock held. */
static bool has_waited(struct faults *f, const struct event_attempt *e) {
    for (unsigned i = 0; i < HELD_MAX; i++)
        if (is_held(&f->held[i], e)) {
            f->held[i] = (struct held){0};
            return true;
        }
    return false;
}

bool faults_of_event(struct faults *f, const struct event_attempt *e, struct event_fault *ret) {
    if (!atomic_load_explicit(&f->used, memory_order_relaxed))
        return false;
    pthread_mutex_lock(&f->lock);
    bool disturbed = false, waited = has_waited(f, e), by_request_url = false;
    for (struct node *node = f->first; node; node = node->next) {
        struct fault_rule *rule = &node->rule;
        bool way_only = rule->event_fault.way_only;
        if (rule->op || !str_eq(e->type, str_of(rule->event)) || !is_of(rule, e->app_id, e->tenant) ||
            ((waited || disturbed) && !way_only) || !fires(rule))
            continue;
        if (!way_only || !(disturbed || by_request_url))
            *ret = rule->event_fault;
        by_request_url = by_request_url || rule->event_fault.by_request_url;
        if (!way_only && ret->wait_ms > 0)
            hold(f, e, ret->out_of_order);
        disturbed = disturbed || !way_only;
    }
    ret->by_request_url = by_request_url;
    pthread_mutex_unlock(&f->lock);
    return disturbed || by_request_url;
}

bool faults_release(struct faults *f, const struct event_attempt *e, int64_t *ret_tenant, int64_t *ret_event) {
    bool found = false;
    if (!atomic_load_explicit(&f->used, memory_order_relaxed))
        return false;
    pthread_mutex_lock(&f->lock);
    for (unsigned i = 0; i < HELD_MAX && !found; i++) {
        struct held *h = &f->held[i];
        if (h->app != e->app || !h->for_another || is_held(h, e))
            continue;
        *ret_tenant = h->tenant;
        *ret_event = h->event;
        h->for_another = false;
        found = true;
    }
    pthread_mutex_unlock(&f->lock);
    return found;
}
