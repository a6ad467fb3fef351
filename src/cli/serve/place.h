/* SPDX-License-Identifier: Apache-2.0
 *
 * A server's place among the servers of one database of PostgreSQL: one of them serves, and the others wait until its
 * place is free. A place is free when the server that has it ends in any way, at the latest some 20 seconds after its
 * machine is gone or the process hangs.
 */
#ifndef HIRED_CLI_SERVE_PLACE_H
#define HIRED_CLI_SERVE_PLACE_H

#include <signal.h>

#include "store/db.h"

struct place;

/* Takes a node number (the first free one from node on) for the ids of this process, then waits until no other server
 * has the place. signals: blocked; SIGTERM or SIGINT end the waiting. Returns 0, -ECANCELED, or another negative errno
 * with a sentence in *ret_why. */
int place_take(struct place **ret, const struct db_options *o, unsigned node, const sigset_t *signals, struct arena *a,
               struct str *ret_why);

/* Starts a thread that looks five times a second whether the place is still this server's, and calls tick(ctx) every
 * second if it is. If
 * another server has taken it, the thread sends SIGTERM to this process. Returns 0 or a negative errno. */
int place_keep(struct place *p, void (*tick)(void *ctx), void *ctx);

/* Another server has taken the place. p may be NULL. */
bool place_lost(const struct place *p);

void place_stop(struct place *p);          /* ends the thread; takes NULL */
struct place *place_free(struct place *p); /* gives the place to another server; takes NULL; returns NULL */

#endif
