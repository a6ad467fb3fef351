/* SPDX-License-Identifier: Apache-2.0
 *
 * The answers to writes that the disk refuses, from the real server on a disk that is full or fails.
 */
#include "gateway/gateway_fixture.h"
#include "store/sqlite/fault_vfs.h"

static int setup(void **state) {
    return begin(state, 0);
}

static int teardown(void **state) {
    int r = finish(state);
    fault_forget();
    return r;
}

static void expect(struct fixture *f, enum fault_kind kind, const char *status, const char *words) {
    fault_arm(kind, 1, true);
    const char *answer = ask(f);
    assert_true(fault_disarm());
    if (strncmp(answer + sizeof "HTTP/1.1 " - 1, status, 3) != 0 || !strstr(answer, words))
        fail_msg("%s and \"%s\" were expected:\n%s", status, words, answer);
    assert_true(!!strstr(answer, "\r\nRetry-After: 1\r\n") == (strcmp(status, "503") == 0));
    assert_non_null(strstr(answer, "\"code\":1002001"));
}

static void test_full_disk_is_busy(void **state) {
    struct fixture *f = *state;
    expect(f, FAULT_WRITE_FULL, "503", "disk is full");
    assert_non_null(strstr(ask(f), "\"code\":0")); /* writes succeed again as soon as there is room */
}

/* An I/O error is answered with 500, because a retry after a second does not help. */
static void test_failing_disk_is_a_fault(void **state) {
    struct fixture *f = *state;
    expect(f, FAULT_WRITE_ERROR, "500", "System exception");
    expect(f, FAULT_SYNC, "500", "System exception");
    assert_non_null(strstr(ask(f), "\"code\":0"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_full_disk_is_busy, setup, teardown),
        cmocka_unit_test_setup_teardown(test_failing_disk_is_a_fault, setup, teardown),
    };
    fault_install();
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
