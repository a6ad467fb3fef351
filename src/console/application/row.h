/* SPDX-License-Identifier: Apache-2.0
 *
 * An application, and the names of its talent and job, as rows of several pages show them.
 */
#ifndef HIRED_CONSOLE_APPLICATION_ROW_H
#define HIRED_CONSOLE_APPLICATION_ROW_H

#include "console/console.h"
#include "hire/reference/reference.h"

struct application_row {
    int64_t update_time, id, talent, job;
    struct str stage_id;
    int64_t active_status;
};

/* Reads the columns of console_application; texts are copied to the arena. */
void read_application_row(struct call *c, const struct db_query *q, struct application_row *ret);

/* Writes the row as console_application; an absent create_time is left out. Returns 0 or < 0. */
int write_application_row(struct call *c, struct hire *h, const struct job_processes_list *processes,
                          const struct application_row *row, struct str create_time);

/* Writes the members id, name and type of a stage; only id if the stage is unknown. */
void write_stage(struct buf *out, const struct job_processes_list *processes, struct str stage_id);

/* Writes the members talent_name and job_title of an application; nothing if it is unknown. Returns 0 or < 0. */
int write_subject(struct call *c, struct hire *h, int64_t application);

#endif
