/* SPDX-License-Identifier: Apache-2.0
 *
 * Writes the rows of copies directly to the tables, because a million orders must be ready within a minute.
 */
#include "cli/demo/clone.h"

#include "base/id.h"
#include "hire/application/zone.h"
#include "hire/interview/interview.h"
#include "hire/order/order.h"
#include "hire/reference/card.h"

static int put_history(struct cloning *c, const struct clone_order_row *row) {
    struct db_query q DB_CLEANUP = db_query(c->cli->db, SQL_ORDER_HISTORY_INSERT);
    const struct order_state to = row->place.state;
    const int64_t values[] = {c->tenant,    row->id, 1, c->scale.now_ms, 0,       ACTOR_OPERATOR, 0,
                              ORDER_IMPORT, 0,       0, to.status,       to.phase};

    for (int i = 0; i < 12; i++)
        db_bind_int(&q, i + 1, values[i]);
    db_bind_text(&q, 13, STR(""));
    return db_run(&q);
}

int clone_put_order(struct cloning *c, const struct clone_order_row *row) {
    struct db_query q DB_CLEANUP = db_query(c->cli->db, SQL_ORDER_INSERT);
    int r;

    db_bind_int(&q, 1, c->tenant);
    db_bind_int(&q, 2, row->id);
    db_bind_int(&q, 3, row->update_time);
    db_bind_int(&q, 4, row->application_id);
    db_bind_int(&q, 5, row->place.account_id);
    db_bind_int(&q, 6, row->place.state.status);
    db_bind_int(&q, 7, row->place.state.phase);
    db_bind_int(&q, 8, row->place.begin_time);
    db_bind_int(&q, 9, row->last_stage_time);
    db_bind_text(&q, 10, buf_str(&c->doc));
    db_bind_text(&q, 11, row->package_id);
    db_bind_int(&q, 12, c->scale.now_ms); /* its history is one entry */
    db_bind_int(&q, 13, 1);
    db_bind_text(&q, 14, STR(""));
    if ((r = db_run(&q)) < 0 || (r = put_history(c, row)) < 0)
        return r;
    return order_place_enter(c->cli->db, c->tenant, row->id, &row->place);
}

int clone_put_application(struct cloning *c, int64_t id, int64_t talent, const struct application *a) {
    struct db_query q DB_CLEANUP = db_query(c->cli->db, SQL_CLI_APPLICATION_PUT);
    int64_t job = 0, modified = 0;

    (void)id_parse(a->job_id, &job);
    (void)str_to_i64(a->modify_time, &modified);
    db_bind_int(&q, 1, c->tenant);
    db_bind_int(&q, 2, id);
    db_bind_int(&q, 3, talent);
    db_bind_int(&q, 4, job);
    db_bind_text(&q, 5, a->stage ? a->stage->id : STR(""));
    db_bind_int(&q, 6, a->active_status.v);
    db_bind_int(&q, 7, modified);
    db_bind_text(&q, 8, buf_str(&c->doc));
    int r = db_run(&q);
    return r < 0 ? r : application_zone_raise(c->cli->db, c->tenant, id, modified);
}

int clone_put_talent(struct cloning *c, int64_t id, struct str name) {
    struct db_query q DB_CLEANUP = db_query(c->cli->db, SQL_CLI_REFERENCE_PUT);
    struct hire h = cli_hire(c->cli, c->tenant);
    int r;

    h.arena = &c->scratch;
    db_bind_int(&q, 1, c->tenant);
    db_bind_text(&q, 2, STR("talent"));
    db_bind_text(&q, 3, clone_text(id, &c->scratch));
    db_bind_text(&q, 4, buf_str(&c->doc));
    db_bind_int(&q, 5, id); /* position in lists */
    r = db_run(&q);
    return r < 0 ? r : card_set_name(&h, STR("talent"), id, name, true);
}

int clone_put_interview(struct cloning *c, int64_t id, int64_t application, const struct interview_extend *in) {
    struct db_query q DB_CLEANUP = db_query(c->cli->db, SQL_INTERVIEW_PUT);
    int r;

    db_bind_int(&q, 1, c->tenant);
    db_bind_int(&q, 2, id);
    db_bind_int(&q, 3, application);
    db_bind_int(&q, 4, in->begin_time.v);
    db_bind_text(&q, 5, buf_str(&c->doc));
    if ((r = db_run(&q)) < 0 || (r = interview_keep_interviewers(c->cli->db, c->tenant, id, in)) < 0)
        return r;
    struct db_query b DB_CLEANUP = db_query(c->cli->db, SQL_INTERVIEW_BEGIN_PUT);
    db_bind_int(&b, 1, c->tenant);
    db_bind_int(&b, 2, in->begin_time.v);
    db_bind_int(&b, 3, id);
    return db_run(&b);
}
