/* SPDX-License-Identifier: Apache-2.0
 *
 * order_change(), through which every order changes: read the order, check the state table, edit, write the order, its
 * history and the vendor's event. All of it runs in the caller's transaction.
 */
#include "hire/order/order.h"

#include "base/array.h"
#include "base/id.h"
#include "base/invariant.h"
#include "hire/order/change.h"
#include "hire/tenant/tenant.h"

/* More entries than any order has: a number beyond is damage. */
#define HISTORY_MAX 1000000

/* The end time of a completed order from its record; 0: unknown or not completed. */
static int64_t end_time_of(struct order_state state, struct str end_time) {
    int64_t ms;
    return state.status == ORDER_COMPLETED && id_parse(end_time, &ms) == 0 ? ms : 0;
}

/* The same for a record in stored form. */
static int64_t stored_end_time(struct order_state state, struct str stored) {
    static const struct str name = STR_INIT("end_time");
    struct str raw;

    if (state.status != ORDER_COMPLETED)
        return 0;
    record_members(stored, &name, 1, &raw);
    return raw.len > 2 ? end_time_of(state, (struct str){raw.ptr + 1, raw.len - 2}) : 0;
}

int order_read(struct hire *h, int64_t order_id, struct order_row *ret) {
    struct order_row o = {.id = order_id};
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_ORDER_GET);
    int r;

    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, order_id);
    r = db_row(&q);
    if (r < 0)
        return r;
    if (r == 1) {
        o.stored_time = o.update_time = db_int(&q, COL_ORDER_GET_UPDATE_TIME);
        o.application_id = db_int(&q, COL_ORDER_GET_APPLICATION_ID);
        o.account_id = db_int(&q, COL_ORDER_GET_ACCOUNT_ID);
        o.state = (struct order_state){(enum order_status)db_int(&q, COL_ORDER_GET_STATUS),
                                       (enum order_phase)db_int(&q, COL_ORDER_GET_PHASE)};
        o.begin_time = db_int(&q, COL_ORDER_GET_BEGIN_TIME);
        o.last_stage_time = db_int(&q, COL_ORDER_GET_LAST_STAGE_TIME);
        o.app = db_int(&q, COL_ORDER_GET_APP);
        o.stored_doc = arena_dup(h->arena, db_text(&q, COL_ORDER_GET_DOC));
        o.stored_place =
            (struct order_place){o.state, o.account_id, o.begin_time, stored_end_time(o.state, o.stored_doc)};
        o.package_id = o.stored_package_id = arena_dup(h->arena, db_text(&q, COL_ORDER_GET_PACKAGE_ID));
        o.stored_application_id = o.application_id;
        o.stage_ids = arena_dup(h->arena, db_text(&q, COL_ORDER_GET_STAGE_IDS));
        o.history_ms = db_int(&q, COL_ORDER_GET_HISTORY_MS);
        o.version = db_int(&q, COL_ORDER_GET_VERSION);
    }
    /* The answer for another vendor's order is the same as for one that does not exist. */
    if (r == 0 || (h->only_app != 0 && o.app != h->only_app))
        return hire_refuse(h, REFUSED_NO_ORDER, "there is no such background check order");
    *ret = o;
    return 0;
}

struct str order_doc(struct hire *h, const struct background_check_order *doc) {
    struct buf b BUF_CLEANUP = BUF_EMPTY;

    record_write_stored(&type_background_check_order, doc, &b);
    return arena_dup(h->arena, buf_str(&b));
}

static int move_place(struct hire *h, const struct order_row *o) {
    const struct order_place to = {o->state, o->account_id, o->begin_time, end_time_of(o->state, o->doc.end_time)};
    int r = 0;

    if (o->stored_time != 0 && order_place_same(&o->stored_place, &to))
        return 0;
    if (o->stored_time != 0)
        r = order_place_leave(h->db, h->tenant, o->id, &o->stored_place);
    return r < 0 ? r : order_place_enter(h->db, h->tenant, o->id, &to);
}

static bool names_attachment(const struct background_check_order *doc, struct str key) {
    for (size_t i = 0; i < doc->custom_field_list.n; i++) {
        const struct eco_background_check_custom_field_data *f = &doc->custom_field_list.v[i];
        if (str_eq(f->key, key))
            return str_eq(f->type, STR("file")) || str_eq(f->type, STR("resume"));
    }
    return false;
}

/* Notes which attachments the order's fields name, because its vendor may download those. Rows are never deleted,
 * because the vendor was told of these attachments already. */
static int keep_attachments(struct hire *h, const struct order_row *o) {
    int r = 0;

    for (size_t i = 0; i < o->doc.custom_data_list.n && r >= 0; i++) {
        const struct background_check_custom_field_data_value *value = &o->doc.custom_data_list.v[i];
        int64_t id;
        if (id_parse(value->value, &id) < 0 || !names_attachment(&o->doc, value->key))
            continue;
        struct db_query q DB_CLEANUP = db_query(h->db, SQL_ORDER_ATTACHMENT_PUT);
        db_bind_int(&q, 1, h->tenant);
        db_bind_text(&q, 2, value->value);
        db_bind_int(&q, 3, o->id);
        r = db_post(&q);
    }
    return r < 0 ? r : 0;
}

static int insert(struct hire *h, const struct order_row *o) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_ORDER_INSERT);

    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, o->id);
    db_bind_int(&q, 3, o->update_time);
    db_bind_int(&q, 4, o->application_id);
    db_bind_int(&q, 5, o->account_id);
    db_bind_int(&q, 6, o->state.status);
    db_bind_int(&q, 7, o->state.phase);
    db_bind_int(&q, 8, o->begin_time);
    db_bind_int(&q, 9, o->last_stage_time);
    db_bind_text(&q, 10, order_doc(h, &o->doc));
    db_bind_text(&q, 11, or_empty(o->package_id));
    db_bind_int(&q, 12, o->history_ms);
    db_bind_int(&q, 13, o->version);
    db_bind_text(&q, 14, or_empty(o->stage_ids));
    return db_post(&q);
}

/* The columns that most changes leave as they are. */
static int update_place(struct hire *h, const struct order_row *o) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_ORDER_UPDATE_PLACE);

    if (o->application_id == o->stored_application_id && o->account_id == o->stored_place.account_id &&
        o->begin_time == o->stored_place.begin_time && o->state.status == o->stored_place.state.status &&
        o->state.phase == o->stored_place.state.phase && str_eq(or_empty(o->package_id), o->stored_package_id))
        return 1;
    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, o->id);
    db_bind_int(&q, 3, o->application_id);
    db_bind_int(&q, 4, o->account_id);
    db_bind_int(&q, 5, o->state.status);
    db_bind_int(&q, 6, o->state.phase);
    db_bind_int(&q, 7, o->begin_time);
    db_bind_text(&q, 8, or_empty(o->package_id));
    return db_post(&q);
}

static int update(struct hire *h, const struct order_row *o) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_ORDER_UPDATE);
    int r;

    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, o->id);
    db_bind_int(&q, 3, o->stored_time);
    db_bind_int(&q, 4, o->update_time);
    db_bind_int(&q, 5, o->last_stage_time);
    db_bind_text(&q, 6, order_doc(h, &o->doc));
    db_bind_int(&q, 7, o->history_ms);
    db_bind_int(&q, 8, o->version);
    db_bind_text(&q, 9, or_empty(o->stage_ids));
    r = db_post(&q);
    return r <= 0 ? r : update_place(h, o);
}

int order_write(struct hire *h, struct order_row *o) {
    int r;

    INVARIANT_RETURN(order_state_exists(o->state), -EINVAL);
    INVARIANT_RETURN(o->update_time >= o->stored_time, -EINVAL); /* lists are polled by update_time */
    o->doc.order_status = SET_INT(o->state.status);
    o->doc.update_time = hire_text(h, o->update_time);
    r = o->stored_time == 0 ? insert(h, o) : update(h, o);
    if (r <= 0)
        return r < 0 ? r : -EAGAIN;
    r = move_place(h, o);
    if (r == 0)
        r = keep_attachments(h, o);
    o->stored_time = o->update_time;
    o->stored_application_id = o->application_id;
    o->stored_package_id = or_empty(o->package_id);
    o->stored_place =
        (struct order_place){o->state, o->account_id, o->begin_time, end_time_of(o->state, o->doc.end_time)};
    return r;
}

int order_note(struct hire *h, struct order_row *o, enum order_action action, struct order_state from,
               struct order_state to, struct str why) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_ORDER_HISTORY_INSERT);
    int r;

    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, o->id);
    db_bind_int(&q, 3, o->version + 1);
    db_bind_int(&q, 4, h->now_ms);
    db_bind_int(&q, 5, o->history_ms);
    db_bind_int(&q, 6, h->actor_kind);
    db_bind_int(&q, 7, h->actor_id);
    db_bind_int(&q, 8, action);
    db_bind_int(&q, 9, from.status);
    db_bind_int(&q, 10, from.phase);
    db_bind_int(&q, 11, to.status);
    db_bind_int(&q, 12, to.phase);
    db_bind_text(&q, 13, str_is_absent(why) ? STR("") : why);
    r = db_post(&q);
    if (r < 0)
        return r;
    o->history_ms = h->now_ms;
    o->version++;
    return 0;
}

int order_note_alone(struct hire *h, struct order_row *o, enum order_action action, struct str why) {
    int r = order_note(h, o, action, o->state, o->state, why);

    if (r < 0)
        return r;
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_ORDER_HISTORY_SET);
    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, o->id);
    db_bind_int(&q, 3, o->history_ms);
    db_bind_int(&q, 4, o->version);
    r = db_post(&q);
    return r < 0 ? r : 0;
}

/* Reads the tenant's approval switch for the action; false if the action has none. */
static int asks_approval(struct hire *h, enum order_action action, bool *ret) {
    struct tenant_approvals approvals;
    int r;

    *ret = false;
    if (action != ORDER_ARRANGE && action != ORDER_RESULT)
        return 0;
    r = tenant_approvals_get(h, &approvals);
    if (r < 0)
        return r;
    *ret = action == ORDER_ARRANGE ? approvals.arrangement : approvals.report;
    return 0;
}

int order_change(struct hire *h, struct order_change *c, int64_t *ret_id) {
    struct order_row o = {.id = c->order_id};
    struct order_step step;
    struct order_state from;
    bool approval;
    int r;

    r = c->order_id != 0 ? order_read(h, c->order_id, &o) : 0;
    if (r < 0)
        return r;
    r = asks_approval(h, c->action, &approval);
    if (r < 0)
        return r;
    from = o.state;
    if (order_next(from, c->action, approval, &step) < 0)
        return hire_refuse(h, REFUSED_STATE, "the background check order is %s; %s is not possible then",
                           order_state_text(from), order_action_text(c->action));
    if (c->order_id == 0) {
        o.id = c->new_id != 0 ? c->new_id : id_new();
        o.doc.order_id = hire_text(h, o.id);
    } else if (record_read_stored(&type_background_check_order, &o.doc, o.stored_doc, h->arena) < 0) {
        return -EBADMSG;
    }
    /* The stamp is normally greater than the stored update_time, which never decreases. */
    o.update_time = h->now_ms > o.stored_time ? h->now_ms : o.stored_time;
    r = c->edit ? c->edit(h, &o, c) : 0;
    if (r < 0)
        return r;

    r = order_note(h, &o, c->action, from, step.to, c->why);
    o.state = step.to;
    if (r == 0 && step.then_finish) {
        struct order_step finish;

        INVARIANT_RETURN(order_next(step.to, ORDER_FINISH, false, &finish) == 0, -EINVAL);
        r = order_note(h, &o, ORDER_FINISH, step.to, finish.to, STR_ABSENT);
        o.state = finish.to;
    }
    if (r < 0)
        return r;
    if (o.state.status == ORDER_COMPLETED || o.state.status == ORDER_TERMINATED)
        o.doc.end_time = hire_text(h, o.update_time);
    r = order_write(h, &o);
    if (r == 0)
        r = order_announce(h, &o, step.event, c->why);
    if (r == 0 && ret_id)
        *ret_id = o.id;
    return r;
}

int order_get(struct hire *h, int64_t order_id, struct order_state *ret_state, struct str *ret_doc) {
    struct order_row o;
    int r = order_read(h, order_id, &o);

    if (r == HIRE_REFUSED)
        return 0;
    if (r < 0)
        return r;
    *ret_state = o.state;
    *ret_doc = o.stored_doc;
    return 1;
}

/* Reads the entry seq of the order's history, which is at at_ms, and when the one before it was. */
static int history_entry(struct hire *h, int64_t order_id, int64_t seq, int64_t at_ms, struct order_history_entry *ret,
                         int64_t *ret_before_ms) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_ORDER_HISTORY_GET);
    int r;

    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, order_id);
    db_bind_int(&q, 3, at_ms);
    db_bind_int(&q, 4, seq);
    r = db_row(&q);
    if (r != 1)
        return r < 0 ? r : -EBADMSG;
    *ret_before_ms = db_int(&q, COL_ORDER_HISTORY_GET_BEFORE_MS);
    *ret = (struct order_history_entry){
        .at_ms = at_ms,
        .seq = seq,
        .actor_kind = (enum hire_actor_kind)db_int(&q, COL_ORDER_HISTORY_GET_ACTOR_KIND),
        .actor_id = db_int(&q, COL_ORDER_HISTORY_GET_ACTOR_ID),
        .action = (enum order_action)db_int(&q, COL_ORDER_HISTORY_GET_ACTION),
        .from = {(enum order_status)db_int(&q, COL_ORDER_HISTORY_GET_FROM_STATUS),
                 (enum order_phase)db_int(&q, COL_ORDER_HISTORY_GET_FROM_PHASE)},
        .to = {(enum order_status)db_int(&q, COL_ORDER_HISTORY_GET_TO_STATUS),
               (enum order_phase)db_int(&q, COL_ORDER_HISTORY_GET_TO_PHASE)},
        .why = arena_dup(h->arena, db_text(&q, COL_ORDER_HISTORY_GET_WHY)),
    };
    return 0;
}

int order_history_of(struct hire *h, const struct order_row *o, struct order_history_entry **ret, size_t *ret_n) {
    struct order_history_entry *v;
    int64_t at_ms = o->history_ms;
    int r = 0;

    if (o->version < 0 || o->version > HISTORY_MAX)
        return -EBADMSG;
    v = arena_array(h->arena, struct order_history_entry, (size_t)o->version);
    for (int64_t seq = o->version; seq > 0 && r == 0; seq--)
        r = history_entry(h, o->id, seq, at_ms, &v[seq - 1], &at_ms);
    *ret = v;
    *ret_n = (size_t)o->version;
    return r;
}

int order_history(struct hire *h, int64_t order_id, struct order_history_entry **ret, size_t *ret_n) {
    struct order_row o;
    int r = order_read(h, order_id, &o);

    return r < 0 ? r : order_history_of(h, &o, ret, ret_n);
}
