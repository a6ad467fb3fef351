/* SPDX-License-Identifier: Apache-2.0
 *
 * The questions of a feedback form and an interviewer's answers.
 *
 * The built-in questions of a form (conclusion, score, record) are members of the assessment itself; all other
 * questions are answered by their id. A question may depend on other answers (related_dimension_config): it is asked
 * only if those answers are given, and only questions that are asked may be answered. Questions that are not enabled
 * are never asked.
 */
#ifndef HIRED_HIRE_INTERVIEW_FORM_H
#define HIRED_HIRE_INTERVIEW_FORM_H

#include "api_types.h"
#include "hire/hire.h"

#define FORM_ANSWERS_MAX 200
#define FORM_TEXT_MAX 20000 /* characters of a description or a record */

/* dimension_type of a question, as forms and records have it. */
enum form_question {
    QUESTION_SINGLE = 1,
    QUESTION_MULTIPLE = 2,
    QUESTION_DESCRIPTION = 3,
    QUESTION_JOB_LEVEL = 5,
    QUESTION_SCORE_BY_CHOICE = 6, /* without options: by number */
    QUESTION_SCORE_BY_NUMBER = 7,
    QUESTION_CONCLUSION = 10,
    QUESTION_SCORE = 11,
    QUESTION_RECORD = 12,
};

/* One answer. Members that do not belong to the type of its question must be absent. */
struct form_answer {
    struct str dimension_id;
    struct str_list option_ids;                 /* single (one), multiple, score by choice (one) */
    struct str text;                            /* description */
    struct opt_int score;                       /* score by number */
    struct str lower_level_id, higher_level_id; /* job level: both; the first must not rank higher */
    bool not_evident;                           /* job level: "not evident", if the form allows it */
};

struct interview_verdict {
    int conclusion;      /* 1 passed, 2 failed, 5 did not attend, 6 pending */
    struct str content;  /* the record */
    struct str score_id; /* an option of the form's question for the score; absent or "": none */
    const struct form_answer *answers;
    size_t n_answers;
};

/* A question and the module that contains it. */
struct form_place {
    const struct interview_feedback_form_module *module;
    const struct interview_feedback_form_dimension *question;
};

/* Reads the form with which interviews of that round type are assessed. Returns 1, 0 (there is none), or < 0. In the
 * arena. */
int interview_form_get(struct hire *h, const struct id_name_object *round_type, struct interview_feedback_form *ret);

/* The enabled questions in the order of the form's sequence numbers, in the arena. */
size_t interview_form_questions(struct hire *h, const struct interview_feedback_form *form, struct form_place **ret);

/* The lowest and highest number of points of a question of types 6 and 7. */
void interview_form_range(const struct interview_feedback_form_dimension *question, int64_t *ret_low,
                          int64_t *ret_high);

/* Validates a verdict against a form (NULL: there is none) and fills score and answers for the record, both in the
 * arena; the score is NULL if none was given. Refuses (REFUSED_PARAMETER, "FIELD: why", where FIELD is score_id,
 * content or answers.ID) answers that are missing, unknown, not asked or out of range. No answer is required if the
 * candidate did not attend. */
int interview_form_check(struct hire *h, const struct interview_feedback_form *form, const struct interview_verdict *in,
                         struct interview_score **ret_score, struct interview_record_detail_v2 *ret);

#endif
