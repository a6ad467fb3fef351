/* SPDX-License-Identifier: Apache-2.0
 *
 * Delivers events: one thread that takes due deliveries out of the database, posts them to the apps' request URLs (or
 * hands them to their long connections) and notes every attempt. What is to be delivered stands in the database alone,
 * so a crash loses nothing; memory holds only what is on its way.
 *
 * Taken means HTTP 200 within 3 s, 2 s of it to connect. Otherwise again after 15 s, 5 min, 1 h and 6 h.
 * Nobody waits for somebody else's receiver: an app has at most DISPATCH_PER_APP deliveries on their way, one whose
 * last attempt failed DISPATCH_PER_FAILING, and all failing apps together half of what there is room for.
 */
#ifndef HIRED_EVENTS_DELIVERY_DISPATCHER_H
#define HIRED_EVENTS_DELIVERY_DISPATCHER_H

#include "base/buf.h"
#include "events/longlink/hub.h"
#include "store/writer.h"

#define DISPATCH_PER_APP 8
#define DISPATCH_PER_FAILING 2

struct dispatcher;

struct dispatcher_options {
    const struct db_options *db; /* for a reading connection; must outlive the dispatcher */
    struct writer *writer;
    struct hub *hub;                    /* long connections; must outlive the dispatcher */
    bool allow_loopback, allow_private; /* addresses that are not public */
    unsigned parallel;                  /* deliveries on their way at once; at least 8 */
    unsigned keep_days;                 /* how long events are kept */
    /* The wire form of a user's id in an event for this app. May append nothing. */
    void (*user)(void *ctx, struct db *db, int64_t tenant, int64_t app, int64_t uid, struct buf *out);
    void *ctx;
};

/* Starts the thread. Returns 0 or a negative errno (already logged). */
int dispatcher_new(struct dispatcher **ret, const struct dispatcher_options *o);

/* Something may be due: look. Any thread; cheap. */
void dispatcher_wake(struct dispatcher *d);

/* Appends counters in Prometheus text form. Any thread. */
void dispatcher_write_metrics(struct dispatcher *d, struct buf *out);

/* Ends the thread; what is on its way is given up and begun anew at the next start. dispatcher_wake does nothing from
 * then on, so whoever still calls it may be ended next. Takes NULL. */
void dispatcher_stop(struct dispatcher *d);

/* Stops if need be. Takes NULL; returns NULL. */
struct dispatcher *dispatcher_free(struct dispatcher *d);

#endif
