/* SPDX-License-Identifier: Apache-2.0
 *
 * Unit tests of arenas, buffers and arrays.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdalign.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "base/test.h"

static bool is_zero(const unsigned char *p, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (p[i] != 0)
            return false;
    return true;
}

/* Objects and texts of many sizes at once: each keeps what was written into it, so none overlap. */
static void test_arena_keeps_neighbours_apart(void **state) {
    enum { N = 2000 };
    static unsigned char *object[N];
    static char *text[N];
    struct arena a ARENA_CLEANUP = ARENA_EMPTY;
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < N; i++) {
            size_t size = 1 + i * 7 % 300 + (i % 97 == 0 ? 20000 : 0);
            object[i] = arena_alloc(&a, size);
            assert_int_equal((uintptr_t)object[i] % alignof(max_align_t), 0);
            assert_true(is_zero(object[i], size));
            memset(object[i], (int)(i % 255 + 1), size);
            text[i] = arena_bytes(&a, size);
            memset(text[i], (int)(i % 253 + 1), size);
        }
        for (size_t i = 0; i < N; i++) {
            size_t size = 1 + i * 7 % 300 + (i % 97 == 0 ? 20000 : 0);
            for (size_t k = 0; k < size; k++)
                if (object[i][k] != i % 255 + 1 || (unsigned char)text[i][k] != i % 253 + 1)
                    fail_msg("allocation %zu, byte %zu", i, k);
        }
        arena_reset(&a);
    }
}

static void test_arena_reset_keeps_one_block(void **state) {
    struct arena a ARENA_CLEANUP = ARENA_EMPTY;
    arena_reset(&a); /* nothing there yet */
    assert_null(a.blocks);
    void *first = arena_alloc(&a, 100);
    arena_reset(&a);
    assert_ptr_equal(arena_alloc(&a, 100), first);
    arena_alloc(&a, 100000);
    for (int i = 0; i < 1000; i++)
        arena_alloc(&a, 100);
    arena_reset(&a);
    assert_non_null(a.blocks);
    arena_free(&a);
    assert_null(a.blocks);
    arena_alloc(&a, 1); /* usable again */
    arena_free(&a);
    arena_alloc(&a, 100000); /* nothing but a large block */
    arena_reset(&a);
    assert_null(a.blocks);
    assert_non_null(arena_alloc(&a, 0));
    assert_non_null(arena_calloc(&a, 0, 8));
}

static void test_arena_text(void **state) {
    struct arena a ARENA_CLEANUP = ARENA_EMPTY;
    char original[] = "abc";
    struct str copy = arena_dup(&a, str_of(original));
    original[0] = 'x';
    assert_lit(copy, "abc");
    assert_int_equal(copy.ptr[copy.len], '\0');
    assert_true(str_is_absent(arena_dup(&a, STR_ABSENT)));
    assert_false(str_is_absent(arena_dup(&a, STR(""))));
    assert_lit(arena_printf(&a, "%s-%d", "n", 5), "n-5");
    for (int width = 250; width < 262; width++) { /* around the size of its first attempt */
        struct str s = arena_printf(&a, "%*d", width, 7);
        assert_int_equal(s.len, width);
        assert_int_equal(s.ptr[s.len - 1], '7');
        assert_int_equal(s.ptr[s.len], '\0');
    }
}

static void test_buf_grows(void **state) {
    struct buf b BUF_CLEANUP = BUF_EMPTY;
    assert_lit(buf_str(&b), "");
    buf_add(&b, NULL, 0);
    buf_add_str(&b, STR_ABSENT);
    assert_null(b.ptr);
    for (int i = 0; i < 100000; i++)
        buf_add_char(&b, (char)('a' + i % 26));
    assert_int_equal(b.len, 100000);
    for (int i = 0; i < 100000; i++)
        if (b.ptr[i] != 'a' + i % 26)
            fail_msg("byte %d", i);
    buf_reset(&b, 200000);
    assert_non_null(b.ptr);
    assert_int_equal(b.len, 0);
    buf_add_lit(&b, "x");
    buf_reset(&b, 10);
    assert_null(b.ptr);
    assert_int_equal(b.cap, 0);
}

static void test_buf_numbers_and_formats(void **state) {
    struct buf b BUF_CLEANUP = BUF_EMPTY;
    static const int64_t values[] = {0, 9, -1, 10, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
        buf_add_i64(&b, values[i]);
        buf_add_char(&b, ' ');
    }
    assert_buf(&b, "0 9 -1 10 9223372036854775807 -9223372036854775808 ");
    buf_reset(&b, 0);
    buf_add_hex(&b, "\x00\x9a\xff", 3);
    buf_add_hex(&b, NULL, 0);
    assert_buf(&b, "009aff");
    buf_reset(&b, 0);
    buf_add_percent(&b, '\xE4');
    buf_add_percent(&b, ' ');
    assert_buf(&b, "%E4%20");
    for (int width = 1; width < 1000; width++) { /* meets every remaining room there is */
        buf_reset(&b, SIZE_MAX);
        buf_printf(&b, "%*d|", width, 1);
        buf_printf(&b, "%*d|", width, 2);
        assert_int_equal(b.len, 2 * (width + 1));
        assert_int_equal(b.ptr[width - 1], '1');
        assert_int_equal(b.ptr[2 * width], '2');
    }
}

static void test_array_grows(void **state) {
    int64_t *v = NULL;
    size_t cap = 0, moves = 0;
    for (size_t n = 0; n < 1000; n++) {
        size_t before = cap;
        v = array_grow(v, n, &cap, sizeof(*v));
        moves += cap != before;
        assert_true(cap > n);
        v[n] = (int64_t)n * 3;
    }
    assert_int_equal(moves, 8); /* 8, 16 ... 1024 */
    for (size_t n = 0; n < 1000; n++)
        assert_int_equal(v[n], n * 3);
    free(v);
}

static void test_array_grows_in_an_arena(void **state) {
    struct arena a ARENA_CLEANUP = ARENA_EMPTY;
    static struct str fixed[] = {STR_INIT("a"), STR_INIT("b"), STR_INIT("c")};
    size_t cap = 3; /* memory that no arena gave */
    struct str *v = arena_array_grow(&a, fixed, 2, &cap, sizeof(*v));
    assert_ptr_equal(v, fixed);
    v = arena_array_grow(&a, v, 3, &cap, sizeof(*v));
    assert_true(v != fixed && cap >= 4);
    for (size_t i = 0; i < 3; i++)
        assert_str(v[i], fixed[i]);
    for (size_t i = 3; i < cap; i++)
        assert_true(str_is_absent(v[i]) && v[i].len == 0);
}

static void grow_beyond_memory(void) {
    size_t cap = SIZE_MAX / 4;
    (void)array_grow(NULL, cap, &cap, 16);
}

static void grow_beyond_memory_in_an_arena(void) {
    struct arena a = ARENA_EMPTY;
    size_t cap = SIZE_MAX / 4;
    (void)arena_array_grow(&a, NULL, cap, &cap, 16);
}

/* A size that overflows must not come to a small allocation. */
static void test_array_does_not_overflow(void **state) {
    void (*const grow[])(void) = {grow_beyond_memory, grow_beyond_memory_in_an_arena};
    for (int i = 0; i < 2; i++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
            signal(SIGABRT, SIG_DFL);
            dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
            grow[i]();
            _exit(0);
        }
        int status = 0;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) != 0); /* AddressSanitizer exits with its own status */
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arena_keeps_neighbours_apart),
        cmocka_unit_test(test_arena_reset_keeps_one_block),
        cmocka_unit_test(test_arena_text),
        cmocka_unit_test(test_buf_grows),
        cmocka_unit_test(test_buf_numbers_and_formats),
        cmocka_unit_test(test_array_grows),
        cmocka_unit_test(test_array_grows_in_an_arena),
        cmocka_unit_test(test_array_does_not_overflow),
    };
    return RUN_TESTS(tests);
}
