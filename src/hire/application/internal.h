/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of applications share: an application in hand, and what else bears on it.
 */
#ifndef HIRED_HIRE_APPLICATION_INTERNAL_H
#define HIRED_HIRE_APPLICATION_INTERNAL_H

#include "hire/application/application.h"
#include "hire/reference/reference.h"

enum { APPLICATION_ACTIVE = 1, APPLICATION_TERMINATED = 2 };

/* An application on its way from the table and back. */
struct application_case {
    int64_t id, talent, job;
    int64_t modified_ms; /* set when it is stored */
    struct application doc;
    struct job_processes_list processes;
};

/* How a talent stands beside this one of its applications. */
struct talent_state {
    bool onboarded;
    int64_t locked_by_other; /* its application that locks it; 0: none */
    int64_t active_for_job;  /* its active application to the same job; 0: none */
};
int talent_state_get(struct hire *h, const struct application_case *a, struct talent_state *ret);

struct job_state {
    bool open;
    struct str process_id;
};
int job_state_get(struct hire *h, struct str job_id, struct job_state *ret); /* 1, 0 (no such job) or < 0 */

/* Returns 1 if the user has left the company, 0, or < 0. */
int employee_left(struct hire *h, int64_t uid);

/* Who is bound to whom. Return 1, 0 or < 0. */
int talent_employee(struct hire *h, int64_t talent, int64_t *ret_uid);
int employee_talent(struct hire *h, int64_t uid, int64_t *ret_talent);
int talent_employee_bind(struct hire *h, int64_t talent, int64_t uid);

#endif
