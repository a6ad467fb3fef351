/* SPDX-License-Identifier: Apache-2.0
 *
 * Scenarios: the built-in ones, files, what is wrong with a file, and which scenario an order gets. The PDF of reports.
 */
#include "robot/scenario.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/test.h"
#include "robot/pdf.h"

static void test_built_in(void **state) {
    struct arena a ARENA_CLEANUP = ARENA_EMPTY;
    struct scenarios vendor, customer;

    scenarios_built_in(&vendor, SCENARIOS_OF_VENDOR, &a);
    scenarios_built_in(&customer, SCENARIOS_OF_CUSTOMER, &a);
    assert_int_equal(vendor.n, 10);
    assert_int_equal(customer.n, 9);
    for (size_t i = 0; i < vendor.n_rules; i++) { /* the magic names */
        const struct scenario_rule *rule = &vendor.rules[i];
        assert_ptr_equal(scenario_choose(&vendor, rule->name, STR_ABSENT, STR_ABSENT), &vendor.v[rule->scenario]);
    }
    assert_lit(scenario_choose(&vendor, STR(" robot RED "), STR("x"), STR("y"))->name, "red");
    assert_lit(scenario_choose(&vendor, STR("Robot"), STR("x"), STR("y"))->name, "green");
    const struct scenario *once = scenario_find(&customer, STR("reject_once"));
    assert_int_equal(once->n_reports, 2);
    assert_int_equal(once->reports[0], DECIDE_REJECT);
    assert_int_equal(once->reports[1], DECIDE_APPROVE);
    assert_int_equal(scenario_find(&customer, STR("approve"))->n_reports, 1);
}

static void test_file(void **state) {
    static const char text[] = "{\"scenarios\":[{\"name\":\"two\",\"steps\":["
                               "{\"do\":\"progress\",\"after_s\":0.5,\"stage_name\":\"one\"},"
                               "{\"do\":\"final\",\"after_s\":2,\"result\":\"Red\",\"report\":\"none\"}]},"
                               "{\"name\":\"red\",\"steps\":[]}],"
                               "\"rules\":[{\"package_id\":\"p\",\"account_id\":\"7\",\"scenario\":\"two\"},"
                               "{\"name\":\"Robot Red\",\"scenario\":\"cancel\"}],\"otherwise\":\"two\"}";
    struct arena a ARENA_CLEANUP = ARENA_EMPTY;
    struct scenario_findings findings;
    struct scenarios s;

    assert_int_equal(scenarios_read(&s, SCENARIOS_OF_VENDOR, str_of(text), &a, &findings), 0);
    const struct scenario *two = scenario_find(&s, STR("two"));
    assert_int_equal(two->n_steps, 2);
    assert_int_equal(two->steps[0].after_ms, 500);
    assert_int_equal(two->steps[1].kind, STEP_FINAL);
    assert_int_equal(two->steps[1].report, REPORT_NONE);
    assert_int_equal(scenario_find(&s, STR("red"))->n_steps, 0); /* replaces the built-in one */
    assert_lit(scenario_choose(&s, STR("x"), STR("p"), STR("7"))->name, "two");
    assert_lit(scenario_choose(&s, STR("Robot Red"), STR("p"), STR("8"))->name,
               "cancel"); /* the file's rules come first */
    assert_lit(scenario_choose(&s, STR("Robot Fast"), STR("p"), STR("8"))->name, "fast");
    assert_lit(scenario_choose(&s, STR_ABSENT, STR_ABSENT, STR_ABSENT)->name, "two");
}

/* value: what stands at the place that the finding names; NULL: it names none. */
static void refused(enum scenario_kind kind, const char *text, const char *path, const char *reason,
                    const char *value) {
    struct arena a ARENA_CLEANUP = ARENA_EMPTY;
    struct scenario_findings f;
    struct scenarios s;
    assert_int_equal(scenarios_read(&s, kind, str_of(text), &a, &f), -EINVAL);
    assert_str(f.v[0].path, str_of(path));
    if (!strstr(f.v[0].reason.ptr, reason))
        fail_msg("%s: %s", text, f.v[0].reason.ptr);
    for (unsigned line = 1; line < f.v[0].line; line++)
        text = strchr(text, '\n') + 1;
    if (!value)
        assert_int_equal(f.v[0].line, 0);
    else if (f.v[0].line == 0 || strncmp(text + f.v[0].column - 1, value, strlen(value)) != 0)
        fail_msg("%s: line %u, column %u", text, f.v[0].line, f.v[0].column);
}

#define STEPS(steps) "{\"scenarios\":[{\"name\":\"a\",\"steps\":[" steps "]}]}"

static void test_refusals(void **state) {
    const enum scenario_kind v = SCENARIOS_OF_VENDOR, c = SCENARIOS_OF_CUSTOMER;
    refused(v, "{", "", "line 1", NULL);
    refused(v, "[]", "", "an object with \"scenarios\"", NULL);
    refused(v, "{\"scenario\":[]}", "scenario", "accepted are scenarios, rules, otherwise", "[]}");
    refused(v, "{\n \"scenarios\": [7]}", "scenarios[0]", "an object is expected", "7]");
    refused(v, "{\"scenarios\":[{\"name\":\"a\"}]}", "scenarios[0].steps", "it is required", "{\"name\"");
    refused(v, STEPS("{\"do\":\"dance\",\"after_s\":1}"), "scenarios[0].steps[0].do",
            "accepted are progress, interim, final, correct, cancel", "\"dance\"");
    refused(v, STEPS("{\"do\":\"cancel\",\"after_s\":\"1\"}"), "scenarios[0].steps[0].after_s",
            "a number of seconds from 0 to", "\"1\"");
    refused(v, STEPS("{\"do\":\"final\",\"after_s\":1}"), "scenarios[0].steps[0].result", "it is required",
            "{\"do\":\"final\"");
    refused(v, STEPS("{\"do\":\"cancel\",\"after_s\":5},{\"do\":\"cancel\",\"after_s\":4}"),
            "scenarios[0].steps[1].after_s", "not be less", "4}");
    refused(v, "{\"scenarios\":[{\"name\":\"a\",\"steps\":[]},{\"name\":\"a\",\"steps\":[]}]}", "scenarios[1].name",
            "another scenario", "\"a\",\"steps\":[]}]");
    refused(v, "{\"rules\":[{\"name\":\"x\",\"scenario\":\"nine\"}]}", "rules[0].scenario",
            "there are green, yellow, red", "\"nine\"");
    refused(v, "{\"rules\":[{\"scenario\":\"red\"}]}", "rules[0]", "needs name, package_id or account_id",
            "{\"scenario\"");
    refused(v, "{\"otherwise\":\"nine\"}", "otherwise", "there is no scenario \"nine\"", "\"nine\"");
    refused(c, "{\"scenarios\":[{\"name\":\"a\",\"reports\":[\"maybe\"]}]}", "scenarios[0].reports[0]",
            "one of approve, reject, withdraw", "\"maybe\"");
    refused(c, STEPS(""), "scenarios[0].steps", "accepted are name, about, arrang", "[]");
    refused(c, "{\"rules\":[]}", "rules", "accepted are scenarios, otherwise", "[]");
}

/* The table at its end names the place of each object. */
static void test_pdf(void **state) {
    struct buf pdf BUF_CLEANUP = BUF_EMPTY;
    pdf_write(STR("A (title) \\"), STR("one\ntwo \xc3\xa9"), &pdf);
    buf_add_char(&pdf, '\0');
    assert_true(strncmp(pdf.ptr, "%PDF-1.4\n", 9) == 0);
    assert_non_null(strstr(pdf.ptr, "(A \\(title\\) \\\\) Tj"));
    assert_non_null(strstr(pdf.ptr, "(two ?"
                                    "?) Tj"));
    const char *table = pdf.ptr + atoi(strstr(pdf.ptr, "startxref\n") + 10);
    assert_true(strncmp(table, "xref\n0 6\n", 9) == 0);
    for (int i = 1; i <= 5; i++) {
        char expected[16];
        snprintf(expected, sizeof expected, "%d 0 obj\n", i);
        const char *object = pdf.ptr + atoi(table + 9 + 20 * i);
        assert_true(strncmp(object, expected, strlen(expected)) == 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_built_in),
        cmocka_unit_test(test_file),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_pdf),
    };
    return RUN_TESTS(tests);
}
