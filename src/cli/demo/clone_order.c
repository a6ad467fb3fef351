/* SPDX-License-Identifier: Apache-2.0
 *
 * Copies of orders: whole, valid records with their own ids, times, vendors and people. scale.h says how each one went;
 * its template is an order of the demo that went so.
 */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "cli/demo/clone.h"
#include "cli/demo/days.h"
#include "cli/demo/names.h"
#include "store/stamp.h"

#define WITH_CUSTOM_FIELDS 8 /* every eighth order has them; in all orders they would be most of the bytes */

struct order_template {
    int64_t update_time, application_id, account_id, status, phase, begin_time, last_stage_time;
    struct str package_id;
    struct background_check_order doc;
};

struct order_cloning {
    struct cloning base;
    struct clone_people people;
    struct order_template *all;
    size_t n_all;
    const struct order_template **by_course[COURSES];
    size_t n_by_course[COURSES];
    const struct order_template *vendors[VENDORS]; /* an order of each of demo_vendors */
};

static int read_order(struct cloning *c, int64_t id, struct order_template *t) {
    struct db_query q DB_CLEANUP = db_query(c->cli->db, SQL_ORDER_GET);
    struct arena *a = &c->cli->arena;
    int r;

    db_bind_int(&q, 1, c->tenant);
    db_bind_int(&q, 2, id);
    r = db_row(&q);
    if (r != 1)
        return r < 0 ? r : -ENOENT;
    t->update_time = db_int(&q, COL_ORDER_GET_UPDATE_TIME);
    t->application_id = db_int(&q, COL_ORDER_GET_APPLICATION_ID);
    t->account_id = db_int(&q, COL_ORDER_GET_ACCOUNT_ID);
    t->status = db_int(&q, COL_ORDER_GET_STATUS);
    t->phase = db_int(&q, COL_ORDER_GET_PHASE);
    t->begin_time = db_int(&q, COL_ORDER_GET_BEGIN_TIME);
    t->last_stage_time = db_int(&q, COL_ORDER_GET_LAST_STAGE_TIME);
    t->package_id = arena_dup(a, db_text(&q, COL_ORDER_GET_PACKAGE_ID));
    return record_read_stored(&type_background_check_order, &t->doc, arena_dup(a, db_text(&q, COL_ORDER_GET_DOC)), a);
}

static enum scale_course course_of(const struct order_template *t) {
    switch (t->status) {
    case ORDER_COMPLETED:
        return t->account_id ? COURSE_DONE : COURSE_BY_HAND;
    case ORDER_TERMINATED:
        return COURSE_ENDED;
    case ORDER_REJECTED:
        return COURSE_REJECTED;
    case ORDER_WITHDRAWN:
        return COURSE_WITHDRAWN;
    case ORDER_APPROVED:
        return COURSE_APPROVED;
    case ORDER_IN_APPROVAL:
        return t->phase == PHASE_REPORT ? COURSE_REPORT : COURSE_IN_APPROVAL;
    default:
        return COURSE_OPEN;
    }
}

static void sort_in(struct order_cloning *oc, const struct order_template *t) {
    const struct provider_id_name_object *provider = t->doc.provider_info;
    enum scale_course course = course_of(t);

    oc->by_course[course][oc->n_by_course[course]++] = t;
    for (int v = 0; v < VENDORS; v++)
        if (provider && provider->provider_name &&
            str_eq(provider->provider_name->en_us, str_of(demo_vendors[v].provider)))
            oc->vendors[v] = t;
}

static int read_templates(struct order_cloning *oc) {
    int64_t ids[CLONE_TEMPLATES_MAX];
    struct arena *a = &oc->base.cli->arena;
    int n = clone_ids(oc->base.cli, SQL_CLI_ORDERS, oc->base.tenant, ids), r = 0;

    if (n <= 0)
        return n;
    oc->all = arena_array(a, struct order_template, (size_t)n);
    oc->n_all = (size_t)n;
    for (int i = 0; i < COURSES; i++)
        oc->by_course[i] = arena_array(a, const struct order_template *, (size_t)n);
    for (int i = 0; i < n && r >= 0; i++)
        if ((r = read_order(&oc->base, ids[i], &oc->all[i])) >= 0)
            sort_in(oc, &oc->all[i]);
    for (int i = 0; i < COURSES && r >= 0; i++)
        if (oc->n_by_course[i] == 0)
            return -ENOENT; /* the demo has orders of each course */
    for (int v = 0; v < VENDORS && r >= 0; v++)
        if (!oc->vendors[v])
            return -ENOENT;
    return r < 0 ? r : n;
}

/* Which template order n has, and the pace of its times. An order that would not have ended by now is with its vendor.
 */
static const struct order_template *choose(const struct order_cloning *oc, int64_t n, struct clone_pace *ret) {
    const struct scale *s = &oc->base.scale;
    int64_t begin = scale_begin(s, n), left = s->now_ms - MINUTE_MS - begin;
    enum scale_course course = scale_course(n);
    const struct order_template *t;

    for (;; course = COURSE_OPEN) {
        t = oc->by_course[course][scale_random(n, 2, (uint32_t)oc->n_by_course[course])];
        int64_t from = t->begin_time ? t->begin_time : t->update_time, takes = t->update_time - from;
        *ret = (struct clone_pace){from, begin, 500 + scale_random(n, 3, 1000)};
        if (takes * ret->thousandths / 1000 <= left)
            return t;
        if (course == COURSE_OPEN) {
            ret->thousandths = left * (50 + scale_random(n, 4, 900)) / takes;
            return t;
        }
    }
}

static const struct order_template *choose_vendor(const struct order_cloning *oc, int64_t n) {
    int at = (int)scale_random(n, 5, 10);

    for (int v = 0; v < VENDORS; at -= demo_vendors[v++].share)
        if (at < demo_vendors[v].share)
            return oc->vendors[v];
    return oc->vendors[0];
}

static struct str report_name(const struct demo_name *p, bool final, struct arena *a) {
    if (p->chinese)
        return arena_printf(a, "%.*s-%s", STR_FMT(p->name), final ? "背景调查报告" : "阶段性报告");
    return arena_printf(a, "%s report - %.*s", final ? "Final" : "Interim", STR_FMT(p->name));
}

static void move_lists(struct background_check_order *o, const struct clone_pace *pace, int64_t id,
                       const struct demo_name *p, struct arena *a) {
    const struct background_check_order t = *o;

    if (t.process_info_list.v)
        o->process_info_list.v = arena_array(a, struct background_check_order_process_info, t.process_info_list.n + 1);
    for (size_t i = 0; i < t.process_info_list.n; i++) {
        o->process_info_list.v[i] = t.process_info_list.v[i];
        clone_move(pace, &o->process_info_list.v[i].update_time, a);
    }
    if (t.feedback_info_list.v)
        o->feedback_info_list.v =
            arena_array(a, struct background_check_order_feedback_info, t.feedback_info_list.n + 1);
    for (size_t i = 0; i < t.feedback_info_list.n; i++) {
        struct background_check_order_feedback_info *f = &o->feedback_info_list.v[i];
        *f = t.feedback_info_list.v[i];
        f->id = clone_text(id + 1 + (int64_t)i, a);
        f->report_name = report_name(p, f->report_type.v == 2, a);
        clone_move(pace, &f->create_time, a);
    }
}

static void write_doc(struct order_cloning *oc, int64_t n, const struct order_template *t,
                      const struct clone_pace *pace, const struct clone_order_row *row,
                      const struct order_template *vendor) {
    struct arena *a = &oc->base.scratch;
    struct demo_name p = demo_name_of(scale_application(&oc->base.scale, n), a);
    struct candidate_contact_info candidate = {
        .name = p.name, .mobile = p.mobile, .email = p.email, .first_name = p.first, .last_name = p.last};
    struct background_check_order o = t->doc;

    if (n % WITH_CUSTOM_FIELDS != 0) {
        o.custom_field_list.v = NULL;
        o.custom_data_list.v = NULL;
    }
    o.order_id = clone_text(row->id, a);
    o.application_id = clone_text(row->application_id, a);
    o.candidate_info = &candidate;
    if (vendor) {
        o.provider_info = vendor->doc.provider_info;
        o.account_third_type = vendor->doc.account_third_type;
    }
    clone_move(pace, &o.update_time, a);
    clone_move(pace, &o.begin_time, a);
    clone_move(pace, &o.end_time, a);
    clone_move(pace, &o.upload_time, a);
    move_lists(&o, pace, row->id, &p, a);
    oc->base.doc.len = 0;
    record_write_stored(&type_background_check_order, &o, &oc->base.doc);
}

static int clone_order(void *ctx, int64_t n) {
    struct order_cloning *oc = ctx;
    const struct scale *s = &oc->base.scale;
    struct clone_pace pace;
    const struct order_template *t = choose(oc, n, &pace), *vendor = t->account_id ? choose_vendor(oc, n) : NULL;
    int64_t application = scale_application(s, n), end;
    int r = 0;
    struct clone_order_row row = {
        .id = clone_id(scale_begin(s, n), CLONE_ORDER),
        .update_time = clone_at(&pace, t->update_time),
        .application_id = clone_application_id(s, application),
        .last_stage_time = t->last_stage_time ? clone_at(&pace, t->last_stage_time) : 0,
        .place = {.state = {(enum order_status)t->status, (enum order_phase)t->phase},
                  .account_id = vendor ? vendor->account_id : 0,
                  .begin_time = t->begin_time ? clone_at(&pace, t->begin_time) : 0},
        .package_id = t->package_id,
    };

    if (t->status == ORDER_COMPLETED && str_to_i64(t->doc.end_time, &end) == 0)
        row.place.end_time = clone_at(&pace, end);
    if (scale_first_order(application) == n)
        r = clone_person(&oc->base, &oc->people, application, t->status == ORDER_ARRANGED);
    if (r >= 0) {
        write_doc(oc, n, t, &pace, &row, vendor);
        r = clone_put_order(&oc->base, &row);
    }
    arena_reset(&oc->base.scratch);
    return r < 0 ? r : 0;
}

/* So that later changes get stamps after the times of the copies. */
static int raise_stamp(struct cloning *c) {
    struct db *db = c->cli->db;
    int r = db_begin(db);

    if (r < 0)
        return r;
    if ((r = db_stamp_raise(db, c->tenant, c->scale.now_ms)) >= 0)
        return db_commit(db);
    db_rollback(db);
    return r;
}

int demo_clone_orders(struct cli *c, int64_t tenant, int64_t wanted, bool progress, struct scale *ret) {
    struct order_cloning oc = {.base = {.cli = c, .tenant = tenant, .scale = {.now_ms = clock_now_ms()}}};
    int n = wanted > 0 ? read_templates(&oc) : 0, r;

    *ret = (struct scale){0};
    if (n <= 0 || wanted <= n)
        return n < 0 ? n : 0;
    oc.base.scale.orders = wanted - n;
    *ret = oc.base.scale;
    r = clone_people_read(&oc.base, &oc.people);
    if (r >= 0)
        r = clone_all(c->db, wanted - n, "making orders", progress, clone_order, &oc);
    if (r >= 0)
        r = raise_stamp(&oc.base);
    buf_free(&oc.base.doc);
    arena_free(&oc.base.scratch);
    return r < 0 ? r : 0;
}
