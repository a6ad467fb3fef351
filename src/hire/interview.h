/* SPDX-License-Identifier: Apache-2.0
 *
 * Interviews and the summary that follows from their records.
 */
#ifndef HIRED_HIRE_INTERVIEW_H
#define HIRED_HIRE_INTERVIEW_H

#include "api_types.h"
#include "hire/hire.h"
#include "hire/interview_summary.h"

/* Takes an interview as the platform answered it (user ids already internal); the summary is computed. Returns 1 if
 * anything changed, 0 if it stands so already. */
int interview_import(struct hire *h, struct interview_extend *in);

struct interview_filter {
    int64_t application_id, interview_id; /* 0: any */
    int64_t begin_start, begin_end;       /* inclusive; 0 / INT64_MAX: open */
};

/* Walks behind (after_begin, after_id): by (begin_time, id) in general, by id within one application. walk_start_ms:
 * when the walk's first page was asked for. A moved interview may come twice, never not at all. */
typedef void (*interview_fn)(void *ctx, int64_t begin_time, int64_t id, struct str doc);
int interview_list(struct hire *h, const struct interview_filter *f, int64_t after_begin, int64_t after_id,
                   int64_t walk_start_ms, int limit, interview_fn fn, void *ctx);

#endif
