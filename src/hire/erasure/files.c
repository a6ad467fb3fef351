/* SPDX-License-Identifier: Apache-2.0
 *
 * Erases the files of a person: attachments and reports.
 */
#include "base/id.h"
#include "hire/erasure/erasing.h"
#include "hire/order/order.h"
#include "hire/reference/reference.h"

#define ID_DIGITS_MIN 10 /* bounds for the digits of an attachment's id; other numbers in a record are not ids */
#define ID_DIGITS_MAX 19

static int remove_file(struct erasing *e, int64_t id) {
    return erasing_run_by_id(e, SQL_FILE_REMOVAL_ADD, id);
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
    erasing_list_put(e->h->arena, &e->files, &e->files_cap, id);
    e->n.files++;
    if ((r = erasing_run_by_text(e, SQL_ERASURE_ATTACHMENT_NAMED_DELETE, text)) < 0)
        return r;
    if (!upload)
        return 0;
    r = erasing_run_by_id(e, SQL_ERASURE_ATTACHMENT_DELETE, id);
    return r < 0 ? r : remove_file(e, id);
}

static bool is_word(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* A record may contain ids of attachments anywhere: in lists, in values of a vendor's fields, in members that the
 * API does not describe. Ids are unique among all records, so each number in a record that equals an attachment's id
 * is a reference to it. */
int erasing_attachments(struct erasing *e, struct str doc) {
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

int erasing_reports(struct erasing *e, int64_t order) {
    struct hire *h = e->h;
    struct id_list files = {0}, kept = {0};
    size_t cap = 0, kept_cap = 0;
    int r;
    {
        struct db_query q DB_CLEANUP = db_query(h->db, SQL_ERASURE_REPORTS);
        db_bind_int(&q, 1, h->tenant);
        db_bind_int(&q, 2, order);
        while ((r = db_row(&q)) == 1) {
            erasing_list_put(h->arena, &files, &cap, db_int(&q, COL_ERASURE_REPORTS_ID));
            if (db_int(&q, COL_ERASURE_REPORTS_STATE) == ORDER_FILE_KEPT)
                erasing_list_put(h->arena, &kept, &kept_cap, db_int(&q, COL_ERASURE_REPORTS_ID));
        }
    }
    e->n.files += (int)kept.n;
    /* A file that is being fetched at this time is removed after the fetch. */
    for (size_t i = 0; i < files.n && r >= 0; i++)
        if ((r = erasing_run_by_id(e, SQL_ERASURE_REPORT, files.v[i])) >= 0)
            r = remove_file(e, files.v[i]);
    return r < 0 ? r : 0;
}
