/* SPDX-License-Identifier: Apache-2.0
 *
 * Validates a verdict against a feedback form and fills the record.
 */
#include "hire/interview/answer.h"

enum { CONCLUSION_DID_NOT_ATTEND = 5 };
enum score_mode { SCORE_SUM = 1, SCORE_AVERAGE = 2 };

static bool is_built_in(int64_t type) {
    return type == QUESTION_CONCLUSION || type == QUESTION_SCORE || type == QUESTION_RECORD;
}

static int check_built_in(const struct form_check *k, const struct interview_feedback_form_dimension *q,
                          struct interview_score **ret_score) {
    bool required = q->is_required.v && k->in->conclusion != CONCLUSION_DID_NOT_ATTEND;

    if (q->type.v == QUESTION_RECORD && required && str_is_empty(str_trim(k->in->content)))
        return hire_refuse_for(k->h, REASON_ANSWER, STR("content"), "content: must be answered");
    if (q->type.v != QUESTION_SCORE)
        return 0;
    if (str_is_empty(k->in->score_id))
        return required ? hire_refuse_for(k->h, REASON_ANSWER, STR("score_id"), "score_id: must be answered") : 0;
    const struct interview_dimension_option *o = form_option_find(q, k->in->score_id);
    if (!o)
        return hire_refuse_for(k->h, REASON_ANSWER, STR("score_id"), "score_id: the form has no such score");
    *ret_score = arena_new(k->h->arena, struct interview_score);
    **ret_score = (struct interview_score){
        .id = o->id,
        .level = o->score_val,
        .zh_name = o->name ? o->name->zh_cn : STR_ABSENT,
        .zh_description = o->description ? o->description->zh_cn : STR_ABSENT,
        .en_name = o->name ? o->name->en_us : STR_ABSENT,
        .en_description = o->description ? o->description->en_us : STR_ABSENT,
    };
    return 0;
}

/* Each answer must be to a question of the form that is asked, at most one for each question. */
static int check_targets(const struct form_check *k) {
    for (size_t i = 0; i < k->in->n_answers; i++) {
        struct str id = k->in->answers[i].dimension_id;
        const struct interview_feedback_form_dimension *found = NULL;

        for (size_t q = 0; q < k->n; q++)
            if (str_eq(k->questions[q].question->id, id))
                found = k->questions[q].question;
        if (!found || is_built_in(found->type.v))
            return form_refuse_answer(k, id, "the form has no such question");
        if (form_answer_find(k, id) != &k->in->answers[i])
            return form_refuse_answer(k, id, "is answered twice");
        if (!form_answer_is_empty(&k->in->answers[i]) && !form_question_is_asked(k, found))
            return form_refuse_answer(k, id, "is not asked: the other answers exclude this question");
    }
    return 0;
}

/* Begins the module of the next answers; questions are ordered by module. */
static struct module_assessment *begin_module(const struct form_check *k,
                                              const struct interview_feedback_form_module *module,
                                              struct interview_record_detail_v2 *out) {
    struct module_assessment *m = &out->module_assessments.v[out->module_assessments.n++];

    *m = (struct module_assessment){
        .interview_feedback_form_module_id = module->id,
        .module_name = module->name,
        .module_type = module->type,
        .module_weight = module->weight,
        .dimension_assessments.v = arena_array(k->h->arena, struct dimension_assessment, module->dimensions.n),
    };
    return m;
}

static int64_t best_of(const struct interview_feedback_form_dimension *q) {
    int64_t low, high, best = 0;

    interview_form_range(q, &low, &high);
    for (size_t i = 0; i < q->option_items.n; i++)
        if (q->option_items.v[i].score_val.v > best)
            best = q->option_items.v[i].score_val.v;
    return q->option_items.n > 0 ? best : high;
}

struct points {
    int64_t got, best;
    size_t n;
};

static void add_points(struct points *sum, const struct interview_feedback_form_dimension *q,
                       const struct dimension_assessment *a) {
    if (q->type.v != QUESTION_SCORE_BY_CHOICE && q->type.v != QUESTION_SCORE_BY_NUMBER)
        return;
    sum->got += a->dimension_option ? a->dimension_option->score_val.v : a->dimension_score.v;
    sum->best += best_of(q);
    sum->n++;
}

/* Sets the total of a form that sums or averages points. The calculation of weighted forms is not documented, so
 * those get none. */
static void set_record_score(const struct form_check *k, const struct interview_feedback_form *form,
                             const struct points *sum, struct interview_record_detail_v2 *out) {
    const struct score_calculation_config *c = form->score_calculation_config;
    double by = c && c->calculation_mode.v == SCORE_AVERAGE ? (double)sum->n : 1;

    if (!c || !c->enabled.v || form->type.v != 2 || sum->n == 0)
        return;
    out->record_score = arena_new(k->h->arena, struct record_score);
    out->record_score->score = (struct opt_num){(double)sum->got / by, true};
    out->record_score->total_score = (struct opt_num){(double)sum->best / by, true};
}

static int check_questions(const struct form_check *k, const struct interview_feedback_form *form,
                           struct interview_score **ret_score, struct interview_record_detail_v2 *out) {
    const struct interview_feedback_form_module *at = NULL;
    struct module_assessment *m = NULL;
    struct points sum = {0};
    int r = 0;

    for (size_t i = 0; r >= 0 && i < k->n; i++) {
        const struct form_place *p = &k->questions[i];
        struct form_answer a = form_answer_to(k, p->question);

        if (is_built_in(p->question->type.v)) {
            r = check_built_in(k, p->question, ret_score);
            continue;
        }
        if (form_answer_is_empty(&a)) {
            if (p->question->is_required.v && k->in->conclusion != CONCLUSION_DID_NOT_ATTEND &&
                form_question_is_asked(k, p->question))
                return form_refuse_answer(k, p->question->id, "must be answered");
            continue;
        }
        if (at != p->module)
            m = begin_module(k, at = p->module, out);
        struct dimension_assessment *made = &m->dimension_assessments.v[m->dimension_assessments.n++];
        r = form_take_answer(k, p, &a, made);
        if (r >= 0)
            add_points(&sum, p->question, made);
    }
    set_record_score(k, form, &sum, out);
    return r < 0 ? r : 0;
}

int interview_form_check(struct hire *h, const struct interview_feedback_form *form, const struct interview_verdict *in,
                         struct interview_score **ret_score, struct interview_record_detail_v2 *ret) {
    struct form_check k = {.h = h, .in = in};
    struct form_place *questions;
    int r;

    *ret_score = NULL;
    *ret = (struct interview_record_detail_v2){0};
    if (!form) {
        if (!str_is_empty(in->score_id))
            return hire_refuse_for(h, REASON_ANSWER, STR("score_id"),
                                   "score_id: the interview's kind of round has no form");
        return in->n_answers == 0 ? 0 : form_refuse_answer(&k, in->answers[0].dimension_id, "there is no form");
    }
    k.n = interview_form_questions(h, form, &questions);
    k.questions = questions;
    ret->feedback_form_id = form->id;
    ret->module_assessments.v = arena_array(h->arena, struct module_assessment, form->modules.n + 1);
    r = check_targets(&k);
    return r < 0 ? r : check_questions(&k, form, ret_score, ret);
}
