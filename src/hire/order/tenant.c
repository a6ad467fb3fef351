/* SPDX-License-Identifier: Apache-2.0
 *
 * Actions of the tenant's people on an order: arrange, approve, reject, withdraw, terminate, record by hand.
 */
#include <inttypes.h>
#include <stdio.h>

#include "hire/order/change.h"
#include "hire/tenant/tenant.h"

int order_needs_application(struct hire *h, int64_t application_id) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_APPLICATION_EXISTS);
    int r;

    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, application_id);
    r = db_row(&q);
    if (r == 0)
        return hire_refuse(h, REFUSED_PARAMETER, "there is no application with the id %" PRId64, application_id);
    return r < 0 ? r : 0;
}

static int needs_geo(struct hire *h, struct str geo) {
    static const struct str known[] = {STR_INIT("cn"), STR_INIT("sg"), STR_INIT("us"), STR_INIT("jp")};

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (str_eq(geo, known[i]))
            return 0;
    }
    return hire_refuse(h, REFUSED_PARAMETER, "geo must be cn, sg, us or jp");
}

static bool is_given(const void *member, size_t size) {
    for (size_t i = 0; i < size; i++) {
        if (((const char *)member)[i] != 0)
            return true;
    }
    return false;
}

static struct background_check_order_creator *creator_of(struct hire *h, int64_t uid) {
    struct background_check_order_creator *creator = NULL;

    if (uid != 0) {
        creator = arena_new(h->arena, struct background_check_order_creator);
        creator->user_id = hire_text(h, uid);
    }
    return creator;
}

static struct candidate_contact_info *candidate_of(struct hire *h, const struct candidate_contact_info *in) {
    struct candidate_contact_info *out = NULL;

    if (is_given(in, sizeof(*in))) {
        out = arena_new(h->arena, struct candidate_contact_info);
        *out = *in;
    }
    return out;
}

static struct provider_id_name_object *provider_of(struct hire *h, const struct vendor_account *account) {
    struct provider_id_name_object *out = arena_new(h->arena, struct provider_id_name_object);

    out->provider_id = account->provider_id;
    if (!str_is_empty(account->provider_zh) || !str_is_empty(account->provider_en)) {
        out->provider_name = arena_new(h->arena, struct i18n);
        out->provider_name->zh_cn = or_absent(account->provider_zh);
        out->provider_name->en_us = or_absent(account->provider_en);
    }
    return out;
}

static int check_person(struct hire *h, const char *who, struct str name, struct str mobile, struct str email) {
    char field[64];
    int r;

    snprintf(field, sizeof(field), "%s.name", who);
    if ((r = hire_bounded(h, field, name, false, HIRE_NAME_MAX)) < 0)
        return r;
    snprintf(field, sizeof(field), "%s.mobile", who);
    if ((r = hire_bounded(h, field, mobile, false, HIRE_NAME_MAX)) < 0)
        return r;
    snprintf(field, sizeof(field), "%s.email", who);
    return hire_bounded(h, field, email, false, HIRE_NAME_MAX);
}

static int edit_arrange(struct hire *h, struct order_row *o, struct order_change *c) {
    const struct order_arrangement *in = c->in;
    struct vendor_account account;
    int r;

    if ((r = order_needs_application(h, in->application_id)) < 0 ||
        (r = hire_bounded(h, "package", in->package_name, false, HIRE_NAME_MAX)) < 0 ||
        (r = hire_bounded(h, "package_id", in->package_id, false, HIRE_KEY_MAX)) < 0 ||
        (r = hire_bounded(h, "location_code", in->location_code, false, HIRE_NAME_MAX)) < 0 ||
        (r = hire_bounded(h, "remark", in->remark, false, HIRE_TEXT_MAX)) < 0 ||
        (r = check_person(h, "candidate_info", in->candidate.name, in->candidate.mobile, in->candidate.email)) < 0 ||
        (r = check_person(h, "contactor_info", in->contactor.name, in->contactor.mobile, in->contactor.email)) < 0 ||
        (r = str_is_absent(in->geo) ? 0 : needs_geo(h, in->geo)) < 0)
        return r;
    r = vendor_account_get(h, in->account_id, &account);
    if (r == 0)
        return hire_refuse(h, REFUSED_PARAMETER, "there is no vendor account with the id %" PRId64, in->account_id);
    if (r < 0)
        return r;

    o->application_id = in->application_id;
    o->account_id = account.id;
    o->package_id = in->package_id;
    o->begin_time = o->update_time;
    o->doc.application_id = hire_text(h, in->application_id);
    o->doc.account_third_type = SET_INT(account.third_type);
    o->doc.package = or_absent(in->package_name);
    o->doc.candidate_info = candidate_of(h, &in->candidate);
    o->doc.creator_info = creator_of(h, in->creator_uid);
    if (is_given(&in->contactor, sizeof(in->contactor))) {
        o->doc.contactor_info = arena_new(h->arena, struct user_contact_info);
        *o->doc.contactor_info = in->contactor;
    }
    o->doc.begin_time = hire_text(h, o->begin_time);
    o->doc.provider_info = provider_of(h, &account);
    o->doc.custom_field_list = in->custom_fields;
    o->doc.custom_data_list = in->custom_values;
    o->doc.ext_item_info_list = in->items;
    o->doc.geo = in->geo;
    o->doc.location_code = or_absent(in->location_code);
    o->doc.remark = or_absent(in->remark);
    return 0;
}

int order_arrange(struct hire *h, const struct order_arrangement *in, int64_t *ret_order_id) {
    struct order_change c = {.new_id = in->order_id, .action = ORDER_ARRANGE, .edit = edit_arrange, .in = in};

    return order_change(h, &c, ret_order_id);
}

static int decide(struct hire *h, int64_t order_id, enum order_action action, struct str reason, bool required) {
    struct order_change c = {.order_id = order_id, .action = action, .why = reason};
    int r = hire_bounded(h, "reason", reason, required, HIRE_TEXT_MAX);

    return r < 0 ? r : order_change(h, &c, NULL);
}

int order_approve(struct hire *h, int64_t order_id, struct str reason) {
    return decide(h, order_id, ORDER_APPROVE, reason, false);
}

int order_reject(struct hire *h, int64_t order_id, struct str reason) {
    return decide(h, order_id, ORDER_REJECT, reason, true);
}

int order_withdraw(struct hire *h, int64_t order_id, struct str reason) {
    return decide(h, order_id, ORDER_WITHDRAW, reason, false);
}

int order_terminate(struct hire *h, int64_t order_id, struct str reason) {
    return decide(h, order_id, ORDER_TERMINATE, reason, true);
}

static int edit_record(struct hire *h, struct order_row *o, struct order_change *c) {
    const struct order_by_hand *in = c->in;
    struct eco_background_check_report_file bare = {0};
    struct eco_background_check_report_file_list reports = in->reports;
    int r;

    if ((r = order_needs_application(h, in->application_id)) < 0 ||
        (r = hire_bounded(h, "name", in->name, true, HIRE_NAME_MAX)) < 0 ||
        (r = hire_bounded(h, "result", in->result, true, HIRE_TEXT_MAX)) < 0 ||
        (r = hire_bounded(h, "remark", in->remark, false, HIRE_TEXT_MAX)) < 0 ||
        (r = check_person(h, "candidate_info", in->candidate.name, in->candidate.mobile, in->candidate.email)) < 0 ||
        (r = order_check_reports(h, "reports", o, &in->reports)) < 0)
        return r;
    if (reports.n == 0 && in->n_uploads == 0) {
        reports.v = &bare;
        reports.n = 1;
    }
    o->application_id = in->application_id;
    o->doc.application_id = hire_text(h, in->application_id);
    o->doc.name = in->name;
    o->doc.upload_time = hire_text(h, o->update_time);
    o->doc.candidate_info = candidate_of(h, &in->candidate);
    o->doc.creator_info = creator_of(h, in->creator_uid);
    o->doc.remark = or_absent(in->remark);
    c->why = in->result;
    if ((r = order_add_reports(h, o, &reports, in->result, REPORT_FINAL)) < 0)
        return r;
    return order_add_uploads(h, o, in->uploads, in->n_uploads, in->result, REPORT_FINAL);
}

int order_record(struct hire *h, const struct order_by_hand *in, int64_t *ret_order_id) {
    struct order_change c = {.new_id = in->order_id, .action = ORDER_RECORD, .edit = edit_record, .in = in};

    return order_change(h, &c, ret_order_id);
}
