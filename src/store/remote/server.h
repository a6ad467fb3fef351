/* SPDX-License-Identifier: Apache-2.0
 *
 * The serving process's side of DIR/hired.sock: commands write through it (remote.h). Each transaction of a command is
 * one job of the writer, so it has a savepoint of its own and is committed with its neighbours; between two of them
 * others' jobs have their turn. What a command does not do in time is undone.
 */
#ifndef HIRED_STORE_REMOTE_SERVER_H
#define HIRED_STORE_REMOTE_SERVER_H

#include "store/writer.h"

/* The nodes of ids that belong to commands, one for each that is connected. Servers have lower ones. */
#define REMOTE_NODE_FIRST 1008
#define REMOTE_SESSIONS 16

struct remote_server;

struct remote_limits {
    unsigned step_ms;        /* from one step of a transaction to the next; 5000 */
    unsigned transaction_ms; /* of a whole transaction; 15000 */
    unsigned idle_ms;        /* between two transactions; 600000 */
};

/* Listens on DIR/hired.sock. The caller holds the directory; the writer outlives this. limits may be NULL. Returns 0 or
 * a negative errno. */
int remote_server_new(struct remote_server **ret, const char *dir, struct writer *w,
                      const struct remote_limits *limits);

/* Takes no more commands, lets transactions under way end within their limits, and removes the socket. Takes NULL;
 * returns NULL. */
struct remote_server *remote_server_free(struct remote_server *s);

#endif
