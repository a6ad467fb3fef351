/* SPDX-License-Identifier: Apache-2.0
 *
 * Hears what processes tell all others that use the same database of PostgreSQL: that a transaction was committed that
 * gave them work (db_announce), or a text of lease_tell. It may miss something while its connection is broken, so
 * listeners look by themselves now and then, too.
 *
 * It has a session of its own: the database's server waits for a listener that does not read, and a lease must not be
 * kept by that.
 */
#ifndef HIRED_STORE_EAR_H
#define HIRED_STORE_EAR_H

#include "store/db.h"

struct ear; /* used by one thread at a time */

/* Does not connect yet. Returns 0 or a negative errno with a sentence in *ret_why: see db_open. */
int ear_new(struct ear **ret, const struct db_options *o, struct str *ret_why);

/* Waits at most ms, or until wake_fd can be read, and calls fn for each text that was told. Connects first if need be;
 * fn gets an empty text then, because something may have been missed. Returns 0, or -EIO at once if the server cannot
 * be reached or the connection broke. */
int ear_listen(struct ear *e, int ms, int wake_fd, void (*fn)(void *ctx, const char *text), void *ctx);

struct ear *ear_free(struct ear *e); /* takes NULL; returns NULL */

#endif
