/* SPDX-License-Identifier: Apache-2.0
 *
 * When the applications of a range of ids changed last. Ids grow with time and most applications change for some weeks
 * only, so a walk by id for what changed since some time passes over most ranges without reading their applications. No
 * index can do that: it has either the order of the ids or that of the changes.
 *
 * The table is an upper bound. It is raised with each change of an application, to the end of a quarter of an hour, so
 * that most changes find it high enough and write nothing; it is never lowered.
 */
#ifndef HIRED_HIRE_APPLICATION_ZONE_H
#define HIRED_HIRE_APPLICATION_ZONE_H

#include "store/db.h"

/* Whoever writes an application calls this within the same transaction. Returns 0 or < 0. */
int application_zone_raise(struct db *db, int64_t tenant, int64_t id, int64_t update_time);

/* Finds the first id from id on that an application which changed at from_ms or later may have: id itself or the
 * beginning of a range. Returns 1, 0 (there is no such application) or < 0. */
int application_zone_next(struct db *db, int64_t tenant, int64_t id, int64_t from_ms, int64_t *ret);

#endif
