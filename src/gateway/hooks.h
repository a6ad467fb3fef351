/* SPDX-License-Identifier: Apache-2.0
 *
 * What the test mode (src/testing) sees of calls, and how it disturbs them. Without the test mode there are no hooks.
 */
#ifndef HIRED_GATEWAY_HOOKS_H
#define HIRED_GATEWAY_HOOKS_H

#include "gateway/call.h"
#include "http/http.h"

/* What a rule does to one call. */
struct call_fault {
    struct str rule;         /* its id, for the header X-Hired-Fault */
    int code;                /* a code that the operation documents; 0: none */
    unsigned status;         /* 503; or 502 or 504, the answer of a proxy instead of the server's; 0: none */
    unsigned delay_ms;       /* the answer waits so long */
    bool after;              /* the handler runs first, and what it writes stays */
    bool ends_token;         /* the caller's token ends; the handler does not run */
    bool cut;                /* the connection ends within the answer's body */
    bool reset;              /* the connection is reset instead of answered */
    uint32_t limit, reset_s; /* for the headers of CODE_LIMITED */
};

/* A call that is about to be answered. */
struct call_answer {
    const struct call *call; /* code, msg, tenant and app are those of the answer */
    const struct http_request *r;
    const struct call_fault *fault; /* NULL: none */
    unsigned status;
    struct str body; /* of the answer; with fault->reset nothing of it is sent */
    int64_t duration_us;
};

struct call_hooks {
    void *ctx;
    /* Whether a rule applies to the call, whose caller was admitted and whose input was read. Fills *ret; texts in the
     * call's arena. Any thread. */
    bool (*fault)(void *ctx, const struct call *c, struct call_fault *ret);
    /* Every call that reached the gateway. On a loop's thread; must not wait for anything but a lock. */
    void (*answered)(void *ctx, const struct call_answer *a);
};

#endif
