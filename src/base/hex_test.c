/* SPDX-License-Identifier: Apache-2.0
 *
 * Unit tests of hexadecimal text.
 */
#include "base/hex.h"

#include <errno.h>

#include "base/test.h"

static void test_digits(void **state) {
    static const char lower[] = "0123456789abcdef", upper[] = "0123456789ABCDEF";
    for (int c = 0; c < 256; c++) {
        const char *in_lower = c ? strchr(lower, c) : NULL, *in_upper = c ? strchr(upper, c) : NULL;
        int value = in_lower ? (int)(in_lower - lower) : -1;
        assert_int_equal(hex_digit_lower((char)c), value);
        assert_int_equal(hex_digit((char)c), in_upper ? in_upper - upper : value);
    }
    assert_memory_equal(hex_digits, lower, 16);
    assert_memory_equal(hex_digits_upper, upper, 16);
}

static void test_pair(void **state) {
    assert_int_equal(hex_pair("00"), 0);
    assert_int_equal(hex_pair("fF"), 255);
    assert_int_equal(hex_pair("A9"), 0xA9);
    assert_int_equal(hex_pair("g0"), -1);
    assert_int_equal(hex_pair("0 "), -1);
}

static void test_is(void **state) {
    assert_true(hex_is(STR("09af")));
    assert_false(hex_is(STR("09aF")));
    assert_false(hex_is((struct str){"0\0a", 3}));
    assert_false(hex_is(STR("")));
    assert_false(hex_is(STR_ABSENT));
}

static void test_encode_and_decode(void **state) {
    uint8_t all[256], back[256];
    char text[512 + 1] = "";
    for (int i = 0; i < 256; i++)
        all[i] = (uint8_t)i;
    hex_encode(all, sizeof(all), text);
    assert_int_equal(text[512], '\0');
    assert_memory_equal(text, "000102", 6);
    assert_memory_equal(text + 508, "feff", 4);
    assert_int_equal(hex_decode((struct str){text, 512}, back), 0);
    assert_memory_equal(all, back, sizeof(all));
    hex_encode(NULL, 0, NULL);
    assert_int_equal(hex_decode(STR(""), back), 0);
    assert_int_equal(hex_decode(STR_ABSENT, back), 0);
}

static void test_decode_refuses(void **state) {
    uint8_t out[4];
    static const struct str wrong[] = {STR_INIT("0"),  STR_INIT("0g"), STR_INIT("g0"), STR_INIT("AB"),
                                       STR_INIT(" 0"), STR_INIT("0x"), STR_INIT("abc")};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_int_equal(hex_decode(wrong[i], out), -EINVAL);
}

static void test_u64(void **state) {
    uint64_t v = 7;
    assert_int_equal(hex_to_u64(STR(""), &v), -EINVAL);
    assert_int_equal(hex_to_u64(STR("12345678901234567"), &v), -EINVAL);
    assert_int_equal(hex_to_u64(STR("12F"), &v), -EINVAL);
    assert_int_equal(hex_to_u64(STR("-1"), &v), -EINVAL);
    assert_int_equal(v, 7);
    assert_int_equal(hex_to_u64(STR("12f"), &v), 0);
    assert_int_equal(v, 0x12f);
    assert_int_equal(hex_to_u64(STR("ffffffffffffffff"), &v), 0);
    assert_true(v == UINT64_MAX);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_digits),
        cmocka_unit_test(test_pair),
        cmocka_unit_test(test_is),
        cmocka_unit_test(test_encode_and_decode),
        cmocka_unit_test(test_decode_refuses),
        cmocka_unit_test(test_u64),
    };
    return RUN_TESTS(tests);
}
