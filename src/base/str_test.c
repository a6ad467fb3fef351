/* SPDX-License-Identifier: Apache-2.0
 *
 * Unit tests of text: comparing, cutting, numbers, UTF-8.
 */
#include "base/str.h"

#include <errno.h>

#include "base/test.h"

static void test_compare(void **state) {
    assert_true(str_eq(STR("a"), STR("a")));
    assert_false(str_eq(STR("a"), STR("ab")));
    assert_false(str_eq(STR("a"), STR("b")));
    assert_true(str_eq(STR_ABSENT, STR("")));
    assert_true(str_eq_nocase(STR("X-Tt-LogId@["), STR("x-tT-logid@[")));
    assert_false(str_eq_nocase(STR("@"), STR("`"))); /* these differ by the same bit as letters do */
    assert_false(str_eq_nocase(STR("ab"), STR("a")));
    assert_true(str_eq_secret(STR("abc"), STR("abc")));
    assert_false(str_eq_secret(STR("abc"), STR("abd")));
    assert_false(str_eq_secret(STR("abc"), STR("abcd")));
    assert_true(str_eq_secret(STR(""), STR_ABSENT));
    assert_true(str_compare(STR("a"), STR("b")) < 0);
    assert_true(str_compare(STR("a\xff"), STR("a\x01")) > 0);
    assert_true(str_compare(STR("a"), STR("aa")) < 0);
    assert_true(str_compare(STR("aa"), STR("a")) > 0);
    assert_int_equal(str_compare(STR("aa"), STR("aa")), 0);
    assert_int_equal(str_compare(STR_ABSENT, STR("")), 0);
}

static void test_starts_ends_skip(void **state) {
    assert_true(str_starts(STR("t-abc"), STR("t-")));
    assert_false(str_starts(STR("t"), STR("t-")));
    assert_true(str_starts(STR_ABSENT, STR("")));
    assert_true(str_ends(STR("a.pdf"), STR(".pdf")));
    assert_false(str_ends(STR("pdf"), STR(".pdf")));
    assert_lit(str_skip(STR("abc"), 1), "bc");
    assert_lit(str_skip(STR("abc"), 3), "");
    assert_lit(str_skip(STR("abc"), 9), "");
    assert_true(str_is_absent(str_skip(STR_ABSENT, 1)));
}

static void test_trim(void **state) {
    assert_lit(str_trim(STR(" \t a b\t ")), "a b");
    assert_lit(str_trim(STR(" \t")), "");
    assert_lit(str_trim(STR("\na")), "\na"); /* not a blank in a header */
    assert_true(str_is_absent(str_trim(STR_ABSENT)));
}

static void test_find_and_cut(void **state) {
    assert_int_equal(str_find(STR("a=b=c"), '='), 1);
    assert_true(str_find(STR("abc"), '=') == SIZE_MAX);
    assert_true(str_find(STR_ABSENT, '=') == SIZE_MAX);

    struct str rest = STR("a,,b,");
    assert_lit(str_cut(&rest, ','), "a");
    assert_lit(str_cut(&rest, ','), "");
    assert_lit(str_cut(&rest, ','), "b");
    assert_lit(rest, "");
    assert_lit(str_cut(&rest, ','), "");
    assert_true(str_is_absent(rest));
}

static void test_to_i64(void **state) {
    static const struct {
        struct str text;
        int64_t value;
    } good[] = {
        {STR_INIT("0"), 0},
        {STR_INIT("7"), 7},
        {STR_INIT("-1"), -1},
        {STR_INIT("9223372036854775807"), INT64_MAX},
        {STR_INIT("-9223372036854775808"), INT64_MIN},
    };
    static const struct str bad[] = {STR_INIT(""),
                                     STR_INIT("-"),
                                     STR_INIT("+1"),
                                     STR_INIT("01"),
                                     STR_INIT("-0"),
                                     STR_INIT("00"),
                                     STR_INIT(" 1"),
                                     STR_INIT("1 "),
                                     STR_INIT("1.0"),
                                     STR_INIT("0x1"),
                                     STR_INIT("1e3"),
                                     STR_INIT("--1"),
                                     STR_INIT("99999999999999999999x")};
    static const struct str big[] = {STR_INIT("9223372036854775808"), STR_INIT("-9223372036854775809"),
                                     STR_INIT("18446744073709551616"), STR_INIT("99999999999999999999999999")};
    for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
        int64_t v = 99;
        assert_int_equal(str_to_i64(good[i].text, &v), 0);
        assert_true(v == good[i].value);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        int64_t v = 99;
        assert_int_equal(str_to_i64(bad[i], &v), -EINVAL);
        assert_true(v == 99);
    }
    for (size_t i = 0; i < sizeof(big) / sizeof(*big); i++) {
        int64_t v = 99;
        assert_int_equal(str_to_i64(big[i], &v), -ERANGE);
        assert_true(v == 99);
    }
}

static size_t encode(unsigned c, unsigned char out[4]) {
    if (c < 0x80) {
        out[0] = (unsigned char)c;
        return 1;
    }
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--, c >>= 6)
        out[i] = (unsigned char)(0x80 | (c & 0x3F));
    out[0] = (unsigned char)((0xF00u >> n & 0xFF) | c);
    return n;
}

/* Every character there is passes, every surrogate does not, and one byte less is never enough. */
static void test_utf8_all_characters(void **state) {
    for (unsigned c = 0; c <= 0x110000; c++) {
        unsigned char bytes[4];
        struct str s = {(const char *)bytes, encode(c, bytes)};
        bool valid = (c < 0xD800 || c > 0xDFFF) && c <= 0x10FFFF;
        if (str_is_utf8(s) != valid)
            fail_msg("U+%X", c);
        s.len--;
        if (s.len > 0 && str_is_utf8(s))
            fail_msg("U+%X without its last byte", c);
    }
}

static void test_utf8_broken(void **state) {
    static const struct str bad[] = {
        STR_INIT("\x80"),         STR_INIT("\xc0\xaf"),         STR_INIT("\xc1\xbf"),
        STR_INIT("\xe0\x9f\xbf"), STR_INIT("\xf0\x8f\xbf\xbf"), STR_INIT("\xf5\x80\x80\x80"),
        STR_INIT("\xff"),         STR_INIT("12345678\xc3"),     STR_INIT("\xc3(1234567"),
        STR_INIT("\xe4\xb8("),    STR_INIT("\xf0\x9f\x98 ")};
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        if (str_is_utf8(bad[i]))
            fail_msg("number %zu", i);
    assert_true(str_is_utf8(STR_ABSENT));
    assert_true(str_is_utf8(STR("plain text of some length, \u4e2d\u6587, and more plain text")));
}

static void test_chars_and_head(void **state) {
    assert_int_equal(str_chars(STR("a\u4e2d\U0001F600")), 3);
    assert_int_equal(str_chars(STR_ABSENT), 0);
    assert_lit(str_head(STR("a\u4e2db"), 9), "a\u4e2db");
    assert_lit(str_head(STR("a\u4e2db"), 4), "a\u4e2d");
    assert_lit(str_head(STR("a\u4e2db"), 3), "a");
    assert_lit(str_head(STR("a\u4e2db"), 2), "a");
    assert_lit(str_head(STR("abc"), 0), "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_compare),     cmocka_unit_test(test_starts_ends_skip),
        cmocka_unit_test(test_trim),        cmocka_unit_test(test_find_and_cut),
        cmocka_unit_test(test_to_i64),      cmocka_unit_test(test_utf8_all_characters),
        cmocka_unit_test(test_utf8_broken), cmocka_unit_test(test_chars_and_head),
    };
    return RUN_TESTS(tests);
}
