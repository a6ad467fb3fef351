/* SPDX-License-Identifier: Apache-2.0
 *
 * For the domain's tests: a real database in a scratch directory with a tenant, a second tenant that no call may
 * change, a vendor account that has an app, and an application; calls commit or roll back as in the server.
 */
#ifndef HIRED_HIRE_HIRE_FIXTURE_H
#define HIRED_HIRE_HIRE_FIXTURE_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/test.h"
#include "hire/order/order.h"
#include "hire/side_fixture.h"
#include "hire/tenant/tenant.h"

#define TENANT 77
#define OTHER_TENANT 78
#define APPLICATION INT64_C(6985833807195212076)
#define VENDOR_APP 501
#define OTHER_APP 502
#define START_MS INT64_C(1700000000000)

struct fixture {
    struct db *db;
    struct side side; /* the database, and another connection, to prepare and to check */
    struct arena arena;
    struct hire h;
    int64_t account;
};

/* Calls that write: committed if they succeed, rolled back if not. */
#define CALL(f, call) fixture_end((f), fixture_begin(f) < 0 ? -EIO : (call))

static inline int fixture_begin(struct fixture *f) {
    f->h.refusal = REFUSED_NOTHING;
    f->h.why = STR_ABSENT;
    return db_begin(f->db);
}

static inline int fixture_end(struct fixture *f, int r) {
    if (r < 0)
        db_rollback(f->db);
    else if (db_commit(f->db) < 0)
        fail_msg("commit");
    return r;
}

static inline void fixture_sql(struct fixture *f, const char *format, ...) __attribute__((format(printf, 2, 3)));
static inline void fixture_sql(struct fixture *f, const char *format, ...) {
    char sql[4096];
    va_list args;

    va_start(args, format);
    vsnprintf(sql, sizeof(sql), format, args);
    va_end(args);
    side_sql(&f->side, sql);
}

/* The first column of the first row, as a number; -1 if there is no row. */
static inline int64_t fixture_number(struct fixture *f, const char *format, ...) __attribute__((format(printf, 2, 3)));
static inline int64_t fixture_number(struct fixture *f, const char *format, ...) {
    char sql[4096];
    va_list args;

    va_start(args, format);
    vsnprintf(sql, sizeof(sql), format, args);
    va_end(args);
    return side_number(&f->side, sql);
}

static inline int64_t fixture_account(struct fixture *f, const char *provider, int64_t app) {
    struct vendor_account account = {
        .name = STR("Our account"),
        .provider_id = str_of(provider),
        .provider_zh = STR("测试供应商"),
        .provider_en = STR("test provider"),
        .third_type = 127,
        .app = app,
    };
    int64_t id = 0;

    assert_int_equal(CALL(f, vendor_account_add(&f->h, &account, &id)), 0);
    return id;
}

static inline void fixture_tenants(struct fixture *f) {
    fixture_sql(f, "INSERT INTO tenant (id, tenant_key, name, created_ms) VALUES (%d, 'a', 'A', 1), (%d, 'b', 'B', 1)",
                TENANT, OTHER_TENANT);
}

static inline int fixture_setup(void **state) {
    struct fixture *f = calloc(1, sizeof(*f));

    if (side_open(&f->side, &f->db, &f->arena) < 0)
        return -1;
    fixture_tenants(f);
    fixture_sql(f,
                "INSERT INTO application (tenant, id, talent_id, job_id, stage_id, active_status, update_time, doc)"
                " VALUES (%d, %" PRId64 ", 1, 1, 's', 1, 1, '{}'), (%d, 2, 1, 1, 's', 1, 1, '{}')",
                TENANT, APPLICATION, TENANT);
    f->h = (struct hire){
        .db = f->db, .arena = &f->arena, .now_ms = START_MS, .tenant = TENANT, .actor_kind = ACTOR_OPERATOR};
    f->account = fixture_account(f, "provider-1", VENDOR_APP);
    *state = f;
    return 0;
}

static inline void fixture_finding(void *ctx, struct str line) {
    print_error("%.*s\n", STR_FMT(line));
}

/* What the server does beside the domain's functions, and what tests name without making it: apps, people, stamps,
 * names for lists. */
static inline void fixture_complete(struct fixture *f) {
    fixture_sql(
        f,
        "INSERT INTO app (id, app_id, kind, tenant, developer, name, secret_hash, scopes, created_ms)"
        " SELECT app, 'cli_' || app, 2, 0, 1, 'app', '', '', 1 FROM ("
        "SELECT app FROM vendor_account UNION SELECT app FROM event_delivery) x WHERE app <> 0 ON CONFLICT DO NOTHING");
    fixture_sql(f, "INSERT INTO app_install (tenant, app, created_ms)"
                   " SELECT tenant, id, 1 FROM app WHERE kind = 1 AND tenant <> 0 ON CONFLICT DO NOTHING");
    fixture_sql(f,
                "INSERT INTO users (tenant, id, user_id, name, en_name, doc)"
                " SELECT DISTINCT tenant, users_id, CAST(users_id AS TEXT), 'x', 'x', '{}' FROM interview_interviewer"
                " WHERE users_id <> 0 ON CONFLICT DO NOTHING");
    fixture_sql(f, "INSERT INTO tenant_stamp (tenant, last_ms) SELECT tenant, MAX(update_time) FROM ("
                   "SELECT tenant, update_time FROM background_check_order "
                   "UNION ALL SELECT tenant, update_time FROM application) x WHERE tenant <> 0 GROUP BY tenant"
                   " ON CONFLICT (tenant) DO UPDATE SET last_ms = excluded.last_ms");
    fixture_sql(f, "INSERT INTO application_zone SELECT tenant, 0, id >> 42, MAX(update_time)"
                   " FROM application WHERE tenant <> 0 GROUP BY tenant, id >> 42 ON CONFLICT DO NOTHING");
    fixture_sql(f, "INSERT INTO application_zone SELECT tenant, 1, id >> 50, MAX(update_time)"
                   " FROM application WHERE tenant <> 0 GROUP BY tenant, id >> 50 ON CONFLICT DO NOTHING");
    fixture_sql(f, "INSERT INTO reference_name SELECT tenant, kind, CAST(id AS BIGINT), 'x', 'x'"
                   " FROM reference WHERE kind IN ('talent', 'job') ON CONFLICT DO NOTHING");
}

static inline int fixture_teardown(void **state) {
    struct fixture *f = *state;

    fixture_complete(f);
    if (db_check(f->db, fixture_finding, NULL) != 0) /* after every test `hired check` must find no fault */
        return -1;
    db_close(f->db);
    side_close(&f->side);
    arena_free(&f->arena);
    free(f);
    return 0;
}

#define FIXTURE_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

static inline void fixture_approvals(struct fixture *f, bool arrangement, bool report) {
    struct tenant_approvals a = {arrangement, report};

    assert_int_equal(CALL(f, tenant_approvals_set(&f->h, &a)), 0);
}

static inline int64_t fixture_arrange_at(struct fixture *f, int64_t application_id, int64_t account) {
    struct order_arrangement in = {
        .application_id = application_id,
        .account_id = account,
        .creator_uid = 9001,
        .package_name = STR("基础版"),
        .candidate = {.name = STR("王二"), .mobile = STR("17600001234"), .email = STR("w@abc.example")},
        .contactor = {.name = STR("李三")},
        .geo = STR("cn"),
        .location_code = STR("CN_1"),
        .remark = STR("候选人很优秀"),
    };
    int64_t id = 0;

    if (CALL(f, order_arrange(&f->h, &in, &id)) != 0)
        fail_msg("order_arrange: %.*s", STR_FMT(f->h.why));
    return id;
}

static inline int64_t fixture_arrange(struct fixture *f) {
    return fixture_arrange_at(f, APPLICATION, f->account);
}

static inline struct background_check_order *fixture_order(struct fixture *f, int64_t id) {
    struct background_check_order *o = arena_new(&f->arena, struct background_check_order);
    struct order_state s;
    struct str doc;

    assert_int_equal(order_get(&f->h, id, &s, &doc), 1);
    assert_int_equal(record_read_stored(&type_background_check_order, o, doc, &f->arena), 0);
    assert_int_equal(o->order_status.v, s.status);
    return o;
}

static inline struct str fixture_doc(struct fixture *f, int64_t id) {
    struct order_state s;
    struct str doc;

    assert_int_equal(order_get(&f->h, id, &s, &doc), 1);
    return doc;
}

static inline struct order_state fixture_state(struct fixture *f, int64_t id) {
    struct order_state s;
    struct str doc;

    assert_int_equal(order_get(&f->h, id, &s, &doc), 1);
    return s;
}

/* Expects that a call was refused with this kind and a message that contains words, and that it changed nothing. */
static inline void fixture_refused(struct fixture *f, int r, enum hire_refusal refusal, const char *words,
                                   const char *file, int line) {
    if (r != HIRE_REFUSED || f->h.refusal != refusal || !strstr(arena_dup(&f->arena, f->h.why).ptr, words)) {
        print_error("returned %d, refusal %d: \"%.*s\"; expected refusal %d with \"%s\"\n", r, f->h.refusal,
                    STR_FMT(f->h.why), refusal, words);
        _fail(file, line);
    }
}
#define REFUSED(f, call, refusal, words) fixture_refused((f), CALL((f), call), (refusal), (words), __FILE__, __LINE__)

#endif
