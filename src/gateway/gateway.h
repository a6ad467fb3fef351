/* SPDX-License-Identifier: Apache-2.0
 *
 * The gateway does what all operations share: it finds the operation of a request, checks token, scopes, limits and
 * input, runs the handler, and writes the answer in the platform's envelope.
 */
#ifndef HIRED_GATEWAY_GATEWAY_H
#define HIRED_GATEWAY_GATEWAY_H

#include "gateway/call.h"
#include "gateway/portion.h"
#include "gateway/reading.h"
#include "http/http.h"
#include "store/writer.h"

struct gateway;
struct call_hooks; /* gateway/hooks.h */
struct toolbox;    /* testing/toolbox.h */

/* Settings that an operator can change while the server runs. */
struct gateway_settings {
    bool rate_limits;
    bool access_log;
    bool private_addresses; /* accept links and receivers with private addresses */
    bool network_addresses; /* of private addresses, accept also those of the machine's networks, not only the
                             * machine's own */
    struct str base_url;    /* absent: taken from each request's Host header */
    struct {
        struct str app_id;
        double factor; /* multiplies the limits; 0: the app has no limits */
    } app_rates[256];
    size_t n_app_rates;
};

struct gateway_options {
    const struct db_options *db; /* for the reading connections */
    struct writer *writer;
    struct files *files; /* for uploads */
    const struct seal *seal;
    unsigned loops;
    /* 0: each loop reads by a connection of its own, for a database whose reads do not wait. Else the number of threads
     * that read for all loops (reading.h). */
    unsigned readers;
    unsigned read_queue;                     /* with such threads: reads that may wait; 0: 1024 */
    const struct gateway_settings *settings; /* copied, including the texts */
    struct toolbox *toolbox;                 /* the test mode's, for call.toolbox; NULL: there is no test mode */
    const struct call_hooks *hooks;          /* the test mode's; must outlive the gateway; NULL: none */
    struct str test_token;                   /* of callers of the test mode on other machines; absent: none */
};

/* Returns NULL if a thread could not be started or the pool's connections not be opened (already logged). */
struct gateway *gateway_new(const struct gateway_options *o);
/* Announces that the server is about to end: the gateway ends open streams within a moment. Any thread. */
void gateway_drain(struct gateway *g);
/* Ends the gateway's own threads, and closes their connections. Call it after the loops have ended and while the writer
 * still takes jobs. It waits for reads that are running. */
void gateway_stop(struct gateway *g);
struct gateway *gateway_free(struct gateway *g); /* call it after the loops have ended; takes NULL; returns NULL */

/* Replaces the settings. One thread at a time. Requests that have begun finish with the settings they began with. */
void gateway_configure(struct gateway *g, const struct gateway_settings *settings);

/* From now on this process allows only this part of each limit: the number of calls, of wrong secrets and of wrong
 * passwords. Any thread. */
void gateway_share_limits(struct gateway *g, struct portion portion);

/* Which server of the database this is: what the console says of the log of requests. Any thread. */
void gateway_name_node(struct gateway *g, unsigned node, unsigned nodes);

/* The threads that work on kept files (store/files/pool.h). Valid as long as the gateway. */
struct pool *gateway_pool(struct gateway *g);

/* The configured base_url, or absent if none is configured. Valid as long as the gateway. Any thread. */
struct str gateway_base_url(struct gateway *g);

/* Called on each loop's thread when the loop starts and ends. They open and close the loop's reading connection, if it
 * has one. */
int gateway_loop_start(struct gateway *g, struct http_loop *l);
void gateway_loop_stop(struct gateway *g, struct http_loop *l);

/* The counter of wrong app secrets, for endpoints that are not operations. Any thread. */
struct attempts *gateway_secrets(struct gateway *g);

/* For http_app.on_head. Takes over a request whose body is large or an upload: the gateway checks token, scopes and
 * limits before it accepts any of the body. For an operation without authentication it allows a small body only. */
void gateway_head(struct gateway *g, struct http_request *r);

/* Serves a request for an operation. Leads to exactly one http_reply. */
void gateway_serve(struct gateway *g, struct http_request *r);

/* Absent if a reading connection can run a query and writes succeed; else a sentence on what does not work. With a pool
 * of readers it never waits for the database: it says what a read found that is made once a second. Writes do not
 * succeed from the first one that the disk or the log's limit made fail to the next that succeeds, and while one has
 * been at the disk for twenty seconds. */
struct str gateway_unready(struct gateway *g, struct http_loop *l);

/* Appends the metrics of all loops in Prometheus text form. */
void gateway_write_metrics(struct gateway *g, struct buf *out);

/* The methods that operations have at the request's path, for an Allow header, in the request's arena. Absent: no
 * operation has that path. */
struct str gateway_methods(const struct gateway *g, const struct http_request *r);

#endif
