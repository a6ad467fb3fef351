/* SPDX-License-Identifier: Apache-2.0
 *
 * Takes the steps of the demo's checks: what recruiters, approvers and vendors did.
 */
#include "cli/demo/days.h"

#include <string.h>

#include "api_types.h"
#include "hire/order/arrange.h"
#include "hire/order/order.h"
#include "hire/tenant/tenant.h"

#define FINAL_REPORT "https://reports.example.com/final-report.pdf"
#define FINDINGS_REPORT "https://reports.example.com/final-report-findings.pdf"
#define INTERIM_REPORT "https://reports.example.com/interim-report.pdf"

static int arrange(struct days *w, struct check *c) {
    static const char *const paces[] = {"normal", "urgent", "normal"};
    const struct vendor *v = c->vendor;
    int packages = 0, items = 0;
    struct background_check_custom_field_data_value value = {.key = STR("pace"), .value = str_of(paces[c->n % 3])};

    while (v->packages[packages].id)
        packages++;
    while (v->items[items].id)
        items++;
    struct str item = str_of(v->items[demo_jitter(c->n, 4, items)].id);
    const struct order_arrange_input form = {.application_id = c->application,
                                             .account_id = c->account,
                                             .creator_uid = w->recruiter,
                                             .contact_uid = w->recruiter,
                                             .package = str_of(v->packages[demo_jitter(c->n, 3, packages)].id),
                                             .items = {.v = &item, .n = c->n % 3 == 0},
                                             .values = {.v = &value, .n = v == demo_vendors}};
    return order_arrange_checked(&w->h, &form, &c->order);
}

static int progress(struct days *w, struct check *c, bool interim) {
    struct hire *h = &w->h;
    struct eco_background_check_report_file report = {.report_name = STR("阶段报告"),
                                                      .report_url = STR(INTERIM_REPORT)};
    const struct eco_background_check_update_progress_body body = {
        .background_check_id = hire_text(h, c->order),
        .stage_id = interim ? STR("verify") : STR("accept"),
        .stage_name = interim ? STR("核实履历") : STR("已受理"),
        .stage_en_name = interim ? STR("Verifying employment") : STR("Accepted"),
        .stage_time = hire_text(h, h->now_ms),
        .result = interim && c->n % 4 == 1 ? STR("学历与身份一致，履历核实中") : STR_ABSENT,
        .report_file_list = {.v = &report, .n = interim && c->n % 4 == 1}};
    return order_progress(h, &body);
}

static int result(struct days *w, struct check *c) {
    static const char *const conclusions[] = {"绿灯", "绿灯", "蓝灯", "绿灯", "黄灯",
                                              "绿灯", "绿灯", "蓝灯", "绿灯", "红灯"};
    struct hire *h = &w->h;
    const char *conclusion = conclusions[demo_jitter(c->n, 5, 10)];
    bool findings = strcmp(conclusion, "红灯") == 0;
    struct eco_background_check_report_file report = {
        .report_name = STR("背景调查报告"), .report_url = findings ? STR(FINDINGS_REPORT) : STR(FINAL_REPORT)};
    const struct eco_background_check_update_result_body body = {.background_check_id = hire_text(h, c->order),
                                                                 .result = str_of(conclusion),
                                                                 .result_time = hire_text(h, h->now_ms),
                                                                 .report_file_list = {.v = &report, .n = 1}};
    return order_result(h, &body);
}

/* The newest arrangement and the newest results stay pending, as if approvals had been switched on recently. */
static int set_switches(struct days *w, const struct step *s, bool on) {
    const struct tenant_approvals approvals = {.arrangement = on && s->kind == ARRANGE,
                                               .report = on && s->kind == RESULT};

    return tenant_approvals_set(&w->h, &approvals);
}

static int take_step(struct days *w, const struct step *s, bool approve) {
    struct hire *h = &w->h;
    bool person = s->kind == ARRANGE || s->kind == TERMINATE;
    int r = approve ? set_switches(w, s, true) : 0;

    h->now_ms = s->at_ms;
    h->actor_kind = person ? ACTOR_USER : ACTOR_APP;
    h->actor_id = person ? w->arranger : s->check->account == w->d->vendor_account ? w->d->vendor_app : w->d->own_app;
    if (r < 0)
        return r;
    switch (s->kind) {
    case ARRANGE:
        r = arrange(w, s->check);
        break;
    case PROGRESS:
    case INTERIM:
        r = progress(w, s->check, s->kind == INTERIM);
        break;
    case RESULT:
        r = result(w, s->check);
        break;
    case CANCEL:
        r = order_cancel(h, s->check->order, STR_ABSENT);
        break;
    case TERMINATE:
        r = order_terminate(h, s->check->order, STR("候选人接受了其他 Offer"));
        break;
    }
    return r >= 0 && approve ? set_switches(w, s, false) : r;
}

/* The index of the last step of that kind, not counting the last `skip` ones; SIZE_MAX: none. */
static size_t last_of(const struct days *w, enum step_kind kind, int skip) {
    for (size_t i = w->n_steps; i-- > 0;)
        if (w->steps[i].kind == kind && skip-- == 0)
            return i;
    return SIZE_MAX;
}

int demo_take_steps(struct days *w) {
    const size_t waits[] = {last_of(w, ARRANGE, 0), last_of(w, RESULT, 0), last_of(w, RESULT, 2)};

    for (size_t i = 0; i < w->n_steps; i++) {
        bool approve = i == waits[0] || i == waits[1] || i == waits[2];
        if (w->steps[i].check->waits)
            continue;
        w->steps[i].check->waits = approve;
        int r = take_step(w, &w->steps[i], approve);
        if (r < 0)
            return r;
    }
    return 0;
}
