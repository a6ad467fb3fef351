/* SPDX-License-Identifier: Apache-2.0
 *
 * All combinations of up to four interviewers' conclusions, compared with the platform's wording of each summary.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hire/interview/summary.h"

struct count {
    int all, pass, fail, pending, not_started, not_submitted, absent;
};

/* The wording, one line for each summary, written independently of the function. Exactly one must apply. */
static int oracle(const struct count *c) {
    int given = c->pass + c->fail + c->pending, found = 0, result = 0;
    int some = given > 0 && given < c->all; /* partly assessed */
    int full = given > 0 && given == c->all;
    const struct {
        int summary, holds;
    } lines[] = {
        {2, given == 0 && c->not_started == c->all},
        {3, given == 0 && c->not_started < c->all && c->absent == 0},
        {4, full && c->pass == c->all},
        {5, full && c->fail == c->all},
        {6, given == 0 && c->absent > 0},
        {7, some && c->pass == given},
        {8, some && c->pass > 0 && c->fail > 0 && c->pending == 0},
        {9, some && c->fail == given},
        {10, full && c->pass > 0 && c->fail > 0 && c->pending == 0},
        {11, some && c->pass > 0 && c->pending > 0 && c->fail == 0},
        {12, some && c->fail > 0 && c->pending > 0 && c->pass == 0},
        {13, some && c->pending == given},
        {14, some && c->pass > 0 && c->fail > 0 && c->pending > 0},
        {15, full && c->pass > 0 && c->pending > 0 && c->fail == 0},
        {16, full && c->fail > 0 && c->pending > 0 && c->pass == 0},
        {17, full && c->pending == c->all},
        {18, full && c->pass > 0 && c->fail > 0 && c->pending > 0},
    };

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        if (lines[i].holds) {
            found++;
            result = lines[i].summary;
        }
    }
    assert_int_equal(found, 1);
    return result;
}

static void all_combinations(void **state) {
    int seen[19] = {0}, combinations = 0;

    for (int n = 0, total = 1; n <= 4; n++, total *= 6) {
        for (int which = 0; which < total; which++) {
            enum interview_conclusion conclusions[4] = {0};
            struct count c = {.all = n};

            for (int i = 0, rest = which; i < n; i++, rest /= 6) {
                conclusions[i] = (enum interview_conclusion)(rest % 6 + 1);
                c.pass += rest % 6 + 1 == 1;
                c.fail += rest % 6 + 1 == 2;
                c.not_started += rest % 6 + 1 == 3;
                c.not_submitted += rest % 6 + 1 == 4;
                c.absent += rest % 6 + 1 == 5;
                c.pending += rest % 6 + 1 == 6;
            }
            int got = interview_summary(conclusions, (size_t)n), expected = oracle(&c);

            if (got != expected)
                fail_msg("%d records (%d pass, %d fail, %d pending, %d absent): expected %d, got %d", n, c.pass, c.fail,
                         c.pending, c.absent, expected, got);
            seen[got]++;
            combinations++;
        }
    }
    assert_int_equal(combinations, 1 + 6 + 36 + 216 + 1296);
    for (int i = 2; i <= 18; i++)
        assert_true(seen[i] > 0);
}

static void examples(void **state) {
    assert_int_equal(interview_summary(NULL, 0), 2);
    assert_int_equal(interview_summary((enum interview_conclusion[]){CONCLUSION_PASSED}, 1), 4);
    assert_int_equal(interview_summary((enum interview_conclusion[]){CONCLUSION_ABSENT}, 1), 6);
    assert_int_equal(interview_summary((enum interview_conclusion[]){CONCLUSION_PASSED, CONCLUSION_NOT_SUBMITTED}, 2),
                     7);
    assert_int_equal(interview_summary((enum interview_conclusion[]){CONCLUSION_PENDING, CONCLUSION_FAILED}, 2), 16);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_combinations),
        cmocka_unit_test(examples),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
