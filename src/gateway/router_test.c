/* SPDX-License-Identifier: Apache-2.0
 *
 * Each operation is found by its own path and method, and not by another method.
 */
#include <errno.h>

#include "base/test.h"
#include "gateway/router.h"

static struct arena arena;

/* The path with a value for each parameter. */
static struct str filled(struct str pattern) {
    struct buf path = BUF_EMPTY;
    str_cut(&pattern, '/');
    while (!str_is_absent(pattern)) {
        struct str part = str_cut(&pattern, '/');
        buf_add_char(&path, '/');
        buf_add_str(&path, part.ptr[0] == ':' ? STR("6985833807195212076") : part);
    }
    struct str text = arena_dup(&arena, buf_str(&path));
    buf_free(&path);
    return text;
}

static void test_every_operation(void **state) {
    struct router *r = router_new(true);
    for (uint16_t i = 0; i < api_n_ops; i++) {
        struct route route;
        struct str path = filled(api_ops[i].path);
        assert_int_equal(router_find(r, api_ops[i].method, path, &route), 0);
        assert_ptr_equal(route.op, &api_ops[i]);
        path = arena_printf(&arena, "%.*s/", STR_FMT(path));
        assert_int_equal(router_find(r, api_ops[i].method, path, &route), 0);
        assert_ptr_equal(route.op, &api_ops[i]);
    }
    router_free(r);
    arena_free(&arena);
}

static void test_parameters(void **state) {
    struct router *r = router_new(true);
    struct route route;
    assert_int_equal(router_find(r, STR("POST"), STR("/open-apis/hire/v1/applications/77/terminate"), &route), 0);
    assert_lit(route.op->name, "application.terminate");
    assert_int_equal(route.n_params, 1);
    assert_lit(route.params[0], "77");
    router_free(r);
    arena_free(&arena);
}

static void test_refusals(void **state) {
    struct router *r = router_new(true);
    struct route route;
    static const char *const nowhere[] = {"/",
                                          "//",
                                          "/open-apis",
                                          "/open-apis/hire/v1/interviewss",
                                          "/open-apis/hire/v1/interviews/",
                                          "/open-apis/hire/v1/applications//terminate",
                                          "/open-apis/hire/v1/applications/1/2/terminate",
                                          "/open-apis/hire/v1/applications//",
                                          "/open-apis/hire/v1/interviews//",
                                          "*"};
    for (size_t i = 0; i < sizeof nowhere / sizeof *nowhere; i++) {
        int expected = i == 4 ? -EPERM : -ENOENT; /* one slash at the end is ignored */
        assert_int_equal(router_find(r, STR("PATCH"), str_of(nowhere[i]), &route), expected);
    }
    assert_int_equal(router_find(r, STR("DELETE"), STR("/open-apis/hire/v1/background_check_orders"), &route), -EPERM);
    assert_lit(router_methods(r, STR("/open-apis/hire/v1/background_check_orders"), &arena), "GET, HEAD, OPTIONS");
    assert_true(str_is_absent(router_methods(r, STR("/open-apis/hire/v1/nothing"), &arena)));
    assert_int_equal(router_find(r, STR("get"), STR("/open-apis/hire/v1/interviews"), &route), -EPERM);
    router_free(r);
    arena_free(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_operation),
        cmocka_unit_test(test_parameters),
        cmocka_unit_test(test_refusals),
    };
    return RUN_TESTS(tests);
}
