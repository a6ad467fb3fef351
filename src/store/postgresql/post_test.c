/* SPDX-License-Identifier: Apache-2.0
 *
 * Statements that are posted and queries that are announced on PostgreSQL: round trips, failures that are found after
 * the savepoint was released, and the writer's jobs around such a failure.
 */
#include "store/store_fixture.h"

#include <errno.h>

#include "base/log.h"
#include "store/postgresql/cluster_fixture.h"
#include "store/postgresql/postgresql.h"
#include "store/stamp.h"
#include "store/writer.h"

#define TENANT 7

static struct cluster cluster;
static int number;

static struct db *open_new(struct arena *a, bool own, char *url, size_t size) {
    char sql[200], value[256], name[32];
    struct db_options o = {.engine = DB_POSTGRESQL, .url = url, .busy_ms = 500};
    struct str why = STR_ABSENT;
    struct db *db;
    snprintf(name, sizeof(name), "post%d", ++number);
    snprintf(sql, sizeof(sql), "CREATE DATABASE %s TEMPLATE template0", name);
    assert_non_null(cluster_sql(&cluster, "postgres", sql, value));
    cluster_url(&cluster, name, url, size);
    int r =
        own ? pg_open_with(&db, &o, DB_WRITE, fixture_postgresql_steps, FIXTURE_STEPS_N, fixture_texts, T_N, a, &why)
            : db_open(&db, &o, DB_WRITE, a, &why);
    if (r < 0)
        fail_msg("%.*s", STR_FMT(why));
    return db;
}

struct scratch {
    struct db *db;
    char url[400];
    struct arena a;
};

static int post(struct db *db, int64_t id) {
    struct db_query q DB_CLEANUP = T_QUERY(db, T_ADD);
    db_bind_int(&q, 1, 1);
    db_bind_int(&q, 2, id);
    db_bind_text(&q, 3, STR("x"));
    db_bind_int(&q, 4, 1);
    return db_post(&q);
}

static bool there(struct db *db, int64_t id) {
    return fixture_get(db, 1, id, NULL);
}

/* The row 1 is there, and both statements are prepared. */
static int setup(void **state) {
    struct scratch *s = mem_alloc(sizeof(*s));
    s->db = open_new(&s->a, true, s->url, sizeof(s->url));
    assert_int_equal(db_begin(s->db), 0);
    assert_int_equal(fixture_add(s->db, 1, 1, STR("x"), 1), 1);
    assert_true(there(s->db, 1));
    assert_int_equal(db_commit(s->db), 0);
    *state = s;
    return 0;
}

static int teardown(void **state) {
    struct scratch *s = *state;
    db_close(s->db);
    arena_free(&s->a);
    free(s);
    return 0;
}

static uint64_t exchanges(const struct scratch *s) {
    return pg_of(s->db)->exchanges;
}

static void test_round_trips(void **state) {
    struct scratch *s = *state;
    uint64_t before = exchanges(s);
    assert_int_equal(db_begin(s->db), 0);
    for (int64_t job = 0; job < 3; job++) {
        assert_int_equal(db_savepoint(s->db), 0);
        assert_true(there(s->db, 1));
        for (int64_t i = 0; i < 4; i++)
            assert_int_equal(post(s->db, 10 + job * 4 + i), 1);
        assert_int_equal(db_release(s->db), 0);
    }
    assert_int_equal(exchanges(s) - before, 4); /* BEGIN, and a read for each job */
    assert_int_equal(db_commit(s->db), 0);
    assert_int_equal(exchanges(s) - before, 5); /* the last job's statements went with COMMIT */
    for (int64_t i = 0; i < 12; i++)
        assert_true(there(s->db, 10 + i));
}

/* More statements than go in one exchange. */
static void test_many(void **state) {
    struct scratch *s = *state;
    assert_int_equal(db_begin(s->db), 0);
    assert_int_equal(db_savepoint(s->db), 0);
    for (int64_t i = 0; i < 3 * PG_POSTS; i++)
        assert_int_equal(post(s->db, 10 + i), 1);
    assert_int_equal(db_release(s->db), 0);
    assert_int_equal(db_commit(s->db), 0);
    assert_true(there(s->db, 10) && there(s->db, 9 + 3 * PG_POSTS));
}

/* One job posts the id 1, which is there; which of the jobs around it are kept. */
static uint64_t job(struct scratch *s, int64_t id, bool reads) {
    assert_int_equal(db_savepoint(s->db), 0);
    uint64_t savepoint = db_savepoint_number(s->db);
    if (reads)
        assert_true(there(s->db, 1));
    assert_int_equal(post(s->db, id), 1);
    assert_int_equal(post(s->db, id + 100), 1);
    assert_int_equal(db_release(s->db), 0);
    return savepoint;
}

static void try_late(struct scratch *s, bool reads, bool last) {
    int64_t base = reads ? 1000 : 2000;
    assert_int_equal(db_begin(s->db), 0);
    uint64_t first = job(s, base + 10, reads), wrong = job(s, 1, reads), third = 0;
    if (!last)
        third = job(s, base + 30, reads);
    assert_int_equal(db_commit(s->db), 0);
    assert_int_equal(db_savepoint_error(s->db, first), 0);
    assert_int_equal(db_savepoint_error(s->db, wrong), -EEXIST);
    assert_true(there(s->db, base + 10) && there(s->db, base + 110));
    assert_false(there(s->db, 101));
    if (last)
        return;
    assert_int_equal(db_savepoint_error(s->db, third), 0);
    assert_true(there(s->db, base + 30) && there(s->db, base + 130));
}

static void test_late(void **state) {
    try_late(*state, true, false);
    try_late(*state, false, false);
}

/* It is found by the COMMIT. */
static void test_late_last(void **state) {
    try_late(*state, true, true);
    assert_true(there(((struct scratch *)*state)->db, 1));
}

/* It is found within the job's own savepoint, by a read or by the caller's rollback for another reason. */
static void test_within(void **state) {
    struct scratch *s = *state;
    for (int reads = 0; reads < 2; reads++) {
        assert_int_equal(db_begin(s->db), 0);
        uint64_t first = job(s, 200 + reads, true);
        assert_int_equal(db_savepoint(s->db), 0);
        assert_int_equal(post(s->db, 1), 1);
        if (reads) {
            struct db_query q DB_CLEANUP = T_QUERY(s->db, T_GET);
            db_bind_int(&q, 1, 1);
            db_bind_int(&q, 2, 1);
            assert_int_equal(db_row(&q), -EEXIST);
            assert_int_equal(post(s->db, 400), -EEXIST);
            assert_int_equal(db_release(s->db), -EEXIST);
        }
        db_rollback_savepoint(s->db);
        uint64_t third = job(s, 210 + reads, true);
        assert_int_equal(db_commit(s->db), 0);
        assert_int_equal(db_savepoint_error(s->db, first) | db_savepoint_error(s->db, third), 0);
        assert_true(there(s->db, 200 + reads) && there(s->db, 210 + reads));
        assert_false(there(s->db, 400));
    }
}

/* A job that ends without a statement of its own, after one that posted. */
static void test_rollback_after_posts(void **state) {
    struct scratch *s = *state;
    assert_int_equal(db_begin(s->db), 0);
    uint64_t wrong = job(s, 1, true);
    assert_int_equal(db_savepoint(s->db), 0);
    db_rollback_savepoint(s->db);
    uint64_t good = job(s, 500, false);
    assert_int_equal(db_commit(s->db), 0);
    assert_int_equal(db_savepoint_error(s->db, wrong), -EEXIST);
    assert_int_equal(db_savepoint_error(s->db, good), 0);
    assert_true(there(s->db, 500));
}

static void test_without_savepoint(void **state) {
    struct scratch *s = *state;
    assert_int_equal(db_begin(s->db), 0);
    assert_int_equal(post(s->db, 600), 1);
    assert_int_equal(post(s->db, 1), 1);
    assert_int_equal(db_commit(s->db), -EEXIST);
    assert_false(there(s->db, 600));
    assert_int_equal(db_begin(s->db), 0);
    assert_int_equal(post(s->db, 600), 1);
    assert_int_equal(post(s->db, 1), 1);
    db_rollback(s->db);
    assert_int_equal(db_begin(s->db), 0);
    assert_int_equal(post(s->db, 601), 1);
    assert_int_equal(db_commit(s->db), 0);
    assert_true(there(s->db, 601) && !there(s->db, 600));
}

/* Each in the transaction's snapshot, with the first that is read. */
static void test_ahead(void **state) {
    struct scratch *s = *state;
    struct db_query q[3];
    uint64_t before = exchanges(s);
    for (int i = 0; i < 3; i++) {
        q[i] = T_QUERY(s->db, T_GET);
        db_bind_int(&q[i], 1, 1);
        db_bind_int(&q[i], 2, i);
        db_ahead(&q[i]);
    }
    assert_int_equal(db_row(&q[1]), 1);
    assert_int_equal(exchanges(s) - before, 1);
    assert_int_equal(db_row(&q[0]), 0);
    assert_int_equal(db_row(&q[2]), 0);
    assert_int_equal(exchanges(s) - before, 1);
    assert_int_equal(db_int(&q[1], 1), 1);
    db_bind_int(&q[2], 2, 1); /* bound anew, it is asked anew */
    assert_int_equal(db_row(&q[2]), 1);
    assert_int_equal(exchanges(s) - before, 2);
    for (int i = 0; i < 3; i++)
        db_query_end(&q[i]);
    struct db_query unread = T_QUERY(s->db, T_GET);
    db_bind_int(&unread, 1, 1);
    db_bind_int(&unread, 2, 1);
    db_ahead(&unread);
    db_query_end(&unread);
    assert_true(there(s->db, 1));
    assert_int_equal(exchanges(s) - before, 3);
    assert_int_equal(pg_of(s->db)->ahead_n, 0);
}

/* ---- jobs of the writer, with the project's own schema ---- */

struct one {
    struct write_job job;
    int64_t id, ms;
    bool twice;
    int result;
};

static int one_run(struct db *db, struct write_job *job) {
    struct one *j = (struct one *)job;
    int r = db_stamp(db, TENANT, &j->ms);
    for (int i = 0; i < (j->twice ? 2 : 1) && r >= 0; i++) {
        struct db_query q DB_CLEANUP = db_query(db, SQL_ORDER_OPEN_PUT);
        db_bind_int(&q, 1, TENANT);
        db_bind_int(&q, 2, j->id);
        db_bind_int(&q, 3, 1);
        db_bind_int(&q, 4, j->ms);
        r = db_post(&q);
    }
    return r < 0 ? r : 0;
}

static void one_done(struct write_job *job, int result) {
    ((struct one *)job)->result = result;
}

static int nothing(struct db *db, void *arg) {
    return 0;
}

static int newest(struct db *db, void *arg) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_STAMP_NEWEST);
    assert_int_equal(db_row(&q), 1);
    *(int64_t *)arg = db_int(&q, COL_STAMP_NEWEST_LAST_MS);
    return 0;
}

/* The job that takes the group's stamp fails after the others have used the stamp: they are committed, and the stamp is
 * not given out again. */
static void test_jobs(void **state) {
    struct arena a ARENA_CLEANUP = ARENA_EMPTY;
    char url[400];
    struct writer *w;
    struct writer_stats stats;
    assert_int_equal(writer_new(&w, open_new(&a, false, url, sizeof(url)), 100, 100), 0);
    for (int round = 0; round < 5; round++) {
        struct one jobs[4];
        int64_t last;
        for (int i = 0; i < 4; i++) {
            jobs[i] = (struct one){.job = {.run = one_run, .done = one_done}, .id = 1 + round * 4 + i, .twice = i == 0};
            jobs[i].result = 1;
        }
        for (int i = 0; i < 4; i++)
            assert_int_equal(writer_submit(w, &jobs[i].job), 0);
        assert_int_equal(writer_run(w, nothing, NULL), 0); /* after them */
        assert_int_equal(writer_run(w, newest, &last), 0);
        assert_int_equal(jobs[0].result, -EEXIST);
        for (int i = 1; i < 4; i++) {
            assert_int_equal(jobs[i].result, 0);
            assert_true(last >= jobs[i].ms);
        }
    }
    writer_stats(w, &stats);
    assert_int_equal(stats.failed_commits, 0);
    char value[256];
    snprintf(url, sizeof(url), "post%d", number);
    assert_non_null(cluster_sql(&cluster, url, "SELECT COUNT(*) FROM background_check_order_open", value));
    assert_int_equal(strtol(value, NULL, 10), 15);
    writer_free(w);
}

static int start(void **state) {
    return cluster_start(&cluster) ? 0 : -1;
}

static int stop(void **state) {
    cluster_stop(&cluster);
    return 0;
}

int main(void) {
    log_set_level(LOG_ERROR + 1);
    cmocka_set_message_output(CM_OUTPUT_TAP);
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_round_trips),       T(test_many),   T(test_late),
        T(test_late_last),         T(test_within), T(test_rollback_after_posts),
        T(test_without_savepoint), T(test_ahead),  cmocka_unit_test(test_jobs),
    };
    return cmocka_run_group_tests_name("postgresql_post", tests, start, stop);
}
