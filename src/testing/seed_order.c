/* SPDX-License-Identifier: Apache-2.0
 *
 * Makes the orders of a seed: takes the steps that lead to the order that the seed describes, each at its time, through
 * the domain. What the domain refuses is refused here, so no order can be made that could not come about.
 */
#include <errno.h>
#include <inttypes.h>

#include "base/array.h"
#include "base/id.h"
#include "hire/order/arrange.h"
#include "hire/order/order.h"
#include "hire/tenant/tenant.h"
#include "hire/vendor/field.h"
#include "hire/vendor/package.h"
#include "testing/seed_internal.h"

struct order_play {
    struct seed_work *w;
    const struct seed_order *in;
    struct str path;
    int64_t id, application, account, vendor_app;
    int64_t last_ms;                    /* of the last step */
    const struct seed_report **reports; /* oldest first */
    size_t n_reports, report;           /* those before report were pushed */
};

/* ---- times ---- */

/* Sets the clock of the next step: to the given time, or to a second after the last step if that has passed. */
static int at(struct order_play *p, const char *member, struct str text) {
    struct hire *h = &p->w->h;
    int64_t ms = p->last_ms + 1000 < p->w->start_ms ? p->last_ms + 1000 : p->last_ms;

    h->now_ms = p->w->start_ms; /* bounds are those of today */
    if (!str_is_empty(text)) {
        int r = seed_judge(p->w, hire_time_any(h, member, text, &ms), p->path);
        if (r < 0)
            return r;
        if (ms < p->last_ms)
            return seed_find(p->w->seed, p->path, "%s: %" PRId64 " is earlier than the step before it, at %" PRId64,
                             member, ms, p->last_ms);
    }
    int r = seed_judge(p->w, hire_imported_time(h, member, ms), p->path);
    h->now_ms = p->last_ms = ms;
    return r;
}

static void earlier(struct str time, int64_t *ms) {
    int64_t given;
    if (!str_is_empty(time) && str_to_i64(time, &given) == 0 && given < *ms)
        *ms = given;
}

/* Without a begin_time the order began early enough for a second before each of its steps. */
static int begin(struct order_play *p) {
    const struct seed_order *in = p->in;
    size_t steps = in->process_info_list.n + p->n_reports;
    int64_t ms = p->w->start_ms;

    p->last_ms = 0;
    if (!str_is_empty(in->begin_time))
        return at(p, "begin_time", in->begin_time);
    for (size_t i = 0; i < in->process_info_list.n; i++)
        earlier(in->process_info_list.v[i].update_time, &ms);
    for (size_t i = 0; i < p->n_reports; i++)
        earlier(p->reports[i]->create_time, &ms);
    earlier(in->end_time, &ms);
    earlier(in->update_time, &ms);
    return at(p, "begin_time", hire_text(&p->w->h, ms - (int64_t)steps * 1000));
}

static void act(struct order_play *p, bool vendor) {
    struct hire *h = &p->w->h;
    h->actor_kind = vendor && p->vendor_app != 0 ? ACTOR_APP : ACTOR_OPERATOR;
    h->actor_id = vendor ? p->vendor_app : 0;
}

/* Approvals are asked for in the step that is taken next, or not. */
static int switches(struct order_play *p, bool arrangement, bool report) {
    const struct tenant_approvals approvals = {arrangement, report};
    return tenant_approvals_set(&p->w->h, &approvals);
}

/* ---- the arrangement ---- */

int seed_package_name(struct hire *h, int64_t account, struct str package, struct str *ret) {
    struct vendor_package one;
    int r = package_get(h, account, PACKAGE_WHOLE, package, &one);
    *ret = r == 1 ? one.name : package;
    return r < 0 ? r : 0;
}

/* The seed has the package's name, as answers have it, or its id, which the domain takes. */
static int package_id(struct order_play *p, struct str *ret) {
    struct vendor_package one, *all;
    size_t n;
    int r = package_get(&p->w->h, p->account, PACKAGE_WHOLE, p->in->package, &one);

    *ret = p->in->package;
    if (r != 0)
        return r < 0 ? r : 0;
    r = packages_list(&p->w->h, p->account, PACKAGE_WHOLE, &all, &n);
    for (size_t i = 0; i < n && r == 0; i++)
        if (str_eq(all[i].name, p->in->package)) {
            *ret = all[i].id;
            break;
        }
    return r;
}

/* Values as answers have them: that of a multiselect field is a JSON list of keys, of which each is given alone. */
static void add_value(struct order_play *p, const struct background_check_custom_field_data_value *in, bool many,
                      struct background_check_custom_field_data_value_list *out, size_t *cap) {
    json_error_t error;
    json_t *list = many && !str_is_absent(in->value) ? json_loadb(in->value.ptr, in->value.len, 0, &error) : NULL;
    size_t n = json_is_array(list) ? json_array_size(list) : 1;

    for (size_t i = 0; i < n; i++) {
        out->v = arena_array_grow(p->w->arena, out->v, out->n, cap, sizeof *out->v);
        struct background_check_custom_field_data_value *v = &out->v[out->n++];
        *v = *in;
        const json_t *key = json_array_get(list, i);
        if (json_is_string(key))
            v->value = arena_dup(p->w->arena, (struct str){json_string_value(key), json_string_length(key)});
    }
    json_decref(list);
}

static int values(struct order_play *p, struct background_check_custom_field_data_value_list *ret) {
    struct eco_background_check_custom_field_data_list fields = {0};
    size_t cap = 0;
    int r = order_fields_list(&p->w->h, p->account, &fields);

    *ret = (struct background_check_custom_field_data_value_list){0};
    for (size_t i = 0; i < p->in->custom_data_list.n && r == 0; i++) {
        bool many = false;
        for (size_t k = 0; k < fields.n; k++)
            many |= str_eq(fields.v[k].key, p->in->custom_data_list.v[i].key) &&
                    str_eq(fields.v[k].type, STR("multiselect"));
        add_value(p, &p->in->custom_data_list.v[i], many, ret, &cap);
    }
    return r;
}

static int arrange(struct order_play *p) {
    const struct seed_order *in = p->in;
    struct order_arrange_input input = {.order_id = p->id,
                                        .application_id = p->application,
                                        .account_id = p->account,
                                        .geo = in->geo,
                                        .location_code = in->location_code,
                                        .remark = in->remark};
    int64_t id;
    int r = package_id(p, &input.package);

    if (r == 0)
        r = values(p, &input.values);
    if (r == 0 && in->creator_info)
        r = seed_user(p->w, in->creator_info->user_id, &input.creator_uid);
    if (r < 0)
        return r;
    if (in->candidate_info)
        input.candidate = *in->candidate_info;
    if (in->contactor_info)
        input.contact = *in->contactor_info;
    input.items.v = arena_array(p->w->arena, struct str, in->ext_item_info_list.n + 1);
    for (size_t i = 0; i < in->ext_item_info_list.n; i++)
        input.items.v[input.items.n++] = in->ext_item_info_list.v[i].id;
    act(p, false);
    return seed_judge(p->w, order_arrange_checked(&p->w->h, &input, &id), p->path);
}

/* ---- what the vendor does ---- */

static bool is_final(const struct seed_report *r) {
    return !r->report_type.set || r->report_type.v == 2;
}

static struct eco_background_check_report_file file_of(const struct seed_report *r) {
    bool preview = str_is_empty(r->attachment_url) && !str_is_empty(r->report_preview_url);
    return (struct eco_background_check_report_file){
        .report_name = r->report_name,
        .report_url = preview ? r->report_preview_url : r->attachment_url,
        .report_url_type = SET_INT(preview ? 2 : 1),
    };
}

/* The reports that are pushed together: those that follow with the same time, type and result. */
static struct eco_background_check_report_file_list take_reports(struct order_play *p, bool final, struct str *result) {
    struct eco_background_check_report_file_list list = {
        arena_array(p->w->arena, struct eco_background_check_report_file, p->n_reports + 1), 0};
    const struct seed_report *first = p->reports[p->report];

    *result = first->result;
    while (p->report < p->n_reports) {
        const struct seed_report *r = p->reports[p->report];
        if (is_final(r) != final || !str_eq(r->create_time, first->create_time) || !str_eq(r->result, first->result))
            break;
        list.v[list.n++] = file_of(r);
        p->report++;
    }
    return list;
}

static int push_stage(struct order_play *p, size_t index, bool last) {
    const struct background_check_order_process_info *stage = &p->in->process_info_list.v[index];
    const struct background_check_order_process_info *next = last ? NULL : &p->in->process_info_list.v[index - 1];
    struct eco_background_check_update_progress_body body = {
        .background_check_id = p->in->order_id,
        .stage_id = arena_printf(p->w->arena, "%zu", p->in->process_info_list.n - index),
        .stage_name = stage->process,
        .stage_en_name = stage->en_process};
    int64_t until = INT64_MAX, report_ms = INT64_MAX;
    int r = at(p, "process_info_list.update_time", stage->update_time);

    if (r < 0)
        return r;
    body.stage_time = str_is_empty(stage->update_time) ? hire_text(&p->w->h, p->w->h.now_ms) : stage->update_time;
    if (next)
        (void)str_to_i64(next->update_time, &until);
    if (p->report < p->n_reports && !is_final(p->reports[p->report])) {
        struct str time = p->reports[p->report]->create_time;
        if (str_is_empty(time) || (str_to_i64(time, &report_ms) == 0 && report_ms < until)) {
            r = at(p, "feedback_info_list.create_time", time);
            body.report_file_list = take_reports(p, false, &body.result);
        }
    }
    act(p, true);
    return r < 0 ? r : seed_judge(p->w, order_progress(&p->w->h, &body), p->path);
}

static int push_result(struct order_play *p) {
    struct eco_background_check_update_result_body body = {.background_check_id = p->in->order_id};
    int r = at(p, "feedback_info_list.create_time", p->reports[p->report]->create_time);

    body.report_file_list = take_reports(p, true, &body.result);
    /* A result without a report is shown as a report without links. */
    if (body.report_file_list.n == 1 && str_is_empty(body.report_file_list.v[0].report_url))
        body.report_file_list.n = 0;
    body.result_time = hire_text(&p->w->h, p->w->h.now_ms);
    act(p, true);
    return r < 0 ? r : seed_judge(p->w, order_result(&p->w->h, &body), p->path);
}

/* ---- the course ---- */

static int (*decision(int64_t status))(struct hire *, int64_t, struct str) {
    return status == ORDER_APPROVED    ? order_approve
           : status == ORDER_WITHDRAWN ? order_withdraw
           : status == ORDER_REJECTED  ? order_reject
                                       : NULL;
}

static int end(struct order_play *p) {
    const struct seed_order *in = p->in;
    int64_t status = in->order_status.v;
    struct hire *h = &p->w->h;
    struct str reason = in->reason, time = str_is_empty(in->end_time) ? in->update_time : in->end_time;

    if (status == ORDER_TERMINATED && !in->cancelled.v && str_is_empty(reason))
        return seed_find(p->w->seed, p->path, "order_status 4 needs a reason, or \"cancelled\": true");
    if (status == ORDER_TERMINATED) {
        int r = at(p, "end_time", time);
        act(p, in->cancelled.v);
        if (r == 0)
            r = in->cancelled.v ? order_cancel(h, p->id, reason) : order_terminate(h, p->id, reason);
        return seed_judge(p->w, r, p->path);
    }
    if (decision(status)) {
        int r = at(p, "update_time", in->update_time);
        act(p, false);
        return r < 0 ? r : seed_judge(p->w, decision(status)(h, p->id, reason), p->path);
    }
    return 0;
}

static int play(struct order_play *p) {
    const struct seed_order *in = p->in;
    int64_t status = in->order_status.v;
    bool asks = status == ORDER_IN_APPROVAL || status == ORDER_WITHDRAWN || status == ORDER_REJECTED;
    bool final = p->n_reports > 0 && is_final(p->reports[p->n_reports - 1]);
    int r = begin(p);

    if (r == 0)
        r = switches(p, (asks && !final) || status == ORDER_APPROVED, asks && final);
    if (r == 0)
        r = arrange(p);
    if (r == 0 && status != ORDER_APPROVED && !(asks && !final)) {
        act(p, false);
        r = seed_judge(p->w, order_vendor_took(&p->w->h, p->id), p->path);
    }
    for (size_t i = in->process_info_list.n; i-- > 0 && r == 0;)
        r = push_stage(p, i, i == 0);
    while (p->report < p->n_reports && r == 0)
        r = is_final(p->reports[p->report])
                ? push_result(p)
                : seed_find(p->w->seed, p->path,
                            "feedback_info_list: an interim report (report_type 1) needs a stage in "
                            "process_info_list at its time or before");
    return r == 0 ? end(p) : r;
}

static int record_by_hand(struct order_play *p) {
    const struct seed_order *in = p->in;
    struct order_by_hand hand = {
        .order_id = p->id, .application_id = p->application, .name = in->name, .remark = in->remark};
    int64_t id;
    struct str time =
        !str_is_empty(in->update_time) || p->n_reports == 0 ? in->update_time : p->reports[0]->create_time;

    if (in->order_status.v != ORDER_COMPLETED)
        return seed_find(p->w->seed, p->path, "a result that a person entered (name) has order_status 3");
    if (in->candidate_info)
        hand.candidate = *in->candidate_info;
    p->last_ms = 0;
    int r = at(p, "update_time", str_is_empty(time) ? hire_text(&p->w->h, p->w->start_ms) : time);
    if (r == 0 && in->creator_info)
        r = seed_user(p->w, in->creator_info->user_id, &hand.creator_uid);
    if (r < 0)
        return r;
    hand.result = in->conclusion;
    if (p->n_reports > 0) {
        struct eco_background_check_report_file_list list = take_reports(p, true, &hand.result);
        hand.reports.v = list.v;
        hand.reports.n = list.n == 1 && str_is_empty(list.v[0].report_url) ? 0 : list.n;
    }
    act(p, false);
    return seed_judge(p->w, order_record(&p->w->h, &hand, &id), p->path);
}

/* As the platform answered it: the record itself, with the users' ids replaced. */
static int import_order(struct seed_work *w, size_t i, struct str path) {
    const json_t *json = json_array_get(json_object_get(w->part->json, "orders"), i);
    struct background_check_order *order = arena_new(w->arena, struct background_check_order);
    struct violations *vs = arena_new(w->arena, struct violations);

    record_read(&type_background_check_order, order, json, w->arena, vs);
    int r = record_each_user(&type_background_check_order, order, w->arena, seed_map_user, w);
    if (r == 0 && str_is_absent(order->update_time))
        return seed_find(w->seed, path, "an imported order needs update_time");
    return r < 0 ? r : seed_judge(w, order_import(&w->h, order), path);
}

static int make_order(struct seed_work *w, const struct seed_order *in, struct str path) {
    struct order_play p = {.w = w, .in = in, .path = path, .n_reports = in->feedback_info_list.n};
    struct vendor_account account = {0};
    int r = 0;

    if (id_parse(in->order_id, &p.id) < 0)
        return seed_find(w->seed, path, "order_id must be a number from 1 to 9223372036854775807 as a text");
    if (id_parse(in->application_id, &p.application) < 0)
        return seed_find(w->seed, path, "application_id must be a number as a text");
    p.reports = arena_array(w->arena, const struct seed_report *, p.n_reports + 1);
    for (size_t i = 0; i < p.n_reports; i++)
        p.reports[i] = &in->feedback_info_list.v[p.n_reports - 1 - i];
    if (str_is_empty(in->account_id)) {
        r = str_is_empty(in->name) ? seed_find(w->seed, path,
                                               "needs account_id, the vendor account; or name, for a "
                                               "result that a person entered")
                                   : record_by_hand(&p);
    } else {
        if (id_parse(in->account_id, &p.account) < 0 || (r = vendor_account_get(&w->h, p.account, &account)) == 0)
            return seed_find(w->seed, path, "there is no vendor account %.*s", STR_FMT(in->account_id));
        p.vendor_app = account.app;
        r = r < 0 ? r : play(&p);
    }
    w->h.now_ms = w->start_ms;
    act(&p, false);
    return r;
}

int seed_make_orders(struct seed_work *w) {
    const struct seed_order_list *in = &w->part->in.orders;
    struct tenant_approvals approvals;
    int r = in->n > 0 ? tenant_approvals_get(&w->h, &approvals) : 0;

    for (size_t i = 0; i < in->n && r >= 0; i++)
        if (!seed_stands(w, "orders", in->v[i].order_id))
            r = in->v[i].imported.v ? import_order(w, i, seed_item_path(w, "orders", i))
                                    : make_order(w, &in->v[i], seed_item_path(w, "orders", i));
    w->h.now_ms = w->start_ms;
    return r < 0 || in->n == 0 ? r : tenant_approvals_set(&w->h, &approvals);
}
