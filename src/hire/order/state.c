/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of an order's states. A combination of state and action that is not in the table is refused.
 */
#include "hire/order/state.h"

#include <errno.h>
#include <stddef.h>

#define NONE                                                                                                           \
    { ORDER_NONE, PHASE_NONE }
#define ARRANGED                                                                                                       \
    { ORDER_ARRANGED, PHASE_NONE }
#define COMPLETED                                                                                                      \
    { ORDER_COMPLETED, PHASE_NONE }
#define TERMINATED                                                                                                     \
    { ORDER_TERMINATED, PHASE_NONE }
#define ASKING(about)                                                                                                  \
    { ORDER_IN_APPROVAL, PHASE_##about }
#define WITHDRAWN(about)                                                                                               \
    { ORDER_WITHDRAWN, PHASE_##about }
#define APPROVED(about)                                                                                                \
    { ORDER_APPROVED, PHASE_##about }
#define REJECTED(about)                                                                                                \
    { ORDER_REJECTED, PHASE_##about }

enum order_needs { ALWAYS, IF_OFF, IF_ON }; /* of the tenant's approval switch */

struct order_rule {
    struct order_state from;
    enum order_action action;
    enum order_needs needs;
    struct order_step step;
};

static const struct order_rule rules[] = {
    /* The order does not exist yet */
    {NONE, ORDER_ARRANGE, IF_OFF, {ARRANGED, ORDER_EVENT_CREATED, false}},
    {NONE, ORDER_ARRANGE, IF_ON, {ASKING(ARRANGEMENT), ORDER_EVENT_NONE, false}},
    {NONE, ORDER_RECORD, ALWAYS, {COMPLETED, ORDER_EVENT_NONE, false}},

    /* The arrangement waits for an approver; the vendor has no event yet */
    {ASKING(ARRANGEMENT), ORDER_APPROVE, ALWAYS, {APPROVED(ARRANGEMENT), ORDER_EVENT_CREATED, false}},
    {ASKING(ARRANGEMENT), ORDER_REJECT, ALWAYS, {REJECTED(ARRANGEMENT), ORDER_EVENT_NONE, false}},
    {ASKING(ARRANGEMENT), ORDER_WITHDRAW, ALWAYS, {WITHDRAWN(ARRANGEMENT), ORDER_EVENT_NONE, false}},
    {ASKING(ARRANGEMENT), ORDER_TERMINATE, ALWAYS, {TERMINATED, ORDER_EVENT_NONE, false}},

    /* Approved: the event is on its way, and the vendor's first reaction makes the order arranged */
    {APPROVED(ARRANGEMENT), ORDER_VENDOR_TOOK, ALWAYS, {ARRANGED, ORDER_EVENT_NONE, false}},
    {APPROVED(ARRANGEMENT), ORDER_PROGRESS, ALWAYS, {ARRANGED, ORDER_EVENT_NONE, false}},
    {APPROVED(ARRANGEMENT), ORDER_RESULT, IF_OFF, {COMPLETED, ORDER_EVENT_NONE, false}},
    {APPROVED(ARRANGEMENT), ORDER_RESULT, IF_ON, {ASKING(REPORT), ORDER_EVENT_NONE, false}},
    {APPROVED(ARRANGEMENT), ORDER_CANCEL, ALWAYS, {TERMINATED, ORDER_EVENT_NONE, false}},
    {APPROVED(ARRANGEMENT), ORDER_TERMINATE, ALWAYS, {TERMINATED, ORDER_EVENT_CANCELED, false}},

    /* The vendor works on the order */
    {ARRANGED, ORDER_PROGRESS, ALWAYS, {ARRANGED, ORDER_EVENT_NONE, false}},
    {ARRANGED, ORDER_RESULT, IF_OFF, {COMPLETED, ORDER_EVENT_NONE, false}},
    {ARRANGED, ORDER_RESULT, IF_ON, {ASKING(REPORT), ORDER_EVENT_NONE, false}},
    {ARRANGED, ORDER_CANCEL, ALWAYS, {TERMINATED, ORDER_EVENT_NONE, false}},
    {ARRANGED, ORDER_TERMINATE, ALWAYS, {TERMINATED, ORDER_EVENT_CANCELED, false}},

    /* The report waits for an approver */
    {ASKING(REPORT), ORDER_APPROVE, ALWAYS, {APPROVED(REPORT), ORDER_EVENT_NONE, true}},
    {ASKING(REPORT), ORDER_REJECT, ALWAYS, {REJECTED(REPORT), ORDER_EVENT_NONE, false}},
    {ASKING(REPORT), ORDER_WITHDRAW, ALWAYS, {WITHDRAWN(REPORT), ORDER_EVENT_NONE, false}},
    {ASKING(REPORT), ORDER_TERMINATE, ALWAYS, {TERMINATED, ORDER_EVENT_CANCELED, false}},
    {APPROVED(REPORT), ORDER_FINISH, ALWAYS, {COMPLETED, ORDER_EVENT_NONE, false}},

    /* The report was withdrawn or rejected: the vendor continues, and the state stays until the next result */
    {WITHDRAWN(REPORT), ORDER_PROGRESS, ALWAYS, {WITHDRAWN(REPORT), ORDER_EVENT_NONE, false}},
    {WITHDRAWN(REPORT), ORDER_RESULT, IF_OFF, {COMPLETED, ORDER_EVENT_NONE, false}},
    {WITHDRAWN(REPORT), ORDER_RESULT, IF_ON, {ASKING(REPORT), ORDER_EVENT_NONE, false}},
    {WITHDRAWN(REPORT), ORDER_CANCEL, ALWAYS, {TERMINATED, ORDER_EVENT_NONE, false}},
    {WITHDRAWN(REPORT), ORDER_TERMINATE, ALWAYS, {TERMINATED, ORDER_EVENT_CANCELED, false}},
    {REJECTED(REPORT), ORDER_PROGRESS, ALWAYS, {REJECTED(REPORT), ORDER_EVENT_NONE, false}},
    {REJECTED(REPORT), ORDER_RESULT, IF_OFF, {COMPLETED, ORDER_EVENT_NONE, false}},
    {REJECTED(REPORT), ORDER_RESULT, IF_ON, {ASKING(REPORT), ORDER_EVENT_NONE, false}},
    {REJECTED(REPORT), ORDER_CANCEL, ALWAYS, {TERMINATED, ORDER_EVENT_NONE, false}},
    {REJECTED(REPORT), ORDER_TERMINATE, ALWAYS, {TERMINATED, ORDER_EVENT_CANCELED, false}},
};

int order_next(struct order_state from, enum order_action action, bool approval, struct order_step *ret) {
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        const struct order_rule *r = &rules[i];

        if (r->from.status != from.status || r->from.phase != from.phase || r->action != action)
            continue;
        if (r->needs != ALWAYS && (r->needs == IF_ON) != approval)
            continue;
        *ret = r->step;
        return 0;
    }
    return -EPERM;
}

bool order_state_exists(struct order_state s) {
    bool approval = s.status == ORDER_IN_APPROVAL || s.status == ORDER_WITHDRAWN || s.status == ORDER_APPROVED ||
                    s.status == ORDER_REJECTED;

    return (s.phase == PHASE_ARRANGEMENT || s.phase == PHASE_REPORT) == approval;
}

const char *order_state_text(struct order_state s) {
    bool report = s.phase == PHASE_REPORT;

    switch (s.status) {
    case ORDER_NONE:
        return "not created yet";
    case ORDER_ARRANGED:
        return "arranged";
    case ORDER_COMPLETED:
        return "completed";
    case ORDER_TERMINATED:
        return "terminated";
    case ORDER_IN_APPROVAL:
        return report ? "in approval (report)" : "in approval (arrangement)";
    case ORDER_WITHDRAWN:
        return report ? "withdrawn (report)" : "withdrawn (arrangement)";
    case ORDER_APPROVED:
        return report ? "approved (report)" : "approved (arrangement)";
    case ORDER_REJECTED:
        return report ? "rejected (report)" : "rejected (arrangement)";
    }
    return "unknown";
}

const char *order_action_text(enum order_action a) {
    switch (a) {
    case ORDER_ARRANGE:
        return "arrange";
    case ORDER_APPROVE:
        return "approve";
    case ORDER_REJECT:
        return "reject";
    case ORDER_WITHDRAW:
        return "withdraw";
    case ORDER_VENDOR_TOOK:
        return "vendor took";
    case ORDER_PROGRESS:
        return "progress";
    case ORDER_RESULT:
        return "result";
    case ORDER_CANCEL:
        return "cancel";
    case ORDER_TERMINATE:
        return "terminate";
    case ORDER_RECORD:
        return "record";
    case ORDER_FINISH:
        return "finish";
    case ORDER_IMPORT:
        return "import";
    case ORDER_FILE_LOST:
        return "file lost";
    case ORDER_ACTIONS:
        break;
    }
    return "unknown";
}
