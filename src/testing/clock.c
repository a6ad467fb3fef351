/* SPDX-License-Identifier: Apache-2.0
 *
 * The operations that move the server's clock.
 */
#include "base/clock.h"

#include "api_handlers.h"
#include "api_types.h"
#include "base/json.h"
#include "gateway/answer.h"
#include "gateway/call.h"
#include "testing/toolbox.h"

static void write_clock(struct call *c) {
    json_begin(c->out, '{');
    json_member_int(c->out, STR("now_ms"), clock_now_ms());
    json_member_bool(c->out, STR("frozen"), clock_is_frozen());
    json_end(c->out, '}');
}

int handle_test_clock_get(struct call *c) {
    write_clock(c);
    return 0;
}

int handle_test_clock_move(struct call *c) {
    const struct test_clock_move_body *in = c->body;
    if (in->advance_ms.set && in->set_ms.set)
        return call_fail(c, CODE_PARAMETER, "advance_ms and set_ms exclude each other");
    if (in->frozen.set && in->frozen.v)
        clock_freeze(true);
    int64_t ms = in->set_ms.set ? in->set_ms.v - clock_now_ms() : in->advance_ms.set ? in->advance_ms.v : 0;
    clock_advance(ms);
    if (in->frozen.set && !in->frozen.v)
        clock_freeze(false);
    c->toolbox->o.clock_moved(c->toolbox->o.ctx);
    write_clock(c);
    return 0;
}
