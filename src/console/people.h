/* SPDX-License-Identifier: Apache-2.0
 *
 * Writes accounts of the console and actors of changes, and finds users.
 */
#ifndef HIRED_CONSOLE_PEOPLE_H
#define HIRED_CONSOLE_PEOPLE_H

#include "console/console.h"

/* Writes an account as console_user or, if all is set, as console_account with the members for administrators.
 * Returns 0 or < 0. */
int write_account(struct call *c, const struct account *a, bool all);

/* Writes the member "actor" as console_actor; an id 0 and absent names are left out. */
void write_actor(struct call *c, enum hire_actor_kind kind, int64_t id, struct str name, struct str en_name);

/* Finds the tenant's user with that user_id; the call fails if there is none. An empty user_id gives 0. */
int find_user(struct call *c, struct str user_id, int64_t *ret);

/* The user_id of an internal id, in the arena; absent if there is none. Returns 0 or < 0. */
int user_id_of(struct call *c, int64_t uid, struct str *ret);

#endif
