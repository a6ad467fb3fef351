/* SPDX-License-Identifier: Apache-2.0
 *
 * The states of a background check order and what leads from one to another: one table (docs/ORDER.md draws it).
 */
#ifndef HIRED_HIRE_ORDER_STATE_H
#define HIRED_HIRE_ORDER_STATE_H

#include <stdbool.h>

enum order_status {
    ORDER_NONE = 0, /* does not exist yet */
    ORDER_ARRANGED = 2,
    ORDER_COMPLETED = 3,
    ORDER_TERMINATED = 4,
    ORDER_IN_APPROVAL = 5,
    ORDER_WITHDRAWN = 6,
    ORDER_APPROVED = 8,
    ORDER_REJECTED = 9,
};

/* What a state of approval (5, 6, 8, 9) is about. */
enum order_phase { PHASE_NONE = 0, PHASE_ARRANGEMENT = 1, PHASE_REPORT = 2 };

enum order_action {
    ORDER_ARRANGE = 1, /* a recruiter orders a check */
    ORDER_APPROVE,     /* an approver lets the arrangement or the report pass */
    ORDER_REJECT,
    ORDER_WITHDRAW,    /* the initiator takes the request for approval back */
    ORDER_VENDOR_TOOK, /* the vendor's receiver took the created event */
    ORDER_PROGRESS,    /* the vendor's update_progress */
    ORDER_RESULT,      /* the vendor's update_result */
    ORDER_CANCEL,      /* the vendor's cancel */
    ORDER_TERMINATE,   /* a recruiter ends it */
    ORDER_RECORD,      /* a person enters a finished check by hand */
    ORDER_FINISH,      /* an approved report completes the order */
    ORDER_IMPORT,      /* taken from the platform as it was there; in histories only, the table knows no such step */
    ORDER_FILE_LOST,   /* a report's file could not be fetched and was given up; in histories only */
    ORDER_ACTIONS
};

struct order_state {
    enum order_status status;
    enum order_phase phase;
};

enum order_event { ORDER_EVENT_NONE, ORDER_EVENT_CREATED, ORDER_EVENT_CANCELED };

struct order_step {
    struct order_state to;
    enum order_event event; /* what the vendor is told */
    bool then_finish;       /* ORDER_FINISH follows at once */
};

/* approval: the tenant's switch that bears on the action (arrangements for ORDER_ARRANGE, reports for ORDER_RESULT);
 * others ignore it. Returns 0, or -EPERM if the action is not possible in that state. */
int order_next(struct order_state from, enum order_action action, bool approval, struct order_step *ret);

/* "arranged", "in approval (report)", ... static text for people. */
const char *order_state_text(struct order_state s);
const char *order_action_text(enum order_action a);

#endif
