/* SPDX-License-Identifier: Apache-2.0
 *
 * The last requests that this process answered, for people who investigate why calls of their programs fail. Kept in
 * memory; holds no bodies, queries or tokens.
 */
#ifndef HIRED_GATEWAY_REQUEST_LOG_H
#define HIRED_GATEWAY_REQUEST_LOG_H

#include "gateway/call.h"
#include "gateway/log_id.h"
#include "http/http.h"

#define REQUEST_LOG_PATH 120 /* bytes kept of the path */
#define REQUEST_LOG_MSG 160
#define REQUEST_LOG_APP 32

struct request_entry {
    int64_t at_ms, tenant; /* tenant 0: unknown, because the call had no valid token */
    int64_t duration_us;
    const struct op *op; /* NULL: none */
    unsigned status;
    int code;
    uint32_t limit, reset_s; /* if the call was refused by a rate limit; else 0 */
    struct sockaddr_storage peer;
    char log_id[LOG_ID_LEN], method[8];
    char path[REQUEST_LOG_PATH], app_id[REQUEST_LOG_APP], msg[REQUEST_LOG_MSG]; /* truncated; end with a NUL */
};

struct request_log;

struct request_log *request_log_new(unsigned loops);
struct request_log *request_log_free(struct request_log *l); /* takes NULL; returns NULL */

/* Which of how many servers of the database this one is; 0 of 0 until it is told. Any thread. */
struct request_log_node {
    unsigned node, nodes;
};
void request_log_set_node(struct request_log *l, struct request_log_node node);
struct request_log_node request_log_node(struct request_log *l);

/* How long a call took, and the rate limit that refused it. */
struct request_measure {
    int64_t duration_us;
    uint32_t limit, reset_s;
};

/* Called by the loop's own thread. */
void request_log_add(struct request_log *l, unsigned loop, const struct call *call, const struct http_request *r,
                     const struct request_measure *m);

/* The entries of a tenant (with unknown: also those without a tenant), newest first, at most limit, in the arena.
 * Any thread. */
size_t request_log_read(struct request_log *l, int64_t tenant, bool unknown, struct arena *a,
                        struct request_entry **ret);

#endif
