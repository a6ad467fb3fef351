/* SPDX-License-Identifier: Apache-2.0
 *
 * console/api/orders: one background check, and the actions of people on it.
 */
#include "hire/order/order.h"

#include "api_handlers.h"
#include "base/id.h"
#include "base/json.h"
#include "console/application/row.h"
#include "console/order/told.h"
#include "console/order/values.h"
#include "console/people.h"
#include "console/version.h"
#include "hire/order/arrange.h"

/* The actions of each role. The state table decides whether an action is possible. */
static const struct {
    enum order_action action;
    struct str name;
    unsigned roles;
} actions[] = {
    {ORDER_APPROVE, STR_INIT("approve"), ROLE_BIT(ROLE_ADMIN) | ROLE_BIT(ROLE_APPROVER)},
    {ORDER_REJECT, STR_INIT("reject"), ROLE_BIT(ROLE_ADMIN) | ROLE_BIT(ROLE_APPROVER)},
    {ORDER_WITHDRAW, STR_INIT("withdraw"), ROLE_BIT(ROLE_ADMIN) | ROLE_BIT(ROLE_RECRUITER)},
    {ORDER_TERMINATE, STR_INIT("terminate"), ROLE_BIT(ROLE_ADMIN) | ROLE_BIT(ROLE_RECRUITER)},
};

static void write_actions(struct call *c, struct order_state state) {
    struct order_step step;
    json_key(c->out, STR("actions"));
    json_begin(c->out, '[');
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if ((actions[i].roles & c->person->roles) && order_next(state, actions[i].action, false, &step) == 0)
            json_str(c->out, actions[i].name);
    json_end(c->out, ']');
}

static int write_doer(struct call *c, enum hire_actor_kind kind, int64_t id) {
    struct str name = STR_ABSENT, en_name = STR_ABSENT;
    int r = 0;
    if (kind == ACTOR_APP) {
        struct db_query q DB_CLEANUP = db_query(c->db, SQL_CONSOLE_APP_NAME);
        db_bind_int(&q, 1, id);
        r = db_row(&q);
        if (r == 1)
            name = en_name = arena_dup(c->arena, db_text(&q, COL_CONSOLE_APP_NAME_NAME));
    } else if (kind == ACTOR_USER) {
        struct account who;
        r = account_get(c->db, c->tenant, id, c->arena, &who);
        if (r == 1) {
            name = who.name;
            en_name = who.en_name;
        }
    }
    write_actor(c, kind, id, name, en_name);
    return r < 0 ? r : 0;
}

static int write_history(struct call *c, struct hire *h, int64_t id) {
    static const struct str names[ORDER_ACTIONS] = {
        [ORDER_ARRANGE] = STR_INIT("arrange"),         [ORDER_APPROVE] = STR_INIT("approve"),
        [ORDER_REJECT] = STR_INIT("reject"),           [ORDER_WITHDRAW] = STR_INIT("withdraw"),
        [ORDER_VENDOR_TOOK] = STR_INIT("vendor_took"), [ORDER_PROGRESS] = STR_INIT("progress"),
        [ORDER_RESULT] = STR_INIT("result"),           [ORDER_CANCEL] = STR_INIT("cancel"),
        [ORDER_TERMINATE] = STR_INIT("terminate"),     [ORDER_RECORD] = STR_INIT("record"),
        [ORDER_FINISH] = STR_INIT("finish"),           [ORDER_IMPORT] = STR_INIT("import"),
        [ORDER_FILE_LOST] = STR_INIT("file_lost"),
    };
    struct order_history_entry *steps;
    size_t n;
    int r = order_history(h, id, &steps, &n);
    if (r < 0)
        return r;
    json_key(c->out, STR("history"));
    json_begin(c->out, '[');
    while (n > 0) {
        const struct order_history_entry *e = &steps[--n];
        json_begin(c->out, '{');
        console_member_time(c->out, STR("at"), e->at_ms);
        r = write_doer(c, e->actor_kind, e->actor_id);
        if (r < 0)
            return r;
        json_member_str(c->out, STR("action"), names[e->action]);
        json_member_int(c->out, STR("from_status"), e->from.status);
        json_member_int(c->out, STR("from_phase"), e->from.phase);
        json_member_int(c->out, STR("to_status"), e->to.status);
        json_member_int(c->out, STR("to_phase"), e->to.phase);
        if (!str_is_empty(e->why))
            json_member_str(c->out, STR("why"), e->why);
        json_end(c->out, '}');
    }
    json_end(c->out, ']');
    return 0;
}

/* The id of the report that has a kept file; absent: there is none. */
static struct str report_of_file(const struct background_check_order *doc, int64_t file) {
    static const struct str prefix = STR_INIT("file:");
    for (size_t i = 0; i < doc->feedback_info_list.n; i++) {
        const struct background_check_order_feedback_info *f = &doc->feedback_info_list.v[i];
        int64_t id;
        if (str_starts(f->attachment_url, prefix) && id_parse(str_skip(f->attachment_url, prefix.len), &id) == 0 &&
            id == file)
            return f->id;
    }
    return STR_ABSENT;
}

static int write_files(struct call *c, int64_t order, const struct background_check_order *doc) {
    static const struct str states[] = {STR_INIT("waiting"), STR_INIT("kept"), STR_INIT("given_up")};
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_CONSOLE_ORDER_FILES);
    int r;
    json_key(c->out, STR("files"));
    json_begin(c->out, '[');
    db_bind_int(&q, 1, c->tenant);
    db_bind_int(&q, 2, order);
    while ((r = db_row(&q)) == 1) {
        json_begin(c->out, '{');
        json_member_str(c->out, STR("report_id"), report_of_file(doc, db_int(&q, COL_CONSOLE_ORDER_FILES_ID)));
        json_member_str(c->out, STR("state"), states[db_int(&q, COL_CONSOLE_ORDER_FILES_STATE)]);
        if (db_int(&q, COL_CONSOLE_ORDER_FILES_SIZE) > 0)
            json_member_id(c->out, STR("size"), db_int(&q, COL_CONSOLE_ORDER_FILES_SIZE));
        if (!str_is_empty(db_text(&q, COL_CONSOLE_ORDER_FILES_ERROR)))
            json_member_str(c->out, STR("error"), db_text(&q, COL_CONSOLE_ORDER_FILES_ERROR));
        json_end(c->out, '}');
    }
    json_end(c->out, ']');
    return r;
}

static int write_application_of(struct call *c, struct hire *h, int64_t id) {
    struct job_processes_list processes;
    struct application_row row;
    {
        struct db_query q DB_CLEANUP = db_query(c->db, SQL_CONSOLE_APPLICATION);
        db_bind_int(&q, 1, c->tenant);
        db_bind_int(&q, 2, id);
        int r = db_row(&q);
        if (r <= 0)
            return r;
        read_application_row(c, &q, &row);
    }
    int r = reference_processes(h, &processes);
    if (r < 0)
        return r;
    json_key(c->out, STR("application"));
    return write_application_row(c, h, &processes, &row, STR_ABSENT);
}

int handle_console_order_get(struct call *c) {
    const struct console_order_get_params *in = c->params;
    struct hire h = console_hire(c);
    struct record_reader reader = call_reader(c);
    struct background_check_order doc = {0};
    int64_t id = 0, application, account;
    struct order_state state;
    struct str version = STR_ABSENT;
    (void)id_parse(in->order_id, &id);
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_CONSOLE_ORDER);
    db_bind_int(&q, 1, c->tenant);
    db_bind_int(&q, 2, id);
    int r = db_row(&q);
    if (r == 0)
        return console_result(
            c, &h, hire_refuse(&h, REFUSED_NO_ORDER, "there is no order %.*s", STR_FMT(str_head(in->order_id, 32))));
    if (r < 0)
        return r;
    application = db_int(&q, COL_CONSOLE_ORDER_APPLICATION_ID);
    account = db_int(&q, COL_CONSOLE_ORDER_ACCOUNT_ID);
    state = (struct order_state){(enum order_status)db_int(&q, COL_CONSOLE_ORDER_STATUS),
                                 (enum order_phase)db_int(&q, COL_CONSOLE_ORDER_PHASE)};
    r = record_read_stored(&type_background_check_order, &doc, db_text(&q, COL_CONSOLE_ORDER_DOC), c->arena);
    if (r < 0 || (r = version_of_order(c, id, &version)) < 0)
        return r;
    json_begin(c->out, '{');
    json_member_str(c->out, STR("version"), version);
    write_identity_keys(c, &doc);
    json_key(c->out, STR("order"));
    if (mask_order_values(c, &doc))
        call_write_record(c, &type_background_check_order, &doc, c->out);
    else
        record_splice(&reader, db_text(&q, COL_CONSOLE_ORDER_DOC), c->out);
    json_member_int(c->out, STR("status"), state.status);
    json_member_int(c->out, STR("phase"), state.phase);
    if (account != 0)
        json_member_id(c->out, STR("account_id"), account);
    r = write_application_of(c, &h, application);
    write_actions(c, state);
    if (r == 0)
        r = write_history(c, &h, id);
    if (r == 0)
        r = write_files(c, id, &doc);
    if (r == 0)
        r = write_told(c, id);
    if (r == 0)
        r = write_order_attachments(c, &h, &doc);
    json_end(c->out, '}');
    return r;
}

/* ---- changes ---- */

static int change(struct call *c, struct str order_id, struct str version, struct str reason,
                  int (*fn)(struct hire *h, int64_t order_id, struct str reason)) {
    struct hire h = console_hire(c);
    struct str now;
    int64_t id;
    if (id_parse(order_id, &id) < 0)
        id = 0;
    int r = version_of_order(c, id, &now);
    if (r == 1)
        r = version_check(c, version, now);
    if (r < 0)
        return r;
    c->audit_detail = reason;
    return console_result(c, &h, fn(&h, id, reason));
}

#define CHANGE(verb)                                                                                                   \
    int handle_console_order_##verb(struct call *c) {                                                                  \
        const struct console_order_##verb##_params *at = c->params;                                                    \
        const struct console_order_##verb##_body *in = c->body;                                                        \
        return change(c, at->order_id, in->version, in->reason, order_##verb);                                         \
    }

CHANGE(approve)
CHANGE(reject)
CHANGE(withdraw)
CHANGE(terminate)

static int answer_new_order(struct call *c, struct hire *h, int r, int64_t id) {
    if (r < 0)
        return console_result(c, h, r);
    c->audit_subject = arena_printf(c->arena, "%lld", (long long)id);
    json_begin(c->out, '{');
    json_member_id(c->out, STR("order_id"), id);
    json_end(c->out, '}');
    return 0;
}

int handle_console_order_arrange(struct call *c) {
    const struct console_order_arrange_body *in = c->body;
    struct hire h = console_hire(c);
    struct order_arrange_input form = {
        .creator_uid = c->person->users_id,
        .package = str_is_empty(in->package_id) ? in->package_name : in->package_id,
        .items = in->item_ids,
        .geo = in->geo,
        .location_code = in->location_code,
        .remark = in->remark,
        .once = !(in->again.set && in->again.v),
    };
    int64_t id = 0;
    int r = hire_id(&h, "application_id", in->application_id, &form.application_id);
    if (r == 0)
        r = hire_id(&h, "account_id", in->account_id, &form.account_id);
    if (in->candidate)
        form.candidate = *in->candidate;
    if (in->contactor)
        form.contact = *in->contactor;
    else
        form.contact_uid = c->person->users_id;
    form.values.v = arena_array(c->arena, struct background_check_custom_field_data_value, in->custom_values.n);
    form.values.n = in->custom_values.n;
    for (size_t i = 0; i < in->custom_values.n; i++)
        form.values.v[i] = (struct background_check_custom_field_data_value){.key = in->custom_values.v[i].key,
                                                                             .value = in->custom_values.v[i].value};
    if (r == 0)
        r = order_arrange_checked(&h, &form, &id);
    return answer_new_order(c, &h, r, id);
}

static int read_uploads(struct hire *h, const struct console_report_upload_list *in, struct order_by_hand *out) {
    struct order_upload *v = arena_array(h->arena, struct order_upload, in->n);
    int r = 0;
    for (size_t i = 0; r == 0 && i < in->n; i++) {
        v[i].name = in->v[i].report_name;
        r = hire_id(h, "uploads.attachment_id", in->v[i].attachment_id, &v[i].attachment);
    }
    out->uploads = v;
    out->n_uploads = in->n;
    return r;
}

int handle_console_order_record(struct call *c) {
    const struct console_order_record_body *in = c->body;
    struct hire h = console_hire(c);
    struct order_by_hand hand = {
        .creator_uid = c->person->users_id,
        .name = in->name,
        .result = in->result,
        .remark = in->remark,
        .reports = in->reports,
    };
    int64_t id = 0;
    int r = hire_id(&h, "application_id", in->application_id, &hand.application_id);
    if (r == 0)
        r = read_uploads(&h, &in->uploads, &hand);
    if (r == 0)
        r = order_record(&h, &hand, &id);
    return answer_new_order(c, &h, r, id);
}
