/* SPDX-License-Identifier: Apache-2.0
 *
 * The dispatcher delivers events. Its thread reads due deliveries from the database, posts them to the apps' request
 * URLs (or hands them to their long connections) and records every attempt. The database holds all that is to be
 * delivered, so a crash loses nothing; memory holds only deliveries that are being sent.
 *
 * An app accepts an event with HTTP 200 within 3 s, of which connecting may take 2 s. Otherwise the dispatcher tries
 * again (events/retry.h). A slow app does not delay others: an app has at most DISPATCH_PER_APP deliveries in
 * progress, an app whose last attempt failed has DISPATCH_PER_FAILING, and all failing apps together have half of
 * the places.
 */
#ifndef HIRED_EVENTS_DELIVERY_DISPATCHER_H
#define HIRED_EVENTS_DELIVERY_DISPATCHER_H

#include "base/buf.h"
#include "base/duty.h"
#include "events/longlink/hub.h"
#include "store/writer.h"

#define DISPATCH_PER_APP 8
#define DISPATCH_PER_FAILING 2

struct dispatcher;
struct event_hooks; /* events/delivery/hooks.h */

/* Who sends the events of an app, if several processes share the database: the one that has taken the app. begin is
 * NULL: this process sends all. Cheap; on the dispatcher's thread, but elsewhere on any. */
struct dispatcher_claims {
    /* Whether this process may send the app's events now. If so it keeps the app until end() was called as often as
     * begin() and keep(). If not, and if it is to get the app, dispatcher_wake() is called when it has got it. */
    bool (*begin)(void *ctx, int64_t app);
    void (*keep)(void *ctx, int64_t app);
    void (*end)(void *ctx, int64_t app);
    unsigned (*elsewhere)(void *ctx, int64_t app); /* long connections of the app at other processes */
    void *ctx;
};

struct dispatcher_options {
    const struct db_options *db; /* for a reading connection; must outlive the dispatcher */
    struct writer *writer;
    struct hub *hub;                    /* long connections; must outlive the dispatcher */
    bool allow_loopback, allow_private; /* whether addresses that are not public may be requested */
    unsigned parallel;                  /* how many deliveries may be in progress at once; at least 8 */
    unsigned keep_days;                 /* how long events are kept */
    struct duty worker; /* who deletes old events, makes app tickets, and sends to apps without long connections */
    struct dispatcher_claims claims;
    const struct event_hooks *hooks; /* the test mode's; must outlive the dispatcher; NULL: none */
    /* Appends the id of a user as this app sees it. May append nothing. */
    void (*user)(void *ctx, struct db *db, int64_t tenant, int64_t app, int64_t uid, struct buf *out);
    void *ctx;
};

/* Starts the thread. Returns 0 or a negative errno (already logged). */
int dispatcher_new(struct dispatcher **ret, const struct dispatcher_options *o);

/* Tells the dispatcher that something may be due. Any thread; cheap. */
void dispatcher_wake(struct dispatcher *d);

/* Waits until nothing is on its way and nothing is due, by the clock as it is. Returns 0 and when the next attempt or
 * app ticket will be due (INT64_MAX: none), or -ETIMEDOUT. Any thread. */
int dispatcher_settle(struct dispatcher *d, unsigned timeout_ms, int64_t *ret_next_ms);

/* Appends counters in Prometheus text form. Any thread. */
void dispatcher_write_metrics(struct dispatcher *d, struct buf *out);

/* Ends the thread. Deliveries in progress are given up; the next start sends them again. dispatcher_wake does
 * nothing from then on, so its callers may end after this. Takes NULL. */
void dispatcher_stop(struct dispatcher *d);

/* Stops the thread if it runs. Takes NULL; returns NULL. */
struct dispatcher *dispatcher_free(struct dispatcher *d);

#endif
