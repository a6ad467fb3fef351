/* SPDX-License-Identifier: Apache-2.0
 *
 * The demo's recent past: packages that the vendors offer, and checks that were arranged, progressed and completed on
 * the days before the demo is made. Every step goes through the domain with the time of that step, so everything that
 * hired computes is genuine. Only the answers of the vendor's receiver are written directly.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "cli/demo/demo.h"
#include "cli/user.h"
#include "events/delivery/delivery.h"
#include "events/retry.h"
#include "gateway/caller/account.h"
#include "gateway/caller/app.h"
#include "hire/application/application.h"
#include "hire/order/arrange.h"
#include "hire/order/order.h"
#include "hire/order/state.h"
#include "hire/tenant/tenant.h"
#include "hire/vendor/field.h"
#include "hire/vendor/package.h"
#include "store/stamp.h"

#define HOUR_MS INT64_C(3600000)
#define DAY_MS (24 * HOUR_MS)
#define MINUTE_MS INT64_C(60000)
#define VENDORS 3
#define CHECKS_MAX 64
#define STEPS_MAX (CHECKS_MAX * 5)
#define DELIVERIES_MAX 128
#define FINAL_REPORT "https://reports.example.com/final-report.pdf"
#define FINDINGS_REPORT "https://reports.example.com/final-report-findings.pdf"
#define INTERIM_REPORT "https://reports.example.com/interim-report.pdf"

/* ---- the vendors' packages ---- */

struct offer {
    const char *id, *name, *description;
};

static const struct vendor {
    const char *provider; /* English name, as in orders */
    int share;            /* in ten checks */
    int hours, spread;    /* time to a result: minimum, and largest addition */
    struct offer packages[4], items[4];
} vendors[VENDORS] = {
    {"Clearview Screening",
     5,
     52,
     60,
     {{"cv-basic", "基础版", "身份、学历、不良记录"},
      {"cv-standard", "标准版", "基础版，加两段工作履历与证明人访谈"},
      {"cv-executive", "高管版", "标准版，加商业利益冲突与媒体检索"}},
     {{"cv-abroad", "海外学历", "核实境外院校的学位"}, {"cv-licence", "职业资格", "核实执业证书"}}},
    {"Huanyu Global Checks",
     3,
     96,
     120,
     {{"hy-global", "Global Standard", "Education and employment in up to three countries"},
      {"hy-lite", "Global Lite", "Education and identity in one country"}},
     {{"hy-sanctions", "Sanctions screening", "Lists of the UN, EU and OFAC"}}},
    {"iBeiDiao",
     2,
     18,
     30,
     {{"ib-fast", "极速版", "一个工作日内出具"}, {"ib-pro", "专业版", "含两位证明人访谈"}},
     {{"ib-credit", "信用记录", "公开的失信与被执行信息"}}},
};

/* The first vendor also requires these of its customers. */
static struct eco_background_check_custom_field_data field(struct i18n *name, const char *type, const char *key,
                                                           const char *zh, const char *en, bool required) {
    *name = (struct i18n){.zh_cn = str_of(zh), .en_us = str_of(en)};
    return (struct eco_background_check_custom_field_data){
        .type = str_of(type), .key = str_of(key), .name = name, .is_required = {.set = true, .v = required}};
}

static int push_fields(struct hire *h, int64_t account) {
    struct i18n names[3], options[2] = {{.zh_cn = STR("尽快"), .en_us = STR("As soon as possible")},
                                        {.zh_cn = STR("正常"), .en_us = STR("Normal")}};
    struct eco_background_check_custom_field_data_option choices[2] = {{.key = STR("urgent"), .name = &options[0]},
                                                                       {.key = STR("normal"), .name = &options[1]}};
    struct eco_background_check_custom_field_data fields[] = {
        field(&names[0], "select", "pace", "进度要求", "Pace", true),
        field(&names[1], "date", "onboard_date", "预计入职日期", "Expected start", false),
        field(&names[2], "textarea", "note", "给顾问的说明", "Note for the consultant", false),
    };
    fields[0].options.v = choices;
    fields[0].options.n = 2;
    const struct eco_background_check_custom_field_create_body body = {.account_id = hire_text(h, account),
                                                                       .custom_field_list = {.v = fields, .n = 3}};
    return order_fields_create(h, &body);
}

static int push_packages(struct hire *h, const struct vendor *v, int64_t account) {
    struct eco_background_check_package_data packages[4] = {0};
    struct eco_background_check_package_additional_item items[4] = {0};
    struct eco_background_check_package_create_body body = {
        .account_id = hire_text(h, account), .package_list = {.v = packages}, .additional_item_list = {.v = items}};
    for (const struct offer *o = v->packages; o->id; o++)
        packages[body.package_list.n++] =
            (struct eco_background_check_package_data){str_of(o->id), str_of(o->name), str_of(o->description)};
    for (const struct offer *o = v->items; o->id; o++)
        items[body.additional_item_list.n++] = (struct eco_background_check_package_additional_item){
            str_of(o->id), str_of(o->name), str_of(o->description)};
    return packages_create(h, &body);
}

/* ---- the checks ---- */

enum kind { ARRANGE, PROGRESS, INTERIM, RESULT, CANCEL, TERMINATE };

struct check {
    const struct vendor *vendor;
    int64_t account, application, order, arranged_ms;
    int n;
    bool waits; /* an approval is pending: no further steps */
};

struct step {
    int64_t at_ms;
    enum kind kind;
    struct check *check;
};

struct days {
    struct cli *cli;
    const struct demo_days *d;
    struct hire h;
    int64_t now_ms, accounts[VENDORS], recruiter, arranger; /* the recruiter as a user, and their console account */
    struct check checks[CHECKS_MAX];
    size_t n_checks, n_steps;
    struct step steps[STEPS_MAX];
};

/* A pseudo-random number below span, the same in every run. */
static int64_t jitter(int n, int salt, int64_t span) {
    uint64_t x = (uint64_t)(n * 131 + salt * 977 + 1) * UINT64_C(0x9E3779B97F4A7C15);

    x ^= x >> 29;
    x *= UINT64_C(0xBF58476D1CE4E5B9);
    return (int64_t)((x >> 33) % (uint64_t)span);
}

/* Steps in the future are skipped. */
static void plan(struct days *w, struct check *c, enum kind kind, int64_t at_ms) {
    if (at_ms < w->now_ms)
        w->steps[w->n_steps++] = (struct step){at_ms, kind, c};
}

static void plan_check(struct days *w, struct check *c) {
    const struct vendor *v = c->vendor;
    int64_t takes = v->hours * HOUR_MS + jitter(c->n, 2, v->spread * HOUR_MS);

    plan(w, c, ARRANGE, c->arranged_ms);
    if (c->n % 13 == 7) {
        plan(w, c, TERMINATE, c->arranged_ms + 20 * HOUR_MS);
        return;
    }
    if (c->n % 17 == 11) {
        plan(w, c, CANCEL, c->arranged_ms + 30 * HOUR_MS);
        return;
    }
    plan(w, c, PROGRESS, c->arranged_ms + takes / 6);
    plan(w, c, INTERIM, c->arranged_ms + takes / 2);
    plan(w, c, RESULT, c->arranged_ms + takes);
}

static int earlier(const void *a, const void *b) {
    const struct step *x = a, *y = b;

    return x->at_ms < y->at_ms ? -1 : x->at_ms > y->at_ms;
}

static const struct vendor *vendor_of(int n) {
    int at = (n * 7 + 3) % 10;

    for (const struct vendor *v = vendors; v < vendors + VENDORS; at -= v++->share)
        if (at < v->share)
            return v;
    return vendors;
}

/* ---- one step ---- */

static int arrange(struct days *w, struct check *c) {
    static const char *const paces[] = {"normal", "urgent", "normal"};
    const struct vendor *v = c->vendor;
    int packages = 0, items = 0;
    struct background_check_custom_field_data_value value = {.key = STR("pace"), .value = str_of(paces[c->n % 3])};

    while (v->packages[packages].id)
        packages++;
    while (v->items[items].id)
        items++;
    struct str item = str_of(v->items[jitter(c->n, 4, items)].id);
    const struct order_arrange_input form = {.application_id = c->application,
                                             .account_id = c->account,
                                             .creator_uid = w->recruiter,
                                             .contact_uid = w->recruiter,
                                             .package = str_of(v->packages[jitter(c->n, 3, packages)].id),
                                             .items = {.v = &item, .n = c->n % 3 == 0},
                                             .values = {.v = &value, .n = v == vendors}};
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
    const char *conclusion = conclusions[jitter(c->n, 5, 10)];
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
static size_t last_of(const struct days *w, enum kind kind, int skip) {
    for (size_t i = w->n_steps; i-- > 0;)
        if (w->steps[i].kind == kind && skip-- == 0)
            return i;
    return SIZE_MAX;
}

static int take_steps(struct days *w) {
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

/* ---- answers of the vendor's receiver ---- */

struct due {
    int64_t event, created_ms;
};

static int attempt(struct days *w, const struct due *e, int n, int64_t at_ms, int status, const char *answer,
                   const char *error) {
    const struct delivery_outcome o = {.tenant = w->h.tenant,
                                       .event = e->event,
                                       .app = w->d->vendor_app,
                                       .attempts = n,
                                       .at_ms = at_ms,
                                       .now_ms = at_ms + 40 + jitter(n, 6, 90),
                                       .way = WAY_REQUEST_URL,
                                       .status = status,
                                       .duration_ms = status == 0 ? 3000 : 40 + jitter((int)(e->event % 997), n, 90),
                                       .answer = str_of(answer),
                                       .error = str_of(error)};
    return delivery_settle(w->cli->db, &o);
}

/* Writes up to `times` failed attempts, at the delays of the backoff. Returns the number of attempts, or a negative
 * errno. */
static int failures(struct days *w, const struct due *e, int times) {
    int64_t at_ms = e->created_ms + 90;
    int n = 0, r = 0;

    while (n < times && at_ms < w->now_ms && r >= 0) {
        r = n % 2 == 0
                ? attempt(w, e, n, at_ms, 503, "upstream is restarting", "answered with status 503; 200 is expected")
                : attempt(w, e, n, at_ms, 0, "", "no answer within 3 seconds (2 of them to connect)");
        at_ms += 3000 + retry_delay_ms(++n);
    }
    return r < 0 ? r : n;
}

static int record_delivery(struct days *w, const struct due *e, size_t i, size_t n) {
    if (i + 1 == n) /* the last delivery is still pending */
        return 0;
    if (i + 2 == n)
        return failures(w, e, 2);
    if (i == n / 2)
        return failures(w, e, 5);
    int tried = i % 5 == 2 ? failures(w, e, 1) : 0;
    return tried < 0 ? tried
                     : attempt(w, e, tried, e->created_ms + 60 + tried * 15090, 200, "{\"msg\":\"success\"}", "");
}

static int record_deliveries(struct days *w) {
    struct due due[DELIVERIES_MAX];
    size_t n = 0;
    int r;

    {
        struct db_query q DB_CLEANUP = db_query(w->cli->db, SQL_EVENT_DUE);
        db_bind_int(&q, 1, w->d->vendor_app);
        db_bind_int(&q, 2, w->now_ms);
        db_bind_int(&q, 3, DELIVERIES_MAX);
        while ((r = db_row(&q)) == 1 && n < DELIVERIES_MAX)
            due[n++] = (struct due){db_int(&q, COL_EVENT_DUE_EVENT), db_int(&q, COL_EVENT_DUE_CREATED_MS)};
    }
    for (size_t i = 0; i < n && r >= 0; i++)
        r = record_delivery(w, &due[i], i, n);
    return r;
}

static int subscribe(struct days *w) {
    static const struct str types[] = {STR_INIT("hire.eco_background_check.created_v1"),
                                       STR_INIT("hire.eco_background_check.canceled_v1"),
                                       STR_INIT("hire.eco_account.created_v1")};
    int r = 0;

    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]) && r >= 0; i++) {
        struct db_query q DB_CLEANUP = db_query(w->cli->db, SQL_APP_SUBSCRIPTION_ADD);
        db_bind_int(&q, 1, w->d->vendor_app);
        db_bind_text(&q, 2, types[i]);
        db_bind_int(&q, 3, w->h.now_ms);
        r = db_run(&q);
    }
    return r;
}

/* ---- making the days ---- */

static int find_arranger(struct days *w) {
    struct account who;
    int r = account_by_login(w->cli->db, account_role_name(ROLE_RECRUITER), &w->cli->arena, &who);

    w->arranger = r == 1 ? who.id : 0;
    return r;
}

static int find_accounts(struct days *w) {
    struct vendor_account *accounts;
    size_t n;
    int r = vendor_account_list(&w->h, &accounts, &n);

    for (size_t i = 0; r >= 0 && i < n; i++)
        for (int v = 0; v < VENDORS; v++)
            if (str_eq(accounts[i].provider_en, str_of(vendors[v].provider)))
                w->accounts[v] = accounts[i].id;
    for (int v = 0; r >= 0 && v < VENDORS; v++) {
        r = push_packages(&w->h, &vendors[v], w->accounts[v]);
        if (r >= 0 && v == 0)
            r = push_fields(&w->h, w->accounts[v]);
    }
    return r;
}

/* Returns 1 if a recruiter would order a check now: no check is open, and the candidate has no offer yet. Returns 0
 * otherwise, or a negative errno. */
static int wants_check(struct days *w, int64_t id) {
    struct application a = {0};
    struct str doc;
    int r = application_get(&w->h, id, &doc);

    if (r <= 0 || (r = record_read_stored(&type_application, &a, doc, w->h.arena)) < 0)
        return r;
    if (a.stage && a.stage->type.v >= STAGE_OFFER && a.stage->type.v <= STAGE_ONBOARDED)
        return 0;
    struct db_query q DB_CLEANUP = db_query(w->h.db, SQL_CONSOLE_ORDER_OF_APPLICATION);
    db_bind_int(&q, 1, w->h.tenant);
    db_bind_int(&q, 2, id);
    if ((r = db_row(&q)) <= 0)
        return r < 0 ? r : 1;
    int64_t status = db_int(&q, COL_CONSOLE_ORDER_OF_APPLICATION_STATUS);
    return status != ORDER_ARRANGED && status != ORDER_IN_APPROVAL && status != ORDER_APPROVED;
}

/* Orders a check for each application that qualifies, spread over the days, within working hours. */
static int plan_checks(struct days *w) {
    int64_t active[CHECKS_MAX];
    size_t n_active = 0;
    struct db_query q DB_CLEANUP = db_query(w->cli->db, SQL_CONSOLE_APPLICATIONS);
    int r;

    db_bind_int(&q, 1, w->h.tenant);
    db_bind_int(&q, 2, INT64_MAX);
    db_bind_int(&q, 3, INT64_MAX);
    db_bind_text(&q, 4, STR(""));
    db_bind_int(&q, 5, 1);
    db_bind_int(&q, 6, 0);
    while ((r = db_row(&q)) == 1 && n_active < CHECKS_MAX)
        active[n_active++] = db_int(&q, COL_CONSOLE_APPLICATION_ID);
    for (size_t i = 0; i < n_active && r >= 0; i++)
        if ((r = wants_check(w, active[i])) == 1)
            w->checks[w->n_checks++].application = active[i];
    for (size_t i = 0; i < w->n_checks && r >= 0; i++) {
        struct check *c = &w->checks[i];
        int64_t midnight =
            w->now_ms - w->now_ms % DAY_MS - (int64_t)(w->n_checks - i) * w->d->days * DAY_MS / (int64_t)w->n_checks;
        c->n = (int)i;
        c->vendor = vendor_of(c->n);
        c->account = w->accounts[c->vendor - vendors];
        c->arranged_ms = midnight + HOUR_MS + jitter(c->n, 1, 9 * 60) * MINUTE_MS;
        plan_check(w, c);
    }
    qsort(w->steps, w->n_steps, sizeof(*w->steps), earlier);
    return r;
}

static int make_days(struct cli *c, void *ctx) {
    struct days *w = ctx;
    int r = user_find_uid(c, w->h.tenant, w->d->recruiter, &w->recruiter);

    if (r >= 0)
        r = find_arranger(w);
    if (r >= 0)
        r = subscribe(w);
    if (r >= 0)
        r = find_accounts(w);
    if (r >= 0)
        r = plan_checks(w);
    if (r >= 0)
        r = take_steps(w);
    if (r >= 0)
        r = record_deliveries(w);
    if (r >= 0) /* so that later changes get stamps after those of the steps */
        r = db_stamp_raise(c->db, w->d->tenant, w->now_ms);
    return r < 0 ? cli_fail_errno(c, r, "make the demo's last weeks", &w->h) : 0;
}

int demo_make_days(struct cli *c, const struct demo_days *d) {
    struct days *w = arena_new(&c->arena, struct days);

    *w = (struct days){.cli = c, .d = d, .h = cli_hire(c, d->tenant), .now_ms = clock_now_ms()};
    w->h.now_ms = w->now_ms - d->days * DAY_MS;
    return cli_transact(c, make_days, w);
}
