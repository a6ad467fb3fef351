/* SPDX-License-Identifier: Apache-2.0
 *
 * The register of long connections by app. The dispatcher sends events through it, so that it needs to know nothing of
 * sockets. An event goes to one connection of its app: of those that answer, to the one with the fewest unanswered
 * events, in turn.
 *
 * A connection that left an event unanswered is silent: while the app has others, it gets no event until a frame of
 * it arrives, and then one at a time until it has answered one.
 */
#ifndef HIRED_EVENTS_LONGLINK_HUB_H
#define HIRED_EVENTS_LONGLINK_HUB_H

#include <stdbool.h>

#include "base/str.h"
#include "http/http.h"

#define HUB_CONNECTIONS_MAX 50 /* of one app, as on the platform */

struct hub;

struct hub *hub_new(void);
struct hub *hub_free(struct hub *h); /* call it after the loops have ended; takes NULL; returns NULL */

/* ---- the dispatcher's side; any thread ---- */

/* The outcome of an event: status is the code of the client's answer, or 0 and error is a fixed text. Called on a
 * loop's thread, at most once for each token that hub_send accepted; answer is valid during the call. */
typedef void (*hub_result_fn)(void *ctx, uint64_t token, int status, struct str answer, const char *error);

/* changed is called (on a loop's thread, or by hub_admit) when an app gets a connection, or a silent one sends a frame.
 * Call it before the loops start. */
void hub_on_result(struct hub *h, hub_result_fn result, void (*changed)(void *ctx), void *ctx);

bool hub_has(struct hub *h, int64_t app);
int64_t hub_next(struct hub *h, int64_t after); /* the app with the next greater id that has connections; 0: none */
unsigned hub_connections(struct hub *h, int64_t app);
unsigned hub_connections_of_all(struct hub *h);

/* Whether the app has HUB_CONNECTIONS_MAX connections, with those that it has at other processes. */
bool hub_full(struct hub *h, int64_t app);

/* How many more events the app's connections may be given now: UINT_MAX if one of them answers, otherwise what is
 * left of HUB_SILENT_MAX. 0 if it has no connection. */
#define HUB_SILENT_MAX 2
unsigned hub_room(struct hub *h, int64_t app);

/* Gives the event to one of the app's connections; copies body. breaks: see struct hub_message. Returns 0 and that
 * connection's id, or -ENOTCONN if the app has none. The caller calls hub_end once for each event that was accepted. */
int hub_send(struct hub *h, int64_t app, struct str message_id, struct str body, uint64_t token, bool breaks,
             uint64_t *ret_member);

/* Ends an event that hub_send gave to member. answered: whether the client answered; if not, the connection is
 * silent from now on. The connection may be closed already. */
void hub_end(struct hub *h, int64_t app, uint64_t member, bool answered);

/* Whether the app has another connection than this one that may get an event now. */
bool hub_has_other(struct hub *h, int64_t app, uint64_t member);

/* ---- the connections' side ---- */

struct hub_member {
    int64_t app;
    struct http_loop *loop; /* deliver runs on this loop's thread */
    uint64_t id;            /* set by hub_join; never reused */
    unsigned unanswered;    /* events that it was given and that have not ended; protected by the hub's lock, as are
                             * the next two */
    bool missed;            /* it left an event unanswered and has not answered one since */
    bool heard;             /* a frame arrived since then */
    enum hub_admission { HUB_ADMITTED, HUB_WAITS, HUB_REFUSED } admission; /* of hub_share; the hub's lock */
    struct hub_member *next;
};

struct hub_message {
    uint64_t member; /* an id and no pointer, because the connection may be closed when the message arrives */
    uint64_t token;
    bool breaks;                 /* the connection ends within the event (a rule of the test mode) */
    struct str message_id, body; /* stored behind the struct */
    void *ctx;                   /* the ctx of hub_on_deliver */
    void (*deliver)(struct http_loop *l, struct hub_message *m);
};

/* deliver is called for every message on its loop's thread and must free() it. Call it before the loops start. */
void hub_on_deliver(struct hub *h, void (*deliver)(struct http_loop *l, struct hub_message *m), void *ctx);

/* Registers a connection. Returns 0, or -EMFILE if the app has HUB_CONNECTIONS_MAX already. The caller owns the
 * member. If the register is one of several (hub_share), the connection gets no event before it is admitted. */
int hub_join(struct hub *h, struct hub_member *m);

/* Whether it was found that the app has too many connections at all processes together: then this one must be closed.
 */
bool hub_refused(struct hub *h, const struct hub_member *m);
void hub_leave(struct hub *h, struct hub_member *m);

/* Tells the hub that a frame of the connection arrived. */
void hub_heard(struct hub *h, struct hub_member *m);

/* Passes the outcome of a message to the hub_result_fn. */
void hub_result(struct hub *h, uint64_t token, int status, struct str answer, const char *error);

/* ---- several processes with a register each; any thread ---- */

struct hub_others {
    unsigned (*elsewhere)(void *ctx,
                          int64_t app); /* how many connections of the app other processes have. Any thread */
    void (*changed)(void *ctx);         /* an app has got or lost a connection. On a loop's thread */
    void *ctx;
};

/* From now on connections wait to be admitted. Call it before the loops start. */
void hub_share(struct hub *h, const struct hub_others *others);

/* The connections of an app, with those that wait. until: the last that was registered. */
struct hub_count {
    int64_t app;
    unsigned connections;
    bool waits;   /* at least one waits to be admitted */
    bool answers; /* at least one is not silent */
    uint64_t until;
};

/* The apps that have connections: *ret is malloced. Returns how many. */
size_t hub_counts(struct hub *h, struct hub_count **ret);

/* Admits the connections of an app that were counted and wait, but for the newest, of which at most `refuse` are
 * refused. */
void hub_admit(struct hub *h, const struct hub_count *counted, unsigned refuse);

#endif
