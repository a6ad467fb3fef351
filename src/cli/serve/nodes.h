/* SPDX-License-Identifier: Apache-2.0
 *
 * This server as one of several (nodes) that serve the same database of PostgreSQL. docs/SCALE.md describes what they
 * share and how.
 *
 * Each node has a number, for its ids. One is the worker: it alone does what is to be done once (webhooks, reports,
 * upkeep). All this is a lease in the database (store/lease.h), which a thread keeps and looks at five times a second.
 * A node that has not been able to for NODES_FRESH_MS neither writes nor sends anything before it is again.
 */
#ifndef HIRED_CLI_SERVE_NODES_H
#define HIRED_CLI_SERVE_NODES_H

#include <signal.h>

#include "base/duty.h"
#include "events/delivery/dispatcher.h"
#include "gateway/portion.h"
#include "store/db.h"

/* A hung process loses its lease after LEASE_HANGS_MS, and a transaction in which it hangs is ended after 8 s. */
#define NODES_FRESH_MS 8000

struct nodes;

/* Joins: takes a number (the first free one from node on) for the ids of this process, and starts the thread. Returns 0
 * or a negative errno with a sentence in *ret_why. */
int nodes_join(struct nodes **ret, const struct db_options *o, unsigned node, struct arena *a, struct str *ret_why);

/* Waits until all others have noticed that this node has joined, so that they leave it its part of the limits. Returns
 * 0, or -ECANCELED if SIGTERM or SIGINT (which are blocked) arrived. */
int nodes_wait(struct nodes *n, const sigset_t *signals);

/* What the server does when something happens. Called on the threads of nodes. */
struct nodes_events {
    void (*work)(void *ctx); /* there may be something to do: another process has committed, a duty or an app was taken,
                              * or a second has passed */
    void (*wanted)(void *ctx, int64_t file);          /* a client of another node waits for this report */
    void (*share)(void *ctx, struct portion portion); /* this node's part of the limits */
    void *ctx;
};

/* From now on this node is one of those that can be the worker. hub: its long connections; call it before the loops
 * start. */
void nodes_serve(struct nodes *n, struct hub *hub, const struct nodes_events *events);

/* All that follows may be called from any thread. */

struct duty nodes_worker(struct nodes *n);              /* of NULL: the duty is always this process's */
struct dispatcher_claims nodes_claims(struct nodes *n); /* of NULL: all apps are this process's */

/* For writer_ask; ctx is struct nodes. */
int nodes_may_write(void *ctx);

/* Tells the worker, if this node is not the worker, that a client of this one waits for a report. n may be NULL. */
void nodes_want(struct nodes *n, int64_t file);

struct nodes_view {
    unsigned node, nodes; /* this one's number; how many there are */
    bool worker;
    bool fresh; /* the lease was seen in the last NODES_FRESH_MS */
};
struct nodes_view nodes_look(const struct nodes *n);

void nodes_stop(struct nodes *n);          /* ends the threads; takes NULL */
struct nodes *nodes_free(struct nodes *n); /* leaves: gives everything back; takes NULL; returns NULL */

#endif
