/* SPDX-License-Identifier: Apache-2.0
 *
 * External applications and their background checks: create, replace and delete, as integrators call it.
 */
#include "base/id.h"
#include "hire/attachment/attachment.h"
#include "hire/external/external.h"
#include "hire/reference/reference.h"

#define ATTACHMENTS_MAX 100

/* ---- idempotency keys ---- */

/* Returns 1 and the record that was created with the key, 0 if there was none in the last 24 hours, or < 0. */
static int key_find(struct hire *h, enum external_kind kind, struct str external_id, int64_t *ret_record) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_EXTERNAL_KEY_GET);
    int r;

    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, kind);
    db_bind_text(&q, 3, external_id);
    r = db_row(&q);
    if (r != 1 || db_int(&q, COL_EXTERNAL_KEY_GET_CREATED_MS) + EXTERNAL_KEY_MS <= h->now_ms)
        return r < 0 ? r : 0;
    *ret_record = db_int(&q, COL_EXTERNAL_KEY_GET_RECORD_ID);
    return 1;
}

static int key_put(struct hire *h, enum external_kind kind, struct str external_id, int64_t record) {
    int r;

    {
        struct db_query q DB_CLEANUP = db_query(h->db, SQL_EXTERNAL_KEY_PURGE);
        db_bind_int(&q, 1, h->tenant);
        db_bind_int(&q, 2, h->now_ms - EXTERNAL_KEY_MS);
        if ((r = db_post(&q)) < 0)
            return r;
    }
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_EXTERNAL_KEY_PUT);
    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, kind);
    db_bind_text(&q, 3, external_id);
    db_bind_int(&q, 4, record);
    db_bind_int(&q, 5, h->now_ms);
    r = db_post(&q);
    return r < 0 ? r : 0;
}

/* Finds the record that was created with the key before. Returns 1 with *record read, 0 if there is none, or < 0. */
static int created_before(struct hire *h, enum external_kind kind, struct str external_id,
                          const struct record_type *type, void *record) {
    int64_t id = 0;
    int r = str_is_empty(external_id) ? 0 : key_find(h, kind, external_id, &id);

    if (r != 1)
        return r;
    struct db_query q DB_CLEANUP =
        db_query(h->db, kind == EXTERNAL_CHECK ? SQL_EXTERNAL_CHECK_GET : SQL_EXTERNAL_APPLICATION_GET);
    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, id);
    r = db_row(&q);
    if (r == 0)
        return hire_refuse(h, REFUSED_PARAMETER,
                           "external_id: what was created under it was deleted since; it can be used "
                           "again 24 hours after the creation");
    if (r == 1) {
        memset(record, 0, type->size);
        r = record_read_stored(type, record, db_text(&q, COL_EXTERNAL_DOC), h->arena);
    }
    return r < 0 ? r : 1;
}

/* Accepts milliseconds since 1970, or absent. */
static int check_time(struct hire *h, const char *field, struct opt_int ms) {
    return ms.set ? hire_time_number(h, field, ms.v) : 0;
}

static int row_delete(struct hire *h, enum db_statement which, int64_t id) {
    struct db_query q DB_CLEANUP = db_query(h->db, which);

    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, id);
    return db_run(&q);
}

/* ---- applications ---- */

static int need_talent(struct hire *h, struct str talent_id, int64_t *ret) {
    struct str doc;
    int r = 0;

    if (id_parse(talent_id, ret) < 0 || (r = reference_get(h, STR("talent"), talent_id, &doc)) == 0)
        return hire_refuse(h, REFUSED_NO_TALENT, "talent_id: there is no talent %.*s",
                           STR_FMT(str_head(talent_id, 32)));
    return r < 0 ? r : 0;
}

/* Returns 1 with *ret read, 0 or < 0. */
static int application_load(struct hire *h, int64_t id, struct external_application *ret) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_EXTERNAL_APPLICATION_GET);
    int r;

    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, id);
    r = db_row(&q);
    if (r == 1) {
        *ret = (struct external_application){0};
        r = record_read_stored(&type_external_application, ret, db_text(&q, COL_EXTERNAL_DOC), h->arena);
        return r < 0 ? r : 1;
    }
    return r;
}

static int application_check(struct hire *h, const struct external_application *in, int64_t *ret_talent) {
    int r;

    if ((r = need_talent(h, in->talent_id, ret_talent)) < 0 ||
        (r = hire_bounded(h, "job_title", in->job_title, false, HIRE_NAME_MAX)) < 0 ||
        (r = hire_bounded(h, "resume_source", in->resume_source, false, HIRE_NAME_MAX)) < 0 ||
        (r = hire_bounded(h, "stage", in->stage, false, HIRE_NAME_MAX)) < 0 ||
        (r = hire_bounded(h, "termination_reason", in->termination_reason, false, HIRE_TEXT_MAX)) < 0 ||
        (r = hire_bounded(h, "termination_type", in->termination_type, false, HIRE_NAME_MAX)) < 0 ||
        (r = check_time(h, "modify_time", in->modify_time)) < 0)
        return r;
    return check_time(h, "create_time", in->create_time);
}

static int application_put(struct hire *h, int64_t id, struct str external_id, int64_t talent,
                           const struct external_application *in) {
    struct buf doc BUF_CLEANUP = BUF_EMPTY;
    int r;

    record_write_stored(&type_external_application, in, &doc);
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_EXTERNAL_APPLICATION_PUT);
    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, id);
    db_bind_text(&q, 3, str_is_absent(external_id) ? STR("") : external_id);
    db_bind_int(&q, 4, talent);
    db_bind_text(&q, 5, buf_str(&doc));
    r = db_post(&q);
    db_query_end(&q); /* before doc is freed */
    return r < 0 ? r : 0;
}

int external_application_create(struct hire *h, struct str external_id, struct external_application *in) {
    int64_t talent, id;
    int r = application_check(h, in, &talent);

    if (r < 0 || (r = hire_bounded(h, "external_id", external_id, false, HIRE_KEY_MAX)) < 0)
        return r;
    r = created_before(h, EXTERNAL_APPLICATION, external_id, &type_external_application, in);
    if (r != 0)
        return r < 0 ? r : 0;
    id = id_new();
    in->id = hire_text(h, id);
    r = application_put(h, id, external_id, talent, in);
    if (r == 0 && !str_is_empty(external_id))
        r = key_put(h, EXTERNAL_APPLICATION, external_id, id);
    return r;
}

/* Reads the application with that id; refuses if there is none. */
static int application_need(struct hire *h, const char *field, struct str text, int64_t *ret_id,
                            struct external_application *ret) {
    int r = 0;

    if (id_parse(text, ret_id) < 0 || (r = application_load(h, *ret_id, ret)) == 0)
        return hire_refuse(h, REFUSED_PARAMETER, "%s: there is no external application %.*s", field,
                           STR_FMT(str_head(text, 32)));
    return r < 0 ? r : 0;
}

int external_application_update(struct hire *h, struct str id_text, struct external_application *in) {
    struct external_application old;
    int64_t id, talent;
    int r = application_need(h, "external_application_id", id_text, &id, &old);

    if (r < 0 || (r = application_check(h, in, &talent)) < 0)
        return r;
    in->id = hire_text(h, id);
    return application_put(h, id, STR_ABSENT, talent, in);
}

int external_application_delete(struct hire *h, struct str id_text, struct str talent_id,
                                struct external_application *ret) {
    int64_t id;
    int r = application_need(h, "external_application_id", id_text, &id, ret);

    if (r < 0)
        return r;
    if (!str_is_empty(talent_id) && !str_eq(talent_id, ret->talent_id))
        return hire_refuse(h, REFUSED_PARAMETER, "talent_id: the external application is not that talent's");
    r = row_delete(h, SQL_EXTERNAL_CHECK_DELETE_OF_APPLICATION, id);
    if (r >= 0)
        r = row_delete(h, SQL_EXTERNAL_APPLICATION_DELETE, id);
    return r < 0 ? r : 0;
}

int external_application_list(struct hire *h, struct str talent_id, int64_t after_id, int limit, external_check_fn fn,
                              void *ctx) {
    int64_t talent;
    int n = 0, r = need_talent(h, talent_id, &talent);

    if (r < 0)
        return r;
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_EXTERNAL_APPLICATION_LIST);
    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, talent);
    db_bind_int(&q, 3, after_id);
    db_bind_int(&q, 4, limit);
    while ((r = db_row(&q)) == 1) {
        fn(ctx, db_int(&q, COL_EXTERNAL_APPLICATION_LIST_ID), db_text(&q, COL_EXTERNAL_APPLICATION_LIST_DOC));
        n++;
    }
    return r < 0 ? r : n;
}

/* ---- checks ---- */

static int set_attachments(struct hire *h, const struct str_list *ids, struct external_background_check *in) {
    struct external_background_check_attachment *v;

    in->attachment_list = (struct external_background_check_attachment_list){0};
    if (ids->n > ATTACHMENTS_MAX)
        return hire_refuse(h, REFUSED_PARAMETER, "attachment_id_list may have at most %d entries", ATTACHMENTS_MAX);
    v = arena_array(h->arena, struct external_background_check_attachment,
                    ids->n + 1); /* an empty list replaces the list, too */
    for (size_t i = 0; i < ids->n; i++) {
        struct attachment_row a;
        int r = attachment_find(h, ids->v[i], &a);
        if (r == 0)
            return hire_refuse(h, REFUSED_PARAMETER, "attachment_id_list[%zu]: there is no attachment %.*s", i,
                               STR_FMT(str_head(ids->v[i], 32)));
        if (r < 0)
            return r;
        v[i] = (struct external_background_check_attachment){.id = ids->v[i], .name = a.name};
        if (a.size >= 0)
            v[i].size = SET_INT(a.size);
    }
    in->attachment_list.v = v;
    in->attachment_list.n = ids->n;
    return 0;
}

static int check_fields(struct hire *h, const struct str_list *attachments, struct external_background_check *in,
                        int64_t *ret_application) {
    struct external_application application;
    int r;

    if ((r = application_need(h, "external_application_id", in->external_application_id, ret_application,
                              &application)) < 0 ||
        (r = check_time(h, "date", in->date)) < 0 ||
        (r = hire_bounded(h, "name", in->name, false, HIRE_NAME_MAX)) < 0 ||
        (r = hire_bounded(h, "result", in->result, false, HIRE_TEXT_MAX)) < 0)
        return r;
    return set_attachments(h, attachments, in);
}

static int check_put(struct hire *h, int64_t id, int64_t application, const struct external_background_check *in) {
    struct buf doc BUF_CLEANUP = BUF_EMPTY;
    int r;

    record_write_stored(&type_external_background_check, in, &doc);
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_EXTERNAL_CHECK_PUT);
    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, id);
    db_bind_int(&q, 3, application);
    db_bind_text(&q, 4, buf_str(&doc));
    r = db_post(&q);
    db_query_end(&q); /* before doc is freed */
    return r < 0 ? r : 0;
}

int external_check_create(struct hire *h, struct str external_id, const struct str_list *attachments,
                          struct external_background_check *in) {
    int64_t application, id;
    int r = check_fields(h, attachments, in, &application);

    if (r < 0 || (r = hire_bounded(h, "external_id", external_id, false, HIRE_KEY_MAX)) < 0)
        return r;
    r = created_before(h, EXTERNAL_CHECK, external_id, &type_external_background_check, in);
    if (r != 0)
        return r < 0 ? r : 0;
    id = id_new();
    in->id = hire_text(h, id);
    r = check_put(h, id, application, in);
    if (r == 0 && !str_is_empty(external_id))
        r = key_put(h, EXTERNAL_CHECK, external_id, id);
    return r;
}

static int check_need(struct hire *h, struct str text, int64_t *ret_id) {
    int r = 0;

    if (id_parse(text, ret_id) == 0) {
        struct db_query q DB_CLEANUP = db_query(h->db, SQL_EXTERNAL_CHECK_GET);
        db_bind_int(&q, 1, h->tenant);
        db_bind_int(&q, 2, *ret_id);
        r = db_row(&q);
    }
    if (r == 0)
        return hire_refuse(h, REFUSED_PARAMETER,
                           "external_background_check_id: there is no external background check %.*s",
                           STR_FMT(str_head(text, 32)));
    return r < 0 ? r : 0;
}

int external_check_update(struct hire *h, struct str id_text, const struct str_list *attachments,
                          struct external_background_check *in) {
    int64_t id, application;
    int r = check_need(h, id_text, &id);

    if (r < 0 || (r = check_fields(h, attachments, in, &application)) < 0)
        return r;
    in->id = hire_text(h, id);
    return check_put(h, id, application, in);
}

int external_check_delete(struct hire *h, struct str id_text) {
    int64_t id;
    int r = check_need(h, id_text, &id);

    if (r == 0)
        r = row_delete(h, SQL_EXTERNAL_CHECK_DELETE, id);
    return r < 0 ? r : 0;
}
