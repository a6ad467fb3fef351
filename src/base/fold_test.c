/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fold.h"
#include "base/test.h"

static struct arena arena;

static void assert_same(const char *a, const char *b) {
    struct str x = text_fold(str_of(a), &arena), y = text_fold(str_of(b), &arena);
    if (!str_eq(x, y))
        fail_msg("\"%s\" became \"%.*s\", \"%s\" became \"%.*s\"", a, STR_FMT(x), b, STR_FMT(y));
}

static void test_names_are_equal(void **state) {
    assert_same("Zhang San", "zHANG sAN");
    assert_same("ÉMILIE", "émilie");
    assert_same("\u00e9milie", "e\u0301milie"); /* NFC, NFD */
    assert_same("Ａｌｉｃｅ　Ｗａｎｇ", "alice wang");
    assert_same("ｶﾞｽ", "ガス"); /* half width, with its voiced mark apart */
    assert_same("STRASSE", "straße");
    assert_same("ΣΊΣΥΦΟΣ", "Σίσυφος");
    assert_same("ИВАН", "иван");
    assert_same("ﬁnn", "FINN");
    assert_same("\u1112\u1161\u11ab", "한");
    assert_same("zero\u200bwidth", "zerowidth"); /* what is not shown */
    assert_same("㈱①", "(株)1");
}

static void test_others_are_not(void **state) {
    assert_false(str_eq(text_fold(STR("é"), &arena), text_fold(STR("e"), &arena)));
    assert_string_equal(text_fold(STR("张三"), &arena).ptr, "张三");
    assert_string_equal(text_fold(STR("a%b_C\\\x7f"), &arena).ptr, "a%b_c\\\x7f");
}

static void test_odd_texts(void **state) {
    assert_true(str_is_absent(text_fold(STR_ABSENT, &arena)));
    assert_int_equal(text_fold(STR(""), &arena).len, 0);
    struct str bad = text_fold(STR("AB\xff\xc3"), &arena);
    assert_true(str_eq(bad, STR("ab\xff\xc3")));
    assert_true(text_holds(STR("abc"), STR("bc")) && text_holds(STR("abc"), STR("")));
    assert_false(text_holds(STR("abc"), STR("abcd")) || text_holds(STR(""), STR("a")));
    assert_true(text_fold_rule().len > 2);
}

/* Every character, alone and behind a letter: folding what was folded changes nothing, and never fails. */
static void test_folding_twice(void **state) {
    for (unsigned c = 1; c < 0x110000; c++) {
        char text[8] = {'a'};
        size_t n = 1;
        if (c >= 0xD800 && c < 0xE000)
            continue;
        if (c < 0x80) {
            text[n++] = (char)c;
        } else if (c < 0x800) {
            text[n++] = (char)(0xC0 | c >> 6);
            text[n++] = (char)(0x80 | (c & 63));
        } else if (c < 0x10000) {
            text[n++] = (char)(0xE0 | c >> 12);
            text[n++] = (char)(0x80 | (c >> 6 & 63));
            text[n++] = (char)(0x80 | (c & 63));
        } else {
            text[n++] = (char)(0xF0 | c >> 18);
            text[n++] = (char)(0x80 | (c >> 12 & 63));
            text[n++] = (char)(0x80 | (c >> 6 & 63));
            text[n++] = (char)(0x80 | (c & 63));
        }
        for (size_t from = 0; from < 2; from++) {
            struct str s = {text + from, n - from}, once = text_fold(s, &arena), twice = text_fold(once, &arena);
            if (!str_eq(once, twice) || !str_is_utf8(once) || once.len > 18 * s.len)
                fail_msg("U+%04X", c);
        }
        arena_reset(&arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_names_are_equal), cmocka_unit_test(test_others_are_not),
                                       cmocka_unit_test(test_odd_texts), cmocka_unit_test(test_folding_twice)};
    int failed = RUN_TESTS(tests);

    arena_free(&arena);
    return failed;
}
