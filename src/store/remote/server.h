/* SPDX-License-Identifier: Apache-2.0
 *
 * The server's side of DIR/hired.sock: commands write through it (remote.h). Each transaction of a command is one
 * job of the writer, so it has its own savepoint and is committed with others; other jobs run between two of them. A
 * transaction that takes too long is rolled back.
 */
#ifndef HIRED_STORE_REMOTE_SERVER_H
#define HIRED_STORE_REMOTE_SERVER_H

#include "store/writer.h"

/* The node numbers in ids of commands, one for each that is connected. Servers have lower ones. */
#define REMOTE_NODE_FIRST 1008
#define REMOTE_SESSIONS 16

struct remote_server;

struct remote_limits {
    unsigned step_ms;        /* ms from one step of a transaction to the next; 5000 */
    unsigned transaction_ms; /* ms for a whole transaction; 15000 */
    unsigned idle_ms;        /* ms between two transactions; 600000 */
};

/* Listens on DIR/hired.sock. The caller owns the directory; the writer must outlive the server. limits may be NULL.
 * Returns 0 or a negative errno. */
int remote_server_new(struct remote_server **ret, const char *dir, struct writer *w,
                      const struct remote_limits *limits);

/* Accepts no more commands, lets running transactions end within their limits, and removes the socket. Takes NULL;
 * returns NULL. */
struct remote_server *remote_server_free(struct remote_server *s);

#endif
