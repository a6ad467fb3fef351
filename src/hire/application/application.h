/* SPDX-License-Identifier: Apache-2.0
 *
 * Applications of talents to jobs: how they come, move from stage to stage, end and are taken up again.
 *
 * A stage of type offer or to-be-onboarded locks the talent: while one of its active applications stands there, its
 * others can neither move nor be taken up again.
 */
#ifndef HIRED_HIRE_APPLICATION_APPLICATION_H
#define HIRED_HIRE_APPLICATION_APPLICATION_H

#include "api_types.h"
#include "hire/hire.h"

/* Types of a stage that rules go by. */
enum { STAGE_OFFER = 5, STAGE_TO_BE_ONBOARDED = 6, STAGE_ONBOARDED = 7 };

/* Entries of stage_time_list: the first stay, and the latest ones. An application that moves on and on loses those
 * between. */
#define APPLICATION_STAYS_MAX 500

enum application_lock { LOCK_NONE = 1, LOCK_BY_OTHER = 2, LOCK_BY_THIS = 3 };

struct application_filter {
    int64_t talent_id, job_id; /* 0: any */
    struct str stage_id;       /* absent or "": any */
    struct str process_id;     /* absent or "": any */
    int active_status;         /* 0: any */
    int64_t from_ms, to_ms;    /* of the last change, inclusive; 0 / INT64_MAX: open */
    unsigned locks;            /* bit 1 << enum application_lock for each wanted; 0: any */
};

/* Walks by id behind after_id until fn was called limit times. Returns how often, or < 0. */
typedef void (*application_fn)(void *ctx, int64_t id);
int application_list(struct hire *h, const struct application_filter *f, int64_t after_id, int limit, application_fn fn,
                     void *ctx);

/* Returns 1 and the stored doc (in the arena), 0 if there is none, or < 0. */
int application_get(struct hire *h, int64_t id, struct str *ret_doc);

struct application_new {
    struct str talent_id, job_id, source_id; /* source_id: absent or "": none */
    int64_t employee;                        /* internal user id; 0: none. Bound to the talent by sources that say so */
    struct str_list city_codes;
    struct opt_int delivery_type;
};

/* Stands at the first stage of the job's process. Refusals: REFUSED_NO_TALENT, _PARAMETER (job, source without
 * employee, city), _NO_SOURCE, _SIMILAR, _NO_EMPLOYEE, _OTHER_EMPLOYEE, _OTHER_TALENT. */
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

/* Takes it away for good; what refers to it stays. Refuses REFUSED_NO_APPLICATION. */
int application_delete(struct hire *h, struct str id);

#endif
