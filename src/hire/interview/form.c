/* SPDX-License-Identifier: Apache-2.0
 *
 * Validates the answers to a feedback form against its questions.
 */
#include "hire/interview/form.h"

#include "hire/reference/reference.h"

/* related_dimension_config as the platform documents it. */
enum { CONDITIONS_ALL = 1, CONDITIONS_ANY = 2 };
enum related_operator { EQUALS = 1, DIFFERS = 2, HAS_ANY = 3, HAS_NONE = 4, IS_EMPTY = 5, IS_NOT_EMPTY = 6 };

enum { CONCLUSION_DID_NOT_ATTEND = 5, SCORE_MAX_DEFAULT = 100 };
enum score_mode { SCORE_SUM = 1, SCORE_AVERAGE = 2 };

struct check {
    struct hire *h;
    const struct interview_verdict *in;
    const struct form_place *questions;
    size_t n;
};

/* ---- the form ---- */

int interview_form_get(struct hire *h, const struct id_name_object *round_type, struct interview_feedback_form *ret) {
    struct interview_round_type type = {0};
    struct str doc;
    int r;

    *ret = (struct interview_feedback_form){0};
    if (!round_type || str_is_empty(round_type->id))
        return 0;
    r = reference_get(h, STR("interview_round_type"), round_type->id, &doc);
    if (r <= 0 || (r = record_read_stored(&type_interview_round_type, &type, doc, h->arena)) < 0)
        return r;
    if (!type.interview_assessment_template_info)
        return 0;
    r = reference_get(h, STR("interview_feedback_form"), type.interview_assessment_template_info->id, &doc);
    if (r <= 0)
        return r;
    r = record_read_stored(&type_interview_feedback_form, ret, doc, h->arena);
    return r < 0 ? r : 1;
}

static bool stands_before(const struct form_place *a, const struct form_place *b) {
    if (a->module != b->module && a->module->sequence.v != b->module->sequence.v)
        return a->module->sequence.v < b->module->sequence.v;
    return a->module == b->module && a->question->sequence.v < b->question->sequence.v;
}

size_t interview_form_questions(struct hire *h, const struct interview_feedback_form *form, struct form_place **ret) {
    size_t total = 0, n = 0;

    for (size_t m = 0; m < form->modules.n; m++)
        total += form->modules.v[m].dimensions.n;
    *ret = arena_array(h->arena, struct form_place, total + 1);
    for (size_t m = 0; m < form->modules.n; m++)
        for (size_t i = 0; i < form->modules.v[m].dimensions.n; i++) {
            struct form_place p = {&form->modules.v[m], &form->modules.v[m].dimensions.v[i]};
            size_t at = n;

            if (p.question->enabled.set && !p.question->enabled.v)
                continue;
            for (; at > 0 && stands_before(&p, &(*ret)[at - 1]);
                 at--) /* insertion sort: there are few questions and they are mostly sorted already */
                (*ret)[at] = (*ret)[at - 1];
            (*ret)[at] = p;
            n++;
        }
    return n;
}

void interview_form_range(const struct interview_feedback_form_dimension *question, int64_t *ret_low,
                          int64_t *ret_high) {
    const struct score_dimension_config *c = question->score_dimension_config;

    *ret_low = c && c->lower_limit_score.set ? c->lower_limit_score.v : 0;
    *ret_high = c && c->upper_limit_score.set ? c->upper_limit_score.v : SCORE_MAX_DEFAULT;
}

static bool is_built_in(int64_t type) {
    return type == QUESTION_CONCLUSION || type == QUESTION_SCORE || type == QUESTION_RECORD;
}

/* ---- answers ---- */

static bool is_empty(const struct form_answer *a) {
    return a->option_ids.n == 0 && str_is_empty(a->text) && !a->score.set && str_is_empty(a->lower_level_id) &&
           str_is_empty(a->higher_level_id) && !a->not_evident;
}

static const struct form_answer *find_answer(const struct check *k, struct str dimension_id) {
    for (size_t i = 0; i < k->in->n_answers; i++)
        if (str_eq(k->in->answers[i].dimension_id, dimension_id))
            return &k->in->answers[i];
    return NULL;
}

/* The answer to a question, also to a built-in one, because other questions may depend on it. */
static struct form_answer answer_to(const struct check *k, const struct interview_feedback_form_dimension *q) {
    const struct form_answer *given = find_answer(k, q->id);
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

static bool holds(const struct check *k, const struct related_dimension_setting *s) {
    struct form_answer a = {0};

    for (size_t i = 0; i < k->n; i++)
        if (str_eq(k->questions[i].question->id, s->dimension_id))
            a = answer_to(k, k->questions[i].question);
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
        return is_empty(&a);
    case IS_NOT_EMPTY:
        return !is_empty(&a);
    }
    return true; /* a condition of an unknown kind counts as fulfilled */
}

static bool is_asked(const struct check *k, const struct interview_feedback_form_dimension *q) {
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

static int refuse_answer(const struct check *k, struct str id, const char *why) {
    return hire_refuse_for(k->h, REASON_ANSWER, id, "answers.%.*s: %s", STR_FMT(str_head(id, 64)), why);
}

static const struct interview_dimension_option *find_option(const struct interview_feedback_form_dimension *q,
                                                            struct str id) {
    for (size_t i = 0; i < q->option_items.n; i++)
        if (str_eq(q->option_items.v[i].id, id))
            return &q->option_items.v[i];
    return NULL;
}

/* Copies the chosen options in the form of the record. */
static int take_options(const struct check *k, const struct interview_feedback_form_dimension *q,
                        const struct form_answer *a, struct dimension_option **ret) {
    *ret = arena_array(k->h->arena, struct dimension_option, a->option_ids.n + 1);
    for (size_t i = 0; i < a->option_ids.n; i++) {
        const struct interview_dimension_option *o = find_option(q, a->option_ids.v[i]);
        const struct str_list before = {a->option_ids.v, i};

        if (!o)
            return refuse_answer(k, q->id, "the question has no such option");
        if (has(&before, o->id))
            return refuse_answer(k, q->id, "an option is given twice");
        (*ret)[i] = (struct dimension_option){.id = o->id, .name = o->name, .score_val = o->score_val};
    }
    return 0;
}

static int take_one_option(const struct check *k, const struct interview_feedback_form_dimension *q,
                           const struct form_answer *a, struct dimension_assessment *out) {
    if (a->option_ids.n != 1)
        return refuse_answer(k, q->id, "takes one option");
    return take_options(k, q, a, &out->dimension_option);
}

static int take_score(const struct check *k, const struct interview_feedback_form_dimension *q,
                      const struct form_answer *a, struct dimension_assessment *out) {
    int64_t low, high;

    interview_form_range(q, &low, &high);
    if (!a->score.set || a->score.v < low || a->score.v > high)
        return hire_refuse_for(k->h, REASON_ANSWER, q->id, "answers.%.*s: takes %lld to %lld points",
                               STR_FMT(str_head(q->id, 64)), (long long)low, (long long)high);
    out->dimension_score = a->score;
    return 0;
}

static int find_level(const struct check *k, const struct interview_feedback_form_dimension *q, struct str id,
                      struct job_level *ret) {
    struct str doc;
    int r = reference_get(k->h, STR("job_level"), id, &doc);

    *ret = (struct job_level){0};
    if (r == 0)
        return refuse_answer(k, q->id, "there is no such job level");
    return r < 0 ? r : record_read_stored(&type_job_level, ret, doc, k->h->arena);
}

static struct i18n *level_name(const struct check *k, const struct job_level *level) {
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

static int take_levels(const struct check *k, const struct interview_feedback_form_dimension *q,
                       const struct form_answer *a, struct dimension_assessment *out) {
    struct job_level low, high;
    int r;

    out->recommended_job_level = arena_new(k->h->arena, struct recommended_job_level);
    if (a->not_evident) {
        if (!q->display_not_evident.v)
            return refuse_answer(k, q->id, "must name a level: the form does not allow \"not evident\"");
        return str_is_empty(a->lower_level_id) && str_is_empty(a->higher_level_id)
                   ? 0
                   : refuse_answer(k, q->id, "takes levels or not_evident, not both");
    }
    if (str_is_empty(a->lower_level_id) || str_is_empty(a->higher_level_id))
        return refuse_answer(k, q->id, "takes a lowest and a highest level");
    if ((r = find_level(k, q, a->lower_level_id, &low)) < 0 || (r = find_level(k, q, a->higher_level_id, &high)) < 0)
        return r;
    if (low.order.v > high.order.v)
        return refuse_answer(k, q->id, "the lowest level must not rank above the highest");
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

static int take_answer(const struct check *k, const struct form_place *p, const struct form_answer *a,
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
        return refuse_answer(k, q->id, "does not take an answer of that kind");
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
        return str_chars(a->text) > FORM_TEXT_MAX ? refuse_answer(k, q->id, "is too long") : 0;
    }
}

/* ---- the whole assessment ---- */

static int check_built_in(const struct check *k, const struct interview_feedback_form_dimension *q,
                          struct interview_score **ret_score) {
    bool required = q->is_required.v && k->in->conclusion != CONCLUSION_DID_NOT_ATTEND;

    if (q->type.v == QUESTION_RECORD && required && str_is_empty(str_trim(k->in->content)))
        return hire_refuse_for(k->h, REASON_ANSWER, STR("content"), "content: must be answered");
    if (q->type.v != QUESTION_SCORE)
        return 0;
    if (str_is_empty(k->in->score_id))
        return required ? hire_refuse_for(k->h, REASON_ANSWER, STR("score_id"), "score_id: must be answered") : 0;
    const struct interview_dimension_option *o = find_option(q, k->in->score_id);
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
static int check_targets(const struct check *k) {
    for (size_t i = 0; i < k->in->n_answers; i++) {
        struct str id = k->in->answers[i].dimension_id;
        const struct interview_feedback_form_dimension *found = NULL;

        for (size_t q = 0; q < k->n; q++)
            if (str_eq(k->questions[q].question->id, id))
                found = k->questions[q].question;
        if (!found || is_built_in(found->type.v))
            return refuse_answer(k, id, "the form has no such question");
        if (find_answer(k, id) != &k->in->answers[i])
            return refuse_answer(k, id, "is answered twice");
        if (!is_empty(&k->in->answers[i]) && !is_asked(k, found))
            return refuse_answer(k, id, "is not asked, by the other answers");
    }
    return 0;
}

/* Begins the module of the next answers; questions are ordered by module. */
static struct module_assessment *begin_module(const struct check *k,
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
static void set_record_score(const struct check *k, const struct interview_feedback_form *form,
                             const struct points *sum, struct interview_record_detail_v2 *out) {
    const struct score_calculation_config *c = form->score_calculation_config;
    double by = c && c->calculation_mode.v == SCORE_AVERAGE ? (double)sum->n : 1;

    if (!c || !c->enabled.v || form->type.v != 2 || sum->n == 0)
        return;
    out->record_score = arena_new(k->h->arena, struct record_score);
    out->record_score->score = (struct opt_num){(double)sum->got / by, true};
    out->record_score->total_score = (struct opt_num){(double)sum->best / by, true};
}

static int check_questions(const struct check *k, const struct interview_feedback_form *form,
                           struct interview_score **ret_score, struct interview_record_detail_v2 *out) {
    const struct interview_feedback_form_module *at = NULL;
    struct module_assessment *m = NULL;
    struct points sum = {0};
    int r = 0;

    for (size_t i = 0; r >= 0 && i < k->n; i++) {
        const struct form_place *p = &k->questions[i];
        struct form_answer a = answer_to(k, p->question);

        if (is_built_in(p->question->type.v)) {
            r = check_built_in(k, p->question, ret_score);
            continue;
        }
        if (is_empty(&a)) {
            if (p->question->is_required.v && k->in->conclusion != CONCLUSION_DID_NOT_ATTEND &&
                is_asked(k, p->question))
                return refuse_answer(k, p->question->id, "must be answered");
            continue;
        }
        if (at != p->module)
            m = begin_module(k, at = p->module, out);
        struct dimension_assessment *made = &m->dimension_assessments.v[m->dimension_assessments.n++];
        r = take_answer(k, p, &a, made);
        if (r >= 0)
            add_points(&sum, p->question, made);
    }
    set_record_score(k, form, &sum, out);
    return r < 0 ? r : 0;
}

int interview_form_check(struct hire *h, const struct interview_feedback_form *form, const struct interview_verdict *in,
                         struct interview_score **ret_score, struct interview_record_detail_v2 *ret) {
    struct check k = {.h = h, .in = in};
    struct form_place *questions;
    int r;

    *ret_score = NULL;
    *ret = (struct interview_record_detail_v2){0};
    if (!form) {
        if (!str_is_empty(in->score_id))
            return hire_refuse_for(h, REASON_ANSWER, STR("score_id"),
                                   "score_id: the interview's kind of round has no form");
        return in->n_answers == 0 ? 0 : refuse_answer(&k, in->answers[0].dimension_id, "there is no form");
    }
    k.n = interview_form_questions(h, form, &questions);
    k.questions = questions;
    ret->feedback_form_id = form->id;
    ret->module_assessments.v = arena_array(h->arena, struct module_assessment, form->modules.n + 1);
    r = check_targets(&k);
    return r < 0 ? r : check_questions(&k, form, ret_score, ret);
}
