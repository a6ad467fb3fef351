/* SPDX-License-Identifier: Apache-2.0
 *
 * A connection that writes through the process that serves the database: its transactions are run by that process's
 * writer, so that there is one writer. What is read outside of a transaction is read from the file, by this process.
 */
#ifndef HIRED_STORE_REMOTE_REMOTE_H
#define HIRED_STORE_REMOTE_REMOTE_H

#include "store/db.h"

/* Connects to who serves o->dir; name is the command's ("app create"). Ids that this process makes from now on have a
 * node of their own. Returns 0, or a negative errno with a sentence in *ret_why (in the arena): -ENOENT, -ECONNREFUSED
 * nobody answers there (the server may be starting or stopping), -EPROTO it is another build of hired, -EACCES it
 * serves another user, -EBUSY too many commands are connected, or what db_open says. */
int remote_open(struct db **ret, const struct db_options *o, const char *name, struct arena *a, struct str *ret_why);

#endif
