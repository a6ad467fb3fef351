/* SPDX-License-Identifier: Apache-2.0
 *
 * Unit tests of typed records: reading, what is reported, writing, both forms of text.
 */
#include "base/record.h"

#include <errno.h>
#include <stdlib.h>

#include "base/record_example.h"
#include "base/record_internal.h"
#include "base/test.h"

static struct arena arena;

static int setup(void **state) {
    (void)state;
    arena = (struct arena)ARENA_EMPTY;
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_free(&arena);
    return 0;
}

static json_t *parse(const char *text) {
    struct str why = STR_ABSENT;
    json_t *v = record_parse(str_of(text), &arena, &why);
    if (!v)
        fail_msg("%.*s", STR_FMT(why));
    return v;
}

static int read_as(bool answer, const char *text, struct example *ret, struct violations *vs) {
    json_t *v = parse(text);
    *ret = (struct example){0};
    vs->n = 0;
    int r = answer ? record_read_answer(&example_type, ret, v, &arena, vs, NULL, NULL)
                   : record_read(&example_type, ret, v, &arena, vs);
    json_decref(v);
    return r;
}

/* Compares all violations, one "field|value|description" a line. */
static void assert_violations(const struct violations *vs, struct str expected) {
    struct buf b BUF_CLEANUP = BUF_EMPTY;
    for (size_t i = 0; i < violations_kept(vs); i++)
        buf_printf(&b, "%.*s|%.*s|%.*s\n", STR_FMT(vs->v[i].field), STR_FMT(vs->v[i].value),
                   STR_FMT(vs->v[i].description));
    assert_str(buf_str(&b), expected);
}

static void expect(const char *text, const char *violations) {
    struct example e;
    struct violations vs;
    int r = read_as(false, text, &e, &vs);
    assert_violations(&vs, str_of(violations));
    assert_int_equal(r, *violations ? -EINVAL : 0);
}

static void test_reads_every_kind(void **state) {
    struct example e;
    struct violations vs;
    assert_int_equal(read_as(false,
                             "{\"user_id\":\"ou_1\",\"stage_id\":\"abcd\",\"status\":2,\"urgent\":false,\"score\":1,"
                             "\"contact\":{\"phone\":\"+86\"},\"report_list\":[{\"report_name\":\"r\","
                             "\"report_url_type\":2},{\"report_name\":\"s\"}],\"user_ids\":[\"a\",\"b\"],"
                             "\"tags\":[\"x\"],\"rounds\":[],\"custom\":{\"z\":0.1,\"a\":[null,true]},"
                             "\"conclusion\":\"passed\",\"unknown\":{},\"custom_list\":[{\"q\":1e3},{}]}",
                             &e, &vs),
                     0);
    assert_lit(e.user_id, "ou_1");
    assert_lit(e.stage_id, "abcd");
    assert_true(e.status.set);
    assert_int_equal(e.status.v, 2);
    assert_int_equal(e.page_size.v, 10); /* its default */
    assert_true(e.urgent.set);
    assert_false(e.urgent.v);
    assert_true(e.score.set && e.score.v > 0.99 && e.score.v < 1.01);
    assert_lit(e.contact->phone, "+86");
    assert_true(str_is_absent(e.contact->user_id));
    assert_int_equal(e.report_list.n, 2);
    assert_int_equal(e.report_list.v[0].report_url_type.v, 2);
    assert_lit(e.report_list.v[1].report_name, "s");
    assert_false(e.report_list.v[1].report_url_type.set);
    assert_int_equal(e.user_ids.n, 2);
    assert_lit(e.user_ids.v[1], "b");
    assert_non_null(e.rounds.v); /* there, and empty */
    assert_int_equal(e.rounds.n, 0);
    assert_lit(e.custom, "{\"z\":0.1,\"a\":[null,true]}");
    assert_true(str_is_absent(e.mobile));
    assert_lit(e.custom_list.v[0], "{\"q\":1000}");
}

static void test_reports_all_breaches_together(void **state) {
    expect("{\"stage_id\":\"abc\",\"status\":0,\"page_size\":101,\"score\":-0.5,\"report_list\":"
           "[{},{\"report_name\":\"\",\"report_url_type\":3}],\"tags\":[],\"rounds\":[0,5],\"conclusion\":\"maybe\"}",
           "stage_id|abc|the min len is 4\n"
           "status|0|the min value is 1\n"
           "page_size|101|the max value is 100\n"
           "score|-0.5|the min value is 0\n"
           "report_list[0].report_name||report_list[0].report_name is required\n"
           "report_list[1].report_name||report_list[1].report_name is required\n"
           "report_list[1].report_url_type|3|options: [1,2]\n"
           "tags||the min len is 1\n"
           "rounds[0]|0|the min value is 1\n"
           "conclusion|maybe|options: [passed,failed]\n");
}

static void test_missing_null_and_empty_are_the_same_to_required(void **state) {
    expect("{}", "stage_id||stage_id is required\n");
    expect("{\"stage_id\":null,\"tags\":null,\"contact\":null}", "stage_id||stage_id is required\n");
    expect("{\"stage_id\":\"\"}", "stage_id||stage_id is required\n");
}

static void test_wrong_types(void **state) {
    expect("{\"user_id\":{\"a\":1},\"stage_id\":1234,\"status\":1.0,\"page_size\":\"5\",\"urgent\":\"true\","
           "\"score\":\"1\",\"contact\":[],\"report_list\":{},\"user_ids\":[1,null,\"x\"],\"tags\":\"x\","
           "\"rounds\":[true],\"custom\":\"text\"}",
           "user_id|{\"a\":1}|string is expected\n"
           "stage_id|1234|string is expected\n"
           "status|1|int is expected\n"
           "page_size|5|int is expected\n"
           "urgent|true|bool is expected\n"
           "score|1|number is expected\n"
           "contact|[]|object is expected\n"
           "report_list|{}|list is expected\n"
           "user_ids[0]|1|string is expected\n"
           "user_ids[1]|null|string is expected\n"
           "tags|x|list is expected\n"
           "rounds[0]|true|int is expected\n"
           "custom|text|object is expected\n");
    struct violations vs = {.n = 0};
    struct example e = {0};
    json_t *list = parse("[]");
    assert_int_equal(record_read(&example_type, &e, list, &arena, &vs), -EINVAL);
    json_decref(list);
}

static void test_lengths_count_characters(void **state) {
    expect("{\"stage_id\":\"\u4e00\u4e8c\u4e09\u56db\u4e94\u516d\u4e03\u516b\"}", "");
    expect("{\"stage_id\":\"\u4e00\u4e8c\u4e09\"}", "stage_id|\u4e00\u4e8c\u4e09|the min len is 4\n");
    expect("{\"stage_id\":\"123456789\"}", "stage_id|123456789|the max len is 8\n");
    expect("{\"stage_id\":\"12345678\",\"tags\":[\"ok\",\"toolong\"]}", "tags[1]|toolong|the max len is 5\n");
}

static void test_long_lists_and_values_are_cut(void **state) {
    struct example e;
    struct violations vs;
    assert_int_equal(read_as(false,
                             "{\"stage_id\":\"abcd\",\"report_list\":[{\"report_name\":\"1\"},{\"report_name\":\"2\"},"
                             "{\"report_name\":\"3\"},{\"report_name\":7}]}",
                             &e, &vs),
                     -EINVAL);
    assert_violations(&vs, STR("report_list||the max len is 3\n"));

    /* 21 characters of three bytes: the 64th byte lies within the 22nd, which is left out */
    expect("{\"stage_id\":\"\u4e00\u4e00\u4e00\u4e00\u4e00\u4e00\u4e00\u4e00\u4e00\u4e00\u4e00\u4e00\u4e00\u4e00\u4e00"
           "\u4e00\u4e00\u4e00\u4e00\u4e00\u4e00\u4e00\u4e00\"}",
           "stage_id|\u4e00\u4e00\u4e00\u4e00\u4e00\u4e00\u4e00\u4e00\u4e00\u4e00\u4e00\u4e00\u4e00\u4e00\u4e00"
           "\u4e00\u4e00\u4e00\u4e00\u4e00\u4e00|the max len is 8\n");
}

static void test_violations_beyond_the_last_are_counted(void **state) {
    struct buf b BUF_CLEANUP = BUF_EMPTY;
    buf_add_lit(&b, "{\"stage_id\":\"abcd\",\"rounds\":[");
    for (int i = 0; i < VIOLATIONS_MAX + 10; i++)
        buf_add_str(&b, i ? STR(",\"0\"") : STR("0"));
    buf_add_lit(&b, "]}");
    buf_add_char(&b, '\0');
    struct example e;
    struct violations vs;
    assert_int_equal(read_as(false, b.ptr, &e, &vs), -EINVAL);
    assert_int_equal(vs.n, VIOLATIONS_MAX + 10);
    assert_int_equal(violations_kept(&vs), VIOLATIONS_MAX);
    assert_lit(vs.v[VIOLATIONS_MAX - 1].field, "rounds[63]");
    violation_add(&vs, &arena, STR("x"), STR("y"), "more");
    assert_int_equal(vs.n, VIOLATIONS_MAX + 11);
}

static void test_violation_add_keeps_values_writable(void **state) {
    struct violations vs = {.n = 0};
    violation_add(&vs, &arena, STR("a.b"), STR("x\xff\xc3"), "the %s is %d", "sum", 7);
    assert_violations(&vs, STR("a.b|x??|the sum is 7\n"));
    assert_false(str_is_absent(vs.v[0].value));
}

static void test_answers_may_lack_but_not_add(void **state) {
    struct example e;
    struct violations vs;
    assert_int_equal(read_as(true, "{\"status\":100,\"tags\":[]}", &e, &vs), 0);
    assert_false(e.page_size.set);
    assert_int_equal(read_as(true,
                             "{\"stage_id\":5,\"conclusion\":\"maybe\",\"extra\":1,\"report_list\":[{},{\"name\":1}]}",
                             &e, &vs),
                     -EINVAL);
    assert_violations(&vs, STR("stage_id|5|string is expected\n"
                               "report_list[1].name||unknown field\n"
                               "conclusion|maybe|options: [passed,failed]\n"
                               "extra||unknown field\n"));
}

static void decimal_user(void *ctx, int64_t uid, struct buf *out) {
    buf_printf(out, "%s%lld", (const char *)ctx, (long long)uid);
}

static void file_link(void *ctx, int64_t id, struct buf *out) {
    buf_printf(out, "file:%lld", (long long)id);
}

static void splice(struct str stored, uint32_t hidden, struct buf *out) {
    struct record_reader r = {.hidden = hidden, .user = decimal_user, .file = file_link, .ctx = ""};
    record_splice(&r, stored, out);
}

/* What the quick parser takes, jansson takes, and means the same by it. */
static bool agree(struct str text) {
    json_t *plain = record_parse_plain(text);
    if (!plain)
        return false;
    json_t *strict = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, NULL);
    if (!strict)
        fail_msg("only the quick parser takes %.*s", STR_FMT(text));
    char *a = json_dumps(plain, JSON_COMPACT), *b = json_dumps(strict, JSON_COMPACT); /* in the order of the members */
    if (!json_equal(plain, strict) || strcmp(a, b) != 0)
        fail_msg("%s is not %s", a, b);
    free(a);
    free(b);
    json_decref(plain);
    json_decref(strict);
    return true;
}

static void test_plain_texts_are_taken_quickly(void **state) {
    static const char *const plain[] = {"{}",
                                        " [ ] ",
                                        "{\"a\":1,\"b\":[-5,0,true,false,null,\"x\"]}\n",
                                        "[\"\\n\\\\ \\/ \\\" \\t\"]",
                                        "{\"好\":\"\xf0\x9f\x98\x80 0123456789abcdef\"}",
                                        "[999999999999999999]",
                                        "[\"\x7f\"]"},
                             *const not [] = {"",
                                              "1",
                                              "\"a\"",
                                              "[1.5]",
                                              "[1e3]",
                                              "[01]",
                                              "[-0]",
                                              "[1234567890123456789]",
                                              "[\"\\u0041\"]",
                                              "{\"a\":1,\"a\":2}",
                                              "[1,]",
                                              "[,1]",
                                              "{\"a\":1,}",
                                              "{\"a\" 1}",
                                              "[1}",
                                              "[\"a]",
                                              "[\"\x01\"]",
                                              "[\"\xff\"]",
                                              "[] x",
                                              "[1 2]",
                                              "[tru]",
                                              "{1:2}",
                                              "[-]",
                                              "[\"\\x\"]",
                                              "[\"\\"};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        assert_true(agree(str_of(plain[i])));
    for (size_t i = 0; i < sizeof not / sizeof *not ; i++)
        assert_false(agree(str_of(not [i])));
    char deep[140];
    for (size_t levels = 64; levels <= 65; levels++) {
        memset(deep, '[', levels);
        memset(deep + levels, ']', levels);
        assert_int_equal(agree((struct str){deep, 2 * levels}), levels == 64);
    }
}

static void test_quick_and_strict_agree_on_damaged_texts(void **state) {
    static const char good[] = "{\"order_id\": \"7100\", \"n\": [1, -20, {\"深\": null}], \"s\": \"a\\n\\\\\", \"t\": "
                               "true,\r\n\t\"e\": {}, \"f\": [] }";
    static const char bytes[] = "{}[]\",:\\0129-.eE tfnu\x01\xe6\xff \n";
    uint32_t seed = 12345;
    unsigned taken = 0;

    for (int i = 0; i < 200000; i++) {
        char text[sizeof good];
        memcpy(text, good, sizeof good);
        for (int k = 0; k < 1 + i % 3; k++) {
            seed = seed * 1664525 + 1013904223;
            text[(seed >> 8) % (sizeof good - 1)] = bytes[(seed >> 20) % (sizeof bytes - 1)];
        }
        taken += agree((struct str){text, sizeof good - 1 - (i % 7 == 0)});
    }
    assert_true(taken > 100); /* some damage does no harm */
}

static void note_path(void *ctx, struct str path) {
    buf_add_str(ctx, path);
    buf_add_char(ctx, ' ');
}

static void splice_all(struct str stored, struct buf *out) {
    struct record_reader r = {.undescribed = true, .user = decimal_user, .file = file_link, .ctx = ""};
    record_splice(&r, stored, out);
}

/* What no table describes comes back to who asks for it, at any depth, also after a change; and to nobody else. */
static void test_undescribed_members_are_kept(void **state) {
    static const char *text =
        "{\"stage_id\":\"four\",\"extra\":{\"a\":[1,2.5,\"\\u0001\\u0003x\"],\"b\":null},\"none\":null,"
        "\"report_list\":[{\"new\":true},{\"url\":\"u\",\"odd name\":\"1\"}],\"contact\":{\"z\":-1}}";
    struct example e = {0}, again = {0};
    struct violations vs = {.n = 0};
    struct buf told BUF_CLEANUP = BUF_EMPTY, stored BUF_CLEANUP = BUF_EMPTY, wire BUF_CLEANUP = BUF_EMPTY,
                    all BUF_CLEANUP = BUF_EMPTY, plain BUF_CLEANUP = BUF_EMPTY;
    json_t *v = parse(text);

    assert_int_equal(record_read_answer(&example_type, &e, v, &arena, &vs, note_path, &told), 0);
    json_decref(v);
    assert_buf(&told, "contact.z report_list[0].new report_list[1].odd name extra ");
    record_write_stored(&example_type, &e, &stored);
    assert_int_equal(record_read_stored(&example_type, &again, buf_str(&stored), &arena), 0);
    again.status = SET_INT(2);
    buf_reset(&stored, 0);
    record_write_stored(&example_type, &again, &stored);
    splice(buf_str(&stored), 0, &wire);
    record_write(&example_type, &again, 0, &plain);
    assert_buf(&wire, "{\"stage_id\":\"four\",\"status\":2,\"contact\":{},\"report_list\":[{},{\"url\":\"u\"}]}");
    assert_str(buf_str(&plain), buf_str(&wire));
    splice_all(buf_str(&stored), &all);
    assert_buf(&all, "{\"stage_id\":\"four\",\"status\":2,\"contact\":{\"z\":-1},"
                     "\"report_list\":[{\"new\":true},{\"url\":\"u\",\"odd name\":\"1\"}],"
                     "\"extra\":{\"a\":[1,2.5,\"\\u0001\\u0003x\"],\"b\":null}}");
    record_drop_undescribed(&example_type, &again);
    buf_reset(&stored, 0);
    buf_reset(&all, 0);
    record_write_stored(&example_type, &again, &stored);
    splice_all(buf_str(&stored), &all);
    assert_str(buf_str(&all), buf_str(&wire));
}

static const struct record_field *field(const char *name) {
    for (size_t i = 0; i < example_type.n_fields; i++)
        if (str_eq(example_fields[i].name, str_of(name)))
            return &example_fields[i];
    fail_msg("no field %s", name);
    return NULL;
}

static void test_text_of_every_kind(void **state) {
    struct example e = {0};
    struct violations vs = {.n = 0};
    assert_int_equal(record_read_text(field("stage_id"), &e, STR("abcd"), &arena, &vs), 0);
    assert_int_equal(record_read_text(field("status"), &e, STR("7"), &arena, &vs), 0);
    assert_int_equal(record_read_text(field("urgent"), &e, STR("true"), &arena, &vs), 0);
    assert_int_equal(record_read_text(field("score"), &e, STR("2.5"), &arena, &vs), 0);
    assert_int_equal(record_read_text(field("mobile"), &e, STR(""), &arena, &vs), 0);
    for (int i = 0; i < 9; i++)
        assert_int_equal(record_read_text(field("user_ids"), &e, STR("u"), &arena, &vs), 0);
    assert_int_equal(record_read_text(field("rounds"), &e, STR("3"), &arena, &vs), 0);
    assert_int_equal(record_finish_text(&example_type, &e, &arena, &vs), 0);
    struct buf b BUF_CLEANUP = BUF_EMPTY;
    record_write(&example_type, &e, 0, &b);
    assert_buf(&b, "{\"stage_id\":\"abcd\",\"status\":7,\"page_size\":10,\"urgent\":true,\"score\":2.5,"
                   "\"user_ids\":[\"u\",\"u\",\"u\",\"u\",\"u\",\"u\",\"u\",\"u\",\"u\"],\"rounds\":[3]}");
}

static void test_text_breaches(void **state) {
    struct example e = {0};
    struct violations vs = {.n = 0};
    static const struct {
        const char *name;
        struct str value;
    } wrong[] = {
        {"status", STR_INIT("1.0")},       {"status", STR_INIT(" 1")},     {"status", STR_INIT("99999999999999999999")},
        {"status", STR_INIT("10")},        {"urgent", STR_INIT("yes")},    {"score", STR_INIT("0x10")},
        {"score", STR_INIT("nan")},        {"score", STR_INIT("1e999")},   {"stage_id", STR_INIT("a\0cd")},
        {"stage_id", STR_INIT("abc\xff")}, {"conclusion", STR_INIT("no")}, {"rounds", STR_INIT("x")},
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
        assert_int_equal(record_read_text(field(wrong[i].name), &e, wrong[i].value, &arena, &vs), -EINVAL);
    assert_int_equal(record_finish_text(&example_type, &e, &arena, &vs), -EINVAL);
    struct buf b BUF_CLEANUP = BUF_EMPTY;
    for (size_t i = 0; i < vs.n; i++)
        buf_printf(&b, "%.*s: %.*s\n", STR_FMT(vs.v[i].field), STR_FMT(vs.v[i].description));
    assert_buf(&b,
               "status: int is expected\nstatus: int is expected\nstatus: int is expected\n"
               "status: the max value is 9\nurgent: bool is expected\nscore: number is expected\n"
               "score: number is expected\nscore: number is expected\n"
               "stage_id: string of UTF-8 text is expected\nstage_id: string of UTF-8 text is expected\n"
               "conclusion: options: [passed,failed]\nrounds[0]: int is expected\nstage_id: stage_id is required\n");
}

/* ---- writing ---- */

static struct example sample(void) {
    static struct str users[] = {STR_INIT("42"), STR_INIT("nobody")};
    static struct example_report reports[] = {
        {.report_name = STR_INIT("r\"1\""), .url = STR_INIT("file:77"), .reporter_id = STR_INIT("43")},
        {.url = STR_INIT("https://vendor.example/p"), .report_url_type = {2, true}},
    };
    static struct example_contact contact = {.phone = STR_INIT("+86"), .user_id = STR_INIT("44")};
    struct example e = {
        .user_id = STR("41"),
        .stage_id = STR("s"),
        .contact = &contact,
        .user_ids = {users, 2},
        .custom = STR("{\"k\":[1,2]}"),
        .mobile = STR("138"),
    };
    e.report_list.v = reports;
    e.report_list.n = 2;
    return e;
}

static const char sample_wire[] =
    "{\"user_id\":\"41\",\"stage_id\":\"s\",\"contact\":{\"phone\":\"+86\",\"user_id\":\"44\"},"
    "\"report_list\":[{\"report_name\":\"r\\\"1\\\"\",\"url\":\"file:77\",\"reporter_id\":\"43\"},"
    "{\"report_url_type\":2,\"url\":\"https://vendor.example/p\"}],\"user_ids\":[\"42\",\"nobody\"],"
    "\"custom\":{\"k\":[1,2]},\"mobile\":\"138\"}";

static void test_writes_the_wire_form(void **state) {
    struct example e = sample(), none = {0};
    struct buf b BUF_CLEANUP = BUF_EMPTY;
    record_write(&example_type, &e, 0, &b);
    assert_str(buf_str(&b), str_of(sample_wire));

    buf_reset(&b, 0);
    record_write(&example_type, &e, 1u | 1u << EXAMPLE_PHONE_BIT, &b);
    assert_buf(&b, "{\"stage_id\":\"s\",\"contact\":{},\"report_list\":[{\"report_name\":\"r\\\"1\\\"\","
                   "\"url\":\"file:77\"},{\"report_url_type\":2,\"url\":\"https://vendor.example/p\"}],"
                   "\"custom\":{\"k\":[1,2]}}");

    buf_reset(&b, 0); /* within a list the comma comes by itself */
    buf_add_char(&b, '[');
    record_write(&example_type, &none, 0, &b);
    record_write(&example_type, &none, 0, &b);
    assert_buf(&b, "[{},{}");
}

static void test_stored_form(void **state) {
    struct example e = sample();
    struct buf b BUF_CLEANUP = BUF_EMPTY;
    record_write_stored(&example_type, &e, &b);
    assert_buf(&b, "{\x02"
                   "A\"user_id\":\"\x01U0000000000000029\"\x03,\"stage_id\":\"s\""
                   "\x02"
                   "E,\"contact\":{\x02"
                   "D\"phone\":\"+86\"\x03\x02"
                   "A\x02"
                   "D,\"user_id\":\"\x01"
                   "U000000000000002c\"\x03\x03}\x03,\"report_list\":[{\"report_name\":\"r\\\"1\\\"\","
                   "\"url\":\"\x01"
                   "F000000000000004d\"\x02"
                   "A,\"reporter_id\":\"\x01U000000000000002b\"\x03},"
                   "{\"report_url_type\":2,\"url\":\"https://vendor.example/p\"}]"
                   "\x02"
                   "A,\"user_ids\":[\"\x01U000000000000002a\",\"nobody\"]\x03,\"custom\":{\"k\":[1,2]}"
                   "\x02"
                   "D,\"mobile\":\"138\"\x03}");
}

/* For every reader there can be, the spliced text is what record_write would have written. */
static void test_splice_equals_write_for_every_mask(void **state) {
    static const unsigned bits[] = {0, EXAMPLE_PHONE_BIT, EXAMPLE_PHONE_BIT + 1, 31};
    struct example e = sample();
    struct buf stored BUF_CLEANUP = BUF_EMPTY;
    record_write_stored(&example_type, &e, &stored);
    for (unsigned set = 0; set < 16; set++) {
        uint32_t hidden = 0;
        for (unsigned i = 0; i < 4; i++)
            hidden |= (set >> i & 1) << bits[i];
        struct buf wire BUF_CLEANUP = BUF_EMPTY, spliced BUF_CLEANUP = BUF_EMPTY;
        record_write(&example_type, &e, hidden, &wire);
        splice(buf_str(&stored), hidden, &spliced);
        assert_str(buf_str(&spliced), buf_str(&wire));
    }
}

/* Text is copied by registers of several widths: a mark may stand anywhere in one, and what is left behind it be of any
 * length. The buffers are as long as what is in them, so that sanitizers see a byte too many. */
static void test_splice_finds_a_mark_at_every_place(void **state) {
    enum { LONGEST = 140 };
    char plain[LONGEST];
    for (size_t i = 0; i < LONGEST; i++)
        plain[i] = (char)(i % 7 == 0 ? 0xe4 : 'a' + i % 26);
    for (size_t before = 0; before < LONGEST; before++) {
        for (size_t behind = 0; behind < LONGEST - before; behind += 1 + before % 3) {
            struct buf stored BUF_CLEANUP = BUF_EMPTY, spliced BUF_CLEANUP = BUF_EMPTY;
            buf_add(&stored, plain, before);
            buf_add_lit(&stored, "\x03");
            buf_add(&stored, plain + before, behind);
            char *exact = malloc(stored.len);
            memcpy(exact, stored.ptr, stored.len);
            splice((struct str){exact, stored.len}, 0, &spliced);
            assert_str(buf_str(&spliced), ((struct str){plain, before + behind}));
            free(exact);
        }
    }
}

static void test_splice_drops_the_comma_behind_an_opening_brace(void **state) {
    struct buf b BUF_CLEANUP = BUF_EMPTY;
    splice(STR("{\x02"
               "A\"a\":1\x03\x02"
               "B,\"b\":2\x03,\"c\":3}"),
           3, &b);
    assert_buf(&b, "{\"c\":3}");
    buf_reset(&b, 0);
    splice(STR("{\x02"
               "A\"a\":1\x03\x02"
               "B,\"b\":2\x03,\"c\":3}"),
           1, &b);
    assert_buf(&b, "{\"b\":2,\"c\":3}");
    buf_reset(&b, 0);
    splice(STR("{\x02"
               "A\"a\":1\x02"
               "B,\"b\":\"\x03,\x02"
               "C\x03\x03}"),
           1, &b); /* nested, all of it hidden */
    assert_buf(&b, "{}");
    buf_reset(&b, 0);
    buf_add_lit(&b, "[{}");
    splice(STR("{\"x\":\"{,\"}"), 0, &b); /* within a list; braces within text are not joints */
    assert_buf(&b, "[{},{\"x\":\"{,\"}");
}

static void test_splice_survives_damage(void **state) {
    struct buf b BUF_CLEANUP = BUF_EMPTY;
    struct example e = sample();
    struct buf stored BUF_CLEANUP = BUF_EMPTY;
    record_write_stored(&example_type, &e, &stored);
    for (size_t n = 0; n <= stored.len; n++) {
        char *copy = malloc(n ? n : 1); /* its own block, so that ASan sees a byte too many */
        memcpy(copy, stored.ptr, n);
        buf_reset(&b, 0);
        splice((struct str){copy, n}, (uint32_t)n, &b);
        struct example back = {0};
        assert_int_equal(record_read_stored(&example_type, &back, (struct str){copy, n}, &arena),
                         n == stored.len ? 0 : -EBADMSG);
        free(copy);
    }
    buf_reset(&b, 0);
    splice(STR("\x01U00000000000000zz|\x01X0000000000000001|\x01Uffffffffffffffff|\x03\x02!ok\x03"), UINT32_MAX, &b);
    assert_buf(&b, "|||ok");
    splice(STR_ABSENT, 0, &b);
    assert_buf(&b, "|||ok");
}

static void test_stored_form_reads_back(void **state) {
    struct example e = sample(), back = {0};
    struct buf stored BUF_CLEANUP = BUF_EMPTY, wire BUF_CLEANUP = BUF_EMPTY;
    e.stage_id = STR("a\0\x01\x02\x03z"); /* not what an API takes, but it must not break a record */
    record_write_stored(&example_type, &e, &stored);
    assert_int_equal(record_read_stored(&example_type, &back, buf_str(&stored), &arena), 0);
    assert_str(back.stage_id, e.stage_id);
    back.stage_id = STR("s");
    record_write(&example_type, &back, 0, &wire);
    assert_str(buf_str(&wire), str_of(sample_wire));
    assert_int_equal(record_read_stored(&example_type, &back, STR("{\"status\":\"x\"}"), &arena), -EBADMSG);
    assert_int_equal(record_read_stored(&example_type, &back, STR("[]"), &arena), -EBADMSG);
    assert_int_equal(record_read_stored(&example_type, &back, STR("{\"status\":1000,\"gone\":1}"), &arena), 0);
}

static int replace_user(void *ctx, struct str *value, struct str path) {
    buf_printf(ctx, "%.*s=%.*s;", STR_FMT(path), STR_FMT(*value));
    *value = STR("X");
    return str_ends(path, STR("[1]")) ? -ENOENT : 0;
}

static void test_each_user(void **state) {
    struct buf seen BUF_CLEANUP = BUF_EMPTY;
    struct example_contact contact = {.user_id = STR("44")};
    struct example_report report = {.reporter_id = STR("43")};
    struct str ids[] = {STR_INIT("1"), STR_INIT("2"), STR_INIT("3")};
    struct example e = {.user_id = STR("41"), .contact = &contact, .user_ids = {ids, 3}};
    e.report_list.v = &report;
    e.report_list.n = 1;
    assert_int_equal(record_each_user(&example_type, &e, &arena, replace_user, &seen), -ENOENT);
    assert_buf(&seen, "user_id=41;contact.user_id=44;report_list[0].reporter_id=43;user_ids[0]=1;user_ids[1]=2;");
    assert_lit(e.user_id, "X");
    assert_lit(contact.user_id, "X");
    assert_lit(ids[1], "X");
    assert_lit(ids[2], "3");
}

static void test_what_a_refused_record_lacks_is_no_user(void **state) {
    struct buf seen BUF_CLEANUP = BUF_EMPTY;
    struct example e;
    struct violations vs;
    assert_int_equal(read_as(false, "{\"user_ids\":[1,\"7\"]}", &e, &vs), -EINVAL);
    assert_int_equal(record_each_user(&example_type, &e, &arena, replace_user, &seen), -ENOENT);
    assert_buf(&seen, "user_ids[1]=7;");
}

/* JavaScript would write these without an exponent, and jansson would refuse them as integers. */
static void test_large_numbers_survive_storing(void **state) {
    struct buf stored BUF_CLEANUP = BUF_EMPTY, wire BUF_CLEANUP = BUF_EMPTY;
    struct example e, back = {0};
    struct violations vs;
    assert_int_equal(read_as(false, "{\"stage_id\":\"abcd\",\"score\":1e19,\"custom\":{\"n\":[1e20,-1e18]}}", &e, &vs),
                     0);
    record_write_stored(&example_type, &e, &stored);
    assert_int_equal(record_read_stored(&example_type, &back, buf_str(&stored), &arena), 0);
    record_write(&example_type, &back, 0, &wire);
    assert_buf(&wire, "{\"stage_id\":\"abcd\",\"page_size\":10,\"score\":1e+19,"
                      "\"custom\":{\"n\":[1e+20,-1000000000000000000]}}");
}

/* ---- parsing ---- */

static void refuse(struct str text, const char *sentence) {
    struct str why = STR_ABSENT;
    json_t *v = record_parse(text, &arena, &why);
    assert_null(v);
    assert_str(why, str_of(sentence));
}

static void test_parse_is_strict(void **state) {
    refuse(STR(""), "the text is empty: a JSON object is expected");
    refuse(STR("{\"a\":1,\n \"a\":2}"), "line 2, column 5: a name stands twice in one object");
    refuse(STR("{\"a\":\"\xff\"}"), "line 1, column 7: the text is not valid UTF-8");
    refuse(STR("{\"a\":9223372036854775808}"), "line 1, column 25: an integer is out of range: accepted are "
                                               "-9223372036854775808 to 9223372036854775807");
    refuse(STR("{\"a\":1e400}"), "line 1, column 11: a number is out of range: its size must stay below 1.8e308");
    refuse(STR("{\"a\":\"\\u0000\"}"), "line 1, column 14: the character \\u0000 is not accepted");
    refuse(STR("{} x"), "line 1, column 5: something follows the end of the JSON value");
    refuse(STR("{\"\u540d\":13800001111 2}"), "line 1, column 19: '}' expected");
    refuse(STR("{\"a\":"), "line 1, column 6: the text ends too early");
    static const char *broken[] = {"1",
                                   "\"x\"",
                                   "{'a':1}",
                                   "{\"a\":01}",
                                   "{\"a\":NaN}",
                                   "[1,]",
                                   "\xef\xbb\xbf\xef\xbb\xbf{}",
                                   "{\"a\":\"\\ud800\"}",
                                   "{\"a\":\"\x01\"}",
                                   "// c\n{}"};
    for (size_t i = 0; i < sizeof(broken) / sizeof(*broken); i++) {
        struct str why = STR_ABSENT;
        assert_null(record_parse(str_of(broken[i]), &arena, &why));
        assert_true(str_starts(why, STR("line ")));
    }
    struct str why = STR_ABSENT, marked = STR("\xef\xbb\xbf{\"a\":1}");
    json_t *v = record_parse(marked, &arena, &why); /* editors and some platforms write a byte order mark */
    unsigned line, column;
    assert_non_null(v);
    assert_int_equal(json_integer_value(json_object_get(v, "a")), 1);
    json_decref(v);
    assert_int_equal(record_locate(marked, STR("a"), &line, &column), 0);
    assert_int_equal(column, 6);
    refuse(STR("\xef\xbb\xbf{\"a\" 1}"), "line 1, column 7: ':' expected");
    refuse(STR("\xef\xbb\xbf"), "the text is empty: a JSON object is expected");
    refuse(STR("\xff\xfe{\0}\0"), "the text is UTF-16 (it begins with its byte order mark): UTF-8 is expected");
    refuse(STR("\xfe\xff\0{\0}"), "the text is UTF-16 (it begins with its byte order mark): UTF-8 is expected");
    json_decref(parse("{\"a\":9223372036854775807,\"b\":-9223372036854775808}"));
}

static void nested(struct buf *b, size_t depth) {
    buf_reset(b, 0);
    for (size_t i = 0; i < depth; i++)
        buf_add_char(b, '[');
    buf_add_lit(b, "\"]]]{{[[\\\"[[\\\\\"");
    for (size_t i = 0; i < depth; i++)
        buf_add_char(b, ']');
}

static void test_depth(void **state) {
    struct buf b BUF_CLEANUP = BUF_EMPTY;
    struct str why = STR_ABSENT;
    nested(&b, 64);
    json_t *v = record_parse(buf_str(&b), &arena, &why);
    assert_non_null(v);
    json_decref(v);
    nested(&b, 65);
    refuse(buf_str(&b), "line 1, column 65: nested more than 64 levels deep");
    nested(&b, 100000);
    refuse(buf_str(&b), "line 1, column 65: nested more than 64 levels deep");
}

/* ---- locating ---- */

static void locate(const char *text, const char *path, unsigned line, unsigned column) {
    unsigned l = 0, c = 0;
    assert_int_equal(record_locate(str_of(text), str_of(path), &l, &c), line ? 0 : -ENOENT);
    assert_int_equal(l, line);
    assert_int_equal(c, column);
}

static void test_locate(void **state) {
    static const char text[] = "{ \"a\": \"x\\\"}\", \"b\" : [1, {\"c\": [\n  [], [true,\n\"\u540d\", null]]}],\n"
                               "\"d.e\": {\"f\": 7}, \"\\u540d\\n\\ud83d\\ude00\": 8, \"a.b\": {}, \"a\": 1}";
    locate(text, "", 1, 1);
    locate(text, "a", 1, 8);
    locate(text, "b", 1, 22);
    locate(text, "b[0]", 1, 23);
    locate(text, "b[1].c", 1, 32);
    locate(text, "b[1].c[0]", 2, 3);
    locate(text, "b[1].c[1][0]", 2, 8);
    locate(text, "b[1].c[1][2]", 3, 6);
    locate(text, "d.e", 4, 8);
    locate(text, "d.e.f", 4, 14);
    locate(text, "\u540d\n\U0001F600", 4, 42);
    locate(text, "b[2]", 0, 0);
    locate(text, "b[1].c[0][0]", 0, 0);
    locate(text, "b.c", 0, 0);
    locate(text, "d", 0, 0);
    locate(text, "aa", 0, 0);
    locate(text, "a.c", 0, 0);
    locate("[[4]]", "[0][0]", 1, 3);
    locate("{}", "a", 0, 0);
    locate("", "", 0, 0);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_reads_every_kind),
        TEST(test_reports_all_breaches_together),
        TEST(test_missing_null_and_empty_are_the_same_to_required),
        TEST(test_wrong_types),
        TEST(test_lengths_count_characters),
        TEST(test_long_lists_and_values_are_cut),
        TEST(test_violations_beyond_the_last_are_counted),
        TEST(test_violation_add_keeps_values_writable),
        TEST(test_answers_may_lack_but_not_add),
        TEST(test_undescribed_members_are_kept),
        TEST(test_plain_texts_are_taken_quickly),
        TEST(test_quick_and_strict_agree_on_damaged_texts),
        TEST(test_text_of_every_kind),
        TEST(test_text_breaches),
        TEST(test_writes_the_wire_form),
        TEST(test_stored_form),
        TEST(test_splice_equals_write_for_every_mask),
        TEST(test_splice_finds_a_mark_at_every_place),
        TEST(test_splice_drops_the_comma_behind_an_opening_brace),
        TEST(test_splice_survives_damage),
        TEST(test_stored_form_reads_back),
        TEST(test_each_user),
        TEST(test_what_a_refused_record_lacks_is_no_user),
        TEST(test_large_numbers_survive_storing),
        TEST(test_parse_is_strict),
        TEST(test_depth),
        TEST(test_locate),
    };
    return RUN_TESTS(tests);
}
