/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers to the questions of a feedback form: which questions are asked, and whether one answer fits its question.
 */
#include "hire/interview/answer.h"

#include "hire/reference/reference.h"

/* related_dimension_config as the platform documents it. */
enum { CONDITIONS_ALL = 1, CONDITIONS_ANY = 2 };
enum related_operator { EQUALS = 1, DIFFERS = 2, HAS_ANY = 3, HAS_NONE = 4, IS_EMPTY = 5, IS_NOT_EMPTY = 6 };

bool form_answer_is_empty(const struct form_answer *a) {
    return a->option_ids.n == 0 && str_is_empty(a->text) && !a->score.set && str_is_empty(a->lower_level_id) &&
           str_is_empty(a->higher_level_id) && !a->not_evident;
}

const struct form_answer *form_answer_find(const struct form_check *k, struct str dimension_id) {
    for (size_t i = 0; i < k->in->n_answers; i++)
        if (str_eq(k->in->answers[i].dimension_id, dimension_id))
            return &k->in->answers[i];
    return NULL;
}

/* The answer to a question, also to a built-in one, because other questions may depend on it. */
struct form_answer form_answer_to(const struct form_check *k, const struct interview_feedback_form_dimension *q) {
    const struct form_answer *given = form_answer_find(k, q->id);
    struct form_answer a = {.dimension_id = q->id};

    switch (q->type.v) {
    case QUESTION_CONCLUSION:
        a.score = SET_INT(k->in->conclusion);
        return a;
    case QUESTION_SCORE:
        if (!str_is_empty(k->in->score_id))
            a.option_ids = (struct str_list){(struct str *)&k->in->score_id, 1};
        return a;
    case QUESTION_RECORD:
        a.text = k->in->content;
        return a;
    default:
        return given ? *given : a;
    }
}

static bool has(const struct str_list *list, struct str s) {
    for (size_t i = 0; i < list->n; i++)
        if (str_eq(list->v[i], s))
            return true;
    return false;
}

static bool has_any(const struct str_list *list, const struct str_list *of) {
    for (size_t i = 0; i < of->n; i++)
        if (has(list, of->v[i]))
            return true;
    return false;
}

static bool same_set(const struct str_list *a, const struct str_list *b) {
    for (size_t i = 0; i < a->n; i++)
        if (!has(b, a->v[i]))
            return false;
    for (size_t i = 0; i < b->n; i++)
        if (!has(a, b->v[i]))
            return false;
    return true;
}

/* ---- which questions are asked ---- */

static bool holds(const struct form_check *k, const struct related_dimension_setting *s) {
    struct form_answer a = {0};

    for (size_t i = 0; i < k->n; i++)
        if (str_eq(k->questions[i].question->id, s->dimension_id))
            a = form_answer_to(k, k->questions[i].question);
    switch ((enum related_operator)s->related_operator_type.v) {
    case EQUALS:
        return same_set(&a.option_ids, &s->dimension_option_ids);
    case DIFFERS:
        return !same_set(&a.option_ids, &s->dimension_option_ids);
    case HAS_ANY:
        return has_any(&a.option_ids, &s->dimension_option_ids);
    case HAS_NONE:
        return !has_any(&a.option_ids, &s->dimension_option_ids);
    case IS_EMPTY:
        return form_answer_is_empty(&a);
    case IS_NOT_EMPTY:
        return !form_answer_is_empty(&a);
    }
    return true; /* a condition of an unknown kind counts as fulfilled */
}

bool form_question_is_asked(const struct form_check *k, const struct interview_feedback_form_dimension *q) {
    const struct related_dimension_config *c = q->related_dimension_config;

    if (!c || c->related_dimension_settings.n == 0)
        return true;
    bool any = c->type.v == CONDITIONS_ANY;
    for (size_t i = 0; i < c->related_dimension_settings.n; i++)
        if (holds(k, &c->related_dimension_settings.v[i]) == any)
            return any;
    return !any;
}

/* ---- one answer ---- */

int form_refuse_answer(const struct form_check *k, struct str id, const char *why) {
    return hire_refuse_for(k->h, REASON_ANSWER, id, "answers.%.*s: %s", STR_FMT(str_head(id, 64)), why);
}

const struct interview_dimension_option *form_option_find(const struct interview_feedback_form_dimension *q,
                                                          struct str id) {
    for (size_t i = 0; i < q->option_items.n; i++)
        if (str_eq(q->option_items.v[i].id, id))
            return &q->option_items.v[i];
    return NULL;
}

/* Copies the chosen options in the form of the record. */
static int take_options(const struct form_check *k, const struct interview_feedback_form_dimension *q,
                        const struct form_answer *a, struct dimension_option **ret) {
    *ret = arena_array(k->h->arena, struct dimension_option, a->option_ids.n + 1);
    for (size_t i = 0; i < a->option_ids.n; i++) {
        const struct interview_dimension_option *o = form_option_find(q, a->option_ids.v[i]);
        const struct str_list before = {a->option_ids.v, i};

        if (!o)
            return form_refuse_answer(k, q->id, "the question has no such option");
        if (has(&before, o->id))
            return form_refuse_answer(k, q->id, "an option is given twice");
        (*ret)[i] = (struct dimension_option){.id = o->id, .name = o->name, .score_val = o->score_val};
    }
    return 0;
}

static int take_one_option(const struct form_check *k, const struct interview_feedback_form_dimension *q,
                           const struct form_answer *a, struct dimension_assessment *out) {
    if (a->option_ids.n != 1)
        return form_refuse_answer(k, q->id, "takes one option");
    return take_options(k, q, a, &out->dimension_option);
}

static int take_score(const struct form_check *k, const struct interview_feedback_form_dimension *q,
                      const struct form_answer *a, struct dimension_assessment *out) {
    int64_t low, high;

    interview_form_range(q, &low, &high);
    if (!a->score.set || a->score.v < low || a->score.v > high)
        return hire_refuse_for(k->h, REASON_ANSWER, q->id, "answers.%.*s: takes %lld to %lld points",
                               STR_FMT(str_head(q->id, 64)), (long long)low, (long long)high);
    out->dimension_score = a->score;
    return 0;
}

static int find_level(const struct form_check *k, const struct interview_feedback_form_dimension *q, struct str id,
                      struct job_level *ret) {
    struct str doc;
    int r = reference_get(k->h, STR("job_level"), id, &doc);

    *ret = (struct job_level){0};
    if (r == 0)
        return form_refuse_answer(k, q->id, "there is no such job level");
    return r < 0 ? r : record_read_stored(&type_job_level, ret, doc, k->h->arena);
}

static struct i18n *level_name(const struct form_check *k, const struct job_level *level) {
    struct i18n *out = arena_new(k->h->arena, struct i18n);

    *out = (struct i18n){.zh_cn = level->name, .en_us = level->name};
    for (size_t i = 0; i < level->i18n_name.n; i++) {
        const struct i18n_content *c = &level->i18n_name.v[i];
        if (str_eq(c->locale, STR("zh_cn")))
            out->zh_cn = c->value;
        else if (str_eq(c->locale, STR("en_us")))
            out->en_us = c->value;
    }
    return out;
}

static int take_levels(const struct form_check *k, const struct interview_feedback_form_dimension *q,
                       const struct form_answer *a, struct dimension_assessment *out) {
    struct job_level low, high;
    int r;

    out->recommended_job_level = arena_new(k->h->arena, struct recommended_job_level);
    if (a->not_evident) {
        if (!q->display_not_evident.v)
            return form_refuse_answer(k, q->id, "must name a level: the form does not allow \"not evident\"");
        return str_is_empty(a->lower_level_id) && str_is_empty(a->higher_level_id)
                   ? 0
                   : form_refuse_answer(k, q->id, "takes levels or not_evident, not both");
    }
    if (str_is_empty(a->lower_level_id) || str_is_empty(a->higher_level_id))
        return form_refuse_answer(k, q->id, "takes a lowest and a highest level");
    if ((r = find_level(k, q, a->lower_level_id, &low)) < 0 || (r = find_level(k, q, a->higher_level_id, &high)) < 0)
        return r;
    if (low.order.v > high.order.v)
        return form_refuse_answer(k, q->id, "the lowest level must not rank above the highest");
    *out->recommended_job_level = (struct recommended_job_level){level_name(k, &low), level_name(k, &high)};
    return 0;
}

/* Whether the answer has no members that its question's type does not take. */
static bool fits_type(const struct interview_feedback_form_dimension *q, const struct form_answer *a) {
    bool options = a->option_ids.n > 0, text = !str_is_empty(a->text), score = a->score.set;
    bool levels = a->not_evident || !str_is_empty(a->lower_level_id) || !str_is_empty(a->higher_level_id);

    switch (q->type.v) {
    case QUESTION_SINGLE:
    case QUESTION_MULTIPLE:
        return !text && !score && !levels;
    case QUESTION_JOB_LEVEL:
        return !options && !text && !score;
    case QUESTION_SCORE_BY_CHOICE:
        return !text && !levels && !(options && score);
    case QUESTION_SCORE_BY_NUMBER:
        return !options && !text && !levels;
    default:
        return !options && !score && !levels;
    }
}

int form_take_answer(const struct form_check *k, const struct form_place *p, const struct form_answer *a,
                     struct dimension_assessment *out) {
    const struct interview_feedback_form_dimension *q = p->question;
    int r = 0;

    *out = (struct dimension_assessment){
        .interview_feedback_form_dimension_id = q->id,
        .dimension_name = q->name,
        .dimension_type = q->type,
        .weight = q->weight,
    };
    if (!fits_type(q, a))
        return form_refuse_answer(k, q->id, "does not take an answer of that kind");
    switch (q->type.v) {
    case QUESTION_SINGLE:
        return take_one_option(k, q, a, out);
    case QUESTION_MULTIPLE:
        r = take_options(k, q, a, &out->dimension_options.v);
        out->dimension_options.n = a->option_ids.n;
        return r;
    case QUESTION_JOB_LEVEL:
        return take_levels(k, q, a, out);
    case QUESTION_SCORE_BY_CHOICE:
        return q->option_items.n > 0 ? take_one_option(k, q, a, out) : take_score(k, q, a, out);
    case QUESTION_SCORE_BY_NUMBER:
        return take_score(k, q, a, out);
    default:
        out->dimension_content = a->text;
        return str_chars(a->text) > FORM_TEXT_MAX ? form_refuse_answer(k, q->id, "is too long") : 0;
    }
}
