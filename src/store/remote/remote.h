/* SPDX-License-Identifier: Apache-2.0
 *
 * A connection that writes through the process that serves the database: the writer of that process runs its
 * transactions, so that there is only one writer. Reads outside of a transaction use the file directly.
 */
#ifndef HIRED_STORE_REMOTE_REMOTE_H
#define HIRED_STORE_REMOTE_REMOTE_H

#include "store/db.h"

/* Connects to the process that serves o->dir; name is the command's ("app create"). Ids that this process makes
 * afterwards have their own node number. Returns 0, or a negative errno with a sentence in *ret_why (in the arena):
 * -ENOENT, -ECONNREFUSED no process answers (the server may be starting or stopping), -EPROTO it is another build of
 * hired, -EACCES it serves another user, -EBUSY too many commands are connected, or an error of db_open. */
int remote_open(struct db **ret, const struct db_options *o, const char *name, struct arena *a, struct str *ret_why);

#endif
