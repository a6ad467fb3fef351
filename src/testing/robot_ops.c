/* SPDX-License-Identifier: Apache-2.0
 *
 * The operations about robots: programs that play a vendor or a customer within the server.
 */
#include <errno.h>

#include "api_handlers.h"
#include "api_types.h"
#include "base/json.h"
#include "gateway/answer.h"
#include "testing/names.h"
#include "testing/robots.h"
#include "testing/toolbox.h"

static const char *text_or_null(struct call *c, struct str s) {
    return str_is_empty(s) ? NULL : arena_dup(c->arena, s).ptr;
}

static struct test_robot view(const struct robot_view *v) {
    const struct robot_state *s = &v->state;
    bool customer = s->kind == ROBOT_CUSTOMER;
    return (struct test_robot){.id = v->id,
                               .kind = customer ? STR("customer") : STR("vendor"),
                               .tenant_key = v->tenant_key,
                               .app_id = v->app_id,
                               .scenario = v->scenario,
                               .ready = SET_BOOL(s->ready),
                               .ended = customer ? SET_BOOL(s->ended) : (struct opt_bool){0},
                               .failed = SET_BOOL(s->failed),
                               .events = SET_INT((int64_t)s->events),
                               .calls = SET_INT((int64_t)s->calls),
                               .orders_running = SET_INT(s->running),
                               .orders_over = SET_INT((int64_t)s->over),
                               .order_id = s->order_id[0] ? str_of(s->order_id) : STR_ABSENT,
                               .last = s->last[0] ? str_of(s->last) : STR_ABSENT};
}

/* ---- starting one ---- */

static int check(struct call *c, const struct test_robot_create_body *in, bool customer) {
    if (customer && (str_is_empty(in->user) || str_is_empty(in->password)))
        return call_fail(c, CODE_PARAMETER, "a customer needs user and password, of an account of the console");
    if (!customer && (!str_is_empty(in->user) || !str_is_empty(in->password) || !str_is_empty(in->application_id) ||
                      !str_is_empty(in->account_id) || !str_is_empty(in->package_id) || !str_is_empty(in->name)))
        return call_fail(c, CODE_PARAMETER,
                         "user, password, application_id, account_id, package_id and name are for a customer");
    return 0;
}

static struct robot_request request_of(struct call *c, const struct test_robot_create_body *in, bool customer) {
    return (struct robot_request){
        .tenant_key = in->tenant_key,
        .app_id = in->app_id,
        .scenarios = in->scenarios,
        .o = {.kind = customer ? ROBOT_CUSTOMER : ROBOT_VENDOR,
              .app_id = text_or_null(c, in->app_id),
              .app_secret = text_or_null(c, in->app_secret),
              .scenario = text_or_null(c, in->scenario),
              .user = text_or_null(c, in->user),
              .password = text_or_null(c, in->password),
              .application_id = text_or_null(c, in->application_id),
              .account_id = text_or_null(c, in->account_id),
              .package_id = text_or_null(c, in->package_id),
              .candidate_name = text_or_null(c, in->name),
              .resume = !customer && in->resume.v},
    };
}

static int fail_findings(struct call *c, const struct scenario_findings *f) {
    struct buf text BUF_CLEANUP = BUF_EMPTY;
    for (size_t i = 0; i < f->n && i < SCENARIO_FINDINGS_MAX; i++)
        buf_printf(&text, "%s%.*s%s%.*s", i > 0 ? "; " : "", STR_FMT(f->v[i].path), f->v[i].path.len > 0 ? ": " : "",
                   STR_FMT(f->v[i].reason));
    return call_fail(c, CODE_PARAMETER, "scenarios: %.*s", STR_FMT(buf_str(&text)));
}

static int write_one(struct call *c, struct str id, bool remove) {
    struct robot_view *v;
    if (robots_take(c->toolbox->robots, 0, id, remove, c->arena, &v) == 0)
        return call_fail(c, CODE_PARAMETER, "there is no robot \"%.*s\"", STR_FMT(str_head(id, 40)));
    struct test_robot robot = view(&v[0]);
    const struct test_robot_create_data data = {.robot = &robot};
    record_write(&type_test_robot_create_data, &data, 0, c->out);
    return 0;
}

int handle_test_robot_create(struct call *c) {
    const struct test_robot_create_body *in = c->body;
    bool customer = str_eq(in->kind, STR("customer"));
    struct robot_request request = request_of(c, in, customer);
    struct scenario_findings *findings = arena_new(c->arena, struct scenario_findings);
    struct buf why BUF_CLEANUP = BUF_EMPTY;
    char id[ROBOT_ID_MAX];
    int r = names_tenant(c, in->tenant_key, &request.tenant);
    if (r == 0)
        r = names_app(c, request.tenant, in->app_id, &request.app);
    if (r == 0)
        r = check(c, in, customer);
    if (r < 0)
        return r;
    r = robots_add(c->toolbox->robots, &request, c->arena, id, findings, &why);
    if (r == -EINVAL && findings->n > 0)
        return fail_findings(c, findings);
    if (r == -EUSERS)
        return call_fail(c, CODE_PARAMETER, "there are %d robots already; DELETE /test/robots/ID removes one",
                         ROBOTS_MAX);
    if (r < 0)
        return call_fail(c, CODE_PARAMETER, "the robot cannot work: %s", why.len > 0 ? why.ptr : "the server ends");
    return write_one(c, str_of(id), false);
}

/* ---- the others ---- */

int handle_test_robot_list(struct call *c) {
    const struct test_robot_list_query *in = c->query;
    struct robot_view *v;
    int64_t tenant = 0;
    int r = names_tenant(c, in->tenant_key, &tenant);
    if (r < 0)
        return r;
    size_t n = robots_take(c->toolbox->robots, tenant, STR_ABSENT, false, c->arena, &v);
    struct test_robot *items = arena_array(c->arena, struct test_robot, n + 1);
    for (size_t i = 0; i < n; i++)
        items[i] = view(&v[i]);
    const struct test_robot_list_data data = {.items = {.v = items, .n = n}};
    record_write(&type_test_robot_list_data, &data, 0, c->out);
    return 0;
}

int handle_test_robot_delete(struct call *c) {
    const struct test_robot_delete_params *in = c->params;
    return write_one(c, in->id, true);
}
