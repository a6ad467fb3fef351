/* SPDX-License-Identifier: Apache-2.0
 *
 * Saved answers: which records are found and at which places, and that every kind of broken text is refused.
 */
#include "cli/import/answer.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/buf.h"
#include "base/record.h"

static struct arena arena;

static int end(void **state) {
    arena_free(&arena);
    return 0;
}

static int open_text(struct answer *an, struct finding *f, const char *text) {
    memset(an, 0, sizeof(*an));
    return answer_of_text(an, "a.json", str_of(text), &arena, f);
}

static void assert_place(struct answer *an, const struct answer_item *item, unsigned line, unsigned column) {
    unsigned l = 1, c = 1;

    answer_place(an, item, &l, &c);
    assert_int_equal(l, line);
    assert_int_equal(c, column);
}

static void hands_out_each_record_with_its_place(void **state) {
    struct answer_walk at = {0};
    struct answer_item item;
    struct finding f;
    struct answer an;
    unsigned line = 1, column = 7;

    assert_int_equal(open_text(&an, &f,
                               "{\"code\": 0, \"msg\": \"\\\"items\\\": [\",\n"
                               "  \"data\": {\"items\": [ {\"a\": \"],}\"}\n,\n   {\"b\": [1, {}]} , 7],\n"
                               "  \"has_more\": true, \"page_token\": \"x\"}}\n"),
                     0);
    assert_true(answer_next(&an, &at, &item));
    assert_true(str_eq(item.text, STR("{\"a\": \"],}\"}")));
    assert_place(&an, &item, 2, 23);
    answer_place(&an, &item, &line, &column);
    assert_int_equal(line, 2);
    assert_int_equal(column, 29);
    assert_true(answer_next(&an, &at, &item));
    assert_true(str_eq(str_trim(item.text), STR("{\"b\": [1, {}]}")));
    assert_place(&an, &item, 4, 4);
    assert_true(str_eq(answer_path(&an, &item, STR("b[0]"), &arena), STR("data.items[1].b[0]")));
    assert_true(str_eq(answer_path(&an, &item, STR(""), &arena), STR("data.items[1]")));
    assert_true(answer_next(&an, &at, &item));
    assert_true(str_eq(item.text, STR("7")));
    assert_false(answer_next(&an, &at, &item));
    assert_false(answer_next(&an, &at, &item));
}

static void columns_count_characters(void **state) {
    struct answer_walk at = {0};
    struct answer_item item;
    struct finding f;
    struct answer an;

    assert_int_equal(open_text(&an, &f, "{\"msg\":\"好\",\"data\":{\"items\":[{}]}}"), 0);
    assert_true(answer_next(&an, &at, &item));
    assert_place(&an, &item, 1, 29);
}

static void one_record_and_none(void **state) {
    struct answer_walk at = {0};
    struct answer_item item;
    struct finding f;
    struct answer an;

    assert_int_equal(open_text(&an, &f, "{\"data\":{\"user\":{\"user_id\":\"u\"}}}"), 0);
    assert_true(answer_next(&an, &at, &item));
    assert_true(str_eq(item.text, STR("{\"user_id\":\"u\"}")));
    assert_true(str_eq(answer_path(&an, &item, STR("user_id"), &arena), STR("data.user.user_id")));
    assert_false(answer_next(&an, &at, &item));

    static const char *const empty[] = {"{\"code\":0,\"data\":{\"items\":[ \n ],\"has_more\":false}}",
                                        "{\"code\":0,\"data\":{\"items\":null,\"has_more\":false}}",
                                        "\xef\xbb\xbf{\"code\":0,\"data\":{\"has_more\":false}}"};
    for (size_t i = 0; i < sizeof(empty) / sizeof(empty[0]); i++) {
        memset(&at, 0, sizeof(at));
        assert_int_equal(open_text(&an, &f, empty[i]), 0);
        assert_false(answer_next(&an, &at, &item));
    }
}

static void says_which_user_ids(void **state) {
    struct finding f;
    struct answer an;

    assert_int_equal(open_text(&an, &f, "{\"user_id_type\":\"union_id\",\"data\":{\"items\":[]}}"), 0);
    assert_true(str_eq(an.user_id_type, STR("union_id")));
    assert_int_equal(open_text(&an, &f, "{\"data\":{\"items\":[]}}"), 0);
    assert_true(str_is_absent(an.user_id_type));
}

static void refuses(const char *text, unsigned line, unsigned column, const char *field, const char *reason) {
    struct finding f = {0};
    struct answer an;

    assert_int_equal(open_text(&an, &f, text), -EINVAL);
    if (f.line != line || (column && f.column != column) || !str_eq(f.field, str_of(field)) ||
        !memmem(f.reason.ptr, f.reason.len, reason, strlen(reason)))
        fail_msg("%s: %u:%u: %.*s: %.*s", text, f.line, f.column, STR_FMT(f.field), STR_FMT(f.reason));
}

static void refuses_what_is_no_answer(void **state) {
    refuses("hello", 1, 0, "", "not JSON at line 1");
    refuses("[]", 0, 0, "", "a JSON object is expected");
    refuses("{\"items\":[]}", 0, 0, "data", "holds no records");
    refuses("{\"data\":{\"items\":{}}}", 0, 0, "data", "holds no records");
    refuses("{\"code\":99991663,\"msg\":\"Invalid access token\",\"data\":{\"items\":[]}}", 0, 0, "code",
            "the answer is an error: 99991663 Invalid access token");
    refuses("{\"code\":\"0\",\"data\":{\"items\":[]}}", 0, 0, "code", "must be a number");
    refuses("{\"code\":0,\"code\":0,\"data\":{\"items\":[]}}", 1, 17, "", "twice");
}

static void refuses_what_is_broken_around_the_records(void **state) {
    /* The place counts from the beginning of the file, although the records in front are not parsed. */
    refuses("{\"data\":{\"items\":[{},\n{\"a\":1},\n{}],\n \"has_more\":yes}}", 4, 0, "", "not JSON at line 4");
    refuses("{\"data\":{\"items\":[{\"a\":[}]}}", 1, 0, "", "not JSON");
    refuses("{\"data\":{\"items\":[{}]}} {}", 1, 0, "", "something follows");
    refuses("{\"data\":{\"items\":[{}]", 1, 0, "", "too early");
    refuses("{\"data\":{\"items\":[{}],\"items\":[]}}", 1, 0, "", "twice");
}

/* A strict parser of the whole text would refuse these; so the parser of the parts must refuse them too. */
static void parts_are_as_strict_as_the_whole(void **state) {
    static const char *const lists[] = {"[,]",
                                        "[{},]",
                                        "[{},,{}]",
                                        "[{} {}]",
                                        "[{}{}]",
                                        "[[] 2]",
                                        "[{}x]",
                                        "[{}\"b\"]",
                                        "[01]",
                                        "[{\"a\":1,}]",
                                        "[{\"a\":tru}]",
                                        "[{}]",
                                        "[{}, [2]]",
                                        "[{\"a\\\"],[\":1}]",
                                        "[{\"a\":null} , {\"b\":\"]\"}]",
                                        "[{\"a\":\"\x01\"}]",
                                        "[}]",
                                        "[{]}"};
    char text[128];

    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        struct answer_walk at = {0};
        struct answer_item item;
        struct answer an;
        struct finding f;
        struct str why;
        bool good = true;
        json_t *whole, *part;

        snprintf(text, sizeof(text), "{\"data\":{\"items\":%s}}", lists[i]);
        whole = record_parse(str_of(text), &arena, &why);
        if (open_text(&an, &f, text) < 0)
            good = false;
        while (good && answer_next(&an, &at, &item)) {
            part = record_parse(item.text, &arena, &why);
            good = part != NULL;
            json_decref(part);
        }
        if (good != (whole != NULL))
            fail_msg("%s: the whole is %s, the parts are %s", lists[i], whole ? "good" : "bad", good ? "good" : "bad");
        json_decref(whole);
    }
}

/* Lists all answers of a file's text with their numbers of records, or the error: "items 2;items 1;". */
static struct str parts_of(struct str text) {
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    size_t offset = 0;

    while (offset < text.len) {
        struct answer an = {.name = "a", .file = text};
        struct answer_walk at = {0};
        struct answer_item item;
        struct finding f;
        if (answer_at(&an, offset, &arena, &offset, &f) < 0) {
            buf_printf(&out, "%u:%u %.*s;", f.line, f.column, STR_FMT(f.reason));
            continue;
        }
        while (answer_next(&an, &at, &item))
            ;
        buf_printf(&out, "%.*s %zu%s;", STR_FMT(an.path), at.index, an.has_more ? " more" : "");
    }
    return arena_dup(&arena, buf_str(&out));
}

static void several_answers_and_records_in_one_file(void **state) {
    static const struct {
        const char *text, *parts;
    } cases[] = {
        {"{\"data\":{\"items\":[{},{}],\"has_more\":true}}\n{\"data\":{\"items\":[1]}}",
         "data.items 2 more;data.items 1;"},
        {"{\"data\":{\"user\":{}}}{\"data\":{\"items\":[]}}\n", "data.user 1;data.items 0;"},
        {"{\"order_id\":\"1\"}\n{\"order_id\":\"2\"}\n{\"order_id\":\"3\"} ", " 3;"},
        {"{\"order_id\":\"1\"}", " 1;"},
        {"{\"data\":{\"items\":[{}]}}\n{\"code\":99991663,\"msg\":\"no\"}\n{\"data\":{\"items\":[{}]}}",
         "data.items 1;0:0 the answer is an error: 99991663 no;data.items 1;"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct str parts = parts_of(str_of(cases[i].text));
        if (!str_eq(parts, str_of(cases[i].parts)))
            fail_msg("%s: %.*s", cases[i].text, STR_FMT(parts));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hands_out_each_record_with_its_place),
        cmocka_unit_test(columns_count_characters),
        cmocka_unit_test(one_record_and_none),
        cmocka_unit_test(says_which_user_ids),
        cmocka_unit_test(refuses_what_is_no_answer),
        cmocka_unit_test(refuses_what_is_broken_around_the_records),
        cmocka_unit_test(parts_are_as_strict_as_the_whole),
        cmocka_unit_test(several_answers_and_records_in_one_file),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, end);
}
