/* SPDX-License-Identifier: Apache-2.0
 *
 * Shared by the files of this folder: an application while it is changed, and the states that the rules depend on.
 */
#ifndef HIRED_HIRE_APPLICATION_INTERNAL_H
#define HIRED_HIRE_APPLICATION_INTERNAL_H

#include "hire/application/application.h"
#include "hire/reference/reference.h"

/* An application that was read from the table to be changed and written back. */
struct application_case {
    int64_t id, talent, job;
    int64_t modified_ms; /* set when it is stored */
    struct application doc;
    struct job_processes_list processes;
};

/* The talent's state apart from the application that is being changed. */
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

/* The bindings of talents and employees. Return 1, 0 (not bound) or < 0. */
int talent_employee(struct hire *h, int64_t talent, int64_t *ret_uid);
int employee_talent(struct hire *h, int64_t uid, int64_t *ret_talent);
int talent_employee_bind(struct hire *h, int64_t talent, int64_t uid);

#endif
