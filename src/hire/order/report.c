/* SPDX-License-Identifier: Apache-2.0
 *
 * The reports of an order and their files.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/id.h"
#include "hire/attachment/attachment.h"
#include "hire/order/change.h"
#include "hire/order/report_url.h"

static bool is_download(const struct eco_background_check_report_file *f) {
    return !f->report_url_type.set || f->report_url_type.v == REPORT_URL_DOWNLOAD;
}

int64_t order_file_owner(const struct order_row *o) {
    return o->app != 0 ? o->app : o->account_id;
}

/* Refuses if n further files of the owner would exceed ORDER_FILES_WAITING_MAX. */
static int check_waiting(struct hire *h, const char *field, int64_t owner, size_t n) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_REPORT_FILE_WAITING);
    int r;

    db_bind_int(&q, 1, owner);
    db_bind_int(&q, 2, ORDER_FILES_WAITING_MAX);
    r = db_row(&q);
    if (r < 0)
        return r;
    if (db_int(&q, COL_REPORT_FILE_WAITING_N) + (int64_t)n > ORDER_FILES_WAITING_MAX)
        return hire_refuse(h, REFUSED_PARAMETER,
                           "%s: %" PRId64
                           " reports of this vendor are still to be fetched, and at most %d may be; send it "
                           "again when some of them have been",
                           field, db_int(&q, COL_REPORT_FILE_WAITING_N), ORDER_FILES_WAITING_MAX);
    return 0;
}

int order_check_reports(struct hire *h, const char *field, const struct order_row *o,
                        const struct eco_background_check_report_file_list *reports) {
    size_t downloads = 0;

    if (reports->n > ORDER_REPORTS_PER_CALL)
        return hire_refuse(h, REFUSED_PARAMETER, "%s may hold at most %d reports; it holds %zu", field,
                           ORDER_REPORTS_PER_CALL, reports->n);
    if (reports->n + o->doc.feedback_info_list.n > ORDER_REPORTS_MAX)
        return hire_refuse(h, REFUSED_PARAMETER, "%s: the order has %zu reports already and may have at most %d", field,
                           o->doc.feedback_info_list.n, ORDER_REPORTS_MAX);
    for (size_t i = 0; i < reports->n; i++) {
        const struct eco_background_check_report_file *f = &reports->v[i];
        char name[80];
        const char *fault;
        int r;

        snprintf(name, sizeof(name), "%s[%zu].report_name", field, i);
        r = hire_bounded(h, name, f->report_name, true, HIRE_NAME_MAX);
        if (r < 0)
            return r;
        if (f->report_url_type.set && f->report_url_type.v != REPORT_URL_DOWNLOAD &&
            f->report_url_type.v != REPORT_URL_PREVIEW)
            return hire_refuse(h, REFUSED_PARAMETER, "%s[%zu].report_url_type must be 1 or 2", field, i);
        fault = report_url_fault(f->report_url, is_download(f), h->private_addresses);
        if (fault)
            return hire_refuse(h, REFUSED_PARAMETER, "%s[%zu].report_url %s", field, i, fault);
        downloads += is_download(f);
    }
    return downloads > 0 ? check_waiting(h, field, order_file_owner(o), downloads) : 0;
}

int order_add_file(struct hire *h, int64_t order_id, int64_t owner, struct str source_url, int64_t *ret_id) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_REPORT_FILE_INSERT);
    int64_t id = id_new();
    int r;

    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, id);
    db_bind_int(&q, 3, order_id);
    db_bind_text(&q, 4, source_url);
    db_bind_int(&q, 5, hire_due_ms(h));
    db_bind_int(&q, 6, owner);
    r = db_post(&q);
    if (r < 0)
        return r;
    *ret_id = id;
    return 0;
}

/* Adds n reports at the front of the list, the newest first, and returns them; the caller fills in their links. */
static struct background_check_order_feedback_info *add_in_front(struct hire *h, struct order_row *o, size_t n,
                                                                 struct str result, int report_type) {
    struct background_check_order_feedback_info_list *list = &o->doc.feedback_info_list;
    struct background_check_order_feedback_info *v;

    v = arena_array(h->arena, struct background_check_order_feedback_info, list->n + n);
    if (list->n > 0)
        memcpy(v + n, list->v, list->n * sizeof(*v));
    for (size_t i = 0; i < n; i++) {
        v[i].id = hire_text(h, id_new());
        v[i].result = result;
        v[i].report_type = SET_INT(report_type);
        v[i].create_time = hire_text(h, o->update_time);
    }
    list->v = v;
    list->n += n;
    if (!str_is_absent(result))
        o->doc.conclusion = result;
    return v;
}

int order_add_reports(struct hire *h, struct order_row *o, const struct eco_background_check_report_file_list *reports,
                      struct str result, int report_type) {
    struct background_check_order_feedback_info *v;

    if (reports->n == 0)
        return 0;
    v = add_in_front(h, o, reports->n, result, report_type);
    for (size_t i = 0; i < reports->n; i++) {
        const struct eco_background_check_report_file *f = &reports->v[i];
        struct background_check_order_feedback_info *out = &v[reports->n - 1 - i];
        int64_t file_id;
        int r;

        out->report_name = f->report_name;
        if (!is_download(f)) {
            out->report_preview_url = f->report_url;
        } else if (!str_is_absent(f->report_url)) {
            r = order_add_file(h, o->id, order_file_owner(o), f->report_url, &file_id);
            if (r < 0)
                return r;
            out->attachment_url = order_file_slot(h, file_id);
        }
    }
    return 0;
}

/* Turns an uploaded report into a file of the order: the kept file stays the same, under the same id. */
static int take_upload(struct hire *h, int64_t order_id, const struct order_upload *in) {
    struct attachment_row a;
    int r = hire_bounded(h, "report_name", in->name, true, HIRE_NAME_MAX);

    if (r == 0)
        r = attachment_find(h, hire_text(h, in->attachment), &a);
    if (r < 0)
        return r;
    if (r == 0 || a.usage != ATTACHMENT_REPORT)
        return hire_refuse_for(h, REASON_REPORT_GONE, STR_ABSENT,
                               "there is no uploaded report %" PRId64 "; upload the file first", in->attachment);
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_REPORT_FILE_INSERT_KEPT);
    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, a.id);
    db_bind_int(&q, 3, order_id);
    db_bind_int(&q, 4, a.size);
    db_bind_text(&q, 5, a.sha256);
    r = db_run(&q);
    return r < 0 ? r : attachment_forget(h, a.id);
}

int order_add_uploads(struct hire *h, struct order_row *o, const struct order_upload *uploads, size_t n,
                      struct str result, int report_type) {
    struct background_check_order_feedback_info *v;

    if (n == 0)
        return 0;
    if (n > ORDER_REPORTS_PER_CALL)
        return hire_refuse(h, REFUSED_PARAMETER, "at most %d reports can be uploaded for one check",
                           ORDER_REPORTS_PER_CALL);
    v = add_in_front(h, o, n, result, report_type);
    for (size_t i = 0; i < n; i++) {
        int r = take_upload(h, o->id, &uploads[i]);

        if (r < 0)
            return r;
        v[n - 1 - i].report_name = uploads[i].name;
        v[n - 1 - i].attachment_url = order_file_slot(h, uploads[i].attachment);
    }
    return 0;
}

struct str order_file_slot(struct hire *h, int64_t file_id) {
    return arena_printf(h->arena, "file:%" PRId64, file_id);
}

int order_file_get(struct hire *h, int64_t file_id, struct order_file *ret) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_REPORT_FILE_GET);
    int r;

    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, file_id);
    r = db_row(&q);
    if (r != 1)
        return r;
    *ret = (struct order_file){
        .id = file_id,
        .order_id = db_int(&q, COL_REPORT_FILE_GET_ORDER_ID),
        .source_url = arena_dup(h->arena, db_text(&q, COL_REPORT_FILE_GET_SOURCE_URL)),
        .state = (enum order_file_state)db_int(&q, COL_REPORT_FILE_GET_STATE),
        .attempts = (int)db_int(&q, COL_REPORT_FILE_GET_ATTEMPTS),
        .next_ms = db_int(&q, COL_REPORT_FILE_GET_NEXT_MS),
        .size = db_int(&q, COL_REPORT_FILE_GET_SIZE),
        .sha256 = arena_dup(h->arena, db_text(&q, COL_REPORT_FILE_GET_SHA256)),
        .error = arena_dup(h->arena, db_text(&q, COL_REPORT_FILE_GET_ERROR)),
    };
    return 1;
}

/* Reads an order for the fetcher, which acts for no app: h->only_app is not applied. */
static int read_doc(struct hire *h, int64_t order_id, struct order_row *ret) {
    int64_t only_app = h->only_app;
    int r;

    h->only_app = 0;
    r = order_read(h, order_id, ret);
    h->only_app = only_app;
    if (r < 0)
        return r;
    return record_read_stored(&type_background_check_order, &ret->doc, ret->stored_doc, h->arena) < 0 ? -EBADMSG : 0;
}

int order_file_name(struct hire *h, int64_t file_id, struct str *ret) {
    struct order_file file;
    struct order_row o;
    int r = order_file_get(h, file_id, &file);

    *ret = STR_ABSENT;
    if (r <= 0)
        return r;
    r = read_doc(h, file.order_id, &o);
    if (r < 0)
        return r;
    struct str slot = order_file_slot(h, file_id);
    for (size_t i = 0; i < o.doc.feedback_info_list.n; i++) {
        const struct background_check_order_feedback_info *f = &o.doc.feedback_info_list.v[i];

        if (str_eq(f->attachment_url, slot))
            *ret = f->report_name;
    }
    return 0;
}

/* The report was erased, or given up by another server, while this one fetched it. */
static int remove_late_file(struct hire *h, int64_t file_id) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_FILE_REMOVAL_ADD);
    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, file_id);
    int r = db_run(&q);
    return r < 0 ? r : 0;
}

int order_file_kept(struct hire *h, int64_t file_id, int64_t size, struct str sha256) {
    struct order_file file;
    struct order_row o;
    bool changed = false;
    int r = order_file_get(h, file_id, &file);

    if (r < 0)
        return r;
    if (r == 0)
        return -ENOENT;
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_REPORT_FILE_KEPT);
    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, file_id);
    db_bind_int(&q, 3, size);
    db_bind_text(&q, 4, sha256);
    r = db_run(&q);
    if (r <= 0)
        return r < 0 ? r : file.state == ORDER_FILE_GIVEN_UP ? remove_late_file(h, file_id) : 0;
    r = read_doc(h, file.order_id, &o);
    if (r < 0)
        return r;
    for (size_t i = 0; i < o.doc.feedback_info_list.n; i++) {
        struct background_check_order_feedback_info *f = &o.doc.feedback_info_list.v[i];

        if (str_eq(f->attachment_url, file.source_url)) {
            f->attachment_url = order_file_slot(h, file_id);
            changed = true;
        }
    }
    /* update_time is not changed: the report is the same, only its link differs. */
    return changed ? order_write(h, &o) : 0;
}

int order_file_failed(struct hire *h, int64_t file_id, struct str error, int64_t next_ms) {
    struct order_file file;
    struct order_row o;
    int r = order_file_get(h, file_id, &file);

    if (r < 0)
        return r;
    if (r == 0)
        return -ENOENT;
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_REPORT_FILE_FAILED);
    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, file_id);
    db_bind_int(&q, 3, next_ms == 0 ? ORDER_FILE_GIVEN_UP : ORDER_FILE_DUE);
    db_bind_int(&q, 4, next_ms);
    db_bind_text(&q, 5, str_is_absent(error) ? STR("") : error);
    r = db_run(&q);
    if (r <= 0 || next_ms != 0)
        return r < 0 ? r : 0;
    r = read_doc(h, file.order_id, &o);
    if (r < 0)
        return r;
    return order_note_alone(h, &o, ORDER_FILE_LOST, error);
}
