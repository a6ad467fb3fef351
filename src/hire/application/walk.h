/* SPDX-License-Identifier: Apache-2.0
 *
 * Finds the applications of a list, in the order of their ids. No index has both a filter's order and that of the ids,
 * so a walk reads all applications (those of a talent, those of a job) by id and passes over what does not match. If it
 * has passed over many, and few applications changed within the times of the filter, these are read by their index and
 * sorted; if many did, ranges of ids without such changes are passed over (zone.h). A walk that has looked at
 * APPLICATION_WALK_MAX applications ends early: its page is shorter, and the next page continues there.
 */
#ifndef HIRED_HIRE_APPLICATION_WALK_H
#define HIRED_HIRE_APPLICATION_WALK_H

#include "base/arena.h"
#include "hire/application/application.h"
#include "store/db.h"

#define APPLICATION_WALK_MAX 5000 /* applications that one walk looks at, some milliseconds */

/* What filters look at. */
struct application_key {
    int64_t id, talent, job, active_status;
    struct str stage_id; /* valid until take() returns */
};

struct application_walk {
    int64_t tenant;
    int64_t after_id;                   /* only applications with a greater id */
    const struct application_filter *f; /* process_id and locks are not looked at */
    const struct str *stages;           /* only applications in one of these stages */
    size_t n_stages;                    /* 0: in any */
    size_t limit;                       /* ends after so many applications */

    /* Called for each application that matches. Returns 1: counts for the limit, 0: it does not match either, or < 0.
     * Adds the number of further rows that it has read to *cost. */
    int (*take)(void *ctx, const struct application_key *key, size_t *cost);
    void *ctx;
};

/* Where a walk ended. */
struct application_walked {
    size_t n;   /* applications that count */
    bool cut;   /* it ended early: there may be more applications behind id */
    int64_t id; /* the last application that it looked at, if it was cut */
};

/* Returns 0 or < 0. The arena holds what is sorted. */
int application_walk(struct db *db, struct arena *a, const struct application_walk *w, struct application_walked *ret);

#endif
