/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the long connection share: handshake (longlink.c), sessions (session.c), reasons of refusal
 * (refusal.c).
 */
#ifndef HIRED_EVENTS_LONGLINK_INTERNAL_H
#define HIRED_EVENTS_LONGLINK_INTERNAL_H

#include "events/longlink/longlink.h"

struct session;

struct longlink_loop {
    struct longlink *ll;
    struct http_loop *loop;
    struct session *sessions;
    uint64_t begun; /* sessions ever begun */
    bool checking;  /* a check of all sessions has not come back */
    uv_timer_t tick;
};

struct longlink {
    struct longlink_options o;
    struct longlink_loop *loops;
    char *client_config; /* the JSON of ClientConfig */
};

/* The app of a session, the client's address, the mark of the secret (longlink_options.look), and the service_id
 * that the client was given. */
struct session_owner {
    int64_t app;
    uint64_t mark;
    struct str address; /* of the client, as text */
    int32_t service;
};

/* Why an app may not be connected, as a sentence for its client; result: of longlink_options.look. */
const char *longlink_why(int result);

/* ---- owner.c: whether apps may still have their sessions ---- */

struct owner {
    uint64_t session; /* its number on the loop */
    int64_t app;
    char address[64];
    uint64_t mark; /* of longlink_options.look, as is result */
    int result;    /* enum longlink_auth or < 0 */
};

/* Reads for n owners (malloced; taken over) whether they may have their sessions, then calls done on the loop's thread,
 * or with -ESHUTDOWN as longlink_read says. key: whose read it is. */
typedef void (*owners_done)(struct longlink_loop *home, const struct owner *owners, size_t n, void *arg, int error);
void owners_read(struct longlink_loop *home, int64_t key, struct owner *owners, size_t n, owners_done done, void *arg);

/* ---- session.c ---- */

/* Begins a session on an upgraded request. accept is the value of Sec-WebSocket-Accept. */
void session_begin(struct longlink_loop *ll, struct http_request *r, struct str accept,
                   const struct session_owner *owner);

/* Every second: closes silent sessions and those whose app may not have them any more, and registers sessions that
 * have not sent a frame yet. */
void sessions_tick(struct longlink_loop *ll);

/* For hub_on_deliver. */
void sessions_deliver(struct http_loop *l, struct hub_message *m);

#endif
