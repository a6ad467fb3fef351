/* SPDX-License-Identifier: Apache-2.0
 *
 * Unit tests of ids, random bytes and the clocks.
 */
#include "base/id.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/test.h"

enum { THREADS = 4, IDS = 50000 };

static void *make_ids(void *p) {
    int64_t *ids = p;
    for (int i = 0; i < IDS; i++)
        ids[i] = id_new();
    return NULL;
}

static int by_value(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void test_ids_grow_and_differ_among_threads(void **state) {
    static int64_t ids[THREADS][IDS];
    pthread_t threads[THREADS];
    for (int t = 0; t < THREADS; t++)
        assert_int_equal(pthread_create(&threads[t], NULL, make_ids, ids[t]), 0);
    for (int t = 0; t < THREADS; t++)
        pthread_join(threads[t], NULL);
    for (int t = 0; t < THREADS; t++)
        for (int i = 1; i < IDS; i++)
            if (ids[t][i] <= ids[t][i - 1])
                fail_msg("thread %d, id %d does not grow", t, i);
    qsort(ids, THREADS * IDS, sizeof(int64_t), by_value);
    const int64_t *all = &ids[0][0];
    assert_true(all[0] > 0);
    for (int i = 1; i < THREADS * IDS; i++)
        if (all[i] == all[i - 1])
            fail_msg("an id came twice");
}

static void test_node_and_time_are_in_the_id(void **state) {
    assert_int_equal(id_set_node(1024), -EINVAL);
    assert_int_equal(id_set_node(1023), 0);
    int64_t last = id_new();
    assert_int_equal(last >> 12 & 1023, 1023);
    assert_int_equal(id_set_node(5), 0);
    int64_t now = clock_now_ms(), id = id_new();
    assert_int_equal(id >> 12 & 1023, 5);
    int64_t ms = (id >> 22) + INT64_C(1420070400000);
    assert_true(ms >= now && ms < now + 60000); /* the threads' ids may have run ahead a little */

    clock_advance(3600000);
    assert_true((id_new() >> 22) - (id >> 22) >= 3600000 - 60000);
    assert_int_equal(id_set_node(0), 0);
}

static void test_last_bytes_are_spread(void **state) {
    enum { N = 25600 };
    static unsigned counts[256];
    for (int i = 0; i < N; i++) {
        clock_advance(1); /* one id in a millisecond, as on a server at rest */
        counts[id_new() & 255]++;
    }
    for (int b = 0; b < 256; b++)
        if (counts[b] < N / 256 / 2 || counts[b] > N / 256 * 2)
            fail_msg("%u of %d ids end with the byte %02x", counts[b], N, (unsigned)b);
    clock_advance(-N);
}

static void test_ids_go_on_above_what_was_handed_out(void **state) {
    int64_t before = id_new(), until = clock_now_ms() + 7200000;
    id_go_above(until);
    int64_t id = id_new();
    assert_true(id > before);
    assert_int_equal((id >> 22) + INT64_C(1420070400000), until); /* neither below nor far above */
    assert_int_equal(id_last_ms(), until);
    id_go_above(until - 1000);
    assert_true(id_new() > id);
    clock_advance(-3600000);
    assert_true(id_new() > id);
    clock_advance(3600000);
}

static void test_parse(void **state) {
    int64_t id = 7;
    assert_int_equal(id_parse(STR("6960663240925956571"), &id), 0);
    assert_true(id == INT64_C(6960663240925956571));
    static const struct str bad[] = {STR_INIT(""),
                                     STR_INIT("0"),
                                     STR_INIT("-1"),
                                     STR_INIT("01"),
                                     STR_INIT("1a"),
                                     STR_INIT(" 1"),
                                     STR_INIT("9223372036854775808")};
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_int_equal(id_parse(bad[i], &id), -EINVAL);
    assert_true(id == INT64_C(6960663240925956571));
}

static void test_random(void **state) {
    char a[201], b[201];
    memset(a, '!', sizeof(a));
    id_random_hex(a, 100);
    id_random_hex(b, 100);
    assert_int_equal(a[200], '!');
    for (int i = 0; i < 200; i++)
        assert_non_null(memchr("0123456789abcdef", a[i], 16));
    assert_memory_not_equal(a, b, 200);
}

static void test_clocks(void **state) {
    int64_t wall = clock_now_ms(), mono = clock_mono_ms(), ns = clock_mono_ns();
    assert_true(wall > INT64_C(1600000000000));
    clock_advance(10000);
    clock_advance(-5000); /* the date alone goes back */
    assert_true(clock_now_ms() - wall >= 5000 && clock_now_ms() - wall < 15000);
    assert_true(clock_mono_ms() - mono >= 10000 && clock_mono_ms() - mono < 20000);
    assert_true(clock_mono_ns() >= ns && clock_mono_ns() - ns < INT64_C(5000000000));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ids_grow_and_differ_among_threads),
        cmocka_unit_test(test_node_and_time_are_in_the_id),
        cmocka_unit_test(test_last_bytes_are_spread),
        cmocka_unit_test(test_ids_go_on_above_what_was_handed_out),
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_clocks),
    };
    return RUN_TESTS(tests);
}
