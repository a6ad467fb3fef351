/* SPDX-License-Identifier: Apache-2.0
 *
 * Interviews and the summary that follows from their records.
 */
#ifndef HIRED_HIRE_INTERVIEW_INTERVIEW_H
#define HIRED_HIRE_INTERVIEW_INTERVIEW_H

#include "api_types.h"
#include "hire/hire.h"
#include "hire/interview/summary.h"

/* Takes an interview as the platform answered it (user ids already internal); the summary is computed. Returns 1 if
 * anything changed, 0 if it stands so already. */
int interview_import(struct hire *h, struct interview_extend *in);
/* What that would refuse, without writing anything: 0, or HIRE_REFUSED. */
int interview_import_check(struct hire *h, const struct interview_extend *in);

/* The first record of that user (an internal id; 0, nobody, has none); NULL: who does not hold the interview. */
struct interview_record *interview_record_of(const struct interview_record_list *list, int64_t uid);

/* Puts down who holds an interview that is new, for walks by interviewer; a record whose user is unknown is passed
 * over. interview_import does it by itself: this is for who writes interviews past it. Returns 0 or < 0. */
int interview_keep_interviewers(struct db *db, int64_t tenant, int64_t id, const struct interview_extend *in);
/* Takes the interview out of those walks. Returns 0 or < 0. */
int interview_forget_interviewers(struct hire *h, int64_t id);

struct interview_filter {
    int64_t application_id, interview_id; /* 0: any */
    int64_t begin_start, begin_end;       /* inclusive; 0 / INT64_MAX: open */
};

/* Walks behind (after_begin, after_id), at most limit; fn gets the place in the walk and the stored doc, which lives
 * until fn returns. In general the walk goes by (begin_time, id); within one application, or to one interview, by id
 * alone. An unknown begin_time (0) lies in no bounds.
 *
 * A moved interview may come twice, never not at all: it leaves its old place behind, which counts for walks begun
 * before it moved. walk_start_ms says when this one was: what interview_walk_start gave at the first page, in the same
 * snapshot or before it. Returns the number walked, or < 0. */
typedef void (*interview_fn)(void *ctx, int64_t begin_time, int64_t id, struct str doc);
int interview_list(struct hire *h, const struct interview_filter *f, int64_t after_begin, int64_t after_id,
                   int64_t walk_start_ms, int limit, interview_fn fn, void *ctx);

/* A time later than that of every move so far, however the clock stands. */
int interview_walk_start(struct hire *h, int64_t *ret);

/* How long a place that was left is remembered: longer than any walk takes. */
#define INTERVIEW_MOVED_KEEP_MS (INT64_C(7) * 24 * 3600 * 1000)

#endif
