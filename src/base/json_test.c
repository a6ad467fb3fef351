/* SPDX-License-Identifier: Apache-2.0
 *
 * Unit tests of the JSON writer: commas, escapes, numbers as JavaScript writes them.
 */
#include "base/json.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "base/id.h"
#include "base/test.h"

static void test_commas(void **state) {
    struct buf b BUF_CLEANUP = BUF_EMPTY;
    json_begin(&b, '{');
    json_member_int(&b, STR("code"), 0);
    json_member_str(&b, STR("msg"), STR("{[,:"));
    json_member_str(&b, STR("none"), STR_ABSENT);
    json_member_str(&b, STR("empty"), STR(""));
    json_member_bool(&b, STR("yes"), true);
    json_member_id(&b, STR("id"), INT64_MAX);
    json_key(&b, STR("list"));
    json_begin(&b, '[');
    json_begin(&b, '[');
    json_end(&b, ']');
    json_begin(&b, '{');
    json_end(&b, '}');
    json_str(&b, STR_ABSENT);
    json_bool(&b, false);
    json_num(&b, 0.5);
    json_comma(&b);
    buf_add_lit(&b, "null");
    json_end(&b, ']');
    json_key(&b, STR("o"));
    json_begin(&b, '{');
    json_end(&b, '}');
    json_end(&b, '}');
    assert_buf(&b, "{\"code\":0,\"msg\":\"{[,:\",\"empty\":\"\",\"yes\":true,\"id\":\"9223372036854775807\","
                   "\"list\":[[],{},\"\",false,0.5,null],\"o\":{}}");
}

static void test_escapes_as_stringify_does(void **state) {
    struct buf b BUF_CLEANUP = BUF_EMPTY;
    json_str(&b, STR("\"\\/\b\f\n\r\t\x01\x1f\x7f\0 \u4e2d\u2028\U0001F600"));
    assert_buf(&b, "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\\u0000 \u4e2d\u2028\U0001F600\"");
}

/* Every byte that needs an escape, at every place of the eight bytes that are looked at together, reads back. */
static void test_escapes_at_every_offset(void **state) {
    for (int c = 1; c < 128; c++) {
        for (size_t at = 0; at < 24; at++) {
            char text[24];
            memset(text, at % 2 ? 'x' : ' ', sizeof(text));
            text[at] = (char)c;
            struct str s = {text, sizeof(text)};
            struct buf b BUF_CLEANUP = BUF_EMPTY;
            json_str(&b, s);
            json_t *v = json_loadb(b.ptr, b.len, JSON_DECODE_ANY, NULL);
            assert_non_null(v);
            assert_str(((struct str){json_string_value(v), json_string_length(v)}), s);
            json_decref(v);
        }
    }
}

static void test_numbers_as_javascript_writes_them(void **state) {
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {0, "0"},
        {-0.0, "0"},
        {1, "1"},
        {-1.5, "-1.5"},
        {0.1, "0.1"},
        {0.1 + 0.2, "0.30000000000000004"},
        {100, "100"},
        {123456789.25, "123456789.25"},
        {9223372036854774784.0, "9223372036854775000"},
        {9223372036854775808.0, "9.223372036854776e+18"},
        {1e20, "1e+20"},
        {123456789012345680000.0, "1.2345678901234568e+20"},
        {1e21, "1e+21"},
        {1.5e300, "1.5e+300"},
        {0.000001, "0.000001"},
        {0.00000123, "0.00000123"},
        {1e-7, "1e-7"},
        {-1.25e-9, "-1.25e-9"},
        {5e-324, "5e-324"},
        {1.7976931348623157e308, "1.7976931348623157e+308"},
        {9007199254740993.0, "9007199254740992"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct buf b BUF_CLEANUP = BUF_EMPTY;
        json_num(&b, cases[i].value);
        assert_str(buf_str(&b), str_of(cases[i].text));
    }
}

static void test_random_numbers_read_back(void **state) {
    for (int i = 0; i < 20000; i++) {
        double value;
        id_random(&value, sizeof(value));
        if (!isfinite(value))
            continue;
        struct buf b BUF_CLEANUP = BUF_EMPTY;
        json_num(&b, value);
        buf_add_char(&b, '\0');
        double back = strtod(b.ptr, NULL);
        if (memcmp(&back, &value, sizeof(value)) != 0) /* NOLINT(bugprone-suspicious-memory-comparison): -0 is not 0 */
            fail_msg("%s is not %.17g", b.ptr, value);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_commas),
        cmocka_unit_test(test_escapes_as_stringify_does),
        cmocka_unit_test(test_escapes_at_every_offset),
        cmocka_unit_test(test_numbers_as_javascript_writes_them),
        cmocka_unit_test(test_random_numbers_read_back),
    };
    return RUN_TESTS(tests);
}
