/* SPDX-License-Identifier: Apache-2.0
 *
 * The demo's recent past: packages that the vendors offer, and checks that were arranged, progressed and completed on
 * the days before the demo is made. Every step goes through the domain with the time of that step, so everything that
 * hired computes is genuine. Only the answers of the vendor's receiver are written directly.
 */
#include "cli/demo/days.h"

#include <stdlib.h>

#include "base/clock.h"
#include "cli/user.h"
#include "gateway/caller/account.h"
#include "gateway/caller/app.h"
#include "hire/application/application.h"
#include "hire/order/order.h"
#include "hire/order/state.h"
#include "hire/tenant/tenant.h"
#include "store/stamp.h"

/* Steps in the future are skipped. */
static void plan(struct days *w, struct check *c, enum step_kind kind, int64_t at_ms) {
    if (at_ms < w->now_ms)
        w->steps[w->n_steps++] = (struct step){at_ms, kind, c};
}

static void plan_check(struct days *w, struct check *c) {
    const struct vendor *v = c->vendor;
    int64_t takes = v->hours * HOUR_MS + demo_jitter(c->n, 2, v->spread * HOUR_MS);

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

    for (const struct vendor *v = demo_vendors; v < demo_vendors + VENDORS; at -= v++->share)
        if (at < v->share)
            return v;
    return demo_vendors;
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
            if (str_eq(accounts[i].provider_en, str_of(demo_vendors[v].provider)))
                w->accounts[v] = accounts[i].id;
    for (int v = 0; r >= 0 && v < VENDORS; v++)
        r = demo_push_offers(&w->h, v, w->accounts[v]);
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
    int r = 0;

    db_bind_int(&q, 1, w->h.tenant);
    db_bind_int(&q, 2, INT64_MAX);
    db_bind_int(&q, 3, INT64_MAX);
    while (n_active < CHECKS_MAX && (r = db_row(&q)) == 1)
        if (db_int(&q, COL_CONSOLE_APPLICATION_ACTIVE_STATUS) == APPLICATION_ACTIVE)
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
        c->account = w->accounts[c->vendor - demo_vendors];
        c->arranged_ms = midnight + HOUR_MS + demo_jitter(c->n, 1, 9 * 60) * MINUTE_MS;
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
        r = demo_take_steps(w);
    if (r >= 0)
        r = demo_record_deliveries(w);
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
