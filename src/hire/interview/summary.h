/* SPDX-License-Identifier: Apache-2.0
 *
 * Computes the summary of an interview from the conclusions of its records.
 */
#ifndef HIRED_HIRE_INTERVIEW_SUMMARY_H
#define HIRED_HIRE_INTERVIEW_SUMMARY_H

#include <stddef.h>

enum interview_conclusion {
    CONCLUSION_PASSED = 1,
    CONCLUSION_FAILED = 2,
    CONCLUSION_NOT_STARTED = 3,
    CONCLUSION_NOT_SUBMITTED = 4,
    CONCLUSION_ABSENT = 5, /* the candidate did not attend */
    CONCLUSION_PENDING = 6,
};

/* interview_round_summary (2 to 18) of an interview whose records have these conclusions. Passed, failed and pending
 * are verdicts; an interview is partly assessed when some records have one and others have none. The platform does
 * not document the other cases (docs/DECISIONS.md): without any verdict, one record of an absent candidate makes it
 * a no-show (6); otherwise it is "not started" (2) if all records say so or if there is no record, and "unassessed"
 * (3) in all other cases. */
int interview_summary(const enum interview_conclusion *conclusions, size_t n);

#endif
