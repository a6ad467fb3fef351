/* SPDX-License-Identifier: Apache-2.0
 *
 * The operations that make, list and remove the rules of faults.h.
 */
#include <stdio.h>

#include "api_events.h"
#include "api_handlers.h"
#include "api_types.h"
#include "gateway/answer.h"
#include "gateway/documented.h"
#include "hire/outbox/outbox.h"
#include "testing/faults.h"
#include "testing/names.h"
#include "testing/toolbox.h"

#define OUT_OF_ORDER_MS 60000

typedef struct test_fault_create_body input;

/* ---- reading a rule ---- */

static void keep(char *to, size_t size, struct str text) {
    text = str_head(text, size - 1);
    if (text.len > 0)
        memcpy(to, text.ptr, text.len);
    to[text.len] = '\0';
}

static int read_op(struct call *c, const input *in, struct fault_rule *rule) {
    int r = names_operation(c, in->operation, &rule->op);
    if (r < 0)
        return r;
    if (!rule->op->handle)
        return call_fail(c, CODE_PARAMETER, "%.*s is an operation that hired does not support", STR_FMT(in->operation));
    if (rule->op->access == OP_PUBLIC && !str_is_empty(in->tenant_key))
        return call_fail(c, CODE_PARAMETER, "%.*s has no tenant yet, so its rule has app_id and no tenant_key",
                         STR_FMT(in->operation));
    return 0;
}

static int read_event(struct call *c, const input *in, struct fault_rule *rule) {
    keep(rule->event, sizeof rule->event, in->event);
    return names_event(c, in->event);
}

static int read_selection(struct call *c, const input *in, struct fault_rule *rule) {
    rule->nth = in->nth.set ? in->nth.v : 1;
    rule->share = in->share.set ? in->share.v : 0;
    rule->seed = in->seed.v;
    rule->times = in->times.set ? in->times.v : in->share.set ? 0 : 1;
    if (in->share.set && !(in->share.v > 0 && in->share.v <= 1))
        return call_fail(c, CODE_PARAMETER, "share is above 0 and at most 1");
    if (in->share.set && in->nth.set)
        return call_fail(c, CODE_PARAMETER, "nth and share exclude each other");
    if (in->seed.set && !in->share.set)
        return call_fail(c, CODE_PARAMETER, "seed is for rules with share");
    return 0;
}

static int read_call(struct call *c, const input *in, struct fault_rule *rule) {
    struct call_fault *f = &rule->call;
    bool after = str_eq(in->when, STR("after"));
    *f = (struct call_fault){.code = (int)in->code.v,
                             .delay_ms = (unsigned)in->delay_ms.v,
                             .cut = in->cut.v,
                             .reset = in->reset.v,
                             .ends_token = in->ends_token.v,
                             .after = after || in->cut.v,
                             .status = in->status.v > 500 ? (unsigned)in->status.v : 0};
    int what = in->code.set + in->status.set + f->cut + f->reset + f->ends_token;
    if (what > 1 || (what == 0 && f->delay_ms == 0))
        return call_fail(c, CODE_PARAMETER,
                         "a rule with an operation has one of code, status, cut, reset and ends_token, or delay_ms");
    if (in->code.set && (in->code.v != f->code || !documented_by(rule->op, f->code)))
        return call_fail(c, CODE_PARAMETER, "%.*s does not document code %lld; its codes are %.*s",
                         STR_FMT(rule->op->name), (long long)in->code.v, STR_FMT(documented_codes(rule->op, c->arena)));
    if (f->ends_token && rule->op->access == OP_PUBLIC)
        return call_fail(c, CODE_PARAMETER, "%.*s takes no token that could end", STR_FMT(rule->op->name));
    if (!str_is_absent(in->when) && (f->cut || f->ends_token || what == 0))
        return call_fail(c, CODE_PARAMETER, "when is for rules with code, status or reset");
    if ((in->limit.set || in->reset_s.set) && f->code != CODE_LIMITED)
        return call_fail(c, CODE_PARAMETER, "limit and reset_s are for rules with code %d", CODE_LIMITED);
    if (in->status.v == 500)
        f->code = CODE_SYSTEM;
    f->limit = in->limit.set ? (uint32_t)in->limit.v : rule->op->limits[0].calls;
    f->reset_s = in->reset_s.set ? (uint32_t)in->reset_s.v : 1;
    return 0;
}

static int read_event_fault(struct call *c, const input *in, struct fault_rule *rule) {
    struct event_fault *f = &rule->event_fault;
    *f = (struct event_fault){.by_request_url = in->by_request_url.v,
                              .twice = in->twice.v,
                              .wrong_signature = in->wrong_signature.v,
                              .breaks_connection = in->breaks_connection.v,
                              .out_of_order = in->out_of_order.v,
                              .wait_ms = in->out_of_order.v ? OUT_OF_ORDER_MS : in->late_ms.v};
    int what = f->twice + f->wrong_signature + f->breaks_connection + f->out_of_order + in->late_ms.set;
    f->way_only = what == 0;
    if (what > 1 || (what == 0 && !f->by_request_url))
        return call_fail(c, CODE_PARAMETER,
                         "a rule with an event has one of twice, late_ms, out_of_order, wrong_signature and "
                         "breaks_connection, or by_request_url");
    return 0;
}

static bool has_event_part(const input *in) {
    return in->by_request_url.set || in->twice.set || in->wrong_signature.set || in->breaks_connection.set ||
           in->out_of_order.set || in->late_ms.set;
}

static bool has_call_part(const input *in) {
    return in->code.set || in->status.set || in->cut.set || in->reset.set || in->ends_token.set || in->delay_ms.set ||
           in->limit.set || in->reset_s.set || !str_is_absent(in->when);
}

static int read_rule(struct call *c, const input *in, struct fault_rule *rule) {
    bool of_calls = !str_is_empty(in->operation);
    if (of_calls == !str_is_empty(in->event))
        return call_fail(c, CODE_PARAMETER, "a rule has either operation or event");
    if (of_calls ? has_event_part(in) : has_call_part(in))
        return call_fail(c, CODE_PARAMETER, "%s",
                         of_calls ? "twice, late_ms, out_of_order, wrong_signature, "
                                    "breaks_connection and by_request_url are for rules with an event"
                                  : "code, status, limit, reset_s, cut, reset, ends_token, when "
                                    "and delay_ms are for rules with an operation");
    keep(rule->app_id, sizeof rule->app_id, in->app_id);
    keep(rule->tenant_key, sizeof rule->tenant_key, in->tenant_key);
    int r = of_calls ? read_op(c, in, rule) : read_event(c, in, rule);
    if (r == 0)
        r = read_selection(c, in, rule);
    if (r == 0)
        r = of_calls ? read_call(c, in, rule) : read_event_fault(c, in, rule);
    return r < 0 ? r : names_tenant(c, in->tenant_key, &rule->tenant);
}

/* ---- describing it ---- */

static void tell_call(const struct fault_rule *rule, struct buf *out) {
    const struct call_fault *f = &rule->call;
    if (f->delay_ms > 0)
        buf_printf(out, "waits %u ms with the answer", f->delay_ms);
    if (f->delay_ms > 0 && (f->code || f->status || f->cut || f->reset || f->ends_token))
        buf_add_lit(out, " and ");
    if (f->ends_token)
        buf_add_lit(out, "ends the caller's token");
    else if (f->cut)
        buf_add_lit(out, "cuts the answer's body off");
    else if (f->reset)
        buf_add_lit(out, "resets the connection");
    else if (f->status)
        buf_printf(out, "answers with HTTP %u", f->status);
    else if (f->code)
        buf_printf(out, "answers with code %d", f->code);
    if (f->code || f->status || f->reset)
        buf_printf(out, " %s the call takes effect", f->after ? "after" : "before");
}

static void tell_event(const struct fault_rule *rule, struct buf *out) {
    const struct event_fault *f = &rule->event_fault;
    if (f->twice)
        buf_add_lit(out, "delivers the event twice");
    else if (f->wrong_signature)
        buf_add_lit(out, "signs the event with a wrong key");
    else if (f->breaks_connection)
        buf_add_lit(out, "breaks the connection while the event is on its way");
    else if (f->out_of_order)
        buf_add_lit(out, "delivers the event after the next one");
    else if (f->way_only)
        buf_add_lit(out, "delivers the event to the request URL");
    else
        buf_printf(out, "delivers the event %lld ms later", (long long)f->wait_ms);
    if (f->by_request_url && !f->way_only)
        buf_add_lit(out, ", to the request URL");
}

static struct str tell(const struct fault_rule *rule, struct arena *a) {
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    if (rule->op)
        tell_call(rule, &out);
    else
        tell_event(rule, &out);
    if (rule->share > 0)
        buf_printf(&out, ", for %g of all (seed %lld)", rule->share, (long long)rule->seed);
    else
        buf_printf(&out, ", from match %lld on", (long long)rule->nth);
    if (rule->times > 0)
        buf_printf(&out, ", %lld times", (long long)rule->times);
    return arena_dup(a, buf_str(&out));
}

static struct str text_of(const char *text) {
    return text[0] ? str_of(text) : STR_ABSENT;
}

static struct test_fault view(const struct fault_rule *rule, struct arena *a) {
    return (struct test_fault){.id = str_of(rule->id),
                               .operation = rule->op ? rule->op->name : STR_ABSENT,
                               .event = text_of(rule->event),
                               .app_id = text_of(rule->app_id),
                               .tenant_key = text_of(rule->tenant_key),
                               .does = tell(rule, a),
                               .matched = SET_INT(rule->matched),
                               .fired = SET_INT(rule->fired)};
}

static void write_one(struct call *c, const struct fault_rule *rule) {
    struct test_fault fault = view(rule, c->arena);
    const struct test_fault_create_data data = {.fault = &fault};
    record_write(&type_test_fault_create_data, &data, 0, c->out);
}

/* ---- the operations ---- */

int handle_test_fault_create(struct call *c) {
    struct fault_rule *rule = arena_new(c->arena, struct fault_rule);
    int r = read_rule(c, c->body, rule);
    if (r < 0)
        return r;
    if (faults_add(c->toolbox->faults, rule) < 0)
        return call_fail(c, CODE_PARAMETER, "there are %d rules already; remove those that are not needed any more",
                         FAULTS_MAX);
    write_one(c, rule);
    return 0;
}

int handle_test_fault_list(struct call *c) {
    const struct test_fault_list_query *in = c->query;
    struct fault_rule *rules;
    size_t n = faults_take(c->toolbox->faults, STR_ABSENT, in->app_id, in->tenant_key, false, c->arena, &rules);
    struct test_fault *items = arena_array(c->arena, struct test_fault, n + 1);
    for (size_t i = 0; i < n; i++)
        items[i] = view(&rules[i], c->arena);
    const struct test_fault_list_data data = {.items = {.v = items, .n = n}};
    record_write(&type_test_fault_list_data, &data, 0, c->out);
    return 0;
}

int handle_test_fault_clear(struct call *c) {
    const struct test_fault_clear_query *in = c->query;
    struct fault_rule *rules;
    size_t n = faults_take(c->toolbox->faults, STR_ABSENT, in->app_id, in->tenant_key, true, c->arena, &rules);
    const struct test_fault_clear_data data = {.removed = SET_INT((int64_t)n)};
    record_write(&type_test_fault_clear_data, &data, 0, c->out);
    return 0;
}

int handle_test_fault_delete(struct call *c) {
    const struct test_fault_delete_params *in = c->params;
    struct fault_rule *rules;
    if (faults_take(c->toolbox->faults, in->id, STR_ABSENT, STR_ABSENT, true, c->arena, &rules) == 0)
        return call_fail(c, CODE_PARAMETER, "there is no rule \"%.*s\"", STR_FMT(in->id));
    write_one(c, rules);
    return 0;
}
