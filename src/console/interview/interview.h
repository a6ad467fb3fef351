/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the console's interviews share.
 */
#ifndef HIRED_CONSOLE_INTERVIEW_INTERVIEW_H
#define HIRED_CONSOLE_INTERVIEW_INTERVIEW_H

#include "api_types.h"
#include "console/console.h"
#include "hire/interview/change.h"

/* The person's own record in an interview; NULL: takes no part. */
const struct interview_record *own_record(const struct call *c, const struct interview_extend *in);

/* Whether the person may know of the interview: who only interviews, may of their own. */
bool may_see_interview(const struct call *c, const struct interview_extend *doc);

/* A record's user as console_interviewer; verdict: also what they concluded. */
int write_interviewer(struct call *c, const struct interview_record *record, bool verdict);

/* As console_form. */
void write_form(struct call *c, struct hire *h, const struct interview_feedback_form *form);

/* The tenant's job levels as a list "job_levels", in rising order. */
int write_job_levels(struct call *c, struct hire *h);

/* Writes the list "interviews" with an application's interviews. Returns 0 or < 0. */
int write_interviews_of(struct call *c, struct hire *h, int64_t application);

#endif
