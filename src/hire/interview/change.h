/* SPDX-License-Identifier: Apache-2.0
 *
 * Interviews as the tenant's people change them: scheduled, rescheduled, cancelled, and assessed by those who held
 * them.
 *
 * The open API has neither a state nor an event for a cancelled interview: it is not listed any more. An interview may
 * be rescheduled and cancelled until the first of its interviewers has submitted an assessment.
 */
#ifndef HIRED_HIRE_INTERVIEW_CHANGE_H
#define HIRED_HIRE_INTERVIEW_CHANGE_H

#include "api_types.h"
#include "hire/hire.h"
#include "hire/interview/form.h"

#define INTERVIEWERS_MAX 20
#define INTERVIEW_ROOMS_MAX 10
#define INTERVIEW_LENGTH_MAX_MS (INT64_C(24) * 3600 * 1000) /* of one that is scheduled here */

struct interview_plan {
    int64_t application_id;
    int64_t begin_ms, end_ms;
    int64_t creator_uid;                    /* 0: none */
    int64_t interviewers[INTERVIEWERS_MAX]; /* users of the tenant */
    size_t n_interviewers;
    int type;                             /* interview_type */
    struct opt_int video_type;            /* of an interview by video */
    struct opt_int round;                 /* absent: the one after the last; when rescheduled, as it was */
    struct str stage_id;                  /* absent or "": where the application stands; when rescheduled, as it was */
    struct str round_type_id, address_id; /* absent or "": none; an address is of an interview on site */
    struct str_list room_ids;
    struct str remark;
};

/* Refuses (REFUSED_PARAMETER) an unknown application or one that has ended, an unknown stage, room, address or user, a
 * round type that is unknown or not in use, somebody or a room named twice, an end that is not after the begin or more
 * than a day later, a video tool for what is not by video, and an address for what is not on site. That somebody or a
 * room is taken at that time refuses nothing: interview_conflicts() tells. */
int interview_schedule(struct hire *h, const struct interview_plan *in, int64_t *ret_id);

/* Puts a plan in the place of the one before; application_id and creator_uid stay. Interviewers who stay keep their
 * records. Returns 0, -ENOENT, or HIRE_REFUSED: as above, or somebody has assessed it. */
int interview_reschedule(struct hire *h, int64_t id, const struct interview_plan *in);

/* Takes an interview out of all lists and keeps it aside. Returns 0, -ENOENT, or HIRE_REFUSED: somebody has assessed
 * it. */
int interview_cancel(struct hire *h, int64_t id, struct str why);

/* Whether it may still be rescheduled and cancelled: nobody has assessed it. */
bool interview_is_open(const struct interview_extend *in);

struct interview_cancelled {
    struct interview_extend doc; /* as it was */
    int64_t at_ms;
    int64_t actor_id; /* of the console's account; 0: another */
    struct str why;
};
/* Returns 1, 0 (none such was cancelled) or < 0. In the arena. */
int interview_cancelled_get(struct hire *h, int64_t id, struct interview_cancelled *ret);

/* Submits the assessment of the interviewer uid; it is final. Returns 0, -ENOENT (there is no such interview), or
 * HIRE_REFUSED: uid is no interviewer of it, has submitted already, or the verdict does not fit the form
 * (interview_form_check). */
int interview_assess(struct hire *h, int64_t interview_id, int64_t uid, const struct interview_verdict *in);

/* What the interviewers of an interview answered to their form, one for each who did. fn's doc is a stored
 * interview_record_detail_v2, which lives until fn returns; < 0 ends the walk. Returns 0 or < 0. */
typedef int (*interview_answers_fn)(void *ctx, int64_t record_id, struct str doc);
int interview_answers(struct hire *h, int64_t interview_id, interview_answers_fn fn, void *ctx);

/* One interview. Returns 1, 0 or < 0. In the arena. */
int interview_get(struct hire *h, int64_t id, struct interview_extend *ret);

/* ---- who and what is taken ---- */

struct interview_wish {
    int64_t begin_ms, end_ms;
    const int64_t *interviewers;
    size_t n_interviewers;
    struct str_list room_ids;
    int64_t application_id; /* the candidate's own other interviews; 0: none */
    int64_t except_id;      /* the interview that is to be moved; 0: none */
};

/* What an interview that overlaps a wish has in common with it. */
struct interview_conflict {
    int64_t id;
    const struct interview_extend *doc;
    const int64_t *interviewers;
    size_t n_interviewers;
    struct str_list room_names;
    bool candidate; /* it is of the same application */
};

/* Interviews that overlap the wish and share somebody, a room or the application with it, by begin time, at most limit.
 * Sees those that last a day or less. What fn is given lives in the arena; < 0 ends the walk. Returns their number or
 * < 0. */
typedef int (*interview_conflict_fn)(void *ctx, const struct interview_conflict *c);
int interview_conflicts(struct hire *h, const struct interview_wish *wish, int limit, interview_conflict_fn fn,
                        void *ctx);

#endif
