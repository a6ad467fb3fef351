/* SPDX-License-Identifier: Apache-2.0
 *
 * Writes an application, and the names of its talent and job, as rows of pages show them.
 */
#include "console/application/row.h"

#include "base/json.h"
#include "hire/reference/card.h"

void read_application_row(struct call *c, const struct db_query *q, struct application_row *ret) {
    *ret = (struct application_row){
        .update_time = db_int(q, COL_CONSOLE_APPLICATION_UPDATE_TIME),
        .id = db_int(q, COL_CONSOLE_APPLICATION_ID),
        .talent = db_int(q, COL_CONSOLE_APPLICATION_TALENT_ID),
        .job = db_int(q, COL_CONSOLE_APPLICATION_JOB_ID),
        .stage_id = arena_dup(c->arena, db_text(q, COL_CONSOLE_APPLICATION_STAGE_ID)),
        .active_status = db_int(q, COL_CONSOLE_APPLICATION_ACTIVE_STATUS),
    };
}

/* Writes the application's latest changed order, if it has one. */
static int write_order_brief(struct call *c, int64_t application) {
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_CONSOLE_ORDER_OF_APPLICATION);
    db_bind_int(&q, 1, c->tenant);
    db_bind_int(&q, 2, application);
    int r = db_row(&q);
    if (r <= 0)
        return r;
    struct str conclusion;
    record_members(db_text(&q, COL_CONSOLE_ORDER_OF_APPLICATION_DOC), &STR("conclusion"), 1, &conclusion);
    json_key(c->out, STR("order"));
    json_begin(c->out, '{');
    json_member_id(c->out, STR("id"), db_int(&q, COL_CONSOLE_ORDER_OF_APPLICATION_ID));
    json_member_int(c->out, STR("status"), db_int(&q, COL_CONSOLE_ORDER_OF_APPLICATION_STATUS));
    json_member_int(c->out, STR("phase"), db_int(&q, COL_CONSOLE_ORDER_OF_APPLICATION_PHASE));
    if (!str_eq(conclusion, STR("\"\"")))
        json_member_raw(c->out, STR("conclusion"), conclusion);
    json_end(c->out, '}');
    return 0;
}

void write_stage(struct buf *out, const struct job_processes_list *processes, struct str stage_id) {
    const struct job_processes *process;
    const struct job_processes_stage *stage = process_stage(processes, stage_id, &process);
    json_member_str(out, STR("id"), stage_id);
    if (!stage)
        return;
    console_member_i18n(out, STR("name"), stage->zh_name, stage->en_name);
    if (stage->type.set)
        json_member_int(out, STR("type"), stage->type.v);
}

int write_application_row(struct call *c, struct hire *h, const struct job_processes_list *processes,
                          const struct application_row *row, struct str create_time) {
    struct str talent, job;
    int r = card_name(h, STR("talent"), row->talent, &talent);
    if (r == 0)
        r = card_name(h, STR("job"), row->job, &job);
    if (r < 0)
        return r;
    struct buf *out = c->out;
    json_begin(out, '{');
    json_member_id(out, STR("id"), row->id);
    json_member_id(out, STR("talent_id"), row->talent);
    json_member_str(out, STR("talent_name"), talent);
    json_member_id(out, STR("job_id"), row->job);
    json_member_str(out, STR("job_title"), job);
    if (!str_is_empty(row->stage_id)) {
        json_key(out, STR("stage"));
        json_begin(out, '{');
        write_stage(out, processes, row->stage_id);
        json_end(out, '}');
    }
    if (row->active_status > 0)
        json_member_int(out, STR("active_status"), row->active_status);
    json_member_str(out, STR("create_time"), create_time);
    console_member_time(out, STR("update_time"), row->update_time);
    r = write_order_brief(c, row->id);
    json_end(out, '}');
    return r;
}

int write_subject(struct call *c, struct hire *h, int64_t application) {
    struct str name;
    int64_t talent, job;
    {
        struct db_query q DB_CLEANUP = db_query(c->db, SQL_CONSOLE_APPLICATION_SUBJECT);
        db_bind_int(&q, 1, c->tenant);
        db_bind_int(&q, 2, application);
        int r = db_row(&q);
        if (r <= 0)
            return r;
        talent = db_int(&q, COL_CONSOLE_APPLICATION_SUBJECT_TALENT_ID);
        job = db_int(&q, COL_CONSOLE_APPLICATION_SUBJECT_JOB_ID);
    }
    int r = card_name(h, STR("talent"), talent, &name);
    if (r < 0)
        return r;
    json_member_str(c->out, STR("talent_name"), name);
    r = card_name(h, STR("job"), job, &name);
    if (r < 0)
        return r;
    json_member_str(c->out, STR("job_title"), name);
    return 0;
}
