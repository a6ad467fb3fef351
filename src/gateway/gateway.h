/* SPDX-License-Identifier: Apache-2.0
 *
 * The gateway: what every operation shares. It takes a request to its operation by way of token, scopes, limits and
 * validation, and puts the answer into the platform's envelope.
 */
#ifndef HIRED_GATEWAY_GATEWAY_H
#define HIRED_GATEWAY_GATEWAY_H

#include "gateway/call.h"
#include "http/http.h"
#include "store/writer.h"

struct gateway;

/* What an operator can change while the server runs. */
struct gateway_settings {
    bool rate_limits;
    bool access_log;
    bool private_addresses; /* links and receivers may have private addresses */
    bool network_addresses; /* not only this machine's own, but those of its networks */
    struct str base_url;    /* absent: from each request's Host */
    struct {
        struct str app_id;
        double factor; /* 0: no limits */
    } app_rates[256];
    size_t n_app_rates;
};

struct gateway_options {
    const struct db_options *db; /* for the loops' reading connections */
    struct writer *writer;
    const struct seal *seal;
    unsigned loops;
    const struct gateway_settings *settings; /* copied, texts too */
};

struct gateway *gateway_new(const struct gateway_options *o);
/* The server is about to end: answers without an end are brought to one, within a moment. Any thread. */
void gateway_drain(struct gateway *g);
/* Ends what runs beside the loops, after these have ended and while the writer still takes jobs. */
void gateway_stop(struct gateway *g);
struct gateway *gateway_free(struct gateway *g); /* after the loops have ended; takes NULL; returns NULL */

/* Takes over changed settings. One thread at a time; requests in hand finish with the old ones. */
void gateway_configure(struct gateway *g, const struct gateway_settings *settings);

/* The base_url in force; absent if none is set. Lives as long as the gateway. Any thread. */
struct str gateway_base_url(struct gateway *g);

/* On each loop's thread, at its start and end. Opens and closes the loop's reading connection. */
int gateway_loop_start(struct gateway *g, struct http_loop *l);
void gateway_loop_stop(struct gateway *g, struct http_loop *l);

/* The loop's reading connection, for requests that are no operations. */
struct db *gateway_loop_db(struct gateway *g, struct http_loop *l);

/* The count of wrong secrets, for doors that are no operations. Any thread. */
struct attempts *gateway_secrets(struct gateway *g);

/* For http_app.on_head: takes over a request whose body is an upload or large: token, scopes and limits are checked
 * before any of the body is taken. To who needs to show nothing, only a small body is allowed. */
void gateway_head(struct gateway *g, struct http_request *r);

/* Serves a request for an operation. Leads to exactly one http_reply. */
void gateway_serve(struct gateway *g, struct http_request *r);

/* True once a reading connection has answered a question and the writer takes jobs. */
bool gateway_ready(struct gateway *g, struct http_loop *l);

/* Appends the metrics of all loops in Prometheus text form. */
void gateway_write_metrics(struct gateway *g, struct buf *out);

/* Fails a call the way the platform fails for a path that does not exist. */
void gateway_not_found(struct gateway *g, struct http_request *r);

/* The methods that operations have at the request's path, for an Allow header; in its arena. Absent: it is none's path.
 */
struct str gateway_methods(const struct gateway *g, const struct http_request *r);

#endif
