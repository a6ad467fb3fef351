/* SPDX-License-Identifier: Apache-2.0
 *
 * The HTTP routes: which requests are operations, and what else is served (health, metrics, the API description, stored
 * files).
 */
#ifndef HIRED_CLI_SERVE_SITE_H
#define HIRED_CLI_SERVE_SITE_H

#include "cli/serve/nodes.h"
#include "events/delivery/dispatcher.h"
#include "events/fetch/fetcher.h"
#include "events/longlink/longlink.h"
#include "gateway/gateway.h"
#include "store/archive/archive.h"
#include "store/files/files.h"
#include "store/files/quota.h"

struct site {
    struct gateway *gateway;
    const struct seal *seal;
    struct files *files;
    struct quota *downloads;       /* of files in a database; NULL: they are in the directory */
    struct http_server *server;    /* for connection counters */
    struct dispatcher *dispatcher; /* for its counters */
    struct hub *hub;               /* for its counters */
    struct caretaker *caretaker;   /* for its metrics */
    struct scrubber *scrubber;     /* for its metrics and findings */
    struct archive *archive;       /* the same; NULL: there is none */
    struct fetcher *fetcher;       /* for requests that wait for a report */
    struct nodes *nodes;           /* NULL: this is the only server of its database */
    struct longlink *longlink;
    bool test; /* the server is in the test mode */
};

/* Handlers for longlink_options (app_connections.c); ctx is a struct site. */
struct str site_base_url(void *ctx);
void site_read(void *ctx, struct http_loop *l, int64_t key, const struct longlink_read *read);
int64_t site_caller(void *ctx, const struct http_request *r);
int site_authenticate(void *ctx, struct db *db, struct str app_id, struct str secret, struct str address,
                      struct arena *a, int64_t *ret_app);
int site_look(void *ctx, struct db *db, int64_t app_id, struct str address, uint64_t *ret_mark);

/* Answers a request for a stored file by its signed link (files.c). */
void site_serve_file(struct http_request *r);

/* Answers a request that is no operation with an error. */
void site_refuse(struct http_request *r, unsigned status, const char *why);

/* Handler for http_server_new; its app_ctx is a struct site. */
extern const struct http_app site_app;

#endif
