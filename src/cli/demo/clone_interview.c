/* SPDX-License-Identifier: Apache-2.0
 *
 * Copies of interviews: of the copied applications, shortly before their checks.
 */
#include <errno.h>

#include "base/clock.h"
#include "cli/demo/clone.h"

#define BEFORE_CHECK_MS (INT64_C(5) * 86400000)

struct interview_cloning {
    struct cloning base;
    const struct interview_extend *all;
    size_t n_all;
    const struct scale *orders; /* of the copied orders; none: the interviews are of their templates' applications */
};

static void move_int(struct opt_int *time, const struct clone_pace *pace) {
    if (time->set && time->v > 0)
        time->v = clone_at(pace, time->v);
}

static int clone_interview(void *ctx, int64_t n) {
    struct interview_cloning *ic = ctx;
    struct arena *a = &ic->base.scratch;
    const struct interview_extend *t = &ic->all[scale_random(n, 31, (uint32_t)ic->n_all)];
    struct interview_extend i = *t;
    int64_t begin = scale_begin(&ic->base.scale, n) - BEFORE_CHECK_MS, id = clone_id(begin, CLONE_INTERVIEW);
    const struct clone_pace pace = {t->begin_time.v, begin, 1000};
    int64_t application = 0;
    int r;

    (void)str_to_i64(t->application_id, &application);
    if (ic->orders->orders > 0) {
        application =
            clone_application_id(ic->orders, n * scale_applications(ic->orders->orders) / ic->base.scale.orders);
        i.application_id = clone_text(application, a);
    }
    i.id = clone_text(id, a);
    move_int(&i.begin_time, &pace);
    move_int(&i.end_time, &pace);
    move_int(&i.feedback_submit_time, &pace);
    move_int(&i.biz_create_time, &pace);
    move_int(&i.biz_modify_time, &pace);
    if (i.interview_record_list.v) {
        i.interview_record_list.v = arena_array(a, struct interview_record, i.interview_record_list.n + 1);
        for (size_t k = 0; k < i.interview_record_list.n; k++) {
            i.interview_record_list.v[k] = t->interview_record_list.v[k];
            i.interview_record_list.v[k].id = clone_text(id + 1 + (int64_t)k, a);
        }
    }
    ic->base.doc.len = 0;
    record_write_stored(&type_interview_extend, &i, &ic->base.doc);
    r = clone_put_interview(&ic->base, id, application, &i);
    arena_reset(a);
    return r < 0 ? r : 0;
}

static int read_interview(struct cloning *c, int64_t id, struct interview_extend *ret) {
    struct db_query q DB_CLEANUP = db_query(c->cli->db, SQL_INTERVIEW_GET);
    struct arena *a = &c->cli->arena;
    int r;

    db_bind_int(&q, 1, c->tenant);
    db_bind_int(&q, 2, id);
    r = db_row(&q);
    if (r != 1)
        return r < 0 ? r : -ENOENT;
    return record_read_stored(&type_interview_extend, ret, arena_dup(a, db_text(&q, COL_INTERVIEW_GET_DOC)), a);
}

int demo_clone_interviews(struct cli *c, int64_t tenant, const struct scale *orders, int64_t wanted, bool progress) {
    struct interview_cloning ic = {.base = {.cli = c, .tenant = tenant, .scale = {.now_ms = clock_now_ms()}},
                                   .orders = orders};
    int64_t ids[CLONE_TEMPLATES_MAX];
    int n = clone_ids(c, SQL_CLI_INTERVIEWS, tenant, ids), r = 0;
    struct interview_extend *all;

    if (n <= 0 || wanted <= n)
        return n < 0 ? n : 0;
    all = arena_array(&c->arena, struct interview_extend, (size_t)n);
    for (int i = 0; i < n && r == 0; i++)
        r = read_interview(&ic.base, ids[i], &all[i]);
    if (r < 0)
        return r;
    ic.all = all;
    ic.n_all = (size_t)n;
    ic.base.scale.orders = wanted - n;
    r = clone_all(c->db, wanted - n, "making interviews", progress, clone_interview, &ic);
    buf_free(&ic.base.doc);
    arena_free(&ic.base.scratch);
    return r;
}
