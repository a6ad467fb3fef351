/* SPDX-License-Identifier: Apache-2.0
 *
 * Lists applications, and reads the states of talents, jobs and employees that the rules of applications depend on.
 */
#include <stddef.h>

#include "hire/application/internal.h"

/* ---- records of which only some members are read ---- */

struct job_part {
    struct opt_int active_status; /* 2: closed */
    struct str process_id;
};
static const struct record_field job_fields[] = {
    {.name = STR_INIT("active_status"), .kind = RECORD_INT, .offset = offsetof(struct job_part, active_status)},
    {.name = STR_INIT("process_id"), .kind = RECORD_STRING, .offset = offsetof(struct job_part, process_id)},
};
static const struct record_type type_job_part = {STR_INIT("job"), sizeof(struct job_part), job_fields, 2, 0};

struct talent_part {
    struct opt_bool is_onboarded;
};
static const struct record_field talent_fields[] = {
    {.name = STR_INIT("is_onboarded"), .kind = RECORD_BOOL, .offset = offsetof(struct talent_part, is_onboarded)},
};
static const struct record_type type_talent_part = {STR_INIT("talent"), sizeof(struct talent_part), talent_fields, 1,
                                                    0};

int job_state_get(struct hire *h, struct str job_id, struct job_state *ret) {
    struct job_part job = {0};
    struct str doc;
    int r = reference_get(h, STR("job"), job_id, &doc);

    if (r != 1)
        return r;
    if ((r = record_read_stored(&type_job_part, &job, doc, h->arena)) < 0)
        return r;
    *ret = (struct job_state){.open = !job.active_status.set || job.active_status.v == 1, .process_id = job.process_id};
    return 1;
}

static int talent_onboarded(struct hire *h, int64_t id) {
    struct talent_part talent = {0};
    struct str doc;
    int r = reference_get(h, STR("talent"), hire_text(h, id), &doc);

    if (r == 1 && (r = record_read_stored(&type_talent_part, &talent, doc, h->arena)) == 0)
        return talent.is_onboarded.v;
    return r;
}

int employee_left(struct hire *h, int64_t uid) {
    struct user user = {0};
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_USERS_GET);
    int r;

    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, uid);
    r = db_row(&q);
    if (r != 1)
        return r < 0 ? r : 1;
    r = record_read_stored(&type_user, &user, db_text(&q, COL_USERS_GET_DOC), h->arena);
    return r < 0 ? r : user.status && user.status->is_resigned.v;
}

static int one_number(struct hire *h, enum db_statement which, int64_t key, int64_t *ret) {
    struct db_query q DB_CLEANUP = db_query(h->db, which);
    int r;

    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, key);
    r = db_row(&q);
    if (r == 1)
        *ret = db_int(&q, COL_FIRST);
    return r;
}

int talent_employee(struct hire *h, int64_t talent, int64_t *ret_uid) {
    return one_number(h, SQL_TALENT_EMPLOYEE_GET, talent, ret_uid);
}

int employee_talent(struct hire *h, int64_t uid, int64_t *ret_talent) {
    return one_number(h, SQL_TALENT_EMPLOYEE_BY_USER, uid, ret_talent);
}

int talent_employee_bind(struct hire *h, int64_t talent, int64_t uid) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_TALENT_EMPLOYEE_ADD);
    int r;

    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, talent);
    db_bind_int(&q, 3, uid);
    r = db_run(&q);
    return r < 0 ? r : 0;
}

/* ---- locks ---- */

static bool locks(const struct job_processes_list *processes, struct str stage_id, int64_t active_status) {
    const struct job_processes_stage *s;

    if (active_status != APPLICATION_ACTIVE || !(s = process_stage(processes, stage_id, NULL)))
        return false;
    return s->type.v == STAGE_OFFER || s->type.v == STAGE_TO_BE_ONBOARDED;
}

int talent_state_get(struct hire *h, const struct application_case *a, struct talent_state *ret) {
    const struct job_processes_stage *s;
    int r = talent_onboarded(h, a->talent);

    if (r < 0)
        return r;
    *ret = (struct talent_state){.onboarded = r == 1};
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_APPLICATION_OF_TALENT);
    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, a->talent);
    while ((r = db_row(&q)) == 1) {
        int64_t id = db_int(&q, COL_APPLICATION_OF_TALENT_ID),
                active = db_int(&q, COL_APPLICATION_OF_TALENT_ACTIVE_STATUS);
        if (active != APPLICATION_ACTIVE)
            continue;
        s = process_stage(&a->processes, db_text(&q, COL_APPLICATION_OF_TALENT_STAGE_ID), NULL);
        ret->onboarded |= s && s->type.v == STAGE_ONBOARDED;
        if (id == a->id)
            continue;
        if (locks(&a->processes, db_text(&q, COL_APPLICATION_OF_TALENT_STAGE_ID), active))
            ret->locked_by_other = id;
        if (db_int(&q, COL_APPLICATION_OF_TALENT_JOB_ID) == a->job)
            ret->active_for_job = id;
    }
    return r;
}

/* ---- the walk ---- */

/* The ids of a process's stages, each between blanks, after a leading "-", which is no stage's id: for an unknown
 * process the text is not empty (which would mean "any") and matches no stage. */
static struct str stages_of(struct hire *h, const struct job_processes_list *all, struct str process_id) {
    struct buf b BUF_CLEANUP = BUF_EMPTY;

    if (str_is_empty(process_id))
        return STR("");
    buf_add_lit(&b, " - ");
    for (size_t i = 0; i < all->n; i++)
        for (size_t j = 0; str_eq(all->v[i].id, process_id) && j < all->v[i].stage_list.n; j++) {
            buf_add_str(&b, all->v[i].stage_list.v[j].id);
            buf_add_char(&b, ' ');
        }
    return arena_dup(h->arena, buf_str(&b));
}

static int lock_of(struct hire *h, const struct job_processes_list *processes, struct db_query *row) {
    struct application_case a = {.id = db_int(row, COL_APPLICATION_LISTED_ID),
                                 .talent = db_int(row, COL_APPLICATION_LISTED_TALENT_ID),
                                 .processes = *processes};
    struct talent_state talent;
    int r;

    if (locks(processes, db_text(row, COL_APPLICATION_LISTED_STAGE_ID),
              db_int(row, COL_APPLICATION_LISTED_ACTIVE_STATUS)))
        return LOCK_BY_THIS;
    if ((r = talent_state_get(h, &a, &talent)) < 0)
        return r;
    return talent.locked_by_other ? LOCK_BY_OTHER : LOCK_NONE;
}

int application_list(struct hire *h, const struct application_filter *f, int64_t after_id, int limit, application_fn fn,
                     void *ctx) {
    struct job_processes_list processes = {0};
    int n = 0, r = reference_processes(h, &processes);

    if (r < 0)
        return r;
    struct db_query q DB_CLEANUP = db_query(h->db, f->talent_id ? SQL_APPLICATION_LIST_BY_TALENT
                                                   : f->job_id  ? SQL_APPLICATION_LIST_BY_JOB
                                                                : SQL_APPLICATION_LIST);
    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, after_id);
    db_bind_text(&q, 3, str_is_absent(f->stage_id) ? STR("") : f->stage_id);
    db_bind_int(&q, 4, f->active_status);
    db_bind_int(&q, 5, f->from_ms);
    db_bind_int(&q, 6, f->to_ms);
    struct str stages = stages_of(h, &processes, f->process_id);
    db_bind_text(&q, 7, stages);
    if (f->talent_id || f->job_id)
        db_bind_int(&q, 8, f->talent_id ? f->talent_id : f->job_id);
    while (n < limit && (r = db_row(&q)) == 1) {
        if (f->talent_id && f->job_id && db_int(&q, COL_APPLICATION_LIST_BY_TALENT_JOB_ID) != f->job_id)
            continue;
        int lock = f->locks ? lock_of(h, &processes, &q) : 0;
        if (lock < 0)
            return lock;
        if (f->locks && !(f->locks & (1u << lock)))
            continue;
        fn(ctx, db_int(&q, COL_APPLICATION_LISTED_ID));
        n++;
    }
    return r < 0 ? r : n;
}
