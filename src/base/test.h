/* SPDX-License-Identifier: Apache-2.0
 *
 * What every unit test includes: cmocka, and texts compared with a readable message.
 */
#ifndef HIRED_BASE_TEST_H
#define HIRED_BASE_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/str.h"

static inline void assert_text_at(struct str got, struct str expected, const char *file, int line) {
    if (str_eq(got, expected) && str_is_absent(got) == str_is_absent(expected))
        return;
    print_error("got      %s%.*s\nexpected %s%.*s\n", str_is_absent(got) ? "(absent)" : "", STR_FMT(got),
                str_is_absent(expected) ? "(absent)" : "", STR_FMT(expected));
    _fail(file, line);
}

/* struct str against a literal or another struct str; absent and empty differ. */
#define assert_str(got, expected) assert_text_at((got), (expected), __FILE__, __LINE__)
#define assert_lit(got, literal) assert_text_at((got), STR(literal), __FILE__, __LINE__)
#define assert_buf(b, literal) assert_text_at(buf_str(b), STR(literal), __FILE__, __LINE__)

/* Runs the tests of a file and prints TAP. */
#define RUN_TESTS(tests) (cmocka_set_message_output(CM_OUTPUT_TAP), cmocka_run_group_tests((tests), NULL, NULL))

#endif
