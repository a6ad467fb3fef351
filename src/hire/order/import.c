/* SPDX-License-Identifier: Apache-2.0
 *
 * Imports orders from answers of the platform, with their ids, times and all members.
 */
#include <stdio.h>

#include "hire/order/change.h"
#include "hire/order/report_url.h"
#include "hire/tenant/tenant.h"

static int optional_time(struct hire *h, const char *field, struct str text, int64_t *ret) {
    return str_is_empty(text) ? 0 : hire_time_any(h, field, text, ret);
}

/* Sets the columns from the members of the answer. */
static int read_columns(struct hire *h, const struct background_check_order *in, struct order_row *o) {
    int64_t ignored = 0;
    int r;

    if ((r = hire_id(h, "order_id", in->order_id, &o->id)) < 0 ||
        (r = hire_id(h, "application_id", in->application_id, &o->application_id)) < 0 ||
        (r = hire_time(h, "update_time", in->update_time, &o->update_time)) < 0 ||
        (r = optional_time(h, "begin_time", in->begin_time, &o->begin_time)) < 0 ||
        (r = optional_time(h, "end_time", in->end_time, &ignored)) < 0 ||
        (r = optional_time(h, "upload_time", in->upload_time, &ignored)) < 0)
        return r;
    if (!in->order_status.set)
        return hire_refuse(h, REFUSED_PARAMETER, "order_status is required");
    o->state.status = (enum order_status)in->order_status.v;
    for (size_t i = 0; i < in->process_info_list.n; i++) {
        char name[64];
        int64_t time = 0;

        snprintf(name, sizeof(name), "process_info_list[%zu].update_time", i);
        r = optional_time(h, name, in->process_info_list.v[i].update_time, &time);
        if (r < 0)
            return r;
        /* Later stages must have a later time, so an implausible time is ignored: with it, the order would accept no
         * further stage. */
        if (time > o->last_stage_time && time <= hire_due_ms(h) + HIRE_TIME_AHEAD_MS)
            o->last_stage_time = time;
    }
    for (size_t i = 0; i < in->feedback_info_list.n; i++) {
        /* Such a link would be read as a kept file of hired */
        if (str_starts(in->feedback_info_list.v[i].attachment_url, STR("file:")))
            return hire_refuse(h, REFUSED_PARAMETER,
                               "feedback_info_list[%zu].attachment_url must not begin with file:", i);
    }
    return 0;
}

/* The platform does not say whether an approval is about the arrangement or the report. The phase that is stored
 * here stays; otherwise an order with a final report is in the report phase. */
static enum order_phase phase_of(const struct order_row *o, const struct order_row *old) {
    if (o->state.status == old->state.status)
        return old->state.phase;
    switch (o->state.status) {
    case ORDER_APPROVED:
        return PHASE_ARRANGEMENT; /* an approved report completes the order at once */
    case ORDER_IN_APPROVAL:
    case ORDER_WITHDRAWN:
    case ORDER_REJECTED:
        for (size_t i = 0; i < o->doc.feedback_info_list.n; i++) {
            if (o->doc.feedback_info_list.v[i].report_type.v == REPORT_FINAL)
                return PHASE_REPORT;
        }
        return PHASE_ARRANGEMENT;
    case ORDER_NONE:
    case ORDER_ARRANGED:
    case ORDER_COMPLETED:
    case ORDER_TERMINATED:
        break;
    }
    return PHASE_NONE;
}

/* Finds the account at the order's provider; creates one if there is none. */
static int find_account(struct hire *h, const struct background_check_order *in, int64_t *ret) {
    const struct provider_id_name_object *provider = in->provider_info;
    struct vendor_account account = {0};
    int r;

    *ret = 0;
    if (!provider || str_is_empty(provider->provider_id))
        return 0;
    r = vendor_account_find(h, provider->provider_id, ret);
    if (r != 0)
        return r < 0 ? r : 0;
    account.provider_id = provider->provider_id;
    if (provider->provider_name) {
        account.provider_zh = provider->provider_name->zh_cn;
        account.provider_en = provider->provider_name->en_us;
    }
    account.name = !str_is_empty(account.provider_zh)   ? account.provider_zh
                   : !str_is_empty(account.provider_en) ? account.provider_en
                                                        : account.provider_id;
    account.third_type = in->account_third_type.set ? (int)in->account_third_type.v : 127;
    return vendor_account_add(h, &account, ret);
}

/* Queues the file of url for the fetcher, unless it is queued already. old_url: the previous link of the same
 * report. */
static int await_file(struct hire *h, int64_t order_id, struct str url, struct str old_url) {
    int64_t moved = 0, ignored;
    int r;

    struct db_query q DB_CLEANUP = db_query(h->db, SQL_REPORT_FILE_OF_ORDER);
    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, order_id);
    while ((r = db_row(&q)) == 1) {
        if (str_eq(db_text(&q, COL_REPORT_FILE_OF_ORDER_SOURCE_URL), url))
            return 0;
        if (!str_is_absent(old_url) && str_eq(db_text(&q, COL_REPORT_FILE_OF_ORDER_SOURCE_URL), old_url) &&
            db_int(&q, COL_REPORT_FILE_OF_ORDER_STATE) != ORDER_FILE_KEPT)
            moved = db_int(&q, COL_REPORT_FILE_OF_ORDER_ID);
    }
    if (r < 0)
        return r;
    if (moved == 0)
        return order_add_file(h, order_id, 0, url, &ignored);
    struct db_query u DB_CLEANUP = db_query(h->db, SQL_REPORT_FILE_MOVED);
    db_bind_int(&u, 1, h->tenant);
    db_bind_int(&u, 2, moved);
    db_bind_text(&u, 3, url);
    db_bind_int(&u, 4, hire_due_ms(h));
    r = db_post(&u);
    return r < 0 ? r : 0;
}

static const struct background_check_order_feedback_info *same_report(const struct background_check_order *old,
                                                                      struct str id) {
    for (size_t i = 0; i < old->feedback_info_list.n; i++) {
        if (!str_is_empty(id) && str_eq(old->feedback_info_list.v[i].id, id))
            return &old->feedback_info_list.v[i];
    }
    return NULL;
}

/* A report whose file is kept here keeps that file, whatever link the answer has. Another report shows the answer's
 * link until its file is fetched. */
static int join_reports(struct hire *h, struct order_row *o, const struct background_check_order *old) {
    struct background_check_order_feedback_info_list *list = &o->doc.feedback_info_list;
    struct background_check_order_feedback_info *v;
    int r;

    if (list->n == 0)
        return 0;
    v = arena_array(h->arena, struct background_check_order_feedback_info, list->n);
    memcpy(v, list->v, list->n * sizeof(*v));
    list->v = v;
    for (size_t i = 0; i < list->n; i++) {
        const struct background_check_order_feedback_info *was = same_report(old, v[i].id);
        struct str old_url = was ? was->attachment_url : STR_ABSENT;

        if (str_starts(old_url, STR("file:"))) {
            v[i].attachment_url = old_url;
        } else if (!str_is_absent(v[i].attachment_url) &&
                   !report_url_fault(v[i].attachment_url, true, h->private_addresses)) {
            r = await_file(h, o->id, v[i].attachment_url, old_url);
            if (r < 0)
                return r;
        }
    }
    return 0;
}

static bool same_columns(const struct order_row *a, const struct order_row *b) {
    return a->update_time == b->update_time && a->application_id == b->application_id &&
           a->account_id == b->account_id && a->begin_time == b->begin_time &&
           a->last_stage_time == b->last_stage_time && a->state.status == b->state.status &&
           a->state.phase == b->state.phase;
}

static int import(struct hire *h, struct background_check_order *in) {
    struct order_row o = {.doc = *in}, old = {0};
    int r;

    r = read_columns(h, in, &o);
    if (r < 0)
        return r;
    r = order_read(h, o.id, &old);
    if (r < 0 && r != HIRE_REFUSED)
        return r;
    if (r == HIRE_REFUSED) {
        h->refusal = REFUSED_NOTHING;
        h->why = STR_ABSENT;
    } else if (old.update_time > o.update_time) {
        return 0; /* the stored order is newer than the answer */
    } else if (record_read_stored(&type_background_check_order, &old.doc, old.stored_doc, h->arena) < 0) {
        return -EBADMSG;
    }
    o.history_ms = old.history_ms;
    o.version = old.version;
    o.stage_ids = old.stage_ids;
    o.package_id = old.package_id;
    o.stored_time = old.stored_time;
    o.stored_application_id = old.stored_application_id;
    o.stored_package_id = old.stored_package_id;
    o.stored_place = old.stored_place;
    if (o.last_stage_time < old.last_stage_time) /* stages that the vendor reported to hired still count */
        o.last_stage_time = old.last_stage_time;
    o.state.phase = phase_of(&o, &old);
    if ((r = find_account(h, in, &o.account_id)) < 0 || (r = join_reports(h, &o, &old.doc)) < 0)
        return r;
    if (old.stored_time != 0 && same_columns(&o, &old) && str_eq(order_doc(h, &o.doc), old.stored_doc))
        return 0;
    r = hire_imported_time(h, "update_time", o.update_time);
    if (r < 0)
        return r;
    r = order_note(h, &o, ORDER_IMPORT, old.state, o.state, STR_ABSENT);
    if (r == 0)
        r = order_write(h, &o);
    return r < 0 ? r : 1;
}

int order_import_check(struct hire *h, const struct background_check_order *in) {
    struct order_row o = {0};
    int r = read_columns(h, in, &o);

    return r < 0 ? r : hire_imported_time_check(h, "update_time", o.update_time);
}

int order_import(struct hire *h, struct background_check_order *in) {
    int64_t only_app = h->only_app;
    int r;

    h->only_app = 0; /* an import is not restricted to one app's orders */
    r = import(h, in);
    h->only_app = only_app;
    return r;
}
