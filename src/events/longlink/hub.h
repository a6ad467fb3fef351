/* SPDX-License-Identifier: Apache-2.0
 *
 * Which long connections there are, app by app: the dispatcher sends through here without knowing sockets, and each
 * event goes to one connection of its app: of those that answer, the one with the fewest unanswered events, in turn.
 *
 * A connection that left an event unanswered is silent: while the app has others it gets no event until a frame of it
 * arrives, and then one at a time until it has answered one.
 */
#ifndef HIRED_EVENTS_LONGLINK_HUB_H
#define HIRED_EVENTS_LONGLINK_HUB_H

#include <stdbool.h>

#include "base/str.h"
#include "http/http.h"

#define HUB_CONNECTIONS_MAX 50 /* of one app, as the platform has it */

struct hub;

struct hub *hub_new(void);
struct hub *hub_free(struct hub *h); /* after the loops have ended; takes NULL; returns NULL */

/* ---- the dispatcher's side; any thread ---- */

/* What came of an event: status is the code of the client's answer, or 0 with error a fixed text. Called on a loop's
 * thread, at most once for each token that hub_send has taken; answer lives until it returns. */
typedef void (*hub_result_fn)(void *ctx, uint64_t token, int status, struct str answer, const char *error);

/* changed is called (on a loop's thread) when an app gets a connection, or a silent one is heard. To be set before the
 * loops start. */
void hub_on_result(struct hub *h, hub_result_fn result, void (*changed)(void *ctx), void *ctx);

bool hub_has(struct hub *h, int64_t app);
unsigned hub_connections(struct hub *h, int64_t app);
unsigned hub_connections_of_all(struct hub *h);

/* How many further events the app's connections may be handed now: UINT_MAX while one of them answers, else what is
 * left of HUB_SILENT_MAX. 0 if it has none. */
#define HUB_SILENT_MAX 2
unsigned hub_room(struct hub *h, int64_t app);

/* Hands body over to one of the app's connections; copies. Returns 0 and that connection's id, or -ENOTCONN if the app
 * has none. Each event that was handed over is to be ended by one hub_end. */
int hub_send(struct hub *h, int64_t app, struct str message_id, struct str body, uint64_t token, uint64_t *ret_member);

/* How an event ended that hub_send gave to member. Whether it was answered; if not, the connection is silent from now
 * on. The connection may be gone. */
void hub_end(struct hub *h, int64_t app, uint64_t member, bool answered);

/* Whether the app has a connection beside this one that may get an event now. */
bool hub_has_other(struct hub *h, int64_t app, uint64_t member);

/* ---- the connections' side ---- */

struct hub_member {
    int64_t app;
    struct http_loop *loop; /* deliver runs on its thread */
    uint64_t id;            /* set by hub_join; never used twice */
    unsigned unanswered;    /* events it was handed that have not ended; this and the next two: under the hub's lock */
    bool missed;            /* it left an event unanswered and has answered none since */
    bool heard;             /* a frame of it arrived since it missed one */
    struct hub_member *next;
};

struct hub_message {
    uint64_t member; /* its id: the connection may be gone when the message arrives */
    uint64_t token;
    struct str message_id, body; /* behind the struct */
    void *ctx;                   /* as given to hub_on_deliver */
    void (*deliver)(struct http_loop *l, struct hub_message *m);
};

/* deliver gets every message on the loop's thread and must free it (free()). To be set before the loops start. */
void hub_on_deliver(struct hub *h, void (*deliver)(struct http_loop *l, struct hub_message *m), void *ctx);

/* Returns 0, or -EMFILE when the app has HUB_CONNECTIONS_MAX already. The member stays the caller's. */
int hub_join(struct hub *h, struct hub_member *m);
void hub_leave(struct hub *h, struct hub_member *m);

/* A frame of it arrived. */
void hub_heard(struct hub *h, struct hub_member *m);

/* Passes on what came of a message. */
void hub_result(struct hub *h, uint64_t token, int status, struct str answer, const char *error);

#endif
