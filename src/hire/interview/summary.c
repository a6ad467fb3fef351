/* SPDX-License-Identifier: Apache-2.0
 *
 * Computes the summary of an interview from the interviewers' conclusions.
 */
#include "hire/interview/summary.h"

/* Indexed by the set of verdicts (1 passed, 2 failed, 4 pending): summaries if all interviewers gave a verdict, and
 * if only some did. */
static const int summary_all[8] = {0, 4, 5, 10, 17, 15, 16, 18};
static const int summary_part[8] = {0, 7, 9, 8, 13, 11, 12, 14};

int interview_summary(const enum interview_conclusion *conclusions, size_t n) {
    unsigned verdicts = 0;
    size_t assessed = 0, not_started = 0, absent = 0;

    for (size_t i = 0; i < n; i++) {
        switch (conclusions[i]) {
        case CONCLUSION_PASSED:
            verdicts |= 1;
            assessed++;
            break;
        case CONCLUSION_FAILED:
            verdicts |= 2;
            assessed++;
            break;
        case CONCLUSION_PENDING:
            verdicts |= 4;
            assessed++;
            break;
        case CONCLUSION_NOT_STARTED:
            not_started++;
            break;
        case CONCLUSION_ABSENT:
            absent++;
            break;
        case CONCLUSION_NOT_SUBMITTED:
            break;
        }
    }
    if (assessed > 0)
        return assessed == n ? summary_all[verdicts] : summary_part[verdicts];
    if (absent > 0)
        return 6;
    return not_started == n ? 2 : 3;
}
