/* SPDX-License-Identifier: Apache-2.0
 *
 * Finds all records about a person and removes from them what identifies or describes that person. Counting
 * (erasure_look) and erasing (erasure_run) use the same walk, so the counts shown before an erasure match what it does.
 */
#include <inttypes.h>

#include "base/id.h"
#include "hire/erasure/erasing.h"
#include "hire/order/change.h"
#include "hire/outbox/outbox.h"
#include "hire/reference/reference.h"

/* ---- events ---- */

static const struct record_type *event_type_of(struct str type) {
    for (int i = 0; i < API_EVENTS; i++)
        if (str_eq(api_events[i].type, type))
            return api_events[i].of;
    return NULL;
}

static int erase_event(struct erasing *e, int64_t id) {
    struct hire *h = e->h;
    const struct record_type *type;
    struct str doc, clean = STR("{}");
    bool created;
    int r;
    {
        struct db_query q DB_CLEANUP = db_query(h->db, SQL_ERASURE_EVENT);
        db_bind_int(&q, 1, h->tenant);
        db_bind_int(&q, 2, id);
        if ((r = db_row(&q)) <= 0)
            return r;
        type = event_type_of(db_text(&q, COL_ERASURE_EVENT_TYPE));
        created = type == &type_eco_background_check_created_v1_event;
        doc = arena_dup(h->arena, db_text(&q, COL_ERASURE_EVENT_DOC));
    }
    if (type && (r = erasing_strip(e, type, doc, &clean)) < 0)
        return r;
    e->n.events += !str_eq(doc, clean);
    if (e->look)
        return 0;
    if ((r = erasing_write_doc(e, SQL_ERASURE_EVENT_DOC, id, clean)) < 0 ||
        (r = erasing_run_by_id(e, SQL_ERASURE_ATTEMPTS, id)) < 0)
        return r;
    /* Waiting deliveries of a created event are superseded: a vendor must not start a check of a person without a
     * name. */
    return created ? erasing_run_by_id(e, SQL_ERASURE_DELIVERIES, id) : 0;
}

static int erase_events(struct erasing *e, int64_t order) {
    struct id_list events = {0};
    int r = erasing_gather(e->h, SQL_ERASURE_EVENTS, order, &events);

    for (size_t i = 0; i < events.n && r >= 0; i++)
        r = erase_event(e, events.v[i]);
    return r;
}

/* ---- orders ---- */

/* Removes the reasons that people gave from the order's history. */
static int forget_reasons(struct erasing *e, const struct order_row *o) {
    struct order_history_entry *entries;
    size_t n;
    int r = order_history_of(e->h, o, &entries, &n);

    for (size_t i = 0; i < n && r >= 0; i++) {
        struct db_query q DB_CLEANUP = db_query(e->h->db, SQL_ERASURE_HISTORY);
        db_bind_int(&q, 1, e->h->tenant);
        db_bind_int(&q, 2, o->id);
        db_bind_int(&q, 3, entries[i].at_ms);
        db_bind_int(&q, 4, entries[i].seq);
        db_bind_text(&q, 5, STR(ERASED_WHY));
        r = db_run(&q);
    }
    return r < 0 ? r : 0;
}

static int erase_order(struct erasing *e, int64_t id) {
    struct hire *h = e->h;
    struct order_step step;
    struct order_row o;
    bool open;
    int r = order_read(h, id, &o);

    if (r < 0)
        return r;
    if (record_read_stored(&type_background_check_order, &o.doc, o.stored_doc, h->arena) < 0)
        return -EBADMSG;
    open = order_next(o.state, ORDER_TERMINATE, false, &step) == 0;
    if ((r = erasing_attachments(e, o.stored_doc)) < 0 || (r = erasing_reports(e, id)) < 0 ||
        (r = erase_events(e, id)) < 0 || (r = erasure_strip(h->arena, &type_background_check_order, &o.doc)) < 0)
        return r;
    e->n.orders += open || !str_eq(order_doc(h, &o.doc), o.stored_doc);
    e->n.open_orders += open;
    if (e->look)
        return 0;
    o.stage_ids = STR("");
    if ((r = forget_reasons(e, &o)) < 0 || (r = erasing_forget_audit(e, id)) < 0 || (r = order_write(h, &o)) < 0)
        return r;
    return open ? order_terminate(h, id, STR(ERASED_WHY)) : 0;
}

static int erase_orders_of(struct erasing *e, int64_t application) {
    struct id_list orders = {0};
    int r = erasing_gather(e->h, SQL_ERASURE_ORDERS, application, &orders);

    for (size_t i = 0; i < orders.n && r >= 0; i++)
        r = erase_order(e, orders.v[i]);
    return r;
}

/* ---- interviews ---- */

/* Answers to a form are about the person and are removed completely; so are cancelled interviews, because nothing
 * lists them. */
static int erase_interviews_of(struct erasing *e, int64_t application) {
    const struct kept_kind interview = {&type_interview_extend, SQL_INTERVIEW_GET, SQL_ERASURE_INTERVIEW_DOC,
                                        COL_INTERVIEW_GET_DOC, &e->n.interviews};
    struct id_list held = {0}, cancelled = {0};
    int r;

    if ((r = erasing_gather(e->h, SQL_ERASURE_INTERVIEWS, application, &held)) < 0 ||
        (r = erasing_gather(e->h, SQL_ERASURE_CANCELLED_INTERVIEWS, application, &cancelled)) < 0 ||
        (r = erasing_all_kept(e, &interview, &held)) < 0)
        return r;
    for (size_t i = 0; i < held.n && r >= 0; i++)
        r = erasing_run_by_id(e, SQL_ERASURE_INTERVIEW_ANSWERS, held.v[i]);
    for (size_t i = 0; i < cancelled.n && r >= 0; i++)
        if ((r = erasing_forget_audit(e, cancelled.v[i])) >= 0)
            r = erasing_run_by_id(e, SQL_ERASURE_CANCELLED_INTERVIEW, cancelled.v[i]);
    e->n.interviews += (int)cancelled.n;
    return r;
}

/* ---- the person ---- */

static int erase_applications(struct erasing *e) {
    const struct kept_kind application = {&type_application, SQL_APPLICATION_GET, SQL_ERASURE_APPLICATION_DOC,
                                          COL_APPLICATION_GET_DOC, &e->n.applications};
    struct id_list ids = {0};
    int r;

    if ((r = erasing_gather(e->h, SQL_ERASURE_APPLICATIONS, e->talent, &ids)) < 0 ||
        (r = erasing_gather(e->h, SQL_ERASURE_DELETED_APPLICATIONS, e->talent, &ids)) < 0)
        return r;
    e->known |= ids.n > 0;
    for (size_t i = 0; i < ids.n && r >= 0; i++)
        if ((r = erasing_kept(e, &application, ids.v[i])) >= 0 && (r = erase_orders_of(e, ids.v[i])) >= 0)
            r = erase_interviews_of(e, ids.v[i]);
    return r;
}

static int erase_external(struct erasing *e) {
    const struct kept_kind application = {&type_external_application, SQL_EXTERNAL_APPLICATION_GET,
                                          SQL_ERASURE_EXTERNAL_APPLICATION_DOC, COL_EXTERNAL_DOC, &e->n.external};
    const struct kept_kind check = {&type_external_background_check, SQL_EXTERNAL_CHECK_GET,
                                    SQL_ERASURE_EXTERNAL_CHECK_DOC, COL_EXTERNAL_DOC, &e->n.external};
    struct id_list ids = {0};
    int r = erasing_gather(e->h, SQL_ERASURE_EXTERNAL_APPLICATIONS, e->talent, &ids);

    e->known |= ids.n > 0;
    for (size_t i = 0; i < ids.n && r >= 0; i++) {
        struct id_list checks = {0};
        if ((r = erasing_kept(e, &application, ids.v[i])) < 0 ||
            (r = erasing_run_by_id(e, SQL_ERASURE_EXTERNAL_KEYS, ids.v[i])) < 0 ||
            (r = erasing_gather(e->h, SQL_ERASURE_EXTERNAL_CHECKS, ids.v[i], &checks)) < 0)
            return r;
        for (size_t k = 0; k < checks.n && r >= 0; k++)
            if ((r = erasing_kept(e, &check, checks.v[k])) >= 0)
                r = erasing_run_by_id(e, SQL_ERASURE_EXTERNAL_KEYS, checks.v[k]);
    }
    return r;
}

struct talent_kept {
    struct str id;
    struct opt_bool is_onboarded; /* the rules of applications read it */
};
static const struct record_field talent_kept_fields[] = {
    {.name = STR_INIT("id"), .kind = RECORD_STRING, .offset = offsetof(struct talent_kept, id)},
    {.name = STR_INIT("is_onboarded"), .kind = RECORD_BOOL, .offset = offsetof(struct talent_kept, is_onboarded)},
};
static const struct record_type type_talent_kept = {STR_INIT("talent"), sizeof(struct talent_kept), talent_kept_fields,
                                                    sizeof(talent_kept_fields) / sizeof(talent_kept_fields[0]), 0};

static int erase_talent(struct erasing *e) {
    struct hire *h = e->h;
    struct str id = hire_text(h, e->talent), doc;
    struct talent_kept kept = {0};
    struct buf clean BUF_CLEANUP = BUF_EMPTY;
    int r = reference_get(h, STR("talent"), id, &doc);

    if (r < 0)
        return r;
    if (r == 1) {
        e->known = true;
        if ((r = erasing_attachments(e, doc)) < 0)
            return r;
        if (record_read_stored(&type_talent_kept, &kept, doc, h->arena) < 0)
            return -EBADMSG;
        kept.is_onboarded.set = true;
        record_write_stored(&type_talent_kept, &kept, &clean);
        if (!e->look) {
            struct db_query q DB_CLEANUP = db_query(h->db, SQL_ERASURE_TALENT_DOC);
            db_bind_int(&q, 1, h->tenant);
            db_bind_text(&q, 2, id);
            db_bind_text(&q, 3, buf_str(&clean));
            if ((r = db_run(&q)) < 0)
                return r;
        }
    }
    if (e->look)
        return 0;
    if ((r = card_set_name(h, STR("talent"), e->talent, STR(ERASED_NAME), false)) < 0 ||
        (r = erasing_run_by_id(e, SQL_ERASURE_EMPLOYEE, e->talent)) < 0)
        return r;
    return erasing_forget_audit(e, e->talent);
}

static int last_erased(struct erasing *e) {
    struct db_query q DB_CLEANUP = db_query(e->h->db, SQL_ERASURE_GET);
    int r;

    db_bind_int(&q, 1, e->h->tenant);
    db_bind_int(&q, 2, e->talent);
    r = db_row(&q);
    if (r == 1)
        e->n.erased_ms = db_int(&q, COL_ERASURE_GET_ERASED_MS);
    e->known |= r == 1;
    return r < 0 ? r : 0;
}

static int note_erased(struct erasing *e) {
    struct hire *h = e->h;
    {
        struct db_query q DB_CLEANUP = db_query(h->db, SQL_ERASURE_PUT);
        db_bind_int(&q, 1, h->tenant);
        db_bind_int(&q, 2, e->talent);
        db_bind_int(&q, 3, h->now_ms);
        int r = db_run(&q);
        if (r < 0)
            return r;
    }
    db_forget(h->db);
    const struct talent_deleted_v1_event deleted = {.talent_id = hire_text(h, e->talent)};
    const struct hire_event event = {.type = EVENT_TALENT_DELETED_V1, .subject_id = e->talent, .event = &deleted};
    return hire_emit(h, &event);
}

static int go(struct erasing *e) {
    int r;

    if ((r = last_erased(e)) < 0 || (r = erase_applications(e)) < 0 || (r = erase_external(e)) < 0 ||
        (r = erase_talent(e)) < 0)
        return r;
    if (!e->known)
        return hire_refuse(e->h, REFUSED_NO_TALENT, "there is no talent %" PRId64, e->talent);
    return 0;
}

int erasure_look(struct hire *h, int64_t talent, struct erasure_counts *ret) {
    struct erasing e = {.h = h, .talent = talent, .look = true};
    int r = go(&e);

    *ret = e.n;
    return r;
}

int erasure_run(struct hire *h, int64_t talent, struct erasure_counts *ret) {
    struct erasing e = {.h = h, .talent = talent};
    int r = go(&e);

    if (r == 0)
        r = note_erased(&e);
    *ret = e.n;
    return r;
}
