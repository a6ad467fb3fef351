/* SPDX-License-Identifier: Apache-2.0
 *
 * Walks over many orders: each way to find them gives the same orders in the same sequence.
 */
#include "hire/order/walk.h"

#include "hire/hire_fixture.h"

enum {
    MANY = 60000,
    OPEN_FROM = 58500, /* from here on orders are with the vendor: too many to be sorted, and all at the end */
    RARE_EVERY = 500,  /* every 500th is of the rare account */
    RARE_ACCOUNT = 4242,
    SLOW_APPLICATION = 77777, /* of more orders than are sorted */
};

/* Order i changed at START_MS + i / 2, so two share a time. */
static void make_many(struct fixture *f) {
    fixture_sql(
        f,
        "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %d) "
        "INSERT INTO background_check_order (tenant, id, update_time, application_id, account_id, status, phase, "
        "begin_time, last_stage_time, history_ms, version, package_id, stage_ids, doc) "
        "SELECT %d, i + 1, %" PRId64 " + i / 2, CASE WHEN i %% 40 = 0 THEN %d ELSE i + 1 END, "
        "CASE WHEN i %% %d = 7 THEN %d ELSE 1 END, CASE WHEN i >= %d THEN 2 ELSE 3 END, 0, %" PRId64 " + i, 0, 0, 0, "
        "'', '', '{}' FROM n",
        MANY - 1, TENANT, (int64_t)START_MS, SLOW_APPLICATION, RARE_EVERY, RARE_ACCOUNT, OPEN_FROM, (int64_t)START_MS);
}

struct seen {
    size_t n, cuts, calls;
    int64_t time, id; /* of the last one */
    int64_t sum;
    bool newest;
    struct fixture *f;
    int64_t application;
};

static int take(void *ctx, int64_t time, int64_t id, struct db_query *row) {
    struct seen *s = ctx;
    if (s->application != 0 && (id - 1) % 40 != 0)
        return 0;
    if (s->n > 0) {
        bool later = time > s->time || (time == s->time && id > s->id);
        assert_true(s->newest ? !later && id != s->id : later);
    }
    s->n++;
    s->sum += id;
    s->time = time;
    s->id = id;
    return 1;
}

/* Walks to the end in pages. */
static struct seen walk_all(struct fixture *f, struct order_walk w, size_t page) {
    struct seen s = {.newest = w.newest, .f = f, .application = w.application_id};
    struct order_walked end;
    w.tenant = TENANT;
    w.from_time = w.newest ? INT64_MAX : 0;
    w.from_id = w.newest ? INT64_MAX : 0;
    w.until = w.newest ? 0 : INT64_MAX;
    w.limit = page;
    w.take = take;
    w.ctx = &s;
    do {
        assert_int_equal(order_walk(f->db, &f->arena, &w, &end), 0);
        assert_true(end.n <= page);
        s.calls++;
        s.cuts += end.cut;
        w.from_time = end.cut ? end.time : s.time;
        w.from_id = end.cut ? end.id : s.id;
        arena_reset(&f->arena);
    } while (end.n == page || end.cut);
    return s;
}

static void finds_the_same(struct fixture *f, const struct order_walk *w, size_t wanted, int64_t sum, size_t cuts) {
    struct order_walk other = *w;
    for (int newest = 0; newest < 2; newest++) {
        other.newest = newest;
        for (size_t page = 10; page <= 1000; page *= 10) {
            struct seen s = walk_all(f, other, page);
            assert_int_equal(s.n, wanted);
            assert_int_equal(s.sum, sum);
            if (!newest)
                assert_true(cuts > 0 ? s.cuts >= cuts : s.cuts == 0);
        }
    }
}

static void ways(void **state) {
    struct fixture *f = *state;
    const int64_t rare[] = {RARE_ACCOUNT}, both[] = {RARE_ACCOUNT, 1};
    const int64_t open = MANY - OPEN_FROM, all = MANY;
    make_many(f);

    /* Most orders: by time alone. */
    finds_the_same(f, &(struct order_walk){.phase = -1, .status = 3}, OPEN_FROM,
                   (int64_t)OPEN_FROM * (OPEN_FROM + 1) / 2, 0);
    finds_the_same(f, &(struct order_walk){.phase = -1, .accounts = both, .n_accounts = 2}, MANY, all * (all + 1) / 2,
                   0);
    /* Few: sorted. */
    finds_the_same(f, &(struct order_walk){.phase = -1, .accounts = rare, .n_accounts = 1}, MANY / RARE_EVERY,
                   8 * 120 + (int64_t)RARE_EVERY * 119 * 120 / 2, 0);
    finds_the_same(f, &(struct order_walk){.phase = -1, .status = 9}, 0, 0, 0);
    finds_the_same(f, &(struct order_walk){.phase = 2, .status = 2}, 0, 0, 2);
    finds_the_same(f, &(struct order_walk){.phase = -1, .status = 2, .accounts = rare, .n_accounts = 1}, 3,
                   58508 + 59008 + 59508, 0);
    /* Neither: the walk ends early on the way to the orders at the end. */
    finds_the_same(f, &(struct order_walk){.phase = -1, .status = 2}, (size_t)open, open * (OPEN_FROM + 1 + all) / 2,
                   2);
}

/* An application with more orders than are sorted: its orders are found by what take() says. */
static void many_of_an_application(void **state) {
    struct fixture *f = *state;
    make_many(f);
    const struct order_walk w = {.phase = -1, .application_id = SLOW_APPLICATION};
    struct seen s = walk_all(f, w, 200);
    assert_int_equal(s.n, MANY / 40);
    assert_true(s.cuts > 0);
}

/* Walks in both directions over the orders begun from start to end, and compares with what a plain look finds. Returns
 * how many pages of the walk by time were cut. */
static size_t walk_begun(struct fixture *f, int64_t start, int64_t end) {
    struct order_walk w = {.phase = -1, .status = 3, .begin_start = START_MS + start, .begin_end = START_MS + end};
    size_t cuts = 0;
    for (int newest = 0; newest < 2; newest++) {
        w.newest = newest;
        struct seen s = walk_all(f, w, 100);
        assert_int_equal(s.n, fixture_number(f,
                                             "SELECT COUNT(*) FROM background_check_order WHERE status = 3 AND "
                                             "begin_time BETWEEN %" PRId64 " AND %" PRId64,
                                             w.begin_start, w.begin_end));
        assert_int_equal(s.sum, fixture_number(f,
                                               "SELECT COALESCE(SUM(id), 0) FROM background_check_order WHERE status = "
                                               "3 AND begin_time BETWEEN %" PRId64 " AND %" PRId64,
                                               w.begin_start, w.begin_end));
        cuts += newest ? 0 : s.cuts;
    }
    return cuts;
}

static void begun(void **state) {
    struct fixture *f = *state;
    make_many(f);
    /* All begin after their last change, which is unusual: the walk begins at the first change of all. */
    walk_begun(f, 30000, 30099);
    walk_begun(f, 0, 50000);
    assert_true(walk_begun(f, 50000, 58000) > 0);

    /* None does: the walk begins at the earliest begin_time. */
    fixture_sql(f, "UPDATE background_check_order SET begin_time = update_time - id %% 1000 * 2 WHERE id <= %d", MANY);
    assert_int_equal(walk_begun(f, 15000, 15009), 0);
    assert_int_equal(walk_begun(f, 0, 25000), 0);
    assert_int_equal(walk_begun(f, 25000, 28000), 0);
    assert_int_equal(walk_begun(f, 40000, 50000), 0);

    /* One does: it is found. */
    fixture_sql(f, "UPDATE background_check_order SET begin_time = %" PRId64 " WHERE id = 5", START_MS + 27000);
    assert_true(walk_begun(f, 25000, 28000) > 0);
    walk_begun(f, 27000, 27000);
}

/* fixture_teardown checks the database, in which these orders have no history. */
static int teardown(void **state) {
    struct fixture *f = *state;
    fixture_sql(f, "DELETE FROM background_check_order WHERE id <= %d", MANY);
    return fixture_teardown(state);
}

#define MANY_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {MANY_TEST(ways), MANY_TEST(many_of_an_application), MANY_TEST(begun)};
    return RUN_TESTS(tests);
}
