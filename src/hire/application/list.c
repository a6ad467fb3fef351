/* SPDX-License-Identifier: Apache-2.0
 *
 * Lists applications, and reads the states of talents, jobs and employees that the rules of applications depend on.
 */
#include <stddef.h>

#include "base/array.h"
#include "hire/application/internal.h"
#include "hire/application/walk.h"

#define LOCK_ROW_COST                                                                                                  \
    4 /* a row of another application of the same talent costs as much as so many neighbours by id                     \
       */

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

/* ---- the list ---- */

struct listing {
    struct hire *h;
    const struct application_filter *f;
    struct job_processes_list processes;
    application_fn fn;
    void *ctx;
};

/* The ids of a process's stages, in the arena; none if the process is unknown. */
static struct str_list stages_of(struct hire *h, const struct job_processes_list *all, struct str process_id) {
    struct str_list ids = {0};
    struct str *v = NULL;
    size_t cap = 0;

    for (size_t i = 0; i < all->n; i++)
        for (size_t j = 0; str_eq(all->v[i].id, process_id) && j < all->v[i].stage_list.n; j++) {
            v = arena_array_grow(h->arena, v, ids.n, &cap, sizeof(*v));
            v[ids.n++] = all->v[i].stage_list.v[j].id;
        }
    ids.v = v;
    return ids;
}

/* Whether another application of the talent locks it. Returns 1, 0 or < 0. */
static int is_locked_by_other(const struct listing *l, const struct application_key *k, size_t *cost) {
    struct db_query q DB_CLEANUP = db_query(l->h->db, SQL_APPLICATION_OF_TALENT);
    int r;

    db_bind_int(&q, 1, l->h->tenant);
    db_bind_int(&q, 2, k->talent);
    while ((r = db_row(&q)) == 1) {
        *cost += LOCK_ROW_COST;
        if (db_int(&q, COL_APPLICATION_OF_TALENT_ID) != k->id &&
            locks(&l->processes, db_text(&q, COL_APPLICATION_OF_TALENT_STAGE_ID),
                  db_int(&q, COL_APPLICATION_OF_TALENT_ACTIVE_STATUS)))
            return 1;
    }
    return r;
}

/* Whether the application's lock is one of those that are wanted. Returns 1, 0 or < 0. */
static int has_wanted_lock(const struct listing *l, const struct application_key *k, size_t *cost) {
    const unsigned both = 1u << LOCK_NONE | 1u << LOCK_BY_OTHER, wanted = l->f->locks;
    int r;

    if (locks(&l->processes, k->stage_id, k->active_status))
        return (wanted & 1u << LOCK_BY_THIS) != 0;
    if ((wanted & both) == 0 || (wanted & both) == both)
        return (wanted & both) != 0;
    r = is_locked_by_other(l, k, cost);
    return r < 0 ? r : (wanted & 1u << (r == 1 ? LOCK_BY_OTHER : LOCK_NONE)) != 0;
}

static int take(void *ctx, const struct application_key *k, size_t *cost) {
    const struct listing *l = ctx;
    int r = l->f->locks ? has_wanted_lock(l, k, cost) : 1;

    if (r == 1)
        l->fn(l->ctx, k->id);
    return r;
}

int application_list(struct hire *h, const struct application_filter *f, int64_t after_id, int limit, application_fn fn,
                     void *ctx, int64_t *ret_cut) {
    struct listing l = {.h = h, .f = f, .fn = fn, .ctx = ctx};
    struct application_walk w = {
        .tenant = h->tenant, .after_id = after_id, .f = f, .limit = (size_t)limit, .take = take, .ctx = &l};
    struct application_walked end;
    int r = 0;

    *ret_cut = 0;
    if (f->locks || !str_is_empty(f->process_id))
        r = reference_processes(h, &l.processes);
    if (r < 0)
        return r;
    if (!str_is_empty(f->process_id)) {
        struct str_list stages = stages_of(h, &l.processes, f->process_id);
        if (stages.n == 0)
            return 0;
        w.stages = stages.v;
        w.n_stages = stages.n;
    }
    r = application_walk(h->db, h->arena, &w, &end);
    if (r < 0)
        return r;
    if (end.cut)
        *ret_cut = end.id;
    return (int)end.n;
}
