/* SPDX-License-Identifier: Apache-2.0
 *
 * What one process of all that use a database of PostgreSQL has alone: a node's number, which is part of the ids that
 * it makes (base/id.h), and the right to serve. The database's server keeps them as locks of a session, so they end
 * with the process, or, if its machine is gone, some 20 seconds later. With SQLite the owner of the data directory has
 * both (owner.h).
 *
 * Losing a lease does not make writes wrong: one transaction writes at a time in any case
 * (src/store/postgresql/README.md).
 */
#ifndef HIRED_STORE_LEASE_H
#define HIRED_STORE_LEASE_H

#include "store/db.h"

#define LEASE_COMMANDS_FIRST 900 /* commands use this node number and higher ones; servers use lower ones */

struct lease; /* used by one thread at a time */

/* Connects to the database that o names. Returns 0 or a negative errno with a sentence in *ret_why: see db_open. */
int lease_new(struct lease **ret, const struct db_options *o, struct arena *a, struct str *ret_why);

/* Takes the first number from first to last that no process has. Returns it, -EBUSY if all are taken, or -EIO if the
 * server does not answer. */
int lease_take_node(struct lease *l, unsigned first, unsigned last);

/* Takes the right to serve. Returns 0, -EBUSY if another process has it, or -EIO. */
int lease_take_serving(struct lease *l);

/* Looks whether the connection still stands; if not, connects again and takes what was taken before. Returns 0, -EBUSY
 * if another process has taken it meanwhile, or another negative errno: the server cannot be reached now. Waits no
 * longer than a few seconds. */
int lease_keep(struct lease *l);

struct lease *lease_free(struct lease *l); /* gives back what was taken; takes NULL; returns NULL */

#endif
