/* SPDX-License-Identifier: Apache-2.0
 *
 * The long connection: POST /callback/ws/endpoint hands an app a WebSocket address with a short-lived ticket, and the
 * WebSocket behind it brings the app's events (frames as in longlink.proto). Sessions live on the loops that accepted
 * them; the hub hands events over.
 */
#ifndef HIRED_EVENTS_LONGLINK_LONGLINK_H
#define HIRED_EVENTS_LONGLINK_LONGLINK_H

#include "base/seal.h"
#include "events/longlink/hub.h"

struct longlink;

enum longlink_auth {
    LONGLINK_AUTH_OK,
    LONGLINK_AUTH_FAILED, /* id or secret wrong, or no such app any more */
    LONGLINK_AUTH_WAIT,   /* too many wrong ones came from that address */
    LONGLINK_AUTH_DISABLED,
    LONGLINK_AUTH_NOT_INSTALLED,
    LONGLINK_AUTH_ADDRESS, /* the app does not allow that address */
};

struct longlink_options {
    struct hub *hub;
    const struct seal *seal;
    /* As clients reach the server ("https://host"), at this moment; absent: by each request's Host. */
    struct str (*base_url)(void *ctx);
    unsigned ping_s, reconnect_s, reconnect_spread_s; /* what clients are told */
    unsigned loops;
    /* Whose id and secret these are, shown from that address (text): returns an enum longlink_auth and, if OK, the app;
     * or < 0. On a loop's thread. */
    int (*authenticate)(void *ctx, struct http_loop *l, struct str app_id, struct str secret, struct str address,
                        struct arena *a, int64_t *ret_app);
    /* Whether an app that was let in before may be connected from that address now. ret_mark (if OK or ADDRESS) is a
     * number that changes with the app's secret. On a loop's thread. */
    int (*look)(void *ctx, struct http_loop *l, int64_t app, struct str address, uint64_t *ret_mark);
    void *ctx;
};

struct longlink *longlink_new(const struct longlink_options *o); /* copies */
struct longlink *longlink_free(struct longlink *ll); /* after the loops have ended; takes NULL; returns NULL */

/* On each loop's thread, at its start and end. */
void longlink_loop_start(struct longlink *ll, struct http_loop *l);
void longlink_loop_stop(struct longlink *ll, struct http_loop *l);

/* Serves a request if it is one of these two; leads to exactly one http_reply (or the upgrade) then. */
bool longlink_serve(struct longlink *ll, struct http_request *r);

/* The methods of the two addresses, for an Allow header; absent for any other path. Static. */
struct str longlink_methods(struct str path);

#endif
