/* SPDX-License-Identifier: Apache-2.0
 *
 * Single members out of the stored form, whatever stands around them.
 */
#include <stdlib.h>

#include "base/record.h"
#include "base/test.h"

/* Conditionals around whole members and within values, a bit that is a bracket, braces and quotes within texts. */
static const char stored[] =
    "{\x02"
    "A\"user_id\":\"\x01U000000000000002a\"\x03,\"list\":[{\"conclusion\":\"inner\",\"x\":[1,{}]\x02"
    "[,\"y\":2\x03},{}],\"text\":\"}],\\\"conclusion\\\":\\\\\"\x02"
    "D,\"mobile\":\"138\"\x03,\"object\":{\"zh_cn\":\"甲\"},\"conclusion\":\"通过 \\u0001\",\"n\":-7\x02"
    "D,\"last\":null\x03}";

static void one(const char *name, const char *wanted) {
    const struct str names[] = {str_of(name)};
    struct str got;

    record_members(str_of(stored), names, 1, &got);
    if (wanted)
        assert_str(got, str_of(wanted));
    else
        assert_true(str_is_absent(got));
}

static void values_as_they_stand(void **state) {
    one("user_id", "\"\x01U000000000000002a\"");
    one("list", "[{\"conclusion\":\"inner\",\"x\":[1,{}]\x02[,\"y\":2\x03},{}]");
    one("text", "\"}],\\\"conclusion\\\":\\\\\"");
    one("mobile", "\"138\"");
    one("object", "{\"zh_cn\":\"甲\"}");
    one("conclusion", "\"通过 \\u0001\"");
    one("n", "-7");
    one("last", "null");
    one("inner", NULL);
    one("y", NULL);
    one("", NULL);
}

static void several_at_once(void **state) {
    const struct str names[] = {STR("n"), STR("none"), STR("text"), STR("conclusion")};
    struct str got[4];

    record_members(str_of(stored), names, 4, got);
    assert_lit(got[0], "-7");
    assert_true(str_is_absent(got[1]));
    assert_int_equal(got[2].ptr[0], '"');
    assert_lit(got[3], "\"通过 \\u0001\"");
}

/* What is cut off gives no half of a value. */
static void survives_damage(void **state) {
    const struct str names[] = {STR("list"), STR("text"), STR("conclusion"), STR("last")};
    struct str whole[4], got[4];

    record_members(str_of(stored), names, 4, whole);
    for (size_t n = 0; n < sizeof(stored) - 1; n++) {
        char *copy = malloc(n ? n : 1); /* its own block, so that ASan sees a byte too many */
        memcpy(copy, stored, n);
        record_members((struct str){copy, n}, names, 4, got);
        for (int i = 0; i < 4; i++)
            assert_true(str_is_absent(got[i]) || str_eq(got[i], whole[i]));
        free(copy);
    }
    record_members(STR("[1,2]"), names, 4, got);
    record_members(STR("{\"list\""), names, 4, got);
    record_members(STR("{\x02"), names, 4, got);
    record_members(STR_ABSENT, names, 4, got);
    assert_true(str_is_absent(got[0]));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_as_they_stand),
        cmocka_unit_test(several_at_once),
        cmocka_unit_test(survives_damage),
    };

    return RUN_TESTS(tests);
}
