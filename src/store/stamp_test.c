/* SPDX-License-Identifier: Apache-2.0
 *
 * Unit tests of stamps and of the note of the ids in use, on a real database.
 */
#include "store/stamp.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/test.h"

struct scratch {
    char dir[64];
    struct arena arena;
    struct db *db;
};

static void open_db(struct scratch *s) {
    const struct db_options o = {.dir = s->dir, .busy_ms = 2000, .no_sync = true};
    struct str why;
    assert_int_equal(db_open(&s->db, &o, DB_WRITE, &s->arena, &why), 0);
}

static int setup(void **state) {
    struct scratch *s = calloc(1, sizeof(*s));
    snprintf(s->dir, sizeof(s->dir), "/tmp/hired-stamp-XXXXXX");
    assert_non_null(mkdtemp(s->dir));
    open_db(s);
    *state = s;
    return 0;
}

static int teardown(void **state) {
    static const char *const names[] = {"hired.db", "hired.db-wal", "hired.db-shm"};
    struct scratch *s = *state;
    s->db = db_close(s->db);
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        char path[128];
        snprintf(path, sizeof(path), "%s/%s", s->dir, names[i]);
        (void)unlink(path);
    }
    assert_int_equal(rmdir(s->dir), 0);
    arena_free(&s->arena);
    free(s);
    return 0;
}

/* The stamp of a transaction of its own. */
static int64_t stamp(struct scratch *s, int64_t tenant) {
    int64_t ms;
    assert_int_equal(db_begin(s->db), 0);
    assert_int_equal(db_stamp(s->db, tenant, &ms), 0);
    assert_int_equal(db_commit(s->db), 0);
    return ms;
}

static void test_each_transaction_has_a_greater_one(void **state) {
    struct scratch *s = *state;
    int64_t last = 0, first = clock_now_ms();
    for (int i = 0; i < 300; i++) {
        int64_t ms = stamp(s, 7);
        assert_true(ms > last);
        assert_true(ms <= clock_now_ms()); /* however fast they follow each other */
        last = ms;
    }
    assert_true(last >= first + 299);
}

static void test_one_in_a_transaction(void **state) {
    struct scratch *s = *state;
    int64_t a, b, other;
    assert_int_equal(db_stamp(s->db, 7, &a), -EPERM);
    assert_int_equal(db_begin(s->db), 0);
    assert_int_equal(db_stamp(s->db, 7, &a), 0);
    clock_advance(5);
    assert_int_equal(db_stamp(s->db, 7, &b), 0);
    assert_int_equal(a, b);
    assert_int_equal(db_stamp(s->db, 8, &other), 0);
    assert_true(other >= a + 5);
    assert_int_equal(db_stamp(s->db, 7, &b), 0);
    assert_int_equal(a, b);
    assert_int_equal(db_commit(s->db), 0);
    assert_true(stamp(s, 7) > a);
}

static void test_undone_ones_are_forgotten(void **state) {
    struct scratch *s = *state;
    int64_t kept, a, b;
    assert_int_equal(db_begin(s->db), 0);
    assert_int_equal(db_savepoint(s->db), 0);
    assert_int_equal(db_stamp(s->db, 7, &kept), 0);
    assert_int_equal(db_release(s->db), 0);
    assert_int_equal(db_savepoint(s->db), 0);
    assert_int_equal(db_stamp(s->db, 8, &a), 0);
    db_rollback_savepoint(s->db);
    clock_advance(-1000); /* the row of 8 is gone: nothing but the memory would give the old one */
    assert_int_equal(db_stamp(s->db, 8, &b), 0);
    assert_true(b < a);
    assert_int_equal(db_stamp(s->db, 7, &a), 0);
    assert_int_equal(a, kept);
    db_rollback(s->db);
    assert_int_equal(db_begin(s->db), 0);
    assert_int_equal(db_stamp(s->db, 7, &a), 0);
    assert_true(a < kept); /* all of it was undone */
    assert_int_equal(db_commit(s->db), 0);
    clock_advance(1000);
}

static void test_a_clock_that_goes_back(void **state) {
    struct scratch *s = *state;
    int64_t before = stamp(s, 7);
    clock_advance(-3600000);
    int64_t begun_ns = clock_mono_ns(), last = before;
    for (int i = 0; i < 100; i++) {
        int64_t ms = stamp(s, 7);
        assert_true(ms > last);
        last = ms;
    }
    /* The lead does not grow: not more than one for each millisecond that passed. */
    assert_true(last - before <= (clock_mono_ns() - begun_ns) / 1000000 + 2);
    s->db = db_close(s->db);
    open_db(s);
    assert_true(stamp(s, 7) > last);
    assert_true(stamp(s, 9) < before); /* a tenant that has no later one goes by the clock */
    clock_advance(3600000);
}

static void test_raised(void **state) {
    struct scratch *s = *state;
    int64_t a, b, ahead = clock_now_ms() + 60000;
    assert_int_equal(db_begin(s->db), 0);
    assert_int_equal(db_stamp(s->db, 7, &a), 0);
    assert_int_equal(db_stamp_raise(s->db, 7, a - 1), 0);
    assert_int_equal(db_stamp(s->db, 7, &b), 0);
    assert_int_equal(a, b);
    assert_int_equal(db_stamp_raise(s->db, 7, ahead), 0);
    assert_int_equal(db_stamp(s->db, 7, &b), 0);
    assert_int_equal(b, ahead + 1);
    assert_int_equal(db_commit(s->db), 0);
    assert_int_equal(stamp(s, 7), ahead + 2);
}

/* Twenty processes after each other, as commands are, with a clock that goes back each time. */
static void test_ids_do_not_come_twice(void **state) {
    struct scratch *s = *state;
    int64_t last = 0, begun = clock_now_ms();
    for (int i = 0; i < 20; i++) {
        clock_advance(-1000);
        int64_t id = id_new();
        assert_true(id > last);
        last = id;
        assert_true(stamp(s, 7) > 0);
        s->db = db_close(s->db);

        struct str why;
        const struct db_options o = {.dir = s->dir, .busy_ms = 2000, .no_sync = true};
        assert_int_equal(db_open(&s->db, &o, DB_WRITE, &s->arena, &why), 0);
        struct db_query q DB_CLEANUP = db_query(s->db, SQL_META_GET);
        db_bind_text(&q, 1, STR("ids_until"));
        assert_int_equal(db_row(&q), 1);
        int64_t until;
        assert_int_equal(str_to_i64(db_text(&q, COL_META_GET_VALUE), &until), 0);
        assert_true(until > (id >> 22) + INT64_C(1420070400000)); /* above all that were handed out */
        assert_true(until < begun + 30000);                       /* and not far above */
    }
    clock_advance(20000);
    /* What another process noted counts: its ids are not handed out here. */
    assert_int_equal(db_begin(s->db), 0);
    {
        struct db_query q DB_CLEANUP = db_query(s->db, SQL_IDS_RESERVE);
        struct str far = arena_printf(&s->arena, "%" PRId64, clock_now_ms() + 7200000);
        db_bind_text(&q, 1, far);
        assert_int_equal(db_run(&q), 1);
    }
    assert_int_equal(db_commit(s->db), 0);
    s->db = db_close(s->db);
    open_db(s);
    assert_true((id_new() >> 22) + INT64_C(1420070400000) >= clock_now_ms() + 7200000 - 1000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_each_transaction_has_a_greater_one, setup, teardown),
        cmocka_unit_test_setup_teardown(test_one_in_a_transaction, setup, teardown),
        cmocka_unit_test_setup_teardown(test_undone_ones_are_forgotten, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_clock_that_goes_back, setup, teardown),
        cmocka_unit_test_setup_teardown(test_raised, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ids_do_not_come_twice, setup, teardown),
    };
    return RUN_TESTS(tests);
}
