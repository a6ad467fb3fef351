/* SPDX-License-Identifier: Apache-2.0
 *
 * Erases a person's data: everything that identifies or describes a talent is removed from all records, files and
 * waiting events. Ids, states and times stay, so that lists, pages and counts remain correct. docs/ERASURE.md describes
 * the effect on each table.
 */
#ifndef HIRED_HIRE_ERASURE_ERASURE_H
#define HIRED_HIRE_ERASURE_ERASURE_H

#include "api_types.h"
#include "hire/hire.h"

#define ERASURE_REASON_MAX 2000 /* characters of the reason for an erasure */

/* How many records of each kind held data that an erasure removes. A record that was erased before is not counted. */
struct erasure_counts {
    int applications;
    int orders;
    int open_orders; /* among orders: not ended yet. They are terminated and their vendors get an event */
    int interviews;
    int external;      /* external applications and checks */
    int events;        /* events about the person, sent or waiting */
    int files;         /* reports and attachments */
    int64_t erased_ms; /* time of the previous erasure; 0: none */
};

/* Counts what erasure_run would remove, without writing. Refuses REFUSED_NO_TALENT if no record mentions the talent. */
int erasure_look(struct hire *h, int64_t talent, struct erasure_counts *ret);

/* Erases, within the caller's transaction. A second run for the same talent is allowed. Apps that subscribed to
 * hire.talent.deleted_v1 get the event. Kept files are entered for removal in the table file_removal, and
 * db_forget() makes the store overwrite the transaction in its log. */
int erasure_run(struct hire *h, int64_t talent, struct erasure_counts *ret);

/* ---- for src/hire only: removing a person's data from one record ---- */

/* Removes personal data from a record of type t: only members that record.c names are kept. -EINVAL: record.c has no
 * rule for that type. */
int erasure_strip(struct arena *a, const struct record_type *t, void *record);

/* The name that lists show for a person whose data was erased. It is stored as a name and therefore in both
 * languages. */
#define ERASED_NAME "已删除 · Erased"

/* The reason of a termination by an erasure, in the order's history and in the vendor's event. */
#define ERASED_WHY "候选人的个人数据已删除 / the candidate's personal data was erased"

#endif
