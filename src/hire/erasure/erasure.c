/* SPDX-License-Identifier: Apache-2.0
 *
 * Finds all records about a person and removes from them what identifies or describes that person. Counting
 * (erasure_look) and erasing (erasure_run) use the same walk, so the counts shown before an erasure match what it does.
 */
#include "hire/erasure/erasure.h"

#include <inttypes.h>

#include "base/array.h"
#include "base/id.h"
#include "base/json.h"
#include "hire/order/change.h"
#include "hire/outbox/outbox.h"
#include "hire/reference/card.h"
#include "hire/reference/reference.h"

#define ID_DIGITS_MIN 10 /* bounds for the digits of an attachment's id; other numbers in a record are not ids */
#define ID_DIGITS_MAX 19

struct erasing {
    struct hire *h;
    int64_t talent;
    bool look; /* only count, write nothing */
    bool known;
    struct id_list files; /* files that were already counted */
    size_t files_cap;
    struct erasure_counts n;
};

/* ---- helpers ---- */

static void list_put(struct arena *a, struct id_list *l, size_t *cap, int64_t id) {
    l->v = arena_array_grow(a, l->v, l->n, cap, sizeof(*l->v));
    l->v[l->n++] = id;
}

/* Collects the first column of the rows of a statement whose parameters are tenant and id. */
static int gather(struct hire *h, enum db_statement which, int64_t id, struct id_list *ret) {
    struct db_query q DB_CLEANUP = db_query(h->db, which);
    size_t cap = ret->n;
    int r;

    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, id);
    while ((r = db_row(&q)) == 1)
        list_put(h->arena, ret, &cap, db_int(&q, COL_FIRST));
    return r;
}

/* Runs a statement whose parameters are tenant and id. */
static int run_by_id(struct erasing *e, enum db_statement which, int64_t id) {
    if (e->look)
        return 0;
    struct db_query q DB_CLEANUP = db_query(e->h->db, which);
    db_bind_int(&q, 1, e->h->tenant);
    db_bind_int(&q, 2, id);
    int r = db_run(&q);
    return r < 0 ? r : 0;
}

static int run_by_text(struct erasing *e, enum db_statement which, struct str id) {
    if (e->look)
        return 0;
    struct db_query q DB_CLEANUP = db_query(e->h->db, which);
    db_bind_int(&q, 1, e->h->tenant);
    db_bind_text(&q, 2, id);
    int r = db_run(&q);
    return r < 0 ? r : 0;
}

/* Removes the texts that people wrote about a record from the audit log. */
static int forget_audit(struct erasing *e, int64_t id) {
    return run_by_text(e, SQL_ERASURE_AUDIT, hire_text(e->h, id));
}

/* ---- files ---- */

static int remove_file(struct erasing *e, int64_t id) {
    return run_by_id(e, SQL_FILE_REMOVAL_ADD, id);
}

/* Returns 1 if the id is that of an uploaded file, 0 or < 0. */
static int is_upload(struct hire *h, int64_t id) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_ERASURE_ATTACHMENT);

    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, id);
    return db_row(&q);
}

static int erase_attachment(struct erasing *e, struct str text, int64_t id) {
    struct str doc;
    int upload, named, r;

    for (size_t i = 0; i < e->files.n; i++)
        if (e->files.v[i] == id)
            return 0;
    upload = is_upload(e->h, id);
    named = upload < 0 ? upload : reference_get(e->h, STR("attachment"), text, &doc);
    if (named < 0 || (!upload && !named))
        return named;
    list_put(e->h->arena, &e->files, &e->files_cap, id);
    e->n.files++;
    if ((r = run_by_text(e, SQL_ERASURE_ATTACHMENT_NAMED_DELETE, text)) < 0)
        return r;
    if (!upload)
        return 0;
    r = run_by_id(e, SQL_ERASURE_ATTACHMENT_DELETE, id);
    return r < 0 ? r : remove_file(e, id);
}

static bool is_word(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* A record may contain ids of attachments anywhere: in lists, in values of a vendor's fields, in members that the
 * API does not describe. Ids are unique among all records, so each number in a record that equals an attachment's id
 * is a reference to it. */
static int erase_attachments_of(struct erasing *e, struct str doc) {
    for (size_t i = 0; i < doc.len;) {
        size_t n = 0;
        int64_t id;
        while (i + n < doc.len && is_word(doc.ptr[i + n]))
            n++;
        struct str word = {doc.ptr + i, n};
        i += n + 1;
        if (n < ID_DIGITS_MIN || n > ID_DIGITS_MAX || id_parse(word, &id) < 0)
            continue;
        int r = erase_attachment(e, word, id);
        if (r < 0)
            return r;
    }
    return 0;
}

static int erase_reports(struct erasing *e, int64_t order) {
    struct hire *h = e->h;
    struct id_list files = {0}, kept = {0};
    size_t cap = 0, kept_cap = 0;
    int r;
    {
        struct db_query q DB_CLEANUP = db_query(h->db, SQL_ERASURE_REPORTS);
        db_bind_int(&q, 1, h->tenant);
        db_bind_int(&q, 2, order);
        while ((r = db_row(&q)) == 1) {
            list_put(h->arena, &files, &cap, db_int(&q, COL_ERASURE_REPORTS_ID));
            if (db_int(&q, COL_ERASURE_REPORTS_STATE) == ORDER_FILE_KEPT)
                list_put(h->arena, &kept, &kept_cap, db_int(&q, COL_ERASURE_REPORTS_ID));
        }
    }
    e->n.files += (int)kept.n;
    /* A file that is being fetched at this time is removed after the fetch. */
    for (size_t i = 0; i < files.n && r >= 0; i++)
        if ((r = run_by_id(e, SQL_ERASURE_REPORT, files.v[i])) >= 0)
            r = remove_file(e, files.v[i]);
    return r < 0 ? r : 0;
}

/* ---- records that are kept as one doc ---- */

struct kept_kind {
    const struct record_type *type;
    enum db_statement get, put;
    enum db_column doc; /* of the row of the statement get */
    int *count;
};

/* Reads the doc of a record. Returns 1, 0 (there is none) or < 0. */
static int read_kept(struct erasing *e, const struct kept_kind *k, int64_t id, struct str *ret) {
    struct db_query q DB_CLEANUP = db_query(e->h->db, k->get);
    int r;

    db_bind_int(&q, 1, e->h->tenant);
    db_bind_int(&q, 2, id);
    r = db_row(&q);
    if (r == 1)
        *ret = arena_dup(e->h->arena, db_text(&q, k->doc));
    return r;
}

static int write_doc(struct erasing *e, enum db_statement which, int64_t id, struct str doc) {
    struct db_query q DB_CLEANUP = db_query(e->h->db, which);
    int r;

    db_bind_int(&q, 1, e->h->tenant);
    db_bind_int(&q, 2, id);
    db_bind_text(&q, 3, doc);
    r = db_run(&q);
    return r < 0 ? r : 0;
}

/* The doc without personal data, in the arena. */
static int stripped(struct erasing *e, const struct record_type *type, struct str doc, struct str *ret) {
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    void *record = arena_alloc(e->h->arena, type->size);

    if (record_read_stored(type, record, doc, e->h->arena) < 0)
        return -EBADMSG;
    int r = erasure_strip(e->h->arena, type, record);
    if (r < 0)
        return r;
    record_write_stored(type, record, &out);
    *ret = arena_dup(e->h->arena, buf_str(&out));
    return 0;
}

static int erase_kept(struct erasing *e, const struct kept_kind *k, int64_t id) {
    struct str doc, clean;
    int r = forget_audit(e, id);

    if (r < 0 || (r = read_kept(e, k, id, &doc)) <= 0)
        return r;
    if ((r = erase_attachments_of(e, doc)) < 0 || (r = stripped(e, k->type, doc, &clean)) < 0 || str_eq(doc, clean))
        return r;
    (*k->count)++;
    return e->look ? 0 : write_doc(e, k->put, id, clean);
}

static int erase_all_kept(struct erasing *e, const struct kept_kind *k, const struct id_list *ids) {
    int r = 0;

    for (size_t i = 0; i < ids->n && r >= 0; i++)
        r = erase_kept(e, k, ids->v[i]);
    return r;
}

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
    if (type && (r = stripped(e, type, doc, &clean)) < 0)
        return r;
    e->n.events += !str_eq(doc, clean);
    if (e->look)
        return 0;
    if ((r = write_doc(e, SQL_ERASURE_EVENT_DOC, id, clean)) < 0 || (r = run_by_id(e, SQL_ERASURE_ATTEMPTS, id)) < 0)
        return r;
    /* Waiting deliveries of a created event are superseded: a vendor must not start a check of a person without a
     * name. */
    return created ? run_by_id(e, SQL_ERASURE_DELIVERIES, id) : 0;
}

static int erase_events(struct erasing *e, int64_t order) {
    struct id_list events = {0};
    int r = gather(e->h, SQL_ERASURE_EVENTS, order, &events);

    for (size_t i = 0; i < events.n && r >= 0; i++)
        r = erase_event(e, events.v[i]);
    return r;
}

/* ---- orders ---- */

/* Removes the reasons that people gave from the order's history. */
static int forget_reasons(struct erasing *e, int64_t order) {
    struct db_query q DB_CLEANUP = db_query(e->h->db, SQL_ERASURE_HISTORY);
    int r;

    db_bind_int(&q, 1, e->h->tenant);
    db_bind_int(&q, 2, order);
    db_bind_text(&q, 3, STR(ERASED_WHY));
    r = db_run(&q);
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
    if ((r = erase_attachments_of(e, o.stored_doc)) < 0 || (r = erase_reports(e, id)) < 0 ||
        (r = erase_events(e, id)) < 0 || (r = erasure_strip(h->arena, &type_background_check_order, &o.doc)) < 0)
        return r;
    e->n.orders += open || !str_eq(order_doc(h, &o.doc), o.stored_doc);
    e->n.open_orders += open;
    if (e->look)
        return 0;
    if ((r = run_by_id(e, SQL_ERASURE_STAGES, id)) < 0 || (r = forget_reasons(e, id)) < 0 ||
        (r = forget_audit(e, id)) < 0 || (r = order_write(h, &o)) < 0)
        return r;
    return open ? order_terminate(h, id, STR(ERASED_WHY)) : 0;
}

static int erase_orders_of(struct erasing *e, int64_t application) {
    struct id_list orders = {0};
    int r = gather(e->h, SQL_ERASURE_ORDERS, application, &orders);

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

    if ((r = gather(e->h, SQL_ERASURE_INTERVIEWS, application, &held)) < 0 ||
        (r = gather(e->h, SQL_ERASURE_CANCELLED_INTERVIEWS, application, &cancelled)) < 0 ||
        (r = erase_all_kept(e, &interview, &held)) < 0)
        return r;
    for (size_t i = 0; i < held.n && r >= 0; i++)
        r = run_by_id(e, SQL_ERASURE_INTERVIEW_ANSWERS, held.v[i]);
    for (size_t i = 0; i < cancelled.n && r >= 0; i++)
        if ((r = forget_audit(e, cancelled.v[i])) >= 0)
            r = run_by_id(e, SQL_ERASURE_CANCELLED_INTERVIEW, cancelled.v[i]);
    e->n.interviews += (int)cancelled.n;
    return r;
}

/* ---- the person ---- */

static int erase_applications(struct erasing *e) {
    const struct kept_kind application = {&type_application, SQL_APPLICATION_GET, SQL_ERASURE_APPLICATION_DOC,
                                          COL_APPLICATION_GET_DOC, &e->n.applications};
    struct id_list ids = {0};
    int r;

    if ((r = gather(e->h, SQL_ERASURE_APPLICATIONS, e->talent, &ids)) < 0 ||
        (r = gather(e->h, SQL_ERASURE_DELETED_APPLICATIONS, e->talent, &ids)) < 0)
        return r;
    e->known |= ids.n > 0;
    for (size_t i = 0; i < ids.n && r >= 0; i++)
        if ((r = erase_kept(e, &application, ids.v[i])) >= 0 && (r = erase_orders_of(e, ids.v[i])) >= 0)
            r = erase_interviews_of(e, ids.v[i]);
    return r;
}

static int erase_external(struct erasing *e) {
    const struct kept_kind application = {&type_external_application, SQL_EXTERNAL_APPLICATION_GET,
                                          SQL_ERASURE_EXTERNAL_APPLICATION_DOC, COL_EXTERNAL_DOC, &e->n.external};
    const struct kept_kind check = {&type_external_background_check, SQL_EXTERNAL_CHECK_GET,
                                    SQL_ERASURE_EXTERNAL_CHECK_DOC, COL_EXTERNAL_DOC, &e->n.external};
    struct id_list ids = {0};
    int r = gather(e->h, SQL_ERASURE_EXTERNAL_APPLICATIONS, e->talent, &ids);

    e->known |= ids.n > 0;
    for (size_t i = 0; i < ids.n && r >= 0; i++) {
        struct id_list checks = {0};
        if ((r = erase_kept(e, &application, ids.v[i])) < 0 ||
            (r = run_by_id(e, SQL_ERASURE_EXTERNAL_KEYS, ids.v[i])) < 0 ||
            (r = gather(e->h, SQL_ERASURE_EXTERNAL_CHECKS, ids.v[i], &checks)) < 0)
            return r;
        for (size_t k = 0; k < checks.n && r >= 0; k++)
            if ((r = erase_kept(e, &check, checks.v[k])) >= 0)
                r = run_by_id(e, SQL_ERASURE_EXTERNAL_KEYS, checks.v[k]);
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
        if ((r = erase_attachments_of(e, doc)) < 0)
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
        (r = run_by_id(e, SQL_ERASURE_EMPLOYEE, e->talent)) < 0)
        return r;
    return forget_audit(e, e->talent);
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
