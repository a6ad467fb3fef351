/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads feedback forms and their questions.
 */
#include "hire/interview/form.h"

#include "hire/reference/reference.h"

enum { SCORE_MAX_DEFAULT = 100 };

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
            /* insertion sort: there are few questions and they are mostly sorted already */
            for (; at > 0 && stands_before(&p, &(*ret)[at - 1]); at--)
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
