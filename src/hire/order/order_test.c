/* SPDX-License-Identifier: Apache-2.0
 *
 * Orders through their public functions: every reachable state with every action.
 */
#include "hire/hire_fixture.h"

static int do_approve(struct fixture *f, int64_t id) {
    return order_approve(&f->h, id, STR_ABSENT);
}
static int do_reject(struct fixture *f, int64_t id) {
    return order_reject(&f->h, id, STR("too thin"));
}
static int do_withdraw(struct fixture *f, int64_t id) {
    return order_withdraw(&f->h, id, STR_ABSENT);
}
static int do_took(struct fixture *f, int64_t id) {
    return order_vendor_took(&f->h, id);
}
static int do_progress(struct fixture *f, int64_t id) {
    static int stage;
    struct eco_background_check_update_progress_body in = {
        .background_check_id = hire_text(&f->h, id),
        .stage_id = arena_printf(&f->arena, "s%d", ++stage),
        .stage_name = STR("阶段"),
        .stage_time = hire_text(&f->h, START_MS + stage),
    };
    return order_progress(&f->h, &in);
}
static int do_result(struct fixture *f, int64_t id) {
    struct eco_background_check_update_result_body in = {
        .background_check_id = hire_text(&f->h, id),
        .result = STR("绿灯"),
        .result_time = STR("1660123456789"),
    };
    return order_result(&f->h, &in);
}
static int do_cancel(struct fixture *f, int64_t id) {
    return order_cancel(&f->h, id, STR_ABSENT);
}
static int do_terminate(struct fixture *f, int64_t id) {
    return order_terminate(&f->h, id, STR("withdrew the application"));
}

/* In the order of the table's columns. A result is tried without approval of reports (R) and with it (A). */
static const struct {
    const char *name;
    bool report_approval;
    int (*run)(struct fixture *f, int64_t id);
} actions[] = {
    {"approve", false, do_approve}, {"reject", false, do_reject},     {"withdraw", false, do_withdraw},
    {"took", false, do_took},       {"progress", false, do_progress}, {"result", false, do_result},
    {"result+", true, do_result},   {"cancel", false, do_cancel},     {"terminate", false, do_terminate},
};

/* The platform's rules, written independently of the code. A way is the letters of the actions that lead to the
 * state: a arrange with approval, n without, p approve, r reject, w withdraw, t took, g progress, f result without
 * approval, F with, c cancel, x terminate, h recorded by hand. "-": the action is refused; "=": it changes nothing. */
static const char *const table[][11] = {
    /*way   state approve reject withdr took progr result result+ cancel terminate */
    {"n", "2", "-", "-", "-", "=", "2", "3", "5r", "4", "4"},
    {"nf", "3", "-", "-", "-", "=", "-", "-", "-", "-", "-"},
    {"h", "3", "-", "-", "-", "=", "-", "-", "-", "-", "-"},
    {"nFp", "3", "-", "-", "-", "=", "-", "-", "-", "-", "-"},
    {"nx", "4", "-", "-", "-", "=", "-", "-", "-", "-", "-"},
    {"nc", "4", "-", "-", "-", "=", "-", "-", "-", "-", "-"},
    {"a", "5a", "8a", "9a", "6a", "=", "-", "-", "-", "-", "4"},
    {"nF", "5r", "3", "9r", "6r", "=", "-", "-", "-", "-", "4"},
    {"aw", "6a", "-", "-", "-", "=", "-", "-", "-", "-", "-"},
    {"nFw", "6r", "-", "-", "-", "=", "6r", "3", "5r", "4", "4"},
    {"ap", "8a", "-", "-", "-", "2", "2", "3", "5r", "4", "4"},
    {"apt", "2", "-", "-", "-", "=", "2", "3", "5r", "4", "4"},
    {"apg", "2", "-", "-", "-", "=", "2", "3", "5r", "4", "4"},
    {"ar", "9a", "-", "-", "-", "=", "-", "-", "-", "-", "-"},
    {"nFr", "9r", "-", "-", "-", "=", "9r", "3", "5r", "4", "4"},
    {"nFrg", "9r", "-", "-", "-", "=", "9r", "3", "5r", "4", "4"},
};

static void state_text(struct order_state s, char out[4]) {
    snprintf(out, 4, "%d%s", s.status, s.phase == PHASE_REPORT ? "r" : s.phase == PHASE_ARRANGEMENT ? "a" : "");
}

static int64_t go(struct fixture *f, const char *way) {
    struct order_by_hand by_hand = {.application_id = APPLICATION, .name = STR("录入的背调"), .result = STR("绿灯")};
    int64_t id = 0;

    for (; *way; way++) {
        int r = 0;

        f->h.now_ms++;
        switch (*way) {
        case 'a':
        case 'n':
            fixture_approvals(f, *way == 'a', false);
            id = fixture_arrange(f);
            break;
        case 'h':
            r = CALL(f, order_record(&f->h, &by_hand, &id));
            break;
        case 'p':
            r = CALL(f, do_approve(f, id));
            break;
        case 'r':
            r = CALL(f, do_reject(f, id));
            break;
        case 'w':
            r = CALL(f, do_withdraw(f, id));
            break;
        case 't':
            r = CALL(f, do_took(f, id));
            break;
        case 'g':
            r = CALL(f, do_progress(f, id));
            break;
        case 'f':
        case 'F':
            fixture_approvals(f, false, *way == 'F');
            r = CALL(f, do_result(f, id));
            break;
        case 'c':
            r = CALL(f, do_cancel(f, id));
            break;
        case 'x':
            r = CALL(f, do_terminate(f, id));
            break;
        default:
            fail_msg("%c", *way);
        }
        if (r != 0)
            fail_msg("%c: %d %.*s", *way, r, STR_FMT(f->h.why));
    }
    return id;
}

static void try_one(struct fixture *f, const char *const row[11], size_t action) {
    const char *expected = row[2 + action];
    int64_t id = go(f, row[0]);
    struct str before = fixture_doc(f, id), after;
    struct background_check_order *old = fixture_order(f, id), *new;
    struct order_history_entry *history;
    size_t n_before, n_after;
    int64_t old_time, new_time;
    char was[4], is[4];
    int r;

    state_text(fixture_state(f, id), was);
    assert_string_equal(was, row[1]);
    assert_int_equal(order_history(&f->h, id, &history, &n_before), 0);
    fixture_approvals(f, false, actions[action].report_approval);
    f->h.now_ms++;
    r = CALL(f, actions[action].run(f, id));
    state_text(fixture_state(f, id), is);
    after = fixture_doc(f, id);
    assert_int_equal(order_history(&f->h, id, &history, &n_after), 0);

    if (strcmp(expected, "-") == 0 || strcmp(expected, "=") == 0) {
        assert_int_equal(r, expected[0] == '=' ? 0 : HIRE_REFUSED);
        if (expected[0] == '-')
            assert_int_equal(f->h.refusal, REFUSED_STATE);
        assert_str(after, before);
        assert_string_equal(is, was);
        assert_int_equal(n_after, n_before);
        return;
    }
    assert_int_equal(r, 0);
    if (strcmp(is, expected) != 0)
        fail_msg("%s from %s: expected %s, got %s", actions[action].name, row[0], expected, is);
    /* an approved report has two entries: approved, completed */
    assert_int_equal(n_after, n_before + (strcmp(actions[action].name, "approve") == 0 && row[1][1] == 'r' ? 2 : 1));
    state_text(history[n_before].from, is);
    assert_string_equal(is, was);
    state_text(history[n_after - 1].to, is);
    assert_string_equal(is, expected);
    assert_int_equal(history[n_after - 1].at_ms, f->h.now_ms);

    new = fixture_order(f, id);
    assert_int_equal(str_to_i64(old->update_time, &old_time), 0);
    assert_int_equal(str_to_i64(new->update_time, &new_time), 0);
    assert_true(new_time > old_time);
    assert_true(str_is_absent(old->end_time));
    if (expected[0] == '3' || expected[0] == '4')
        assert_str(new->end_time, new->update_time);
    else
        assert_true(str_is_absent(new->end_time));
}

static void every_state_and_action(void **state) {
    struct fixture *f = *state;

    for (size_t row = 0; row < sizeof(table) / sizeof(table[0]); row++) {
        for (size_t action = 0; action < sizeof(actions) / sizeof(actions[0]); action++)
            try_one(f, table[row], action);
    }
}

static void arranged_order(void **state) {
    struct fixture *f = *state;
    int64_t id = fixture_arrange(f);
    struct background_check_order *o = fixture_order(f, id);

    assert_str(o->order_id, hire_text(&f->h, id));
    assert_str(o->application_id, hire_text(&f->h, APPLICATION));
    assert_int_equal(o->account_third_type.v, 127);
    assert_lit(o->package, "基础版");
    assert_lit(o->candidate_info->name, "王二");
    assert_true(str_is_absent(o->candidate_info->first_name));
    assert_lit(o->contactor_info->name, "李三");
    assert_lit(o->creator_info->user_id, "9001");
    assert_lit(o->begin_time, "1700000000000");
    assert_lit(o->update_time, "1700000000000");
    assert_lit(o->provider_info->provider_id, "provider-1");
    assert_lit(o->provider_info->provider_name->en_us, "test provider");
    assert_lit(o->geo, "cn");
    assert_lit(o->location_code, "CN_1");
    assert_lit(o->remark, "候选人很优秀");
    assert_true(str_is_absent(o->name));
    assert_true(str_is_absent(o->upload_time));
    assert_true(str_is_absent(o->conclusion));
    assert_null(o->feedback_info_list.v);
    assert_null(o->process_info_list.v);
}

static void arrangement_rules(void **state) {
    struct fixture *f = *state;
    struct order_arrangement in = {.application_id = APPLICATION, .account_id = f->account};
    char long_text[6002];
    int64_t id = -1;

    memset(long_text, 'x', sizeof(long_text));
    in.application_id = 1234;
    REFUSED(f, order_arrange(&f->h, &in, &id), REFUSED_PARAMETER, "application");
    in.application_id = APPLICATION;
    in.account_id = 1234;
    REFUSED(f, order_arrange(&f->h, &in, &id), REFUSED_PARAMETER, "vendor account");
    in.account_id = f->account;
    in.geo = STR("de");
    REFUSED(f, order_arrange(&f->h, &in, &id), REFUSED_PARAMETER, "geo");
    in.geo = STR_ABSENT;
    in.package_name = (struct str){long_text, 501};
    REFUSED(f, order_arrange(&f->h, &in, &id), REFUSED_PARAMETER,
            "package may have at most 500 characters; it has 501");
    in.package_name.len = 500;
    in.remark = (struct str){long_text, 2001};
    REFUSED(f, order_arrange(&f->h, &in, &id), REFUSED_PARAMETER, "remark");
    in.remark.len = 2000;
    in.candidate.email = (struct str){long_text, 501};
    REFUSED(f, order_arrange(&f->h, &in, &id), REFUSED_PARAMETER, "candidate_info.email");
    in.candidate.email.len = 500;
    assert_int_equal(id, -1);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM background_check_order"), 0);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM order_history"), 0);
    assert_int_equal(CALL(f, order_arrange(&f->h, &in, &id)), 0);
    f->h.tenant = OTHER_TENANT;
    REFUSED(f, order_arrange(&f->h, &in, &id), REFUSED_PARAMETER, "application");
}

static void by_hand(void **state) {
    struct fixture *f = *state;
    struct eco_background_check_report_file files[] = {
        {.report_name = STR("a.pdf"), .report_url = STR("https://vendor.example/a.pdf")},
        {.report_name = STR("b"), .report_url = STR("https://vendor.example/b"), .report_url_type = SET_INT(2)},
    };
    struct order_by_hand in = {.application_id = APPLICATION,
                               .creator_uid = 9001,
                               .name = STR("录入的背调"),
                               .result = STR("绿灯"),
                               .candidate = {.name = STR("王二")},
                               .reports = {files, 2}};
    struct background_check_order *o;
    int64_t id = 0;

    assert_int_equal(CALL(f, order_record(&f->h, &in, &id)), 0);
    o = fixture_order(f, id);
    assert_int_equal(o->order_status.v, ORDER_COMPLETED);
    assert_lit(o->name, "录入的背调");
    assert_lit(o->upload_time, "1700000000000");
    assert_lit(o->end_time, "1700000000000");
    assert_lit(o->conclusion, "绿灯");
    assert_true(str_is_absent(o->begin_time));
    assert_null(o->provider_info);
    assert_false(o->account_third_type.set);
    assert_int_equal(o->feedback_info_list.n, 2);
    assert_lit(o->feedback_info_list.v[0].report_name, "b");
    assert_lit(o->feedback_info_list.v[0].report_preview_url, "https://vendor.example/b");
    assert_int_equal(o->feedback_info_list.v[0].report_type.v, 2);
    assert_true(str_starts(o->feedback_info_list.v[1].attachment_url, STR("file:")));
    in.reports.n = 0;
    assert_int_equal(CALL(f, order_record(&f->h, &in, &id)), 0);
    assert_int_equal(fixture_order(f, id)->feedback_info_list.n, 1);

    in.name = STR("");
    REFUSED(f, order_record(&f->h, &in, &id), REFUSED_PARAMETER, "name must not be empty");
    in.name = STR("x");
    in.result = STR_ABSENT;
    REFUSED(f, order_record(&f->h, &in, &id), REFUSED_PARAMETER, "result must not be empty");
    in.result = STR("x");
    in.application_id = 99;
    REFUSED(f, order_record(&f->h, &in, &id), REFUSED_PARAMETER, "application");
    in.application_id = APPLICATION;
    in.reports.n = 1;
    files[0].report_url = STR("http://10.0.0.1/a.pdf");
    REFUSED(f, order_record(&f->h, &in, &id), REFUSED_PARAMETER, "reports[0].report_url");
}

static void reasons(void **state) {
    struct fixture *f = *state;
    int64_t id = go(f, "a");
    struct order_history_entry *history;
    char long_text[2001];
    size_t n;

    memset(long_text, 'x', sizeof(long_text));
    REFUSED(f, order_reject(&f->h, id, STR("")), REFUSED_PARAMETER, "reason must not be empty");
    REFUSED(f, order_terminate(&f->h, id, STR_ABSENT), REFUSED_PARAMETER, "reason must not be empty");
    REFUSED(f, order_approve(&f->h, id, (struct str){long_text, 2001}), REFUSED_PARAMETER, "2000 characters");
    f->h.actor_kind = ACTOR_USER;
    f->h.actor_id = 9001;
    f->h.now_ms += 5;
    assert_int_equal(CALL(f, order_terminate(&f->h, id, STR("withdrew"))), 0);
    assert_int_equal(order_history(&f->h, id, &history, &n), 0);
    assert_int_equal(n, 2);
    assert_int_equal(history[0].action, ORDER_ARRANGE);
    assert_int_equal(history[0].from.status, ORDER_NONE);
    assert_int_equal(history[0].actor_kind, ACTOR_OPERATOR);
    assert_lit(history[0].why, "");
    assert_int_equal(history[1].action, ORDER_TERMINATE);
    assert_int_equal(history[1].actor_kind, ACTOR_USER);
    assert_int_equal(history[1].actor_id, 9001);
    assert_lit(history[1].why, "withdrew");
}

/* update_time is the caller's stamp, but a stamp that is older than the stored time does not lower it. */
static void time_only_grows(void **state) {
    struct fixture *f = *state;
    int64_t id = fixture_arrange(f);

    f->h.now_ms -= 5000;
    assert_int_equal(CALL(f, do_progress(f, id)), 0);
    assert_lit(fixture_order(f, id)->update_time, "1700000000000");
    f->h.now_ms = START_MS + 2;
    assert_int_equal(CALL(f, do_progress(f, id)), 0);
    assert_lit(fixture_order(f, id)->update_time, "1700000000002");
    assert_int_equal(fixture_number(f, "SELECT update_time FROM background_check_order"), START_MS + 2);
}

static void unknown_and_foreign(void **state) {
    struct fixture *f = *state;
    int64_t id = fixture_arrange(f);
    struct order_history_entry *history;
    struct order_state s;
    struct str doc, why;
    size_t n;

    REFUSED(f, order_cancel(&f->h, id + 1, STR_ABSENT), REFUSED_NO_ORDER, "no such");
    why = f->h.why;
    f->h.only_app = OTHER_APP;
    REFUSED(f, order_cancel(&f->h, id, STR_ABSENT), REFUSED_NO_ORDER, "no such");
    assert_str(f->h.why, why);
    REFUSED(f, do_progress(f, id), REFUSED_NO_ORDER, "no such");
    REFUSED(f, do_result(f, id), REFUSED_NO_ORDER, "no such");
    REFUSED(f, order_vendor_took(&f->h, id), REFUSED_NO_ORDER, "no such");
    assert_int_equal(order_get(&f->h, id, &s, &doc), 0);
    REFUSED(f, order_history(&f->h, id, &history, &n), REFUSED_NO_ORDER, "no such");
    f->h.only_app = VENDOR_APP;
    f->h.tenant = OTHER_TENANT;
    REFUSED(f, do_progress(f, id), REFUSED_NO_ORDER, "no such");
    f->h.tenant = TENANT;
    assert_int_equal(CALL(f, do_progress(f, id)), 0);
    assert_int_equal(CALL(f, vendor_account_bind(&f->h, f->account, OTHER_APP)), 0);
    REFUSED(f, do_progress(f, id), REFUSED_NO_ORDER, "no such");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(every_state_and_action),
        FIXTURE_TEST(arranged_order),
        FIXTURE_TEST(arrangement_rules),
        FIXTURE_TEST(by_hand),
        FIXTURE_TEST(reasons),
        FIXTURE_TEST(time_only_grows),
        FIXTURE_TEST(unknown_and_foreign),
    };

    return RUN_TESTS(tests);
}
