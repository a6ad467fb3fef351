/* SPDX-License-Identifier: Apache-2.0
 *
 * The limiter, with a clock that the test sets.
 */
#include "base/test.h"
#include "gateway/limiter.h"

static const struct op_limit both[2] = {{1000, 60}, {50, 1}};
static const struct op_limit one[2] = {{10, 1}, {0, 0}};
static const struct limiter_key key = {.app = 7, .tenant = 9, .op = 3};

static bool take(struct limiter *l, const struct op_limit limits[2], double factor, int64_t now, uint32_t *limit,
                 uint32_t *reset) {
    return limiter_take(l, key, limits, factor, PORTION_WHOLE, now, limit, reset);
}

static void test_one_window(void **state) {
    struct limiter *l = limiter_new();
    uint32_t limit = 0, reset = 0;
    for (int i = 0; i < 10; i++)
        assert_true(take(l, one, 1, 5000 + i, &limit, &reset));
    assert_false(take(l, one, 1, 5100, &limit, &reset));
    assert_int_equal(limit, 10);
    assert_int_equal(reset, 1);
    /* The window opened at 5000 with the first call, so it ends at 6000. */
    assert_false(take(l, one, 1, 5999, &limit, &reset));
    assert_int_equal(reset, 1);
    assert_true(take(l, one, 1, 6000, &limit, &reset));
    limiter_free(l);
}

/* Refused calls must not count: a caller that keeps asking gets through as soon as the window ends. */
static void test_refused_calls_do_not_count(void **state) {
    struct limiter *l = limiter_new();
    uint32_t limit, reset;
    for (int i = 0; i < 10; i++)
        take(l, one, 1, 0, &limit, &reset);
    for (int i = 0; i < 1000; i++)
        assert_false(take(l, one, 1, 1 + i / 2, &limit, &reset));
    for (int i = 0; i < 10; i++)
        assert_true(take(l, one, 1, 1000, &limit, &reset));
    assert_false(take(l, one, 1, 1000, &limit, &reset));
    limiter_free(l);
}

/* The parts of all processes together are the limit, also when some have none. */
static void test_portions(void **state) {
    for (uint32_t parts = 1; parts <= 25; parts++) {
        uint32_t passed = 0, limit, reset;
        for (uint32_t rank = 0; rank < parts; rank++) {
            struct limiter *l = limiter_new();
            for (int i = 0; i < 20; i++)
                passed += limiter_take(l, key, one, 1, (struct portion){parts, rank}, 0, &limit, &reset);
            limiter_free(l);
        }
        assert_int_equal(passed, 10);
    }
}

/* A part that becomes smaller counts at once. */
static void test_smaller_portion(void **state) {
    struct limiter *l = limiter_new();
    uint32_t limit, reset;
    for (int i = 0; i < 6; i++)
        assert_true(take(l, one, 1, 0, &limit, &reset));
    assert_false(limiter_take(l, key, one, 1, (struct portion){2, 0}, 1, &limit, &reset));
    assert_int_equal(limit, 5);
    assert_true(take(l, one, 1, 2, &limit, &reset));
    limiter_free(l);
}

static void test_two_windows(void **state) {
    struct limiter *l = limiter_new();
    uint32_t limit, reset;
    int64_t now = 100;
    int passed = 0;
    for (int second = 0; second < 20; second++, now += 1000)
        for (int i = 0; i < 50; i++) {
            assert_true(take(l, both, 1, now, &limit, &reset));
            passed++;
        }
    assert_int_equal(passed, 1000);
    assert_false(take(l, both, 1, now, &limit, &reset));
    assert_int_equal(limit, 1000);
    assert_int_equal(reset, 40); /* until 60100, from 20100 */
    assert_false(take(l, both, 1, now + 39999, &limit, &reset));
    assert_true(take(l, both, 1, now + 40000, &limit, &reset));
    limiter_free(l);
}

/* Waiting exactly as long as a refusal says is always enough, whatever calls came before. */
static void test_waiting_is_enough(void **state) {
    struct limiter *l = limiter_new();
    uint32_t limit, reset, seed = 1;
    int64_t now = 0;
    int refusals = 0;
    for (int i = 0; i < 200000; i++) {
        seed = seed * 1664525 + 1013904223;
        now += seed >> 27;
        if (take(l, both, 1, now, &limit, &reset))
            continue;
        refusals++;
        assert_in_range(reset, 1, 60);
        now += (int64_t)reset * 1000;
        assert_true(take(l, both, 1, now, &limit, &reset));
    }
    assert_true(refusals > 100);
    limiter_free(l);
}

static void test_keys_are_apart(void **state) {
    struct limiter *l = limiter_new();
    uint32_t limit, reset;
    for (int64_t app = 0; app < 3000; app++)
        for (int i = 0; i < 11; i++) {
            struct limiter_key k = {.app = app, .tenant = 9, .op = 3};
            assert_int_equal(limiter_take(l, k, one, 1, PORTION_WHOLE, 0, &limit, &reset), i < 10);
        }
    struct limiter_key other_tenant = {7, 10, 3}, other_op = {7, 9, 4};
    assert_true(limiter_take(l, other_tenant, one, 1, PORTION_WHOLE, 0, &limit, &reset));
    assert_true(limiter_take(l, other_op, one, 1, PORTION_WHOLE, 0, &limit, &reset));
    limiter_free(l);
}

static void test_factor(void **state) {
    struct limiter *l = limiter_new();
    uint32_t limit, reset;
    for (int i = 0; i < 25; i++)
        assert_true(take(l, one, 2.5, 0, &limit, &reset));
    assert_false(take(l, one, 2.5, 0, &limit, &reset));
    assert_int_equal(limit, 25);
    /* With however small a factor, one call is allowed. */
    assert_true(take(l, one, 0.0001, 2000, &limit, &reset));
    assert_false(take(l, one, 0.0001, 2000, &limit, &reset));
    limiter_free(l);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_window),     cmocka_unit_test(test_refused_calls_do_not_count),
        cmocka_unit_test(test_portions),       cmocka_unit_test(test_smaller_portion),
        cmocka_unit_test(test_two_windows),    cmocka_unit_test(test_waiting_is_enough),
        cmocka_unit_test(test_keys_are_apart), cmocka_unit_test(test_factor),
    };
    return RUN_TESTS(tests);
}
