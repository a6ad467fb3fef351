/* SPDX-License-Identifier: Apache-2.0
 *
 * Shared by the files about interviews, and the interviews of an application.
 */
#ifndef HIRED_CONSOLE_INTERVIEW_INTERVIEW_H
#define HIRED_CONSOLE_INTERVIEW_INTERVIEW_H

#include "api_types.h"
#include "console/console.h"
#include "hire/interview/change.h"

/* The record of the signed-in person; NULL: the person is not an interviewer. */
const struct interview_record *own_record(const struct call *c, const struct interview_extend *in);

/* Whether the signed-in person may see the interview. Interviewers without another role may see only their own. */
bool may_see_interview(const struct call *c, const struct interview_extend *doc);

/* Writes a record's user as console_interviewer; verdict: with the conclusion. Returns 0 or < 0. */
int write_interviewer(struct call *c, const struct interview_record *record, bool verdict);

/* Writes the form as console_form. */
void write_form(struct call *c, struct hire *h, const struct interview_feedback_form *form);

/* Writes the list "job_levels" with the tenant's job levels, in ascending order. Returns 0 or < 0. */
int write_job_levels(struct call *c, struct hire *h);

/* Writes the list "interviews" with an application's interviews. Returns 0 or < 0. */
int write_interviews_of(struct call *c, struct hire *h, int64_t application);

#endif
