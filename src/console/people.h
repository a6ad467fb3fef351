/* SPDX-License-Identifier: Apache-2.0
 *
 * How accounts of the console and those who did something are written.
 */
#ifndef HIRED_CONSOLE_PEOPLE_H
#define HIRED_CONSOLE_PEOPLE_H

#include "console/console.h"

/* As console_user, or with all that an administrator sees as console_account. */
int write_account(struct call *c, const struct account *a, bool all);

/* A member "actor" as console_actor: id 0 is left out, and so are names that are absent. */
void write_actor(struct call *c, enum hire_actor_kind kind, int64_t id, struct str name, struct str en_name);

/* The tenant's user with that user_id; the call fails if there is none. Empty: 0. */
int find_user(struct call *c, struct str user_id, int64_t *ret);

/* user_id of an internal id, in the arena; absent: none. */
int user_id_of(struct call *c, int64_t uid, struct str *ret);

#endif
