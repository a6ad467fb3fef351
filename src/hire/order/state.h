/* SPDX-License-Identifier: Apache-2.0
 *
 * The states of a background check order and the actions that lead from one to another, as one table (drawn in
 * docs/ORDER.md).
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

/* The subject of an approval state (5, 6, 8, 9). */
enum order_phase { PHASE_NONE = 0, PHASE_ARRANGEMENT = 1, PHASE_REPORT = 2 };

enum order_action {
    ORDER_ARRANGE = 1, /* a recruiter orders a check */
    ORDER_APPROVE,     /* an approver approves the arrangement or the report */
    ORDER_REJECT,
    ORDER_WITHDRAW,    /* the initiator withdraws the request for approval */
    ORDER_VENDOR_TOOK, /* the vendor's receiver took the created event */
    ORDER_PROGRESS,    /* the vendor's update_progress */
    ORDER_RESULT,      /* the vendor's update_result */
    ORDER_CANCEL,      /* the vendor's cancel */
    ORDER_TERMINATE,   /* a recruiter ends it */
    ORDER_RECORD,      /* a person enters a finished check by hand */
    ORDER_FINISH,      /* an approved report completes the order */
    ORDER_IMPORT,      /* imported from the platform; only in histories, not in the table */
    ORDER_FILE_LOST,   /* a report's file could not be fetched; only in histories, not in the table */
    ORDER_ACTIONS
};

struct order_state {
    enum order_status status;
    enum order_phase phase;
};

enum order_event { ORDER_EVENT_NONE, ORDER_EVENT_CREATED, ORDER_EVENT_CANCELED };

struct order_step {
    struct order_state to;
    enum order_event event; /* the event for the vendor */
    bool then_finish;       /* order_change() takes the step ORDER_FINISH in the same transaction */
};

/* Looks up the step for an action. approval is the tenant's approval switch for the action (arrangements for
 * ORDER_ARRANGE, reports for ORDER_RESULT); other actions ignore it. Returns 0, or -EPERM if the action is not
 * possible in that state. */
int order_next(struct order_state from, enum order_action action, bool approval, struct order_step *ret);

/* Whether phase and status fit: the approval statuses (5, 6, 8, 9) have a phase, all others have none. */
bool order_state_exists(struct order_state s);

/* Static text for people: "arranged", "in approval (report)" ... */
const char *order_state_text(struct order_state s);
const char *order_action_text(enum order_action a);

#endif
