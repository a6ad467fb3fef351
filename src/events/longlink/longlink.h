/* SPDX-License-Identifier: Apache-2.0
 *
 * The long connection: POST /callback/ws/endpoint gives an app a WebSocket address with a short-lived ticket, and
 * the WebSocket at that address sends the app's events (in the frames of longlink.proto). Each session runs on the
 * loop that accepted it; the hub passes events to the loops.
 */
#ifndef HIRED_EVENTS_LONGLINK_LONGLINK_H
#define HIRED_EVENTS_LONGLINK_LONGLINK_H

#include "base/seal.h"
#include "events/longlink/hub.h"
#include "store/db.h"

struct longlink;

enum longlink_auth {
    LONGLINK_AUTH_OK,
    LONGLINK_AUTH_FAILED, /* id or secret is wrong, or the app does not exist any more */
    LONGLINK_AUTH_WAIT,   /* too many wrong secrets came from that address */
    LONGLINK_AUTH_DISABLED,
    LONGLINK_AUTH_NOT_INSTALLED,
    LONGLINK_AUTH_ADDRESS, /* the app's allow list does not contain that address */
};

/* A read of the database, at once or on another thread: run is called with a connection, then done(arg, 0) on the
 * loop's thread. Or done gets an error and run was perhaps not called: -EBUSY and -ETIMEDOUT mean that the database has
 * too much to do; -ESHUTDOWN that the loop has ended, and done, on any thread, may only free what arg owns. */
struct longlink_read {
    void (*run)(void *arg, struct db *db);
    void (*done)(void *arg, int error);
    void *arg;
};

struct longlink_options {
    struct hub *hub;
    const struct seal *seal;
    /* The address under which clients reach the server ("https://host") at this moment; absent: taken from each
     * request's Host. */
    struct str (*base_url)(void *ctx);
    unsigned ping_s, reconnect_s, reconnect_spread_s; /* as clients are told */
    unsigned loops;
    /* Runs a read; see struct longlink_read. key: whose it is (longlink_options.caller), 0: the server's. */
    void (*read)(void *ctx, struct http_loop *l, int64_t key, const struct longlink_read *read);
    int64_t (*caller)(void *ctx, const struct http_request *r);
    /* Checks the id and secret that a client at that address (text) has sent. Returns an enum longlink_auth and, if
     * OK, the app; or < 0. Called within a read. */
    int (*authenticate)(void *ctx, struct db *db, struct str app_id, struct str secret, struct str address,
                        struct arena *a, int64_t *ret_app);
    /* Whether an app that was admitted before may still be connected from that address. ret_mark (if OK or ADDRESS)
     * is a number that changes with the app's secret. Called within a read. */
    int (*look)(void *ctx, struct db *db, int64_t app, struct str address, uint64_t *ret_mark);
    void *ctx;
};

struct longlink *longlink_new(const struct longlink_options *o); /* copies */
struct longlink *longlink_free(struct longlink *ll); /* call it after the loops have ended; takes NULL; returns NULL */

/* Called on each loop's thread when the loop starts and ends. */
void longlink_loop_start(struct longlink *ll, struct http_loop *l);
void longlink_loop_stop(struct longlink *ll, struct http_loop *l);

/* Serves a request if its path is one of the two; leads to exactly one http_reply (or the upgrade) then. Returns
 * whether it did. */
bool longlink_serve(struct longlink *ll, struct http_request *r);

/* The methods of the two paths, for an Allow header; absent for any other path. Static. */
struct str longlink_methods(struct str path);

#endif
