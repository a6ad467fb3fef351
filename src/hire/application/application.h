/* SPDX-License-Identifier: Apache-2.0
 *
 * Applications of talents to jobs: create, move from stage to stage, terminate, recover, delete.
 *
 * A stage of type offer or to-be-onboarded locks the talent: while an active application of a talent is at such a
 * stage, the talent's other applications can neither move to another stage nor be recovered.
 */
#ifndef HIRED_HIRE_APPLICATION_APPLICATION_H
#define HIRED_HIRE_APPLICATION_APPLICATION_H

#include "api_types.h"
#include "hire/hire.h"

/* The types of stages that have rules of their own. */
enum { STAGE_OFFER = 5, STAGE_TO_BE_ONBOARDED = 6, STAGE_ONBOARDED = 7 };

/* Most entries of stage_time_list. When the list is full, the oldest entries after the first one are removed. */
#define APPLICATION_STAYS_MAX 500

/* active_status */
enum { APPLICATION_ACTIVE = 1, APPLICATION_TERMINATED = 2 };

enum application_lock { LOCK_NONE = 1, LOCK_BY_OTHER = 2, LOCK_BY_THIS = 3 };

struct application_filter {
    int64_t talent_id, job_id; /* 0: any */
    struct str stage_id;       /* absent or "": any */
    struct str process_id;     /* absent or "": any */
    int active_status;         /* 0: any */
    int64_t from_ms, to_ms;    /* of the last change, inclusive; 0 / INT64_MAX: open */
    unsigned locks;            /* bit 1 << enum application_lock for each wanted; 0: any */
};

/* Calls fn for each application with an id greater than after_id, in the order of the ids, at most limit times. It
 * looks at a bounded number of applications (walk.h): if it ended early, *ret_cut is the id of the last one, behind
 * which there may be more; otherwise 0. Returns the number of calls, or < 0. */
typedef void (*application_fn)(void *ctx, int64_t id);
int application_list(struct hire *h, const struct application_filter *f, int64_t after_id, int limit, application_fn fn,
                     void *ctx, int64_t *ret_cut);

/* Returns 1 and the stored doc (in the arena), 0 if there is none, or < 0. */
int application_get(struct hire *h, int64_t id, struct str *ret_doc);

struct application_new {
    struct str talent_id, job_id, source_id; /* source_id: absent or "": none */
    int64_t employee; /* internal user id; 0: none. Sources that stand for an employee bind it to the talent */
    struct str_list city_codes;
    struct opt_int delivery_type;
};

/* Creates an application at the first stage of the job's process. Refusals: REFUSED_NO_TALENT, _PARAMETER (job,
 * source without employee, city), _NO_SOURCE, _SIMILAR, _NO_EMPLOYEE, _OTHER_EMPLOYEE, _OTHER_TALENT. */
int application_create(struct hire *h, const struct application_new *in, int64_t *ret_id);

/* Refusals: REFUSED_NO_APPLICATION, _MOVE (terminated), _NO_STAGE, _PRESENT_STAGE, _TARGET_STAGE, _LOCKED. */
int application_transfer_stage(struct hire *h, struct str id, struct str stage_id);

struct application_end {
    int type; /* termination_type */
    struct str_list reasons;
    struct str note;
};

/* Refusals: REFUSED_NO_APPLICATION, _TERMINATED, _PARAMETER (a reason that does not exist, a note too long). */
int application_terminate(struct hire *h, struct str id, const struct application_end *in);

/* Refusals: REFUSED_NO_APPLICATION, _NOT_TERMINATED, _ONBOARDED, _LOCKED, _SIMILAR. */
int application_recover(struct hire *h, struct str id);

/* Deletes the application. Records that refer to it (orders, interviews) stay. Refuses REFUSED_NO_APPLICATION. */
int application_delete(struct hire *h, struct str id);

#endif
