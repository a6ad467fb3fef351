/* SPDX-License-Identifier: Apache-2.0
 *
 * The rules of the test mode that disturb calls and events. Any thread.
 */
#ifndef HIRED_TESTING_FAULTS_H
#define HIRED_TESTING_FAULTS_H

#include "events/delivery/hooks.h"
#include "gateway/hooks.h"

#define FAULTS_MAX 1000
#define FAULT_EVENT_MAX 80
#define FAULT_NAME_MAX 64

struct fault_rule {
    char id[EVENT_RULE_MAX]; /* set by faults_add */
    const struct op *op;     /* NULL: the rule is for events */
    char event[FAULT_EVENT_MAX + 1];
    char app_id[FAULT_NAME_MAX + 1];     /* "": every app */
    char tenant_key[FAULT_NAME_MAX + 1]; /* "": every tenant */
    int64_t tenant;                      /* the one with that key; 0: every tenant */

    int64_t nth;   /* the first matching call that it disturbs, from 1 */
    int64_t times; /* how many it disturbs in all; 0: no end */
    double share;  /* above 0: this part of the matching calls, whatever nth says */
    int64_t seed;

    struct call_fault call; /* rule and code's texts are set for each call */
    struct event_fault event_fault;
    int64_t matched, fired;
};

struct faults;
struct faults *faults_new(void);
struct faults *faults_free(struct faults *f); /* takes NULL; returns NULL */

/* Adds a rule at the end, and sets rule->id. Returns 0, or -ENOSPC if there are FAULTS_MAX. */
int faults_add(struct faults *f, struct fault_rule *rule);

/* The rules with that id, app and tenant (absent: any), in the order in which they were made, in the arena. remove:
 * takes them away. */
size_t faults_take(struct faults *f, struct str id, struct str app_id, struct str tenant_key, bool remove,
                   struct arena *a, struct fault_rule **ret);

/* For call_hooks.fault and event_hooks.fault. */
bool faults_of_call(struct faults *f, const struct call *c, struct call_fault *ret);
bool faults_of_event(struct faults *f, const struct event_attempt *e, struct event_fault *ret);

/* For event_hooks.ended. */
bool faults_release(struct faults *f, const struct event_attempt *e, int64_t *ret_tenant, int64_t *ret_event);

/* The app that calls: that of the token, or the one whose id stands in the body of a request for a token. Absent:
 * unknown. */
struct str faults_app(const struct call *c);

#endif
