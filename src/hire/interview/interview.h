/* SPDX-License-Identifier: Apache-2.0
 *
 * Interviews: import, interviewers, lists.
 */
#ifndef HIRED_HIRE_INTERVIEW_INTERVIEW_H
#define HIRED_HIRE_INTERVIEW_INTERVIEW_H

#include "api_types.h"
#include "hire/hire.h"
#include "hire/interview/summary.h"

/* Stores an interview from an answer of the platform, with user ids translated to internal ones; the summary is
 * computed. Returns 1 if anything changed, 0 if the same interview was stored already. */
int interview_import(struct hire *h, struct interview_extend *in);
/* Whether interview_import would accept it: 0, or HIRE_REFUSED. Writes nothing. */
int interview_import_check(struct hire *h, const struct interview_extend *in);

/* The first record of that user (an internal id; 0 finds none); NULL: the user is not an interviewer. */
struct interview_record *interview_record_of(const struct interview_record_list *list, int64_t uid);

/* Adds a new interview to the lists of its interviewers; skips records whose user is unknown. For code that inserts
 * interviews without interview_import, which does this itself. Returns 0 or < 0. */
int interview_keep_interviewers(struct db *db, int64_t tenant, int64_t id, const struct interview_extend *in);
/* Removes the interview from the lists of its interviewers. Returns 0 or < 0. */
int interview_forget_interviewers(struct hire *h, int64_t id);

struct interview_filter {
    int64_t application_id, interview_id; /* 0: any */
    int64_t begin_start, begin_end;       /* inclusive; 0 / INT64_MAX: open */
};

/* Calls fn for the interviews after the key (after_begin, after_id), at most limit times, with the interview's key
 * and its stored doc, which is valid until fn returns. The order is (begin_time, id); if the filter names an
 * application or an interview it is the id alone. An interview with an unknown begin_time (0) is not within any
 * bounds.
 *
 * An interview that is moved during a walk may be returned twice but is never missed: the old key is kept and is
 * used for walks that began before the move. walk_start_ms is the beginning of this walk: what interview_walk_start
 * returned at the first page, in the same snapshot or before it. Returns the number of calls, or < 0. */
typedef void (*interview_fn)(void *ctx, int64_t begin_time, int64_t id, struct str doc);
int interview_list(struct hire *h, const struct interview_filter *f, int64_t after_begin, int64_t after_id,
                   int64_t walk_start_ms, int limit, interview_fn fn, void *ctx);

/* A time that is later than the times of all moves so far, even if the clock was set back. */
int interview_walk_start(struct hire *h, int64_t *ret);

/* How long the old key of a moved interview is kept. A walk may take at most this time. */
#define INTERVIEW_MOVED_KEEP_MS (INT64_C(7) * 24 * 3600 * 1000)

#endif
