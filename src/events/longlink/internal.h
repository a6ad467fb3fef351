/* SPDX-License-Identifier: Apache-2.0
 *
 * Within the long connection: what the handshake (longlink.c) and the sessions (session.c) share.
 */
#ifndef HIRED_EVENTS_LONGLINK_INTERNAL_H
#define HIRED_EVENTS_LONGLINK_INTERNAL_H

#include "events/longlink/longlink.h"

struct session;

struct longlink_loop {
    struct longlink *ll;
    struct http_loop *loop;
    struct session *sessions;
    uv_timer_t tick;
};

struct longlink {
    struct longlink_options o;
    struct longlink_loop *loops;
    char *client_config; /* the JSON of ClientConfig */
};

/* Whose session it is, from where, under which secret (longlink_options.look), and what the client was told as
 * service_id. */
struct session_owner {
    int64_t app;
    uint64_t mark;
    struct str address; /* of the caller, as text */
    int32_t service;
};

/* Why an app may not be connected, in words for its client; for results of longlink_options.look. */
const char *longlink_why(int result);

/* Begins a session on an upgraded request. accept is the value of Sec-WebSocket-Accept. */
void session_begin(struct longlink_loop *ll, struct http_request *r, struct str accept,
                   const struct session_owner *owner);

/* Looks after silent sessions, those that have not been heard yet, and those whose app may not have them any more;
 * every second. */
void sessions_tick(struct longlink_loop *ll);

/* For hub_on_deliver. */
void sessions_deliver(struct http_loop *l, struct hub_message *m);

#endif
