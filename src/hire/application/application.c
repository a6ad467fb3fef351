/* SPDX-License-Identifier: Apache-2.0
 *
 * Functions that create, change and delete applications.
 */
#include "hire/application/application.h"

#include "base/id.h"
#include "hire/application/internal.h"
#include "hire/application/zone.h"
#include "hire/outbox/outbox.h"

#define CITIES_MAX 100
#define REASONS_MAX 100

/* Whether a source of resumes stands for an employee of the tenant. */
static bool source_is_employee(int64_t type) {
    return type == 10008 || type == 10009; /* a transfer, an intern made permanent */
}

/* ---- reading and writing ---- */

int application_get(struct hire *h, int64_t id, struct str *ret_doc) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_APPLICATION_GET);
    int r;

    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, id);
    r = db_row(&q);
    if (r == 1)
        *ret_doc = arena_dup(h->arena, db_text(&q, COL_APPLICATION_GET_DOC));
    return r;
}

/* Reads an application that is to be changed. */
static int load(struct hire *h, struct str id, struct application_case *ret) {
    struct str doc;
    int r;

    *ret = (struct application_case){0};
    if (id_parse(id, &ret->id) < 0 || (r = application_get(h, ret->id, &doc)) == 0)
        return hire_refuse(h, REFUSED_NO_APPLICATION, "there is no application %.*s", STR_FMT(str_head(id, 32)));
    if (r > 0)
        r = record_read_stored(&type_application, &ret->doc, doc, h->arena);
    if (r < 0)
        return r;
    if (id_parse(ret->doc.talent_id, &ret->talent) < 0 || id_parse(ret->doc.job_id, &ret->job) < 0)
        return -EBADMSG;
    return reference_processes(h, &ret->processes);
}

/* Writes the application with the transaction's stamp (store/stamp.h) as update_time. */
static int store(struct hire *h, struct application_case *a) {
    struct buf doc BUF_CLEANUP = BUF_EMPTY;
    int64_t before = 0;
    int r;

    (void)str_to_i64(a->doc.modify_time, &before);
    a->modified_ms = h->now_ms > before ? h->now_ms : before;
    a->doc.modify_time = hire_text(h, a->modified_ms);
    record_write_stored(&type_application, &a->doc, &doc);
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_APPLICATION_PUT);
    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, a->id);
    db_bind_int(&q, 3, a->talent);
    db_bind_int(&q, 4, a->job);
    db_bind_text(&q, 5, a->doc.stage ? a->doc.stage->id : STR(""));
    db_bind_int(&q, 6, a->doc.active_status.v);
    db_bind_int(&q, 7, a->modified_ms);
    db_bind_text(&q, 8, buf_str(&doc));
    r = db_post(&q);
    db_query_end(&q); /* before doc is freed */
    return r < 0 ? r : application_zone_raise(h->db, h->tenant, a->id, a->modified_ms);
}

/* ---- stages ---- */

static void enter_stage(struct hire *h, struct application_case *a, const struct job_processes_stage *stage) {
    struct application_stage_time_list *old = &a->doc.stage_time_list, list;
    struct application_stage_info *info = arena_new(h->arena, struct application_stage_info);

    /* A full list loses its oldest entries after the first one, to make room for one more. */
    size_t gone = old->n < APPLICATION_STAYS_MAX ? 0 : old->n + 1 - APPLICATION_STAYS_MAX;
    list.n = old->n - gone + 1;
    list.v = arena_array(h->arena, struct application_stage_time, list.n);
    for (size_t i = 0; i < list.n - 1; i++) {
        list.v[i] = old->v[i == 0 ? 0 : i + gone];
        if (str_is_empty(list.v[i].exit_time))
            list.v[i].exit_time = hire_text(h, h->now_ms);
    }
    list.v[list.n - 1] = (struct application_stage_time){.stage_id = stage->id, .enter_time = hire_text(h, h->now_ms)};
    *old = list;
    *info = (struct application_stage_info){
        .id = stage->id, .zh_name = stage->zh_name, .en_name = stage->en_name, .type = stage->type};
    a->doc.stage = info;
}

static int check_move(struct hire *h, const struct application_case *a, struct str stage_id,
                      const struct job_processes_stage **ret) {
    struct str from = a->doc.stage ? a->doc.stage->id : STR("");
    const struct job_processes *process, *own = NULL;
    const struct job_processes_stage *target = process_stage(&a->processes, stage_id, &process);
    struct talent_state talent;
    int r;

    if (!target)
        return hire_refuse(h, REFUSED_NO_STAGE, "no process has a stage %.*s", STR_FMT(str_head(stage_id, 64)));
    if (a->doc.active_status.v != APPLICATION_ACTIVE)
        return hire_refuse(h, REFUSED_MOVE, "the application is terminated; recover it first");
    if (a->doc.stage && a->doc.stage->type.v == STAGE_ONBOARDED)
        return hire_refuse(h, REFUSED_PRESENT_STAGE,
                           "the talent is onboarded, so the application cannot move to another stage");
    if (target->type.v == STAGE_ONBOARDED)
        return hire_refuse(h, REFUSED_TARGET_STAGE, "an application cannot be moved to the onboarded stage");
    if (process_stage(&a->processes, from, &own) && own != process)
        return hire_refuse(h, REFUSED_TARGET_STAGE, "that stage belongs to another process, %.*s",
                           STR_FMT(process->id));
    if (str_eq(from, stage_id))
        return hire_refuse(h, REFUSED_TARGET_STAGE, "the application stands at that stage already");
    if ((r = talent_state_get(h, a, &talent)) < 0)
        return r;
    if (talent.locked_by_other)
        return hire_refuse(h, REFUSED_LOCKED,
                           "application %lld locks the talent, because it is at an offer or onboarding stage",
                           (long long)talent.locked_by_other);
    *ret = target;
    return 0;
}

int application_transfer_stage(struct hire *h, struct str id, struct str stage_id) {
    const struct job_processes_stage *target = NULL;
    struct application_case a;
    struct str origin;
    int r;

    if ((r = load(h, id, &a)) < 0 || (r = check_move(h, &a, stage_id, &target)) < 0)
        return r;
    origin = a.doc.stage ? a.doc.stage->id : STR("");
    enter_stage(h, &a, target);
    if ((r = store(h, &a)) < 0)
        return r;
    const struct application_stage_changed_v1_event changed = {
        .application_id = hire_text(h, a.id),
        .origin_stage_id = origin,
        .target_stage_id = target->id,
        .update_time = SET_INT(a.modified_ms),
    };
    const struct hire_event event = {.type = EVENT_APPLICATION_STAGE_CHANGED_V1, .subject_id = a.id, .event = &changed};
    return hire_emit(h, &event);
}

/* ---- terminating and recovering ---- */

int application_terminate(struct hire *h, struct str id, const struct application_end *in) {
    struct application_case a;
    struct str doc;
    int r = load(h, id, &a);

    if (r < 0)
        return r;
    if (a.doc.active_status.v != APPLICATION_ACTIVE)
        return hire_refuse(h, REFUSED_TERMINATED, "the application is terminated already");
    if (in->reasons.n > REASONS_MAX)
        return hire_refuse(h, REFUSED_PARAMETER, "termination_reason_list may have at most %d entries", REASONS_MAX);
    if ((r = hire_bounded(h, "termination_reason_note", in->note, false, HIRE_TEXT_MAX)) < 0)
        return r;
    for (size_t i = 0; i < in->reasons.n; i++) {
        r = reference_get(h, STR("termination_reason"), in->reasons.v[i], &doc);
        if (r == 0)
            return hire_refuse(h, REFUSED_PARAMETER, "termination_reason_list[%zu]: there is no reason %.*s", i,
                               STR_FMT(str_head(in->reasons.v[i], 64)));
        if (r < 0)
            return r;
    }
    a.doc.active_status = SET_INT(APPLICATION_TERMINATED);
    a.doc.termination_type = SET_INT(in->type);
    a.doc.termination_reason_list = in->reasons;
    a.doc.termination_reason_note = str_is_empty(in->note) ? STR_ABSENT : in->note;
    return store(h, &a);
}

int application_recover(struct hire *h, struct str id) {
    struct application_case a;
    struct talent_state talent;
    int r = load(h, id, &a);

    if (r < 0)
        return r;
    if (a.doc.active_status.v == APPLICATION_ACTIVE)
        return hire_refuse(h, REFUSED_NOT_TERMINATED, "the application is active");
    if ((r = talent_state_get(h, &a, &talent)) < 0)
        return r;
    if (talent.onboarded)
        return hire_refuse(h, REFUSED_ONBOARDED, "the talent is onboarded");
    if (talent.locked_by_other)
        return hire_refuse(h, REFUSED_LOCKED,
                           "application %lld locks the talent, because it is at an offer or onboarding stage",
                           (long long)talent.locked_by_other);
    if (talent.active_for_job)
        return hire_refuse(h, REFUSED_SIMILAR, "application %lld of the talent to the job is active",
                           (long long)talent.active_for_job);
    a.doc.active_status = SET_INT(APPLICATION_ACTIVE);
    a.doc.termination_type = (struct opt_int){0};
    a.doc.termination_reason_list = (struct str_list){0};
    a.doc.termination_reason_note = STR_ABSENT;
    return store(h, &a);
}

/* Notes whose the deleted application was. Records that refer to it stay, and an erasure of the person must still
 * find them. */
static int keep_whose(struct hire *h, const struct application_case *a) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_APPLICATION_DELETED_ADD);
    int r;

    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, a->talent);
    db_bind_int(&q, 3, a->id);
    r = db_post(&q);
    return r < 0 ? r : 0;
}

int application_delete(struct hire *h, struct str id) {
    struct application_case a;
    int r = load(h, id, &a);

    if (r < 0)
        return r;
    {
        struct db_query q DB_CLEANUP = db_query(h->db, SQL_APPLICATION_DELETE);
        db_bind_int(&q, 1, h->tenant);
        db_bind_int(&q, 2, a.id);
        if ((r = db_post(&q)) < 0)
            return r;
    }
    if ((r = keep_whose(h, &a)) < 0)
        return r;
    struct str text = hire_text(h, a.id);
    const struct application_deleted_v1_event deleted = {.application_ids = {&text, 1}};
    const struct hire_event event = {.type = EVENT_APPLICATION_DELETED_V1, .subject_id = a.id, .event = &deleted};
    return hire_emit(h, &event);
}

/* ---- creating ---- */

/* Finds the first stage of the job's process. Refuses a job that is closed. */
static int first_stage(struct hire *h, struct application_case *a, const struct job_processes_stage **ret) {
    struct job_state job;
    int r = job_state_get(h, a->doc.job_id, &job);

    if (r < 0)
        return r;
    if (r == 0)
        return hire_refuse(h, REFUSED_PARAMETER, "job_id: there is no job %.*s", STR_FMT(str_head(a->doc.job_id, 32)));
    if (!job.open)
        return hire_refuse(h, REFUSED_PARAMETER, "job_id: the job is closed");
    if ((r = reference_processes(h, &a->processes)) < 0)
        return r;
    for (size_t i = 0; i < a->processes.n; i++)
        if (str_eq(a->processes.v[i].id, job.process_id) && a->processes.v[i].stage_list.n > 0) {
            *ret = &a->processes.v[i].stage_list.v[0];
            return 0;
        }
    return hire_refuse(h, REFUSED_PARAMETER, "job_id: the job has no hiring process with stages");
}

/* Binds talent and employee if the source stands for an employee. The binding is permanent. */
static int bind_employee(struct hire *h, const struct application_case *a, const struct application_new *in,
                         bool onboarded) {
    int64_t bound;
    int r;

    if (in->employee == 0)
        return hire_refuse(h, REFUSED_PARAMETER, "user_id is required: the source stands for an employee");
    if (!onboarded)
        return hire_refuse(h, REFUSED_PARAMETER,
                           "resume_source_id: an employee's application needs an onboarded talent");
    if ((r = employee_left(h, in->employee)) != 0)
        return r < 0 ? r : hire_refuse(h, REFUSED_NO_EMPLOYEE, "user_id: that user has left the company");
    if ((r = talent_employee(h, a->talent, &bound)) < 0)
        return r;
    if (r == 1 && bound != in->employee)
        return hire_refuse(h, REFUSED_OTHER_EMPLOYEE, "the talent is bound to another employee");
    if (r == 1)
        return 0;
    if ((r = employee_talent(h, in->employee, &bound)) < 0)
        return r;
    if (r == 1)
        return hire_refuse(h, REFUSED_OTHER_TALENT, "the employee is bound to talent %lld", (long long)bound);
    return talent_employee_bind(h, a->talent, in->employee);
}

static int set_source(struct hire *h, struct application_case *a, const struct application_new *in, bool onboarded) {
    struct resume_source source = {0};
    struct str doc;
    int64_t type = 0;
    int r;

    if (str_is_empty(in->source_id))
        return 0;
    r = reference_get(h, STR("resume_source"), in->source_id, &doc);
    if (r == 0)
        return hire_refuse(h, REFUSED_NO_SOURCE, "resume_source_id: there is no source %.*s",
                           STR_FMT(str_head(in->source_id, 64)));
    if (r < 0 || (r = record_read_stored(&type_resume_source, &source, doc, h->arena)) < 0)
        return r;
    (void)str_to_i64(source.resume_source_type, &type);
    if (source_is_employee(type) && (r = bind_employee(h, a, in, onboarded)) < 0)
        return r;
    struct application_resume_source *info = arena_new(h->arena, struct application_resume_source);
    info->id = in->source_id;
    info->name = arena_new(h->arena, struct i18n);
    info->name->zh_cn = source.zh_name;
    info->name->en_us = source.en_name;
    if (type)
        info->resume_source_type = SET_INT(type);
    a->doc.resume_source_id = in->source_id;
    a->doc.resume_source_info = info;
    return 0;
}

static const struct place *place_named(struct place *const places[4], const size_t n[4], struct str code) {
    for (int type = 0; type < 4; type++)
        for (size_t i = 0; i < n[type]; i++)
            if (str_eq(places[type][i].code, code))
                return &places[type][i];
    return NULL;
}

static int set_cities(struct hire *h, struct application_case *a, const struct str_list *codes) {
    struct place *places[4];
    size_t n[4];
    int r;

    if (codes->n == 0)
        return 0;
    if (codes->n > CITIES_MAX)
        return hire_refuse(h, REFUSED_PARAMETER, "application_preferred_city_code_list may have at most %d entries",
                           CITIES_MAX);
    for (int type = 0; type < 4; type++)
        if ((r = reference_places(h, (enum place_type)(type + 1), &places[type], &n[type])) < 0)
            return r;
    struct code_name_object *v = arena_array(h->arena, struct code_name_object, codes->n);
    for (size_t i = 0; i < codes->n; i++) {
        const struct place *p = place_named(places, n, codes->v[i]);
        if (!p)
            return hire_refuse(h, REFUSED_PARAMETER,
                               "application_preferred_city_code_list[%zu]: there is no place %.*s", i,
                               STR_FMT(str_head(codes->v[i], 64)));
        v[i].code = p->code;
        v[i].name = arena_new(h->arena, struct i18n);
        v[i].name->zh_cn = p->zh_name;
        v[i].name->en_us = p->en_name;
    }
    a->doc.application_preferred_city_list = (struct code_name_object_list){v, codes->n};
    return 0;
}

int application_create(struct hire *h, const struct application_new *in, int64_t *ret_id) {
    struct application_case a = {.doc = {.talent_id = in->talent_id, .job_id = in->job_id}};
    const struct job_processes_stage *stage = NULL;
    struct talent_state talent;
    struct str doc;
    int r = 0;

    if (id_parse(in->talent_id, &a.talent) < 0 || (r = reference_get(h, STR("talent"), in->talent_id, &doc)) == 0)
        return hire_refuse(h, REFUSED_NO_TALENT, "talent_id: there is no talent %.*s",
                           STR_FMT(str_head(in->talent_id, 32)));
    if (r < 0 || (r = first_stage(h, &a, &stage)) < 0)
        return r;
    if ((r = hire_id(h, "job_id", in->job_id, &a.job)) < 0 || (r = talent_state_get(h, &a, &talent)) < 0)
        return r;
    if (talent.active_for_job)
        return hire_refuse(h, REFUSED_SIMILAR, "application %lld of the talent to the job is active",
                           (long long)talent.active_for_job);
    if ((r = set_source(h, &a, in, talent.onboarded)) < 0 || (r = set_cities(h, &a, &in->city_codes)) < 0)
        return r;
    a.id = id_new();
    a.doc.id = hire_text(h, a.id);
    a.doc.active_status = SET_INT(APPLICATION_ACTIVE);
    a.doc.delivery_type = in->delivery_type;
    a.doc.create_time = hire_text(h, h->now_ms);
    enter_stage(h, &a, stage);
    r = store(h, &a);
    if (r == 0)
        *ret_id = a.id;
    return r;
}
