/* SPDX-License-Identifier: Apache-2.0
 *
 * What the test mode (src/testing) sees of the delivery of events, and how it disturbs it. Without the test mode there
 * are no hooks.
 */
#ifndef HIRED_EVENTS_DELIVERY_HOOKS_H
#define HIRED_EVENTS_DELIVERY_HOOKS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define EVENT_RULE_MAX 32

/* What a rule does to one attempt. */
struct event_fault {
    char rule[EVENT_RULE_MAX]; /* its id, for the header X-Hired-Fault; "": there is no rule */
    bool by_request_url;       /* although the app has a long connection */
    bool way_only;             /* nothing else is disturbed; other rules see the attempt too */
    bool twice;                /* what the receiver took is sent once more */
    bool wrong_signature;      /* or a wrong Verification Token, where nothing is signed */
    bool breaks_connection;
    bool out_of_order; /* the event waits for another one of its app, at most wait_ms */
    int64_t wait_ms;   /* above 0: the attempt is not made now, but so much later */
};

/* An attempt. Texts are valid during the call. */
struct event_attempt {
    int64_t tenant, event, app;
    struct str event_id, type, app_id;
    int number; /* 1: the first */
};

/* The outcome of an attempt. */
struct event_outcome {
    const char *rule;     /* "": none */
    bool long_connection; /* else by request URL */
    int status;           /* 0: no answer */
    struct str body;      /* as sent, before encryption */
    struct str answer;    /* the first bytes of it; any bytes */
    struct str error;     /* "": the receiver took it */
    int64_t duration_ms;
};

/* All are called on the dispatcher's thread and must not wait for anything but a lock. */
struct event_hooks {
    void *ctx;
    /* Whether a rule applies. Fills *ret. */
    bool (*fault)(void *ctx, const struct event_attempt *e, struct event_fault *ret);
    /* An attempt has ended. Returns whether another event of the app waited for that: *ret_tenant and *ret_event. */
    bool (*ended)(void *ctx, const struct event_attempt *e, const struct event_outcome *o, int64_t *ret_tenant,
                  int64_t *ret_event);
};

#endif
