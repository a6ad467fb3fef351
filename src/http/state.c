/* SPDX-License-Identifier: Apache-2.0
 *
 * The states of a connection: the table of conn.h, and what holds in each state.
 */
#include "http/conn.h"

#define TO(state) (1U << CONN_##state)

static const unsigned allowed[CONN_STATES] = {
    [CONN_HEAD] = TO(HANDLER) | TO(CLOSED),
    [CONN_BODY] = TO(HEAD) | TO(HANDLER) | TO(REPLY) | TO(STREAM) | TO(CLOSED),
    [CONN_HANDLER] = TO(BODY) | TO(REPLY) | TO(STREAM) | TO(RAW) | TO(CLOSED),
    [CONN_REPLY] = TO(HEAD) | TO(BODY) | TO(LINGER) | TO(CLOSED),
    [CONN_STREAM] = TO(REPLY) | TO(CLOSED),
    [CONN_RAW] = TO(LINGER) | TO(CLOSED),
    [CONN_LINGER] = TO(CLOSED),
    [CONN_CLOSED] = 0,
};

/* The exchange that a state needs. */
static bool has_its_exchange(const struct conn *c, enum conn_state state) {
    const struct exchange *x = c->x;
    switch (state) {
    case CONN_BODY:
    case CONN_HANDLER:
    case CONN_REPLY:
    case CONN_STREAM:
        return x && x->conn == c && x->owner == EXCHANGE_CONN;
    case CONN_LINGER:
        return !x;
    case CONN_CLOSED: /* a connection can always be closed */
        return true;
    default:
        return !x || (x->conn == c && x->owner == EXCHANGE_CONN);
    }
}

static bool may_change(const struct conn *c, enum conn_state next) {
    return INVARIANT(allowed[c->state] & 1U << next) && INVARIANT(has_its_exchange(c, next)) &&
           INVARIANT(next != CONN_RAW || c->raw_events);
}

bool conn_set_state(struct conn *c, enum conn_state next) {
    if (!may_change(c, next)) {
        c->broken = true;
        loop_defer(c);
        return false;
    }
    c->state = next;
    return true;
}

bool conn_owes_answer(const struct conn *c) {
    return c->state == CONN_HANDLER || (c->state == CONN_BODY && !c->dropping);
}

bool conn_begin_answer(struct conn *c, enum conn_state next) {
    INVARIANT_RETURN(loop_is_current(c->loop), false);
    INVARIANT_RETURN(conn_owes_answer(c), false);
    if (!conn_set_state(c, next))
        return false;
    c->answers++;
    c->deadline = NEVER;
    return true;
}
