/* SPDX-License-Identifier: Apache-2.0
 *
 * Interviews as the tenant's people change them: scheduled, and assessed by those who held them.
 */
#ifndef HIRED_HIRE_INTERVIEW_CHANGE_H
#define HIRED_HIRE_INTERVIEW_CHANGE_H

#include "api_types.h"
#include "hire/hire.h"

#define INTERVIEWERS_MAX 20

struct interview_plan {
    int64_t application_id;
    int64_t begin_ms, end_ms;
    int64_t creator_uid; /* 0: none */
    int64_t interviewers[INTERVIEWERS_MAX]; /* users of the tenant */
    size_t n_interviewers;
    int type;                 /* interview_type */
    struct opt_int video_type; /* of an interview by video */
    struct opt_int round;      /* absent: the one after the last */
    struct str stage_id;       /* absent or "": where the application stands */
    struct str round_type_id, address_id; /* absent or "": none */
    struct str_list room_ids;
    struct str remark;
};

/* Refuses (REFUSED_PARAMETER) an unknown application, stage, room, address, round type or user, somebody named twice, an end
 * that is not after the begin, and a video tool for what is not by video. */
int interview_schedule(struct hire *h, const struct interview_plan *in, int64_t *ret_id);

struct interview_verdict {
    int conclusion; /* 1 passed, 2 failed, 5 did not attend, 6 pending */
    struct str content;
    struct str score_id; /* an option of a feedback form's dimension; absent or "": none */
};

/* Submits the assessment of the interviewer uid. Returns 0, -ENOENT (there is no such interview), or HIRE_REFUSED: uid is no
 * interviewer of it, has submitted already, or the score is unknown. */
int interview_assess(struct hire *h, int64_t interview_id, int64_t uid, const struct interview_verdict *in);

/* One interview. Returns 1, 0 or < 0. In the arena. */
int interview_get(struct hire *h, int64_t id, struct interview_extend *ret);

#endif
