/* SPDX-License-Identifier: Apache-2.0
 *
 * Changes of interviews by the tenant's people: schedule, reschedule, cancel, and assess by the interviewers.
 *
 * The open API has neither a state nor an event for a cancelled interview; it is no longer listed. An interview may be
 * rescheduled and cancelled until the first of its interviewers has submitted an assessment.
 */
#ifndef HIRED_HIRE_INTERVIEW_CHANGE_H
#define HIRED_HIRE_INTERVIEW_CHANGE_H

#include "api_types.h"
#include "hire/hire.h"
#include "hire/interview/form.h"

#define INTERVIEWERS_MAX 20
#define INTERVIEW_ROOMS_MAX 10
#define INTERVIEW_LENGTH_MAX_MS (INT64_C(24) * 3600 * 1000) /* of an interview that is scheduled in hired */

struct interview_plan {
    int64_t application_id;
    int64_t begin_ms, end_ms;
    int64_t creator_uid;                    /* 0: none */
    int64_t interviewers[INTERVIEWERS_MAX]; /* users of the tenant */
    size_t n_interviewers;
    int type;                  /* interview_type */
    struct opt_int video_type; /* only for an interview by video */
    struct opt_int round;      /* absent: the application's last round plus one; when rescheduled, unchanged */
    struct str stage_id;       /* absent or "": the application's stage; when rescheduled, unchanged */
    struct str round_type_id, address_id; /* absent or "": none; an address only for an interview on site */
    struct str_list room_ids;
    struct str remark;
};

/* Creates an interview. Refuses (REFUSED_PARAMETER) an application that is unknown or terminated, an unknown stage,
 * room, address or user, a round type that is unknown or not in use, a user or room named twice, an end that is not
 * after the begin or more than a day later, a video tool for an interview that is not by video, and an address for
 * one that is not on site. An interviewer or room that is busy at that time is accepted; interview_conflicts()
 * reports these. */
int interview_schedule(struct hire *h, const struct interview_plan *in, int64_t *ret_id);

/* Replaces the plan of an interview; application_id and creator_uid are not changed. Interviewers who are in both
 * plans keep their records. Returns 0, -ENOENT, or HIRE_REFUSED: as above, or an interviewer has assessed it. */
int interview_reschedule(struct hire *h, int64_t id, const struct interview_plan *in);

/* Moves an interview from all lists into a table of cancelled ones. Returns 0, -ENOENT, or HIRE_REFUSED: an
 * interviewer has assessed it. */
int interview_cancel(struct hire *h, int64_t id, struct str why);

/* Whether the interview may be rescheduled and cancelled, because no interviewer has assessed it. */
bool interview_is_open(const struct interview_extend *in);

struct interview_cancelled {
    struct interview_extend doc; /* as it was when it was cancelled */
    int64_t at_ms;
    int64_t actor_id; /* account of the console; 0: cancelled by another kind of actor */
    struct str why;
};
/* Returns 1, 0 (no cancelled interview has that id) or < 0. In the arena. */
int interview_cancelled_get(struct hire *h, int64_t id, struct interview_cancelled *ret);

/* Submits the assessment of the interviewer uid; it is final. Returns 0, -ENOENT (there is no such interview), or
 * HIRE_REFUSED: uid is no interviewer of it, has submitted already, or the verdict does not fit the form
 * (interview_form_check). */
int interview_assess(struct hire *h, int64_t interview_id, int64_t uid, const struct interview_verdict *in);

/* Calls fn with the answers of each interviewer who answered the form. doc is a stored interview_record_detail_v2
 * and is valid until fn returns; a result < 0 of fn ends the walk. Returns 0 or < 0. */
typedef int (*interview_answers_fn)(void *ctx, int64_t record_id, struct str doc);
int interview_answers(struct hire *h, int64_t interview_id, interview_answers_fn fn, void *ctx);

/* One interview. Returns 1, 0 or < 0. In the arena. */
int interview_get(struct hire *h, int64_t id, struct interview_extend *ret);

/* ---- busy interviewers and rooms ---- */

struct interview_wish {
    int64_t begin_ms, end_ms;
    const int64_t *interviewers;
    size_t n_interviewers;
    struct str_list room_ids;
    int64_t application_id; /* other interviews of this application are conflicts too; 0: none */
    int64_t except_id;      /* the interview that is to be moved; 0: none */
};

/* An interview that overlaps a wish, and what both have in common. */
struct interview_conflict {
    int64_t id;
    const struct interview_extend *doc;
    const int64_t *interviewers;
    size_t n_interviewers;
    struct str_list room_names;
    bool candidate; /* it belongs to the same application */
};

/* Calls fn for each interview that overlaps the wish and shares an interviewer, a room or the application with it,
 * in the order of the begin times, at most limit times. Interviews that last longer than a day may be missed.
 * Arguments of fn are in the arena; a result < 0 of fn ends the walk. Returns the number of calls or < 0. */
typedef int (*interview_conflict_fn)(void *ctx, const struct interview_conflict *c);
int interview_conflicts(struct hire *h, const struct interview_wish *wish, int limit, interview_conflict_fn fn,
                        void *ctx);

#endif
