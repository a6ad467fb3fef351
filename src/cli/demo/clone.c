/* SPDX-License-Identifier: Apache-2.0
 *
 * Copies of the demo's records for load tests: whole, valid records with their own ids and times. They are written
 * directly to the tables, because a million of them must be ready within a minute.
 */
#include <errno.h>
#include <stdio.h>

#include "api_types.h"
#include "base/clock.h"
#include "cli/demo/demo.h"
#include "hire/interview/interview.h"
#include "hire/order/order.h"
#include "hire/order/place.h"

#define IN_TRANSACTION 50000
#define WITH_CUSTOM_FIELDS 8            /* every eighth order has them; in all orders they would be most of the bytes */
#define BEGIN_MS INT64_C(1672531200000) /* 2023-01-01: the modify times of the copies begin here ... */
#define SPAN_MS INT64_C(63072000000)    /* ... and span at most two years, before the demo's own records */
#define STEP_MS 60000
#define EPOCH_2015_MS INT64_C(1420070400000) /* the epoch of ids */
#define TEMPLATES_MAX 256

/* Makes an id as hired does, with a time that no demo record has. kind separates orders from interviews. */
static int64_t id_at(int64_t ms, int kind, int n) {
    return ((ms - EPOCH_2015_MS) << 22) | (kind << 12) | n;
}

static int64_t step_for(int64_t n) {
    return n > 0 && SPAN_MS / n < STEP_MS ? (SPAN_MS / n > 0 ? SPAN_MS / n : 1) : STEP_MS;
}

static struct str text_of(struct arena *a, int64_t value) {
    return arena_printf(a, "%lld", (long long)value);
}

/* Shifts a time in text form; absent and "" stay. */
static void move_text(struct str *time, int64_t by, struct arena *a) {
    int64_t ms;

    if (str_to_i64(*time, &ms) == 0)
        *time = text_of(a, ms + by);
}

static void move_int(struct opt_int *time, int64_t by) {
    if (time->set && time->v > 0)
        time->v += by;
}

static void show(bool progress, const char *what, int64_t done, int64_t all) {
    if (progress)
        fprintf(stderr, done < all ? "\r\033[K%s %3.0f %%" : "\r\033[K", what, 100.0 * (double)done / (double)all);
}

/* Reads a column of ids. Returns their number or a negative errno. */
static int read_ids(struct cli *c, enum db_statement walk, int64_t tenant, int64_t ids[TEMPLATES_MAX]) {
    struct db_query q DB_CLEANUP = db_query(c->db, walk);
    int n = 0, r;

    db_bind_int(&q, 1, tenant);
    db_bind_int(&q, 2, 0);
    db_bind_int(&q, 3, TEMPLATES_MAX);
    while ((r = db_row(&q)) == 1)
        ids[n++] = db_int(&q, COL_FIRST);
    return r < 0 ? r : n;
}

/* Makes copy number n, which changed at that time. Returns 0 or < 0. */
typedef int (*clone_fn)(void *ctx, int64_t n, int64_t ms);

/* Makes n copies, IN_TRANSACTION in each transaction. label: what the progress line says. */
static int clone_all(struct db *db, int64_t n, const char *label, bool progress, clone_fn fn, void *ctx) {
    int64_t step = step_for(n);
    int r = db_begin(db);

    for (int64_t i = 0; i < n && r == 0; i++) {
        r = fn(ctx, i, BEGIN_MS + i * step);
        if (r == 0 && (i + 1) % IN_TRANSACTION == 0) {
            r = db_commit(db);
            if (r == 0)
                r = db_begin(db);
            show(progress, label, i, n);
        }
    }
    if (r == 0)
        r = db_commit(db);
    else
        db_rollback(db);
    show(progress, "", n, n);
    return r;
}

/* ---- orders ---- */

struct order_template {
    int64_t update_time, application_id, account_id, status, phase, begin_time, last_stage_time;
    struct str package_id;
    struct background_check_order doc;
};

static int read_order(struct cli *c, int64_t tenant, int64_t id, struct order_template *t) {
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_ORDER_GET);
    int r;

    db_bind_int(&q, 1, tenant);
    db_bind_int(&q, 2, id);
    r = db_row(&q);
    if (r != 1)
        return r < 0 ? r : -ENOENT;
    t->update_time = db_int(&q, COL_ORDER_GET_UPDATE_TIME);
    t->application_id = db_int(&q, COL_ORDER_GET_APPLICATION_ID);
    t->account_id = db_int(&q, COL_ORDER_GET_ACCOUNT_ID);
    t->status = db_int(&q, COL_ORDER_GET_STATUS);
    t->phase = db_int(&q, COL_ORDER_GET_PHASE);
    t->begin_time = db_int(&q, COL_ORDER_GET_BEGIN_TIME);
    t->last_stage_time = db_int(&q, COL_ORDER_GET_LAST_STAGE_TIME);
    t->package_id = arena_dup(&c->arena, db_text(&q, COL_ORDER_GET_PACKAGE_ID));
    return record_read_stored(&type_background_check_order, &t->doc, db_text(&q, COL_ORDER_GET_DOC), &c->arena);
}

/* The template's stored doc with a new id and shifted times. */
static void write_order_doc(const struct order_template *t, int64_t id, int64_t by, bool custom, struct arena *a,
                            struct buf *out) {
    struct background_check_order o = t->doc;

    if (!custom) {
        o.custom_field_list.v = NULL;
        o.custom_data_list.v = NULL;
    }
    o.order_id = text_of(a, id);
    move_text(&o.update_time, by, a);
    move_text(&o.begin_time, by, a);
    move_text(&o.end_time, by, a);
    move_text(&o.upload_time, by, a);
    o.process_info_list.v = arena_array(a, struct background_check_order_process_info, o.process_info_list.n + 1);
    for (size_t i = 0; i < o.process_info_list.n; i++) {
        o.process_info_list.v[i] = t->doc.process_info_list.v[i];
        move_text(&o.process_info_list.v[i].update_time, by, a);
    }
    o.feedback_info_list.v = arena_array(a, struct background_check_order_feedback_info, o.feedback_info_list.n + 1);
    for (size_t i = 0; i < o.feedback_info_list.n; i++) {
        o.feedback_info_list.v[i] = t->doc.feedback_info_list.v[i];
        o.feedback_info_list.v[i].id = text_of(a, id + 1 + (int64_t)i);
        move_text(&o.feedback_info_list.v[i].create_time, by, a);
    }
    if (!t->doc.process_info_list.v)
        o.process_info_list.v = NULL;
    if (!t->doc.feedback_info_list.v)
        o.feedback_info_list.v = NULL;
    record_write_stored(&type_background_check_order, &o, out);
}

struct order_cloning {
    struct cli *cli;
    int64_t tenant, now_ms;
    const struct order_template *all, *open; /* open: orders that the vendor may update */
    size_t n_all, n_open;
    struct buf doc;
    struct arena scratch;
};

static int insert_order(struct order_cloning *oc, const struct order_template *t, int64_t id, int64_t by) {
    struct db_query q DB_CLEANUP = db_query(oc->cli->db, SQL_ORDER_INSERT);

    db_bind_int(&q, 1, oc->tenant);
    db_bind_int(&q, 2, id);
    db_bind_int(&q, 3, t->update_time + by);
    db_bind_int(&q, 4, t->application_id);
    db_bind_int(&q, 5, t->account_id);
    db_bind_int(&q, 6, t->status);
    db_bind_int(&q, 7, t->phase);
    db_bind_int(&q, 8, t->begin_time ? t->begin_time + by : 0);
    db_bind_int(&q, 9, t->last_stage_time ? t->last_stage_time + by : 0);
    db_bind_text(&q, 10, buf_str(&oc->doc));
    db_bind_text(&q, 11, t->package_id);
    return db_run(&q);
}

static int insert_history(struct order_cloning *oc, const struct order_template *t, int64_t id) {
    struct db_query q DB_CLEANUP = db_query(oc->cli->db, SQL_ORDER_HISTORY_INSERT);
    const int64_t values[] = {oc->tenant, id, oc->now_ms, ACTOR_OPERATOR, 0, ORDER_IMPORT, 0, 0, t->status, t->phase};

    for (int i = 0; i < 10; i++)
        db_bind_int(&q, i + 1, values[i]);
    db_bind_text(&q, 11, STR(""));
    return db_run(&q);
}

static int enter_place(struct order_cloning *oc, const struct order_template *t, int64_t id, int64_t by) {
    struct order_place place = {
        .state = {(enum order_status)t->status, (enum order_phase)t->phase},
        .account_id = t->account_id,
        .begin_time = t->begin_time ? t->begin_time + by : 0,
    };

    if (place.state.status == ORDER_COMPLETED && str_to_i64(t->doc.end_time, &place.end_time) == 0)
        place.end_time += by;
    return order_place_enter(oc->cli->db, oc->tenant, id, &place);
}

static int clone_order(void *ctx, int64_t n, int64_t update_time) {
    struct order_cloning *oc = ctx;
    const struct order_template *t =
        n % 2 == 0 && oc->n_open > 0 ? &oc->open[(size_t)(n / 2) % oc->n_open] : &oc->all[(size_t)(n / 2) % oc->n_all];
    int64_t id = id_at(update_time, 1, 0), by = update_time - t->update_time;
    int r;

    oc->doc.len = 0;
    write_order_doc(t, id, by, n % WITH_CUSTOM_FIELDS == 0, &oc->scratch, &oc->doc);
    r = insert_order(oc, t, id, by);
    if (r >= 0)
        r = insert_history(oc, t, id);
    if (r >= 0)
        r = enter_place(oc, t, id, by);
    arena_reset(&oc->scratch);
    return r < 0 ? r : 0;
}

int demo_clone_orders(struct cli *c, int64_t tenant, int64_t vendor_account, int64_t wanted, bool progress) {
    int64_t ids[TEMPLATES_MAX];
    int n = read_ids(c, SQL_CLI_ORDERS, tenant, ids), r = 0;
    struct order_template *all, *open;
    size_t n_open = 0;

    if (n <= 0 || wanted <= n)
        return n < 0 ? n : 0;
    all = arena_array(&c->arena, struct order_template, (size_t)n);
    open = arena_array(&c->arena, struct order_template, (size_t)n);
    for (int i = 0; i < n && r == 0; i++) {
        r = read_order(c, tenant, ids[i], &all[i]);
        if (all[i].status == ORDER_ARRANGED && all[i].account_id == vendor_account)
            open[n_open++] = all[i];
    }
    if (r < 0)
        return r;
    struct order_cloning oc = {.cli = c,
                               .tenant = tenant,
                               .now_ms = clock_now_ms(),
                               .all = all,
                               .n_all = (size_t)n,
                               .open = open,
                               .n_open = n_open};
    r = clone_all(c->db, wanted - n, "making orders", progress, clone_order, &oc);
    buf_free(&oc.doc);
    arena_free(&oc.scratch);
    return r;
}

/* ---- interviews ---- */

struct interview_cloning {
    struct cli *cli;
    int64_t tenant;
    const struct interview_extend *all;
    size_t n_all;
    struct buf doc;
    struct arena scratch;
};

static int insert_interview(struct interview_cloning *ic, int64_t id, int64_t application_id,
                            const struct interview_extend *in) {
    struct db_query q DB_CLEANUP = db_query(ic->cli->db, SQL_INTERVIEW_PUT);
    int r;

    db_bind_int(&q, 1, ic->tenant);
    db_bind_int(&q, 2, id);
    db_bind_int(&q, 3, application_id);
    db_bind_int(&q, 4, in->begin_time.v);
    db_bind_text(&q, 5, buf_str(&ic->doc));
    if ((r = db_run(&q)) < 0 || (r = interview_keep_interviewers(ic->cli->db, ic->tenant, id, in)) < 0)
        return r;
    struct db_query b DB_CLEANUP = db_query(ic->cli->db, SQL_INTERVIEW_BEGIN_PUT);
    db_bind_int(&b, 1, ic->tenant);
    db_bind_int(&b, 2, in->begin_time.v);
    db_bind_int(&b, 3, id);
    return db_run(&b);
}

static int clone_interview(void *ctx, int64_t n, int64_t begin_time) {
    struct interview_cloning *ic = ctx;
    const struct interview_extend *t = &ic->all[(size_t)n % ic->n_all];
    struct interview_extend i = *t;
    int64_t id = id_at(begin_time, 2, 0), by = begin_time - t->begin_time.v, application = 0;
    int r;

    str_to_i64(t->application_id, &application);
    i.id = text_of(&ic->scratch, id);
    move_int(&i.begin_time, by);
    move_int(&i.end_time, by);
    move_int(&i.feedback_submit_time, by);
    move_int(&i.biz_create_time, by);
    move_int(&i.biz_modify_time, by);
    if (i.interview_record_list.v) {
        i.interview_record_list.v = arena_array(&ic->scratch, struct interview_record, i.interview_record_list.n + 1);
        for (size_t k = 0; k < i.interview_record_list.n; k++) {
            i.interview_record_list.v[k] = t->interview_record_list.v[k];
            i.interview_record_list.v[k].id = text_of(&ic->scratch, id + 1 + (int64_t)k);
        }
    }
    ic->doc.len = 0;
    record_write_stored(&type_interview_extend, &i, &ic->doc);
    r = insert_interview(ic, id, application, &i);
    arena_reset(&ic->scratch);
    return r < 0 ? r : 0;
}

static int read_interview(struct cli *c, int64_t tenant, int64_t id, struct interview_extend *ret) {
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_INTERVIEW_GET);
    int r;

    db_bind_int(&q, 1, tenant);
    db_bind_int(&q, 2, id);
    r = db_row(&q);
    if (r != 1)
        return r < 0 ? r : -ENOENT;
    return record_read_stored(&type_interview_extend, ret, db_text(&q, COL_INTERVIEW_GET_DOC), &c->arena);
}

int demo_clone_interviews(struct cli *c, int64_t tenant, int64_t wanted, bool progress) {
    int64_t ids[TEMPLATES_MAX];
    int n = read_ids(c, SQL_CLI_INTERVIEWS, tenant, ids), r = 0;
    struct interview_extend *all;

    if (n <= 0 || wanted <= n)
        return n < 0 ? n : 0;
    all = arena_array(&c->arena, struct interview_extend, (size_t)n);
    for (int i = 0; i < n && r == 0; i++)
        r = read_interview(c, tenant, ids[i], &all[i]);
    if (r < 0)
        return r;
    struct interview_cloning ic = {.cli = c, .tenant = tenant, .all = all, .n_all = (size_t)n};
    r = clone_all(c->db, wanted - n, "making interviews", progress, clone_interview, &ic);
    buf_free(&ic.doc);
    arena_free(&ic.scratch);
    return r;
}
