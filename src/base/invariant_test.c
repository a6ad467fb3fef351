/* SPDX-License-Identifier: Apache-2.0
 *
 * Unit tests of invariants: INVARIANT_ABORTS is set by hand, so that both builds' behaviour is tested in each build.
 */
#include "base/invariant.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/log_testing.h"

/* ---- a release build ---- */

#undef INVARIANT_ABORTS
#define INVARIANT_ABORTS 0

static int half_line; /* where half_of states its invariant */

static int half_of(int n) {
    half_line = __LINE__ + 1;
    INVARIANT_RETURN(n % 2 == 0, -1);
    return n / 2;
}

static void set_half(int n, int *ret) {
    INVARIANT_RETURN(n % 2 == 0);
    *ret = n / 2;
}

static void test_release_refuses(void **state) {
    int got = 7, calls = 0;
    assert_int_equal(half_of(4), 2);
    set_half(8, &got);
    assert_int_equal(got, 4);
    assert_true(INVARIANT(++calls == 1));
    assert_int_equal(calls, 1);
    struct buf nothing BUF_CLEANUP = caught_text();
    assert_int_equal(nothing.len, 0);

    assert_int_equal(half_of(3), -1);
    json_t *v = caught_line();
    assert_string_equal(member(v, "level"), "error");
    assert_string_equal(member(v, "msg"), "invariant broken: an error of the program");
    assert_string_equal(member(v, "expression"), "n % 2 == 0");
    char place[64];
    snprintf(place, sizeof(place), "src/base/invariant_test.c:%d", half_line);
    assert_string_equal(member(v, "place"), place);
    assert_string_equal(member(v, "left_out"), "0");
    json_decref(v);
}

static void test_release_void_refuses(void **state) {
    int got = 7;
    set_half(3, &got);
    assert_int_equal(got, 7);
    json_decref(caught_line());
}

static bool never(void) {
    return INVARIANT(false);
}

static void *break_often(void *arg) {
    for (int i = 0; i < 1000; i++)
        assert_false(never());
    return NULL;
}

/* Four threads, one place: one line, and the next one says how many were left out. */
static void test_release_limits_lines(void **state) {
    pthread_t threads[4];
    clock_freeze(true); /* on a busy machine the threads may take longer than the quiet time */
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, break_often, NULL), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    json_decref(caught_line());

    clock_advance(INVARIANT_QUIET_MS);
    assert_false(never());
    struct buf b BUF_CLEANUP = caught_text();
    struct str second = buf_str(&b);
    (void)str_cut(&second, '\n');
    json_t *v = json_loadb(second.ptr, second.len, 0, NULL);
    assert_non_null(v);
    assert_string_equal(member(v, "left_out"), "3999");
    json_decref(v);
    clock_freeze(false);
}

/* Another place has lines of its own. */
static void test_release_places_are_separate(void **state) {
    assert_false(INVARIANT(1 > 2));
    assert_false(INVARIANT(1 > 3));
    struct buf b BUF_CLEANUP = caught_text();
    struct str rest = buf_str(&b);
    assert_true(str_cut(&rest, '\n').len > 0);
    assert_true(str_cut(&rest, '\n').len > 0);
    assert_int_equal(rest.len, 0);
}

/* ---- a debug build ---- */

#undef INVARIANT_ABORTS
#define INVARIANT_ABORTS 1

static void break_debug(void) {
    (void)INVARIANT(1 > 2);
}

static void break_debug_return(void) {
    INVARIANT_RETURN(1 > 2);
}

#undef INVARIANT_ABORTS
#define INVARIANT_ABORTS 0

static void break_abort(void) {
    INVARIANT_ABORT(1 > 2);
}

/* Calls fn in a process of its own and expects it to abort and to have said where. */
static void expect_abort(void (*fn)(void)) {
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
        signal(SIGABRT, SIG_DFL); /* cmocka's handler would go on with the next test */
        fn();
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
    struct buf b BUF_CLEANUP = caught_text();
    struct str first = buf_str(&b);
    first = str_cut(&first, '\n');
    json_t *v = json_loadb(first.ptr, first.len, 0, NULL);
    assert_non_null(v);
    assert_string_equal(member(v, "expression"), "1 > 2");
    assert_ptr_equal(strstr(member(v, "place"), "src/base/invariant_test.c:"), member(v, "place"));
    json_decref(v);
}

static void test_debug_aborts(void **state) {
    expect_abort(break_debug);
}

static void test_debug_return_aborts(void **state) {
    expect_abort(break_debug_return);
}

static void test_abort_in_every_build(void **state) {
    expect_abort(break_abort);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CAUGHT_TEST(test_release_refuses),      CAUGHT_TEST(test_release_void_refuses),
        CAUGHT_TEST(test_release_limits_lines), CAUGHT_TEST(test_release_places_are_separate),
        CAUGHT_TEST(test_debug_aborts),         CAUGHT_TEST(test_debug_return_aborts),
        CAUGHT_TEST(test_abort_in_every_build),
    };
    return RUN_TESTS(tests);
}
