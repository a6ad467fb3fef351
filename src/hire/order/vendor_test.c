/* SPDX-License-Identifier: Apache-2.0
 *
 * The vendor's calls: the rules of each member, the effect on the order, and that a refusal changes nothing.
 */
#include "hire/hire_fixture.h"

static struct eco_background_check_update_progress_body progress(struct fixture *f, int64_t id, const char *stage,
                                                                 const char *time) {
    return (struct eco_background_check_update_progress_body){
        .background_check_id = hire_text(&f->h, id),
        .stage_id = str_of(stage),
        .stage_name = STR("阶段报告"),
        .stage_time = str_of(time),
    };
}

static struct eco_background_check_update_result_body result(struct fixture *f, int64_t id) {
    return (struct eco_background_check_update_result_body){
        .background_check_id = hire_text(&f->h, id),
        .result = STR("无差异"),
        .result_time = STR("1660123456789"),
    };
}

static void progress_appends(void **state) {
    struct fixture *f = *state;
    struct eco_background_check_report_file files[] = {
        {.report_name = STR("one.pdf"), .report_url = STR("https://vendor.example/1.pdf")},
        {.report_name = STR("two"), .report_url = STR("https://vendor.example/2"), .report_url_type = SET_INT(2)},
        {.report_name = STR("three.pdf"),
         .report_url = STR("https://vendor.example/3.pdf"),
         .report_url_type = SET_INT(1)},
    };
    int64_t id = fixture_arrange(f);
    struct eco_background_check_update_progress_body in = progress(f, id, "a", "1660123456789");
    struct background_check_order *o;

    in.stage_en_name = STR("stage report");
    f->h.now_ms += 1000;
    assert_int_equal(CALL(f, order_progress(&f->h, &in)), 0);
    o = fixture_order(f, id);
    assert_int_equal(o->process_info_list.n, 1);
    assert_lit(o->process_info_list.v[0].process, "阶段报告");
    assert_lit(o->process_info_list.v[0].en_process, "stage report");
    assert_lit(o->process_info_list.v[0].update_time, "1660123456789");
    assert_null(o->feedback_info_list.v);
    assert_true(str_is_absent(o->conclusion));

    in = progress(f, id, "b", "1660123456790");
    in.stage_en_name = STR("");
    in.result = STR("黄灯");
    in.report_file_list.v = files;
    in.report_file_list.n = 3;
    f->h.now_ms += 1000;
    assert_int_equal(CALL(f, order_progress(&f->h, &in)), 0);
    o = fixture_order(f, id);
    assert_int_equal(o->process_info_list.n, 2);
    assert_lit(o->process_info_list.v[0].update_time, "1660123456790");
    assert_true(str_is_absent(o->process_info_list.v[0].en_process));
    assert_lit(o->process_info_list.v[1].update_time, "1660123456789");
    assert_lit(o->conclusion, "黄灯");
    assert_int_equal(o->feedback_info_list.n, 3);
    for (size_t i = 0; i < 3; i++) {
        struct background_check_order_feedback_info *v = &o->feedback_info_list.v[i];

        assert_str(v->report_name, files[2 - i].report_name);
        assert_int_equal(v->report_type.v, 1);
        assert_lit(v->result, "黄灯");
        assert_lit(v->create_time, "1700000002000");
    }
    assert_lit(o->feedback_info_list.v[1].report_preview_url, "https://vendor.example/2");
    assert_true(str_is_absent(o->feedback_info_list.v[1].attachment_url));
    assert_true(str_is_absent(o->feedback_info_list.v[0].report_preview_url));
    assert_true(str_starts(o->feedback_info_list.v[0].attachment_url, STR("file:")));
    assert_str(o->feedback_info_list.v[2].attachment_url,
               arena_printf(&f->arena, "file:%" PRId64,
                            fixture_number(f,
                                           "SELECT id FROM report_file WHERE source_url LIKE '%%/1.pdf' AND order_id = "
                                           "%" PRId64 " AND state = 0 AND next_ms = %" PRId64 " AND tenant = %d",
                                           id, f->h.now_ms, TENANT)));
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM report_file"), 2);

    /* Reports without a result do not change the conclusion */
    in = progress(f, id, "c", "1660123456791");
    in.result = STR("");
    in.report_file_list.v = files;
    in.report_file_list.n = 1;
    assert_int_equal(CALL(f, order_progress(&f->h, &in)), 0);
    o = fixture_order(f, id);
    assert_int_equal(o->feedback_info_list.n, 4);
    assert_true(str_is_absent(o->feedback_info_list.v[0].result));
    assert_lit(o->conclusion, "黄灯");
    assert_lit(o->update_time, "1700000002000");
}

static void progress_refused(void **state) {
    struct fixture *f = *state;
    struct eco_background_check_report_file file = {.report_name = STR("a"),
                                                    .report_url = STR("https://vendor.example/a")};
    int64_t id = fixture_arrange(f);
    struct eco_background_check_update_progress_body good = progress(f, id, "a", "1660123456789"), in = good;
    struct str before;
    char long_text[2002];

    memset(long_text, 'x', sizeof(long_text));
    assert_int_equal(CALL(f, order_progress(&f->h, &good)), 0);
    before = fixture_doc(f, id);

    static const char *const unknown[] = {"", "0", "-1", "abc", "007", "1.5", "9223372036854775808", " 1", "4711"};
    for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
        in.background_check_id = str_of(unknown[i]);
        REFUSED(f, order_progress(&f->h, &in), REFUSED_NO_ORDER, "no such background check order");
    }
    REFUSED(f, order_progress(&f->h, &good), REFUSED_PARAMETER, "stage_id \"a\" is used already"); /* sent twice */
    in = progress(f, id, "a", "1660123456790");
    REFUSED(f, order_progress(&f->h, &in), REFUSED_PARAMETER, "stage_id \"a\" is used already");
    in = progress(f, id, "b", "1660123456789");
    REFUSED(f, order_progress(&f->h, &in), REFUSED_PARAMETER,
            "the last of which is 1660123456789; it is 1660123456789");
    in = progress(f, id, "b", "1660123456788");
    REFUSED(f, order_progress(&f->h, &in), REFUSED_PARAMETER, "stage_time must be greater");
    static const char *const times[] = {
        "", "0", "-5", "abc", "1660123456789.5", "10000000000000", "01660123456790", "1660123457", "9999999999999"};
    for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
        in.stage_time = str_of(times[i]);
        REFUSED(f, order_progress(&f->h, &in), REFUSED_PARAMETER, "stage_time must be a time in milliseconds");
    }
    in = progress(f, id, "", "1660123456790");
    REFUSED(f, order_progress(&f->h, &in), REFUSED_PARAMETER, "stage_id must not be empty");
    in.stage_id = (struct str){long_text, 201};
    REFUSED(f, order_progress(&f->h, &in), REFUSED_PARAMETER, "stage_id may have at most 200 characters");
    in = progress(f, id, "b", "1660123456790");
    in.stage_name = STR("");
    REFUSED(f, order_progress(&f->h, &in), REFUSED_PARAMETER, "stage_name must not be empty");
    in.stage_name = (struct str){long_text, 501};
    REFUSED(f, order_progress(&f->h, &in), REFUSED_PARAMETER, "stage_name may have at most 500");
    in.stage_name = STR("x");
    in.stage_en_name = (struct str){long_text, 501};
    REFUSED(f, order_progress(&f->h, &in), REFUSED_PARAMETER, "stage_en_name may have at most 500");
    in.stage_en_name = STR_ABSENT;
    in.result = STR("通过");
    REFUSED(f, order_progress(&f->h, &in), REFUSED_PARAMETER, "result needs report_file_list");
    in.report_file_list.v = &file;
    REFUSED(f, order_progress(&f->h, &in), REFUSED_PARAMETER, "result needs report_file_list");
    in.report_file_list.n = 1;
    in.result = (struct str){long_text, 2001};
    REFUSED(f, order_progress(&f->h, &in), REFUSED_PARAMETER, "result may have at most 2000");
    in.result = STR("通过");
    file.report_name = STR("");
    REFUSED(f, order_progress(&f->h, &in), REFUSED_PARAMETER, "report_file_list[0].report_name must not be empty");
    file.report_name = STR("a");
    file.report_url = STR("http://127.0.0.1/a.pdf");
    REFUSED(f, order_progress(&f->h, &in), REFUSED_PARAMETER, "report_file_list[0].report_url must be on the public");
    file.report_url_type = SET_INT(3);
    REFUSED(f, order_progress(&f->h, &in), REFUSED_PARAMETER, "report_url_type must be 1 or 2");
    file.report_url_type = SET_INT(2);
    file.report_url = STR("javascript:alert(1)");
    REFUSED(f, order_progress(&f->h, &in), REFUSED_PARAMETER, "report_file_list[0].report_url must be a link");

    assert_str(fixture_doc(f, id), before);
    assert_int_equal(fixture_number(f, "SELECT stage_ids = '1:a' FROM background_check_order"), 1);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM report_file"), 0);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM order_history"), 2);
    /* The same stage_id is free in another order */
    good.background_check_id = hire_text(&f->h, fixture_arrange(f));
    assert_int_equal(CALL(f, order_progress(&f->h, &good)), 0);
    /* With the switch, private addresses are fine */
    f->h.private_addresses = true;
    file =
        (struct eco_background_check_report_file){.report_name = STR("a"), .report_url = STR("http://127.0.0.1/a.pdf")};
    assert_int_equal(CALL(f, order_progress(&f->h, &in)), 0);
}

static void many_reports(void **state) {
    struct fixture *f = *state;
    struct eco_background_check_report_file files[ORDER_REPORTS_PER_CALL + 1];
    int64_t id = fixture_arrange(f);
    struct eco_background_check_update_progress_body in;
    int stage = 0;

    for (size_t i = 0; i <= ORDER_REPORTS_PER_CALL; i++)
        files[i] = (struct eco_background_check_report_file){.report_name = STR("a"),
                                                             .report_url = STR("https://v.example/a")};
    for (int n = 0; n < ORDER_REPORTS_MAX; n += ORDER_REPORTS_PER_CALL) {
        in = progress(f, id, "", "");
        in.stage_id = hire_text(&f->h, ++stage);
        in.stage_time = hire_text(&f->h, START_MS + stage);
        in.report_file_list.v = files;
        in.report_file_list.n = ORDER_REPORTS_PER_CALL + 1;
        REFUSED(f, order_progress(&f->h, &in), REFUSED_PARAMETER, "at most 20 reports; it holds 21");
        in.report_file_list.n = ORDER_REPORTS_PER_CALL;
        assert_int_equal(CALL(f, order_progress(&f->h, &in)), 0);
    }
    in.report_file_list.n = 1;
    REFUSED(f, order_progress(&f->h, &in), REFUSED_PARAMETER, "200 reports already");
    assert_int_equal(fixture_order(f, id)->feedback_info_list.n, ORDER_REPORTS_MAX);
}

static void many_stages(void **state) {
    struct fixture *f = *state;
    int64_t id = fixture_arrange(f);
    struct eco_background_check_update_progress_body in;

    for (int i = 1; i <= ORDER_STAGES_MAX + 1; i++) {
        in = progress(f, id, "", "");
        in.stage_id = hire_text(&f->h, i);
        in.stage_time = hire_text(&f->h, START_MS + i);
        if (i <= ORDER_STAGES_MAX)
            assert_int_equal(CALL(f, order_progress(&f->h, &in)), 0);
        else
            REFUSED(f, order_progress(&f->h, &in), REFUSED_PARAMETER, "500 stages already");
    }
}

static void results(void **state) {
    struct fixture *f = *state;
    struct eco_background_check_report_file file = {.report_name = STR("a.pdf"),
                                                    .report_url = STR("https://vendor.example/a")};
    int64_t id = fixture_arrange(f);
    struct eco_background_check_update_result_body in = result(f, id);
    struct order_history_entry *history;
    struct background_check_order *o;
    char long_text[2001];
    size_t n;

    memset(long_text, 'x', sizeof(long_text));
    in.result = STR("");
    REFUSED(f, order_result(&f->h, &in), REFUSED_PARAMETER, "result must not be empty");
    in.result = (struct str){long_text, 2001};
    REFUSED(f, order_result(&f->h, &in), REFUSED_PARAMETER, "result may have at most 2000");
    in = result(f, id);
    in.result_time = STR("yesterday");
    REFUSED(f, order_result(&f->h, &in), REFUSED_PARAMETER, "result_time");
    in = result(f, id);
    in.background_check_id = STR("x");
    REFUSED(f, order_result(&f->h, &in), REFUSED_NO_ORDER, "no such");
    in = result(f, id);
    in.report_file_list.v = &file;
    in.report_file_list.n = 1;
    file.report_url = STR("ftp://vendor.example/a");
    REFUSED(f, order_result(&f->h, &in), REFUSED_PARAMETER, "report_file_list[0].report_url must be a link");
    file.report_url = STR("https://vendor.example/a");

    /* Rejected once, sent again, approved */
    fixture_approvals(f, false, true);
    assert_int_equal(CALL(f, order_result(&f->h, &in)), 0);
    assert_int_equal(CALL(f, order_reject(&f->h, id, STR("no"))), 0);
    in.result = STR("绿灯");
    in.report_file_list.n = 0;
    f->h.now_ms += 50;
    assert_int_equal(CALL(f, order_result(&f->h, &in)), 0);
    f->h.now_ms += 50;
    assert_int_equal(CALL(f, order_approve(&f->h, id, STR("fine"))), 0);
    o = fixture_order(f, id);
    assert_int_equal(o->order_status.v, ORDER_COMPLETED);
    assert_lit(o->conclusion, "绿灯");
    assert_lit(o->end_time, "1700000000100");
    assert_int_equal(o->feedback_info_list.n, 2);
    assert_int_equal(o->feedback_info_list.v[0].report_type.v, 2);
    assert_lit(o->feedback_info_list.v[0].result, "绿灯");
    assert_true(str_is_absent(o->feedback_info_list.v[0].attachment_url));
    assert_true(str_is_absent(o->feedback_info_list.v[0].report_name));
    assert_lit(o->feedback_info_list.v[1].report_name, "a.pdf");
    assert_lit(o->feedback_info_list.v[1].result, "无差异");
    assert_int_equal(order_history(&f->h, id, &history, &n), 0);
    static const int expected[] = {ORDER_ARRANGE, ORDER_RESULT,  ORDER_REJECT,
                                   ORDER_RESULT,  ORDER_APPROVE, ORDER_FINISH};
    assert_int_equal(n, 6);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(history[i].action, expected[i]);
    assert_lit(history[3].why, "绿灯 (result_time 1660123456789)");
    assert_lit(history[4].why, "fine");
    assert_int_equal(history[4].to.status, ORDER_APPROVED);
    assert_int_equal(history[5].to.status, ORDER_COMPLETED);
}

static void files(void **state) {
    struct fixture *f = *state;
    struct eco_background_check_report_file file = {.report_name = STR("a.pdf"),
                                                    .report_url = STR("https://vendor.example/a")};
    int64_t id = fixture_arrange(f), file_id;
    struct eco_background_check_update_result_body in = result(f, id);
    struct order_history_entry *history;
    struct order_file got;
    struct str before;
    size_t n;

    in.report_file_list.v = &file;
    in.report_file_list.n = 1;
    assert_int_equal(CALL(f, order_result(&f->h, &in)), 0);
    before = fixture_doc(f, id);
    file_id = fixture_number(f, "SELECT id FROM report_file");
    assert_int_equal(order_file_get(&f->h, file_id, &got), 1);
    assert_int_equal(got.order_id, id);
    assert_int_equal(got.state, ORDER_FILE_DUE);
    assert_int_equal(got.next_ms, f->h.now_ms);
    assert_lit(got.source_url, "https://vendor.example/a");
    assert_int_equal(order_file_get(&f->h, file_id + 1, &got), 0);
    assert_int_equal(CALL(f, order_file_kept(&f->h, file_id + 1, 1, STR("x"))), -ENOENT);
    assert_int_equal(CALL(f, order_file_failed(&f->h, file_id + 1, STR("x"), 0)), -ENOENT);

    f->h.only_app = OTHER_APP; /* the fetcher ignores it */
    assert_int_equal(CALL(f, order_file_failed(&f->h, file_id, STR("timed out"), 1234)), 0);
    assert_int_equal(order_file_get(&f->h, file_id, &got), 1);
    assert_int_equal(got.state, ORDER_FILE_DUE);
    assert_int_equal(got.attempts, 1);
    assert_int_equal(got.next_ms, 1234);
    assert_lit(got.error, "timed out");
    assert_int_equal(CALL(f, order_file_kept(&f->h, file_id, 4711, STR("abcd"))), 0);
    assert_int_equal(order_file_get(&f->h, file_id, &got), 1);
    assert_int_equal(got.state, ORDER_FILE_KEPT);
    assert_int_equal(got.size, 4711);
    assert_lit(got.sha256, "abcd");
    assert_lit(got.error, "");
    /* A kept file stays kept */
    assert_int_equal(CALL(f, order_file_failed(&f->h, file_id, STR("late"), 0)), 0);
    assert_int_equal(order_file_get(&f->h, file_id, &got), 1);
    assert_int_equal(got.state, ORDER_FILE_KEPT);
    f->h.only_app = 0;
    assert_str(fixture_doc(f, id), before);

    id = fixture_arrange(f);
    in.background_check_id = hire_text(&f->h, id);
    assert_int_equal(CALL(f, order_result(&f->h, &in)), 0);
    file_id = fixture_number(f, "SELECT id FROM report_file WHERE order_id = %" PRId64, id);
    before = fixture_doc(f, id);
    assert_int_equal(CALL(f, order_file_failed(&f->h, file_id, STR("not a PDF"), 0)), 0);
    assert_int_equal(order_file_get(&f->h, file_id, &got), 1);
    assert_int_equal(got.state, ORDER_FILE_GIVEN_UP);
    assert_str(fixture_doc(f, id), before);
    assert_int_equal(order_history(&f->h, id, &history, &n), 0);
    assert_int_equal(n, 3);
    assert_int_equal(history[2].action, ORDER_FILE_LOST);
    assert_int_equal(history[2].from.status, ORDER_COMPLETED);
    assert_int_equal(history[2].to.status, ORDER_COMPLETED);
    assert_lit(history[2].why, "not a PDF");
    f->h.tenant = OTHER_TENANT;
    assert_int_equal(order_file_get(&f->h, file_id, &got), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(progress_appends), FIXTURE_TEST(progress_refused), FIXTURE_TEST(many_reports),
        FIXTURE_TEST(many_stages),      FIXTURE_TEST(results),          FIXTURE_TEST(files),
    };

    return RUN_TESTS(tests);
}
