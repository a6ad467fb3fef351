/* SPDX-License-Identifier: Apache-2.0
 *
 * The rules over stories made of a few entries, and the escapes of the reports.
 */
#include "base/test.h"
#include "conformance/report.h"

#define ORDER "7001"

static struct story *s;
static struct arena arena;
static int64_t number;

static int setup(void **state) {
    s = story_new("cli_1");
    s->played = PLAY_ALL;
    number = 0;
    return 0;
}

static int teardown(void **state) {
    s = story_free(s);
    arena_free(&arena);
    return 0;
}

/* Adds an entry of the journal; members: those of the entry but number, app_id and time. */
static bool add(int64_t time_ms, const char *members) {
    char text[2000];
    snprintf(text, sizeof text, "{\"number\":%lld,\"time_ms\":%lld,\"app_id\":\"cli_1\",%s}", (long long)++number,
             (long long)time_ms, members);
    json_t *e = json_loads(text, 0, NULL);
    assert_non_null(e);
    bool ours = story_add_entry(s, e);
    json_decref(e);
    return ours;
}

/* A write about the check: more is "status", "code" and what else there is; body the members beside the id. */
static void add_write(int64_t time_ms, const char *operation, const char *more, const char *body) {
    char text[1500];
    snprintf(text, sizeof text,
             "\"kind\":\"call\",\"operation\":\"eco_background_check.%s\",%s,"
             "\"body\":{\"background_check_id\":\"" ORDER "\"%s%s}",
             operation, more, body[0] ? "," : "", body);
    add(time_ms, text);
}

#define ACCEPTED "\"status\":200,\"code\":0"
#define REFUSED "\"status\":400,\"code\":1002858"

static void add_stage(int64_t time_ms, const char *more, const char *id, const char *name, const char *time) {
    char body[400];
    snprintf(body, sizeof body, "\"stage_id\":\"%s\",\"stage_name\":\"%s\",\"stage_time\":\"%s\"", id, name, time);
    add_write(time_ms, "update_progress", more, body);
}

static void add_event(int64_t time_ms, const char *type, const char *more) {
    char text[800];
    snprintf(text, sizeof text,
             "\"kind\":\"event\",\"event_type\":\"%s\",\"event_id\":\"e1\",%s,"
             "\"body\":{\"event\":{\"background_check_id\":\"" ORDER "\"}}",
             type, more);
    add(time_ms, text);
}

static struct verdict verdict;
static enum outcome judge(const char *rule) {
    const struct rule *r = rule_find(str_of(rule));
    assert_non_null(r);
    return rule_judge(r, s, &arena, &verdict);
}

static void assert_only_fails(const char *rule) {
    for (size_t i = 0; i < n_rules; i++) {
        enum outcome o = judge(rules[i].name);
        if ((o == RULE_FAILED) != (strcmp(rules[i].name, rule) == 0))
            fail_msg("%s: %d", rules[i].name, o);
    }
}

/* ---- what is the story's ---- */

static void test_only_the_apps_entries(void **state) {
    story_add_order(s, PLAY_PLAIN, "", ORDER);
    json_t *other = json_loads("{\"app_id\":\"cli_2\",\"kind\":\"call\"}", 0, NULL);
    json_t *nobody =
        json_loads("{\"kind\":\"call\",\"code\":99991661,\"body\":{\"background_check_id\":\"" ORDER "\"}}", 0, NULL);
    json_t *elsewhere =
        json_loads("{\"kind\":\"call\",\"code\":99991661,\"body\":{\"background_check_id\":\"1\"}}", 0, NULL);
    assert_false(story_add_entry(s, other));
    assert_true(story_add_entry(s, nobody)); /* without a token nobody is known, but it names our check */
    assert_false(story_add_entry(s, elsewhere));
    assert_int_equal(judge("authorization"), RULE_FAILED);
    json_decref(other);
    json_decref(nobody);
    json_decref(elsewhere);
}

static void test_nothing_is_never_passed(void **state) {
    s->played = PLAY_BIT(PLAY_BIND);
    for (size_t i = 0; i < n_rules; i++) {
        assert_int_equal(judge(rules[i].name), RULE_NOT_JUDGED);
        assert_true(verdict.why.len > 0);
    }
}

/* ---- stages ---- */

static void test_a_good_life(void **state) {
    story_add_order(s, PLAY_PLAIN, "", ORDER);
    add_event(1000, EVENT_CREATED, "\"taken\":true,\"status\":200");
    add_stage(1100, ACCEPTED, "1", "A", "1790000000001");
    add_stage(1200, ACCEPTED, "2", "B", "1790000000002");
    add_write(1300, "update_result", ACCEPTED, "\"result\":\"Green\",\"result_time\":\"1790000000003\"");
    assert_only_fails("");
    assert_int_equal(judge("every-check"), RULE_PASSED);
    assert_int_equal(judge("stage-time"), RULE_PASSED);
}

static void test_one_fault_belongs_to_one_rule(void **state) {
    story_add_order(s, PLAY_PLAIN, "", ORDER);
    add_event(1000, EVENT_CREATED, "\"taken\":true,\"status\":200");
    add_stage(1100, ACCEPTED, "1", "A", "1790000000001");
    add_stage(1200, "\"status\":400,\"code\":1002002", "2", "B", "1790000000001");
    add_write(1300, "update_result", ACCEPTED, "\"result\":\"Green\",\"result_time\":\"1790000000003\"");
    assert_only_fails("stage-time");
    assert_int_equal(verdict.n_findings, 0); /* of the last rule */
    assert_int_equal(judge("stage-time"), RULE_FAILED);
    assert_int_equal(verdict.findings[0].n_evidence, 2);
}

static void test_a_write_after_a_lost_answer_is_no_second_one(void **state) {
    story_add_order(s, PLAY_LOST, "", ORDER);
    story_add_fault(s, "fault-1", FAULT_LOST, 0);
    add_event(1000, EVENT_CREATED, "\"taken\":true,\"status\":200");
    add_stage(1100, "\"reset\":true,\"fault\":\"fault-1\"", "1", "A", "1790000000001");
    assert_int_equal(judge("lost-answer"), RULE_FAILED); /* nothing followed */
    add_stage(1200, "\"status\":400,\"code\":1002002", "1", "A", "1790000000001");
    add_write(1300, "update_result", ACCEPTED, "\"result\":\"Green\",\"result_time\":\"1790000000003\"");
    assert_only_fails("");
    assert_int_equal(judge("lost-answer"), RULE_PASSED);
    add_stage(1400, ACCEPTED, "1b", "A", "1790000000002");
    assert_int_equal(judge("lost-answer"), RULE_FAILED);
}

static void test_a_cut_answer_is_a_lost_one(void **state) {
    story_add_order(s, PLAY_LOST, "", ORDER);
    add_write(1300, "update_result", ACCEPTED ",\"cut\":true",
              "\"result\":\"Green\",\"result_time\":\"1790000000003\"");
    assert_int_equal(judge("lost-answer"), RULE_FAILED);
    add(1400, "\"kind\":\"call\",\"operation\":\"background_check_order.batch_query\"," ACCEPTED
              ",\"body\":{\"background_check_order_id_list\":[\"1\"]}");
    assert_int_equal(judge("lost-answer"), RULE_FAILED); /* it looked at another check */
    add(1500, "\"kind\":\"call\",\"operation\":\"background_check_order.batch_query\"," ACCEPTED
              ",\"body\":{\"background_check_order_id_list\":[\"" ORDER "\"]}");
    assert_int_equal(judge("lost-answer"), RULE_PASSED);
}

/* ---- limits ---- */

static void limited(int64_t next_ms) {
    story_add_order(s, PLAY_LIMITED, "", ORDER);
    story_add_fault(s, "fault-1", FAULT_LIMITED, 2);
    add_write(10000, "update_result", "\"status\":429,\"code\":99991400,\"fault\":\"fault-1\"", "\"result\":\"G\"");
    if (next_ms > 0)
        add_write(next_ms, "update_result", ACCEPTED ",\"duration_us\":5000", "\"result\":\"G\"");
}

static void test_a_limit_is_waited_for(void **state) {
    limited(12006);
    assert_int_equal(judge("rate-limit"), RULE_PASSED);
}

static void test_a_call_that_comes_too_early(void **state) {
    limited(11900);
    assert_int_equal(judge("rate-limit"), RULE_FAILED);
}

static void test_a_call_that_does_not_come(void **state) {
    limited(0);
    assert_int_equal(judge("rate-limit"), RULE_FAILED);
}

/* ---- states ---- */

static void test_the_second_event_explains_repeats(void **state) {
    story_add_order(s, PLAY_TWICE, "", ORDER);
    add_event(1000, EVENT_CREATED, "\"taken\":true,\"status\":200");
    add_event(1001, EVENT_CREATED, "\"taken\":true,\"status\":200");
    add_stage(1100, ACCEPTED, "1", "A", "1790000000001");
    add_stage(1101, "\"status\":400,\"code\":1002002", "1", "A", "1790000000002");
    add_write(1300, "update_result", ACCEPTED, "\"result\":\"G\",\"result_time\":\"1790000000003\"");
    add_write(1301, "update_result", REFUSED, "\"result\":\"G\",\"result_time\":\"1790000000004\"");
    assert_only_fails("repeated-event");
}

static void test_of_two_at_once_the_refused_one_is_answered_first(void **state) {
    story_add_order(s, PLAY_TWICE, "", ORDER);
    add_event(1000, EVENT_CREATED, "\"taken\":true,\"status\":200");
    add_event(1001, EVENT_CREATED, "\"taken\":true,\"status\":200");
    add_stage(1100, "\"status\":400,\"code\":1002002", "1", "A", "1790000000002");
    add_stage(1103, ACCEPTED ",\"duration_us\":5000", "1", "A", "1790000000001");
    add_write(1300, "update_result", REFUSED, "\"result\":\"G\",\"result_time\":\"1790000000004\"");
    add_write(1301, "update_result", ACCEPTED ",\"duration_us\":2000",
              "\"result\":\"G\",\"result_time\":\"1790000000003\"");
    assert_only_fails("repeated-event");
}

static void test_a_vendor_that_does_not_connect_again(void **state) {
    story_add_order(s, PLAY_BROKEN, "", ORDER);
    story_add_fault(s, "fault-1", FAULT_BROKEN, 0);
    add_event(1000, EVENT_CREATED, "\"taken\":false,\"status\":0,\"fault\":\"fault-1\"");
    assert_only_fails("retried-event");
    add_event(1000, EVENT_CREATED, "\"taken\":true,\"status\":200");
    assert_int_equal(judge("retried-event"), RULE_FAILED); /* it did nothing */
    add_stage(1100, REFUSED, "1", "A", "1790000000001");   /* it acted, though in vain */
    assert_int_equal(judge("retried-event"), RULE_PASSED);
}

static void test_a_rejected_report_may_be_sent_again(void **state) {
    struct story_order *o = story_add_order(s, PLAY_APPROVAL, "", ORDER);
    add_write(1300, "update_result", ACCEPTED, "\"result\":\"G\",\"result_time\":\"1790000000003\"");
    o->decided = number;
    add_write(1400, "update_result", ACCEPTED, "\"result\":\"G\",\"result_time\":\"1790000000003\"");
    o->decided_again = number;
    assert_only_fails("");
    assert_int_equal(judge("approval"), RULE_PASSED);
    o->decided = number;
    o->decided_again = 0;
    assert_only_fails("approval"); /* both came before the decision */
}

static void test_calls_on_their_way_when_it_ends(void **state) {
    struct story_order *o = story_add_order(s, PLAY_TERMINATED, "", ORDER);
    add_event(900, EVENT_CREATED, "\"taken\":true,\"status\":200");
    o->terminated = number;
    add_event(1000, EVENT_CANCELED, "\"taken\":true,\"status\":200");
    add_write(1900, "update_result", REFUSED, "\"result\":\"G\",\"result_time\":\"1790000000003\"");
    assert_only_fails("");
    add_write(2100, "update_result", REFUSED, "\"result\":\"G\",\"result_time\":\"1790000000003\"");
    assert_only_fails("terminated");
}

static void test_refused_again_and_again(void **state) {
    story_add_order(s, PLAY_PLAIN, "", ORDER);
    for (int i = 0; i < 4; i++)
        add_write(1000 + i, "cancel", "\"status\":400,\"code\":1002862", "");
    assert_int_equal(judge("no-storm"), RULE_PASSED);
    add_write(1005, "cancel", "\"status\":400,\"code\":1002862", "");
    assert_int_equal(judge("no-storm"), RULE_FAILED);
    assert_int_equal(verdict.n_findings, 1);
    assert_int_equal(verdict.findings[0].n_evidence, 5);
}

static void test_undocumented_members_at_any_depth(void **state) {
    story_add_order(s, PLAY_PLAIN, "", ORDER);
    add_write(1000, "update_result", ACCEPTED ",\"query\":\"user_id_type=open_id\"",
              "\"result\":\"G\",\"report_file_list\":[{\"report_name\":\"a\",\"pages\":3}]");
    assert_int_equal(judge("documented-fields"), RULE_FAILED);
    assert_int_equal(verdict.n_findings, 2);
    assert_non_null(strstr(verdict.findings[0].text.ptr, "\"user_id_type\""));
    assert_non_null(strstr(verdict.findings[1].text.ptr, "\"report_file_list.pages\""));
}

static void test_findings_are_bounded(void **state) {
    story_add_order(s, PLAY_PLAIN, "", ORDER);
    for (int i = 0; i < FINDINGS_MAX + 5; i++) {
        char member[20];
        snprintf(member, sizeof member, "\"f%d\":1", i);
        add_write(1000, "cancel", "\"status\":400,\"code\":1002862", member);
    }
    assert_int_equal(judge("documented-fields"), RULE_FAILED);
    assert_int_equal(verdict.n_findings, FINDINGS_MAX + 5);
    assert_int_equal(judge("known-order"), RULE_FAILED); /* each time the same */
    assert_int_equal(verdict.n_findings, 1);
    assert_int_equal(verdict.findings[0].times, FINDINGS_MAX + 5);
    assert_int_equal(verdict.findings[0].n_evidence, EVIDENCE_MAX);
}

/* ---- reports ---- */

static void test_markup(void **state) {
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    markup_text(&out, STR("<a b=\"c\">&'\x01\t\n\x7f\xef\xbf\xbf\xef\xbf\xbd 林"));
    assert_buf(&out, "&lt;a b=&quot;c&quot;&gt;&amp;&#39;\xef\xbf\xbd\t\n\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd 林");
}

static void test_reports_escape_what_others_wrote(void **state) {
    struct buf junit BUF_CLEANUP = BUF_EMPTY, html BUF_CLEANUP = BUF_EMPTY, text BUF_CLEANUP = BUF_EMPTY;
    story_add_order(s, PLAY_PLAIN, "", ORDER);
    add_write(1000, "cancel", "\"status\":400,\"code\":1002862", "\"<script>alert(1)</script>\":\"]]><img>\"");
    const struct report *r = report_make(s, "http://h/<i>", &arena);
    report_write_junit(r, &junit);
    report_write_html(r, &html);
    report_write_text(r, &text);
    for (const struct buf *b = &junit;; b = &html) {
        struct str all = arena_dup(&arena, buf_str(b));
        assert_null(strstr(all.ptr, "<script"));
        assert_null(strstr(all.ptr, "<img"));
        assert_null(strstr(all.ptr, "<i>"));
        assert_non_null(strstr(all.ptr, "&lt;script&gt;"));
        if (b == &html)
            break;
    }
    assert_non_null(strstr(arena_dup(&arena, buf_str(&text)).ptr, "FAILED      known-order"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_only_the_apps_entries),
        TEST(test_nothing_is_never_passed),
        TEST(test_a_good_life),
        TEST(test_one_fault_belongs_to_one_rule),
        TEST(test_a_write_after_a_lost_answer_is_no_second_one),
        TEST(test_a_cut_answer_is_a_lost_one),
        TEST(test_a_limit_is_waited_for),
        TEST(test_a_call_that_comes_too_early),
        TEST(test_a_call_that_does_not_come),
        TEST(test_the_second_event_explains_repeats),
        TEST(test_a_vendor_that_does_not_connect_again),
        TEST(test_of_two_at_once_the_refused_one_is_answered_first),
        TEST(test_a_rejected_report_may_be_sent_again),
        TEST(test_calls_on_their_way_when_it_ends),
        TEST(test_refused_again_and_again),
        TEST(test_undocumented_members_at_any_depth),
        TEST(test_findings_are_bounded),
        TEST(test_markup),
        TEST(test_reports_escape_what_others_wrote),
    };
    return RUN_TESTS(tests);
}
