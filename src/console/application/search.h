/* SPDX-License-Identifier: Apache-2.0
 *
 * The console's list of applications: search by the name of the person or the job, and filters.
 */
#ifndef HIRED_CONSOLE_APPLICATION_SEARCH_H
#define HIRED_CONSOLE_APPLICATION_SEARCH_H

#include "console/list.h"

struct application_search {
    struct str text;     /* "": any */
    struct str stage_id; /* "": any */
    int64_t status, job; /* 0: any */
};

/* Writes the page that list_begin has opened: applications that fit, the latest change first. Returns 0 or < 0. */
int application_search(struct list *l, const struct application_search *in);

#endif
