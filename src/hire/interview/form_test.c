/* SPDX-License-Identifier: Apache-2.0
 *
 * Forms whose questions depend on others, with every documented condition, and forms with points.
 */
#include "hire/hire_fixture.h"
#include "hire/interview/form.h"

static struct interview_dimension_option options[] = {{.id = STR_INIT("a"), .score_val = {3, true}},
                                                      {.id = STR_INIT("b"), .score_val = {5, true}}};
static struct str chosen[] = {STR_INIT("a"), STR_INIT("b")};

/* A multiple choice "choice", and a text "more" that depends on it. */
struct sheet {
    struct related_dimension_setting setting;
    struct related_dimension_config related;
    struct interview_feedback_form_dimension questions[3];
    struct interview_feedback_form_module module;
    struct interview_feedback_form form;
    struct form_answer answers[3];
    struct interview_verdict verdict;
};

static void make_sheet(struct sheet *s, int op, size_t n_options) {
    *s = (struct sheet){
        .setting = {.dimension_id = STR("choice"),
                    .related_operator_type = SET_INT(op),
                    .dimension_option_ids = {chosen, n_options}},
        .related = {.type = SET_INT(1), .related_dimension_settings = {&s->setting, 1}},
        .module = {.id = STR("m"), .dimensions = {s->questions, 2}},
        .form = {.id = STR("f"), .modules = {&s->module, 1}},
        .answers = {{.dimension_id = STR("choice")}, {.dimension_id = STR("more"), .text = STR("so")}},
        .verdict = {.conclusion = 1, .answers = s->answers, .n_answers = 2},
    };
    s->questions[0] = (struct interview_feedback_form_dimension){
        .id = STR("choice"), .type = SET_INT(QUESTION_MULTIPLE), .option_items = {options, 2}};
    s->questions[1] = (struct interview_feedback_form_dimension){
        .id = STR("more"), .type = SET_INT(QUESTION_DESCRIPTION), .related_dimension_config = &s->related};
}

static int check(struct fixture *f, struct sheet *s, struct interview_record_detail_v2 *out) {
    struct interview_score *score;

    f->h.refusal = REFUSED_NOTHING;
    return interview_form_check(&f->h, &s->form, &s->verdict, &score, out);
}

/* Whether "more" is asked when the first n options, or only the second one (n -1), are chosen. */
static bool asked(struct fixture *f, int op, size_t n_options, int n) {
    struct interview_record_detail_v2 out;
    struct sheet s;

    make_sheet(&s, op, n_options);
    s.answers[0].option_ids = n < 0 ? (struct str_list){chosen + 1, 1} : (struct str_list){chosen, (size_t)n};
    return check(f, &s, &out) == 0;
}

static void depends(void **state) {
    enum { EQUALS = 1, DIFFERS, HAS_ANY, HAS_NONE, EMPTY, NOT_EMPTY, UNKNOWN };
    struct fixture *f = *state;

    assert_true(asked(f, EQUALS, 1, 1) && !asked(f, EQUALS, 1, 2) && !asked(f, EQUALS, 1, 0));
    assert_true(!asked(f, DIFFERS, 1, 1) && asked(f, DIFFERS, 1, 2) && asked(f, DIFFERS, 1, 0));
    assert_true(asked(f, HAS_ANY, 1, 2) && !asked(f, HAS_ANY, 1, -1) && !asked(f, HAS_ANY, 2, 0));
    assert_true(!asked(f, HAS_NONE, 1, 2) && asked(f, HAS_NONE, 1, -1) && asked(f, HAS_NONE, 2, 0));
    assert_true(asked(f, EMPTY, 0, 0) && !asked(f, EMPTY, 0, 1));
    assert_true(!asked(f, NOT_EMPTY, 0, 0) && asked(f, NOT_EMPTY, 0, 1));
    assert_true(asked(f, UNKNOWN, 1, 0));
}

static void any_or_all(void **state) {
    struct related_dimension_setting two[2];
    struct interview_record_detail_v2 out;
    struct fixture *f = *state;
    struct sheet s;

    make_sheet(&s, 3, 1);
    two[0] = two[1] = s.setting;
    two[1].related_operator_type = SET_INT(5);
    s.related.related_dimension_settings.v = two;
    s.related.related_dimension_settings.n = 2;
    s.answers[0].option_ids = (struct str_list){chosen, 1};
    assert_int_equal(check(f, &s, &out), HIRE_REFUSED); /* fulfilled by "a", but not empty */
    s.related.type = SET_INT(2);
    assert_int_equal(check(f, &s, &out), 0);
    s.answers[0].option_ids.n = 0;
    assert_int_equal(check(f, &s, &out), 0);
    s.answers[0].option_ids = (struct str_list){chosen + 1, 1};
    assert_int_equal(check(f, &s, &out), HIRE_REFUSED);
}

static void required_only_if_asked(void **state) {
    struct interview_record_detail_v2 out;
    struct fixture *f = *state;
    struct sheet s;

    make_sheet(&s, 3, 1);
    s.questions[1].is_required = SET_BOOL(true);
    s.verdict.n_answers = 1;
    assert_int_equal(check(f, &s, &out), 0);
    s.answers[0].option_ids = (struct str_list){chosen, 1};
    assert_int_equal(check(f, &s, &out), HIRE_REFUSED);
    assert_non_null(strstr(f->h.why.ptr, "answers.more: must be answered"));
    s.verdict.conclusion = 5; /* the candidate did not attend, so no answer is required */
    assert_int_equal(check(f, &s, &out), 0);
    s.verdict.conclusion = 1;
    s.questions[1].enabled = SET_BOOL(false);
    assert_int_equal(check(f, &s, &out), 0);
}

static void points_add_up(void **state) {
    struct score_calculation_config how = {.enabled = SET_BOOL(true), .calculation_mode = SET_INT(1)};
    struct score_dimension_config range = {.lower_limit_score = SET_INT(1), .upper_limit_score = SET_INT(10)};
    struct interview_record_detail_v2 out;
    struct fixture *f = *state;
    struct sheet s;

    make_sheet(&s, 3, 1);
    s.form.type = SET_INT(2);
    s.form.score_calculation_config = &how;
    s.questions[0].type = SET_INT(QUESTION_SCORE_BY_CHOICE);
    s.questions[1] = (struct interview_feedback_form_dimension){
        .id = STR("more"), .type = SET_INT(QUESTION_SCORE_BY_NUMBER), .score_dimension_config = &range};
    s.answers[0].option_ids = (struct str_list){chosen, 1};
    s.answers[1] = (struct form_answer){.dimension_id = STR("more"), .score = SET_INT(8)};
    assert_int_equal(check(f, &s, &out), 0);
    assert_true(out.record_score->score.v == 11 && out.record_score->total_score.v == 15);
    how.calculation_mode = SET_INT(2);
    assert_int_equal(check(f, &s, &out), 0);
    assert_true(out.record_score->score.v == 5.5 && out.record_score->total_score.v == 7.5);
    s.form.type = SET_INT(3);
    assert_int_equal(check(f, &s, &out), 0);
    assert_null(out.record_score);
    s.answers[1].score = SET_INT(0);
    assert_int_equal(check(f, &s, &out), HIRE_REFUSED);
}

/* Questions are ordered by the sequence of their module, then by their own. */
static void in_order(void **state) {
    struct interview_feedback_form_dimension a[] = {{.id = STR("a2"), .sequence = SET_INT(2)},
                                                    {.id = STR("a1"), .sequence = SET_INT(1)},
                                                    {.id = STR("off"), .enabled = SET_BOOL(false)}};
    struct interview_feedback_form_dimension b[] = {{.id = STR("b1"), .sequence = SET_INT(1)}};
    struct interview_feedback_form_module modules[] = {{.sequence = SET_INT(2), .dimensions = {a, 3}},
                                                       {.sequence = SET_INT(1), .dimensions = {b, 1}}};
    struct interview_feedback_form form = {.modules = {modules, 2}};
    struct fixture *f = *state;
    struct form_place *p;

    assert_int_equal(interview_form_questions(&f->h, &form, &p), 3);
    assert_true(str_eq(p[0].question->id, STR("b1")) && str_eq(p[1].question->id, STR("a1")) &&
                str_eq(p[2].question->id, STR("a2")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(depends),       FIXTURE_TEST(any_or_all), FIXTURE_TEST(required_only_if_asked),
        FIXTURE_TEST(points_add_up), FIXTURE_TEST(in_order),
    };

    return RUN_TESTS(tests);
}
