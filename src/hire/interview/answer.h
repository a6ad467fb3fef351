/* SPDX-License-Identifier: Apache-2.0
 *
 * For src/hire/interview only: the answers to the questions of a feedback form.
 */
#ifndef HIRED_HIRE_INTERVIEW_ANSWER_H
#define HIRED_HIRE_INTERVIEW_ANSWER_H

#include "hire/interview/form.h"

/* A verdict that is checked against the questions of a form. */
struct form_check {
    struct hire *h;
    const struct interview_verdict *in;
    const struct form_place *questions;
    size_t n;
};

/* The given answer with that id; NULL: there is none. */
const struct form_answer *form_answer_find(const struct form_check *k, struct str dimension_id);

/* The answer to a question, also to a built-in one, because other questions may depend on it. Empty if none was given.
 */
struct form_answer form_answer_to(const struct form_check *k, const struct interview_feedback_form_dimension *q);

bool form_answer_is_empty(const struct form_answer *a);

/* Whether the other answers fulfil the conditions of the question. */
bool form_question_is_asked(const struct form_check *k, const struct interview_feedback_form_dimension *q);

/* The option of a question with that id; NULL: there is none. */
const struct interview_dimension_option *form_option_find(const struct interview_feedback_form_dimension *q,
                                                          struct str id);

/* Refuses with "answers.ID: why". */
int form_refuse_answer(const struct form_check *k, struct str id, const char *why);

/* Checks an answer that is not empty against its question, which is not a built-in one, and fills *out. */
int form_take_answer(const struct form_check *k, const struct form_place *p, const struct form_answer *a,
                     struct dimension_assessment *out);

#endif
