/* SPDX-License-Identifier: Apache-2.0
 *
 * Actions of the vendor on an order: progress, result, cancel.
 */
#include <inttypes.h>

#include "base/id.h"
#include "hire/order/change.h"
#include "hire/order/stage_id.h"

/* Reads an order's id from the wire. A text that is not an id gets the same answer as an unknown id. */
static int order_id_of(struct hire *h, struct str text, int64_t *ret) {
    if (id_parse(text, ret) < 0)
        return hire_refuse(h, REFUSED_NO_ORDER, "there is no such background check order");
    return 0;
}

/* Checked before stage_time: a repeated call breaks both rules, and the message about stage_id tells its sender that
 * it was repeated. */
static int take_stage_id(struct hire *h, struct order_row *o, struct str stage_id) {
    if (stage_ids_have(o->stage_ids, stage_id))
        return hire_refuse(h, REFUSED_PARAMETER,
                           "stage_id \"%.*s\" is used already; each stage of an order has its own", STR_FMT(stage_id));
    o->stage_ids = stage_ids_add(o->stage_ids, stage_id, h->arena);
    return 0;
}

static void add_stage(struct hire *h, struct order_row *o, const struct eco_background_check_update_progress_body *in,
                      int64_t stage_time) {
    struct background_check_order_process_info_list *list = &o->doc.process_info_list;
    struct background_check_order_process_info *v =
        arena_array(h->arena, struct background_check_order_process_info, list->n + 1);

    v[0] = (struct background_check_order_process_info){
        .process = in->stage_name,
        .update_time = hire_text(h, stage_time),
        .en_process = or_absent(in->stage_en_name),
    };
    if (list->n > 0)
        memcpy(v + 1, list->v, list->n * sizeof(*v));
    list->v = v;
    list->n++;
    o->last_stage_time = stage_time;
}

static int edit_progress(struct hire *h, struct order_row *o, struct order_change *c) {
    const struct eco_background_check_update_progress_body *in = c->in;
    int64_t stage_time;
    int r;

    if ((r = hire_bounded(h, "stage_id", in->stage_id, true, HIRE_KEY_MAX)) < 0 ||
        (r = hire_bounded(h, "stage_name", in->stage_name, true, HIRE_NAME_MAX)) < 0 ||
        (r = hire_bounded(h, "stage_en_name", in->stage_en_name, false, HIRE_NAME_MAX)) < 0 ||
        (r = hire_bounded(h, "result", in->result, false, HIRE_TEXT_MAX)) < 0 ||
        (r = hire_time(h, "stage_time", in->stage_time, &stage_time)) < 0)
        return r;
    if (!str_is_empty(in->result) && in->report_file_list.n == 0)
        return hire_refuse(h, REFUSED_PARAMETER, "result needs report_file_list with at least one report");
    r = order_check_reports(h, "report_file_list", o, &in->report_file_list);
    if (r < 0)
        return r;
    if (o->doc.process_info_list.n >= ORDER_STAGES_MAX)
        return hire_refuse(h, REFUSED_PARAMETER, "the order has %d stages already, which is as many as it may have",
                           ORDER_STAGES_MAX);
    r = take_stage_id(h, o, in->stage_id);
    if (r < 0)
        return r;
    if (stage_time <= o->last_stage_time)
        return hire_refuse(
            h, REFUSED_PARAMETER,
            "stage_time must be greater than that of every earlier stage of the order, the last of which is "
            "%" PRId64 "; it is %" PRId64,
            o->last_stage_time, stage_time);
    add_stage(h, o, in, stage_time);
    c->why = in->stage_name;
    return order_add_reports(h, o, &in->report_file_list, or_absent(in->result), REPORT_INTERIM);
}

int order_progress(struct hire *h, const struct eco_background_check_update_progress_body *in) {
    struct order_change c = {.action = ORDER_PROGRESS, .edit = edit_progress, .in = in};
    int r = order_id_of(h, in->background_check_id, &c.order_id);

    return r < 0 ? r : order_change(h, &c, NULL);
}

static int edit_result(struct hire *h, struct order_row *o, struct order_change *c) {
    const struct eco_background_check_update_result_body *in = c->in;
    struct eco_background_check_report_file bare = {0};
    struct eco_background_check_report_file_list reports = in->report_file_list;
    int64_t result_time;
    int r;

    if ((r = hire_bounded(h, "result", in->result, true, HIRE_TEXT_MAX)) < 0 ||
        (r = hire_time(h, "result_time", in->result_time, &result_time)) < 0)
        return r;
    if (reports.n > 0) {
        r = order_check_reports(h, "report_file_list", o, &reports);
        if (r < 0)
            return r;
    } else {
        /* A result without a report is stored as a report without a link, so that it is not lost. */
        reports.v = &bare;
        reports.n = 1;
    }
    /* The order has no member for the vendor's result_time, so it is stored in the history. */
    c->why = arena_printf(h->arena, "%.*s (result_time %" PRId64 ")", STR_FMT(in->result), result_time);
    return order_add_reports(h, o, &reports, in->result, REPORT_FINAL);
}

int order_result(struct hire *h, const struct eco_background_check_update_result_body *in) {
    struct order_change c = {.action = ORDER_RESULT, .edit = edit_result, .in = in};
    int r = order_id_of(h, in->background_check_id, &c.order_id);

    return r < 0 ? r : order_change(h, &c, NULL);
}

int order_cancel(struct hire *h, int64_t order_id, struct str reason) {
    struct order_change c = {.order_id = order_id, .action = ORDER_CANCEL, .why = reason};
    int r = hire_bounded(h, "reason", reason, false, HIRE_TEXT_MAX);

    if (order_id == 0)
        return hire_refuse(h, REFUSED_NO_ORDER, "there is no such background check order");
    return r < 0 ? r : order_change(h, &c, NULL);
}

int order_vendor_took(struct hire *h, int64_t order_id) {
    struct order_change c = {.order_id = order_id, .action = ORDER_VENDOR_TOOK};
    struct order_step step;
    struct order_row o;
    int r = order_read(h, order_id, &o);

    if (r < 0 || order_next(o.state, ORDER_VENDOR_TOOK, false, &step) < 0)
        return r;
    return order_change(h, &c, NULL);
}
