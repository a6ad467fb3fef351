/* SPDX-License-Identifier: Apache-2.0
 *
 * Import of orders: every member, repeated imports, and newer data in hired is kept.
 */
#include "hire/hire_fixture.h"

/* An order with every member that the API documents. The user's id is internal, as the importer passes it. */
static const char full[] =
    "{\"order_id\":\"7037986982531778860\",\"application_id\":\"6985833807195212076\",\"order_status\":2,"
    "\"account_third_type\":1,\"package\":\"基础版\",\"name\":\"录入的背调\",\"feedback_info_list\":[{\"id\":"
    "\"6930815272790114324\",\"attachment_url\":\"https://files.example/v1/"
    "2de0~?image_size=np&q=\",\"report_preview_url\":"
    "\"https://files.example/preview/1/\",\"result\":\"红灯\",\"report_type\":1,\"create_time\":\"1686645425868\","
    "\"report_name\":\"张三的背调报告\"}],\"process_info_list\":[{\"process\":\"阶段二\",\"update_time\":"
    "\"1638359554952\","
    "\"en_process\":\"two\"},{\"process\":\"待安排\",\"update_time\":\"1638359554000\",\"en_process\":\"arranged\"}],"
    "\"upload_time\":\"1662476247755\",\"candidate_info\":{\"name\":\"王二\",\"mobile\":\"176xxxx1234\",\"email\":"
    "\"xxx@abc.example\",\"first_name\":\"Ming\",\"last_name\":\"Lee\"},\"creator_info\":{\"user_id\":\"9001\"},"
    "\"contactor_info\":{\"name\":\"王二\",\"mobile\":\"176xxxx1234\",\"email\":\"xxx@abc.example\"},\"begin_time\":"
    "\"1686297649024\",\"end_time\":\"1686297649024\",\"conclusion\":\"绿灯\",\"provider_info\":{\"provider_id\":"
    "\"6930815272790114324\",\"provider_name\":{\"zh_cn\":\"供应商\",\"en_us\":\"a "
    "provider\"}},\"custom_field_list\":[{"
    "\"type\":\"text\",\"key\":\"candidate_resume\",\"name\":{\"zh_cn\":\"其他备注\",\"en_us\":\"Other remark\"},"
    "\"is_required\":true,\"description\":{\"zh_cn\":\"其他备注描述\",\"en_us\":\"Other remarks "
    "description\"},\"options\":[{"
    "\"key\":\"A\",\"name\":{\"zh_cn\":\"选项A\",\"en_us\":\"A\"}}]}],\"custom_data_list\":[{\"key\":\"1\",\"value\":"
    "\"user input "
    "value\"}],\"ext_item_info_list\":[{\"id\":\"6930815272790114324\",\"name\":\"户籍查询\"}],\"update_time\":"
    "\"1686809576215\",\"geo\":\"cn\",\"location_code\":\"CN_1\",\"remark\":\"候选人很优秀\"}";

#define FULL_ID INT64_C(7037986982531778860)

static struct background_check_order *parse(struct fixture *f, struct str text) {
    struct background_check_order *o = arena_new(&f->arena, struct background_check_order);
    struct violations vs = {0};
    struct str why = STR_ABSENT;
    json_t *json = record_parse(text, &f->arena, &why);

    if (!json || record_read_answer(&type_background_check_order, o, json, &f->arena, &vs, NULL, NULL) < 0)
        fail_msg("%.*s: %.*s %.*s", STR_FMT(text), STR_FMT(why), STR_FMT(vs.v[0].description));
    json_decref(json);
    return o;
}

static void write_user(void *ctx, int64_t uid, struct buf *out) {
    buf_add_i64(out, uid);
}

static void write_file(void *ctx, int64_t file_id, struct buf *out) {
    buf_printf(out, "kept:%" PRId64, file_id);
}

/* The order as the API answers it. */
static struct str wire(struct fixture *f, int64_t id) {
    const struct record_reader reader = {.user = write_user, .file = write_file};
    struct buf b BUF_CLEANUP = BUF_EMPTY;

    record_splice(&reader, fixture_doc(f, id), &b);
    return arena_dup(&f->arena, buf_str(&b));
}

static int import(struct fixture *f, const char *text) {
    return CALL(f, order_import(&f->h, parse(f, str_of(text))));
}

/* text with the first occurrence of what replaced */
static const char *with(struct fixture *f, const char *text, const char *what, const char *by) {
    const char *at = strstr(text, what);

    if (!at)
        fail_msg("%s is not in %s", what, text);
    return arena_printf(&f->arena, "%.*s%s%s", (int)(at - text), text, by, at + strlen(what)).ptr;
}

static void field_for_field(void **state) {
    struct fixture *f = *state;
    static const char bare[] =
        "{\"order_id\":\"5\",\"application_id\":\"6\",\"order_status\":3,\"feedback_info_list\":[],"
        "\"update_time\":\"1686809576000\"}";
    struct order_history_entry *history;
    size_t n;

    assert_int_equal(import(f, full), 1);
    assert_str(wire(f, FULL_ID), str_of(full));
    assert_int_equal(import(f, bare), 1);
    assert_str(wire(f, 5), str_of(bare));

    assert_int_equal(fixture_number(f,
                                    "SELECT update_time FROM background_check_order WHERE tenant = %d AND id = %" PRId64
                                    " AND application_id = %" PRId64 " AND status = 2 AND phase = 0 AND begin_time = "
                                    "1686297649024 AND last_stage_time = 1638359554952",
                                    TENANT, FULL_ID, APPLICATION),
                     INT64_C(1686809576215));
    assert_int_equal(fixture_number(f, "SELECT account_id + begin_time FROM background_check_order WHERE id = 5"), 0);
    assert_int_equal(
        fixture_number(f,
                       "SELECT third_type FROM vendor_account WHERE app = 0 AND provider_id = "
                       "'6930815272790114324' AND provider_zh = '供应商' AND provider_en = 'a provider' AND "
                       "id = (SELECT account_id FROM background_check_order WHERE id = %" PRId64 ")",
                       FULL_ID),
        1);
    assert_int_equal(order_history(&f->h, FULL_ID, &history, &n), 0);
    assert_int_equal(n, 1);
    assert_int_equal(history[0].action, ORDER_IMPORT);
    assert_int_equal(history[0].from.status, ORDER_NONE);
    assert_int_equal(history[0].to.status, ORDER_ARRANGED);
    assert_int_equal(history[0].at_ms, f->h.now_ms);
}

/* A stage with a time in the year 2286 must not prevent all later stages. */
static void stages_of_no_sense_do_not_count(void **state) {
    struct fixture *f = *state;

    assert_int_equal(
        import(f, "{\"order_id\":\"7\",\"application_id\":\"6\",\"order_status\":2,\"update_time\":\"1686809576215\","
                  "\"process_info_list\":[{\"process\":\"x\",\"update_time\":\"9999999999999\"},{\"process\":"
                  "\"y\",\"update_time\":\"1638359554952\"}]}"),
        1);
    assert_int_equal(
        fixture_number(f, "SELECT last_stage_time = 1638359554952 FROM background_check_order WHERE id = 7"), 1);
}

static void twice_changes_nothing(void **state) {
    struct fixture *f = *state;
    int64_t before;

    assert_int_equal(import(f, full), 1);
    before =
        fixture_number(f, "SELECT total FROM (SELECT (SELECT COUNT(*) FROM order_history) * 1000000 + (SELECT COUNT(*) "
                          "FROM report_file) * 10000 + (SELECT COUNT(*) FROM vendor_account) AS total) x");
    assert_int_equal(before, 1010002);
    f->h.now_ms += 10000;
    f->h.only_app = OTHER_APP;
    assert_int_equal(import(f, full), 0);
    f->h.only_app = 0;
    assert_int_equal(fixture_number(f, "SELECT (SELECT COUNT(*) FROM order_history) * 1000000 + (SELECT COUNT(*) "
                                       "FROM report_file) * 10000 + (SELECT COUNT(*) FROM vendor_account)"),
                     before);
    /* The same id in another tenant is another order */
    f->h.tenant = OTHER_TENANT;
    assert_int_equal(import(f, full), 1);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM background_check_order"), 2);
}

static void newer_and_older(void **state) {
    struct fixture *f = *state;
    struct eco_background_check_update_progress_body in = {.background_check_id = STR("7037986982531778860"),
                                                           .stage_id = STR("x"),
                                                           .stage_name = STR("y"),
                                                           .stage_time = STR("1638359554952")};
    const char *newer = with(f, with(f, full, "\"update_time\":\"1686809576215\"", "\"update_time\":\"1686809576216\""),
                             "\"order_status\":2", "\"order_status\":3");
    struct str local;

    assert_int_equal(import(f, full), 1);
    assert_int_equal(import(f, newer), 1);
    assert_str(wire(f, FULL_ID), str_of(newer));
    assert_int_equal(import(f, full), 0);
    assert_str(wire(f, FULL_ID), str_of(newer));
    assert_int_equal(import(f, newer), 0);

    /* The vendor continues with an imported order; importing the old answer again does not undo it */
    f->h.tenant = OTHER_TENANT;
    assert_int_equal(import(f, full), 1);
    REFUSED(f, order_progress(&f->h, &in), REFUSED_PARAMETER, "the last of which is 1638359554952");
    in.stage_time = STR("1638359554953");
    assert_int_equal(CALL(f, order_progress(&f->h, &in)), 0);
    local = wire(f, FULL_ID);
    assert_int_equal(import(f, full), 0);
    assert_str(wire(f, FULL_ID), local);
}

static void phases(void **state) {
    struct fixture *f = *state;
    static const struct {
        int status, report_type, phase;
    } cases[] = {{5, 0, 1}, {5, 1, 1}, {5, 2, 2}, {6, 0, 1}, {6, 2, 2}, {9, 1, 1},
                 {9, 2, 2}, {8, 0, 1}, {8, 2, 1}, {2, 2, 0}, {3, 2, 0}, {4, 2, 0}};
    struct eco_background_check_update_result_body result = {.result = STR("r"), .result_time = STR("1660123456789")};
    const char *text;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        text = arena_printf(
                   &f->arena,
                   "{\"order_id\":\"%zu\",\"application_id\":\"6\",\"order_status\":%d,"
                   "\"feedback_info_list\":[{\"id\":\"1\",\"report_type\":1},{\"id\":\"2\"%s}],"
                   "\"update_time\":\"1686809576000\"}",
                   i + 1, cases[i].status,
                   cases[i].report_type ? arena_printf(&f->arena, ",\"report_type\":%d", cases[i].report_type).ptr : "")
                   .ptr;
        assert_int_equal(import(f, text), 1);
        assert_int_equal(fixture_state(f, (int64_t)i + 1).phase, cases[i].phase);
        assert_int_equal(fixture_state(f, (int64_t)i + 1).status, cases[i].status);
    }
    /* The stored phase is kept: a report in approval whose answer has no report */
    fixture_approvals(f, false, true);
    int64_t id = fixture_arrange(f);
    result.background_check_id = hire_text(&f->h, id);
    assert_int_equal(CALL(f, order_result(&f->h, &result)), 0);
    text = arena_printf(&f->arena,
                        "{\"order_id\":\"%" PRId64 "\",\"application_id\":\"6\",\"order_status\":5,"
                        "\"update_time\":\"1700000100000\"}",
                        id)
               .ptr;
    assert_int_equal(import(f, text), 1);
    assert_int_equal(fixture_state(f, id).phase, PHASE_REPORT);
}

static void report_files(void **state) {
    struct fixture *f = *state;
    const char *signed_anew = with(f, full, "2de0~?image_size=np&q=", "2de0~?sig=2");
    int64_t file;
    struct str kept;

    assert_int_equal(import(f, full), 1);
    file = fixture_number(f, "SELECT id FROM report_file WHERE state = 0 AND order_id = %" PRId64, FULL_ID);
    assert_true(file > 0);
    /* Another link to a report that is not fetched yet: the fetcher uses the new link */
    assert_int_equal(CALL(f, order_file_failed(&f->h, file, STR("expired"), 0)), 0);
    assert_int_equal(import(f, signed_anew), 1);
    assert_str(wire(f, FULL_ID), str_of(signed_anew));
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM report_file"), 1);
    assert_int_equal(fixture_number(f, "SELECT id FROM report_file WHERE source_url LIKE '%%sig=2' AND state = 0 AND "
                                       "attempts = 0"),
                     file);
    /* After the fetch the kept file is shown, and nothing else changes */
    assert_int_equal(CALL(f, order_file_kept(&f->h, file, 10, STR("ff"))), 0);
    kept = wire(f, FULL_ID);
    assert_str(kept, str_of(with(f, full, "https://files.example/v1/2de0~?image_size=np&q=",
                                 arena_printf(&f->arena, "kept:%" PRId64, file).ptr)));
    /* a further import of the order does not change it */
    assert_int_equal(import(f, signed_anew), 0);
    assert_int_equal(import(f, full), 0);
    assert_int_equal(
        import(f, with(f, full, "\"attachment_url\":\"https://files.example/v1/2de0~?image_size=np&q=\",", "")), 0);
    assert_str(wire(f, FULL_ID), kept);
    assert_int_equal(import(f, with(f, full, "1686809576215", "1686809576300")), 1);
    assert_str(wire(f, FULL_ID), str_of(with(f, kept.ptr, "1686809576215", "1686809576300")));
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM report_file"), 1);
    /* A link that hired may not fetch is answered unchanged and not queued */
    f->h.tenant = OTHER_TENANT;
    assert_int_equal(import(f, with(f, full, "https://files.example/v1", "http://10.0.0.1/v1")), 1);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM report_file"), 1);
    assert_non_null(strstr(wire(f, FULL_ID).ptr, "http://10.0.0.1/v1"));
}

static void refused(void **state) {
    struct fixture *f = *state;
    static const struct {
        const char *what, *by, *words;
    } cases[] = {
        {"7037986982531778860", "abc", "order_id must be an id"},
        {"7037986982531778860", "0", "order_id must be an id"},
        {"\"application_id\":\"6985833807195212076\",", "", "application_id must be an id"},
        {"\"order_status\":2,", "", "order_status is required"},
        {"1686809576215", "soon", "update_time must be a time"},
        {"\"begin_time\":\"1686297649024\"", "\"begin_time\":\"x\"", "begin_time must be a time"},
        {"\"end_time\":\"1686297649024\"", "\"end_time\":\"-1\"", "end_time must be a time"},
        {"1662476247755", "1662476247755000", "upload_time must be a time"},
        {"1638359554000", "yesterday", "process_info_list[1].update_time must be a time"},
        {"https://files.example/v1/2de0~", "file:42", "feedback_info_list[0].attachment_url"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        REFUSED(f, order_import(&f->h, parse(f, str_of(with(f, full, cases[i].what, cases[i].by)))), REFUSED_PARAMETER,
                cases[i].words);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM background_check_order"), 0);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM vendor_account"), 1);
}

static void known_account(void **state) {
    struct fixture *f = *state;

    assert_int_equal(
        import(f, with(f, full, "\"provider_id\":\"6930815272790114324\"", "\"provider_id\":\"provider-1\"")), 1);
    assert_int_equal(fixture_number(f, "SELECT account_id FROM background_check_order"), f->account);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM vendor_account"), 1);
    f->h.only_app = VENDOR_APP; /* its vendor may continue */
    assert_int_equal(fixture_state(f, FULL_ID).status, ORDER_ARRANGED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(stages_of_no_sense_do_not_count),
        FIXTURE_TEST(field_for_field),
        FIXTURE_TEST(twice_changes_nothing),
        FIXTURE_TEST(newer_and_older),
        FIXTURE_TEST(phases),
        FIXTURE_TEST(report_files),
        FIXTURE_TEST(refused),
        FIXTURE_TEST(known_account),
    };

    return RUN_TESTS(tests);
}
