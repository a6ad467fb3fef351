/* SPDX-License-Identifier: Apache-2.0
 *
 * Which apps' events this node sends, and how many long connections of apps other nodes have.
 *
 * A node takes an app, as a lock in the database (store/lease.h), before it sends any of its events, and keeps it until
 * the outcome of each that it sent is recorded. So an event leaves once for each attempt, whichever node sends it. A
 * node takes an app that has long connections here, and keeps it as long as one of them answers or other nodes have
 * none. The worker takes apps that have none anywhere, when an event of theirs is due, and gives them back soon after.
 */
#ifndef HIRED_CLI_SERVE_CLAIMS_H
#define HIRED_CLI_SERVE_CLAIMS_H

#include "events/longlink/hub.h"
#include "store/lease.h"

#define CLAIMS_WEBHOOKS_MAX 256 /* apps without long connections that are held at once */
#define CLAIMS_AT_ONCE 64       /* changes that are asked for in one statement */

struct claims;

struct claims *claims_new(void);
struct claims *claims_free(struct claims *c); /* takes NULL; returns NULL */

/* ---- the dispatcher's side: see struct dispatcher_claims. Any thread ---- */

/* Returns whether the app may be sent events now, and keeps it then. Otherwise sets *ret_asked if the app is to be
 * taken. */
bool claims_begin(struct claims *c, int64_t app, bool worker, bool *ret_asked);
void claims_keep(struct claims *c, int64_t app);
void claims_end(struct claims *c, int64_t app);
unsigned claims_elsewhere(struct claims *c, int64_t app);

/* ---- the side of the thread that has the lease ---- */

/* The long connections that this node has now. */
void claims_count(struct claims *c, const struct hub_count *counts, size_t n);

/* What is to be taken and given back; at most CLAIMS_AT_ONCE. Returns how many. */
size_t claims_changes(struct claims *c, bool worker, struct lease_change ret[CLAIMS_AT_ONCE]);

/* They were made. Returns whether an app was taken. */
bool claims_changed(struct claims *c, const struct lease_change *changes, size_t n);

/* The lease was lost, and all with it. */
void claims_lost(struct claims *c);

/* The connections that other nodes have: a call of claims_other for each LEASE_CONNECTIONS that was looked at, then
 * claims_others_end. */
void claims_other(struct claims *c, const struct lease_held *held);
void claims_others_end(struct claims *c);

#endif
