/* SPDX-License-Identifier: Apache-2.0
 *
 * From a call to the domain and back.
 */
#include "handlers/domain.h"

#include "gateway/answer.h"

enum { CODE_ORDER_STATE = 1002858, CODE_NO_ORDER = 1002862 };

struct hire domain_of(struct call *c) {
    return (struct hire){
        .db = c->db,
        .arena = c->arena,
        .now_ms = c->now_ms,
        .tenant = c->tenant,
        .actor_kind = ACTOR_SYSTEM,
        .private_addresses = c->private_addresses,
    };
}

/* The platform's code for a refusal, or parameter_code if the operation does not document that code. */
static int code_of(const struct op *op, enum hire_refusal refusal, int parameter_code) {
    static const int codes[] = {
        [REFUSED_NO_TALENT] = 1002102,    [REFUSED_NO_APPLICATION] = 1002201, [REFUSED_NO_STAGE] = 1002204,
        [REFUSED_SIMILAR] = 1002206,      [REFUSED_ONBOARDED] = 1002209,      [REFUSED_LOCKED] = 1002210,
        [REFUSED_TARGET_STAGE] = 1002211, [REFUSED_MOVE] = 1002212,           [REFUSED_PRESENT_STAGE] = 1002220,
        [REFUSED_TERMINATED] = 1002221,   [REFUSED_OTHER_EMPLOYEE] = 1002222, [REFUSED_OTHER_TALENT] = 1002223,
        [REFUSED_NO_EMPLOYEE] = 1002224,  [REFUSED_NOT_TERMINATED] = 1002225, [REFUSED_NO_SOURCE] = 1002512,
    };
    int code = (size_t)refusal < sizeof codes / sizeof *codes ? codes[refusal] : 0;
    for (const struct op_error *e = op->errors; code != 0 && e->code != 0; e++)
        if (e->code == code)
            return code;
    return parameter_code;
}

int call_from_hire_as(struct call *c, const struct hire *h, int result, int parameter_code) {
    if (result != HIRE_REFUSED)
        return result < 0 ? result : 0;
    switch (h->refusal) {
    case REFUSED_NO_ORDER:
        return call_fail(c, CODE_NO_ORDER, "%.*s", STR_FMT(h->why));
    case REFUSED_STATE:
        return call_fail(c, CODE_ORDER_STATE, "%.*s", STR_FMT(h->why));
    default:
        return call_fail(c, code_of(c->op, h->refusal, parameter_code), "%.*s", STR_FMT(h->why));
    }
}

int call_from_hire(struct call *c, const struct hire *h, int result) {
    return call_from_hire_as(c, h, result, CODE_PARAMETER);
}
