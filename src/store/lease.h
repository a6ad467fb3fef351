/* SPDX-License-Identifier: Apache-2.0
 *
 * What one process of all that use a database of PostgreSQL has alone: a node's number, which is part of the ids that
 * it makes (base/id.h); the duty of the worker; and the right to send the events of an app. The database's server keeps
 * them as locks of a session, so they end with the process. If a server hangs or its machine is gone, they end some 20
 * seconds later. Every process can look who has what. With SQLite the owner of the data directory has all (owner.h).
 *
 * Losing a lease does not make writes wrong: one transaction writes at a time in any case
 * (src/store/postgresql/README.md).
 */
#ifndef HIRED_STORE_LEASE_H
#define HIRED_STORE_LEASE_H

#include "store/db.h"

#define LEASE_COMMANDS_FIRST 900 /* commands use this node number and higher ones; servers use lower ones */
#define LEASE_CONNECTIONS_MAX 63 /* of one app on one node, see LEASE_CONNECTIONS */

/* A server that has not asked for so long has lost its lease at the latest. The lease of a command has no such limit.
 */
#define LEASE_HANGS_MS 20000

struct lease; /* used by one thread at a time */

/* Connects to the database that o names. Returns 0 or a negative errno with a sentence in *ret_why: see db_open. */
int lease_new(struct lease **ret, const struct db_options *o, struct arena *a, struct str *ret_why);

/* Takes the first number from first to last that no process has. Returns it, -EBUSY if all are taken, -EALREADY if
 * `hired migrate` uses the database (not for commands), or -EIO if the server does not answer. */
int lease_take_node(struct lease *l, unsigned first, unsigned last);

/* Takes the worker's duty. Returns 0, -EBUSY if another process has it, or -EIO. */
int lease_take_worker(struct lease *l);

enum lease_kind {
    LEASE_NODE,        /* a server's number */
    LEASE_WORKER,      /* the duty of the worker */
    LEASE_APP,         /* the right to send an app's events */
    LEASE_CONNECTIONS, /* how many long connections a node has of an app. Says it, and excludes nobody */
};

/* Something to take or to give back: LEASE_APP or LEASE_CONNECTIONS. */
struct lease_change {
    enum lease_kind kind;
    bool give_back;
    int64_t app;
    unsigned n; /* LEASE_CONNECTIONS: at most LEASE_CONNECTIONS_MAX */
    bool done;  /* result: taken, or given back */
};

/* Takes and gives back in this order. The node's number must have been taken. Returns 0 or -EIO. */
int lease_change(struct lease *l, struct lease_change *changes, size_t n);

/* Something that a process has. */
struct lease_held {
    enum lease_kind kind;
    bool mine;
    unsigned node; /* LEASE_NODE, LEASE_CONNECTIONS */
    unsigned n;    /* LEASE_CONNECTIONS */
    uint32_t mark; /* LEASE_CONNECTIONS: lease_mark() of the app */
};

/* A short form of an app's id. Two apps may have the same. */
uint32_t lease_mark(int64_t app);

/* Calls fn for all that servers have, except LEASE_APP. Returns 0 or -EIO: the connection is closed then. */
int lease_look(struct lease *l, void (*fn)(void *ctx, const struct lease_held *held), void *ctx);

/* After -EIO, or if something is missing: connects anew and takes the node's number again; the rest is lost. Returns 0,
 * -EBUSY if another process has taken the number meanwhile (call lease_take_node then), or another negative errno: the
 * server cannot be reached now. Waits no longer than a few seconds. */
int lease_again(struct lease *l);

/* Tells all processes that listen (store/ear.h) the text, which has neither quotes nor backslashes. Returns 0 or -EIO.
 */
int lease_tell(struct lease *l, const char *text);

struct lease *lease_free(struct lease *l); /* gives back what was taken; takes NULL; returns NULL */

#endif
