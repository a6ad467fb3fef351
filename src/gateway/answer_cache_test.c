/* SPDX-License-Identifier: Apache-2.0
 *
 * Unit tests of the cache of answers.
 */
#include "gateway/answer_cache.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/test.h"

static const struct answer_state now = {.change_count = 7, .second = 100};

static struct answer_key key_of(int64_t app, struct str query) {
    return (struct answer_key){app, 1, STR("/open-apis/x"), query, STR("http://h")};
}

static struct str find(struct answer_cache *c, const struct answer_state *s, struct answer_key key, bool *keep) {
    return answer_cache_find(c, s, &key, keep);
}

static void ask(struct answer_cache *c, const struct answer_state *s, struct answer_key key, struct str answer) {
    bool keep;
    assert_true(str_is_absent(find(c, s, key, &keep)));
    assert_false(keep);
    answer_cache_keep(c, answer); /* the first time it is not kept */
    assert_true(str_is_absent(find(c, s, key, &keep)));
    assert_true(keep);
    answer_cache_keep(c, answer);
}

static void test_second_time(void **state) {
    struct answer_cache *c = answer_cache_new();
    bool keep;
    ask(c, &now, key_of(1, STR("a=1")), STR("first"));
    ask(c, &now, key_of(1, STR("a=2")), STR("second"));
    ask(c, &now, key_of(2, STR("a=1")), STR("of another app"));
    ask(c, &now, key_of(1, STR("")), STR(""));
    assert_str(find(c, &now, key_of(1, STR("a=1")), &keep), STR("first"));
    assert_false(keep);
    assert_str(find(c, &now, key_of(1, STR("a=2")), &keep), STR("second"));
    assert_str(find(c, &now, key_of(2, STR("a=1")), &keep), STR("of another app"));
    struct answer_key other = key_of(1, STR("a=1"));
    other.tenant = 2;
    assert_true(str_is_absent(find(c, &now, other, &keep)));
    other = key_of(1, STR("a=1"));
    other.base_url = STR("https://h");
    assert_true(str_is_absent(find(c, &now, other, &keep)));
    other = key_of(1, STR("1"));
    other.path = STR("/open-apis/xa="); /* the same characters, divided in another way */
    assert_true(str_is_absent(find(c, &now, other, &keep)));
    answer_cache_free(c);
}

static void test_any_change_drops_all(void **state) {
    struct answer_cache *c = answer_cache_new();
    struct answer_state s = now;
    int settings;
    bool keep;
    for (int i = 0; i < 3; i++) {
        ask(c, &s, key_of(1, STR("a")), STR("x"));
        if (i == 0)
            s.change_count++;
        else if (i == 1)
            s.second++;
        else
            s.settings = &settings;
        assert_true(str_is_absent(find(c, &s, key_of(1, STR("a")), &keep)));
        assert_false(keep);
        s.second += 10;
    }
    answer_cache_free(c);
}

/* However many keys and however large the answers, it stays within its bounds and finds what it has. */
static void test_bounds(void **state) {
    struct answer_cache *c = answer_cache_new();
    static char large[ANSWER_CACHE_BYTES / 4];
    char query[32];
    bool keep;
    for (int i = 0; i < 5000; i++) {
        int n = snprintf(query, sizeof(query), "q=%d", i);
        struct answer_key key = key_of(1, (struct str){query, (size_t)n});
        assert_true(str_is_absent(find(c, &now, key, &keep)));
        (void)find(c, &now, key, &keep);
        answer_cache_keep(c, (struct str){query, (size_t)n});
    }
    int kept = 0;
    for (int i = 0; i < 5000; i++) {
        int n = snprintf(query, sizeof(query), "q=%d", i);
        struct str answer = find(c, &now, key_of(1, (struct str){query, (size_t)n}), &keep);
        if (str_is_absent(answer))
            continue;
        assert_str(answer, ((struct str){query, (size_t)n}));
        kept++;
    }
    assert_in_range(kept, 300, 400);
    const struct answer_state later = {.change_count = 8, .second = 100};
    kept = 0;
    for (int i = 0; i < 10; i++) {
        int n = snprintf(query, sizeof(query), "q=%d", i);
        struct answer_key key = key_of(1, (struct str){query, (size_t)n});
        (void)find(c, &later, key, &keep);
        (void)find(c, &later, key, &keep);
        answer_cache_keep(c, (struct str){large, sizeof(large)});
        kept += !str_is_absent(find(c, &later, key, &keep));
    }
    assert_int_equal(kept, 3); /* beside the keys there is no room for a fourth one */
    answer_cache_free(c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_second_time),
        cmocka_unit_test(test_any_change_drops_all),
        cmocka_unit_test(test_bounds),
    };
    return RUN_TESTS(tests);
}
