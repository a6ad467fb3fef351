/* SPDX-License-Identifier: Apache-2.0
 *
 * Erasing a person's data: what is about a talent leaves every record, file and waiting event for good; ids, states and
 * times stay, so that lists, paging and counts stay whole. docs/ERASURE.md tells table by table what becomes of it.
 */
#ifndef HIRED_HIRE_ERASURE_ERASURE_H
#define HIRED_HIRE_ERASURE_ERASURE_H

#include "api_types.h"
#include "hire/hire.h"

#define ERASURE_REASON_MAX 2000 /* characters of why somebody's data is erased */

/* How many records of each kind held something that goes; of one that was erased before: nothing. */
struct erasure_counts {
    int applications;
    int orders;
    int open_orders; /* of the orders: they are terminated, and their vendors are told */
    int interviews;
    int external;      /* applications and checks that were brought in */
    int events;        /* what vendors were told, or are to be told */
    int files;         /* reports and attachments */
    int64_t erased_ms; /* when it was done last, before this; 0: never */
};

/* What erasure_run would do. Refuses REFUSED_NO_TALENT if nothing is known of the talent. */
int erasure_look(struct hire *h, int64_t talent, struct erasure_counts *ret);

/* Does it, within the caller's transaction. Doing it again does no harm. Apps that subscribed to hire.talent.deleted_v1
 * are told. Kept files are put down for removal (table file_removal), and the store is told to leave no trace of the
 * transaction in its log (db_forget). */
int erasure_run(struct hire *h, int64_t talent, struct erasure_counts *ret);

/* ---- within src/hire: what stays of a record. Everything that is not named there goes. ---- */

/* Changes the record, whose type is t. -EINVAL: nobody has said what stays of that type. */
int erasure_strip(struct arena *a, const struct record_type *t, void *record);

/* What a search gives for a person whose data was erased; both languages, since it is kept as a name. */
#define ERASED_NAME "已删除 · Erased"

/* Why a check was terminated, if an erasure did it: in the order's history, and told to the vendor. */
#define ERASED_WHY "候选人的个人数据已删除 / the candidate's personal data was erased"

#endif
