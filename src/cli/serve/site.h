/* SPDX-License-Identifier: Apache-2.0
 *
 * The whole site: which requests are operations and what is served beside them (health, metrics, the API's description,
 * kept files).
 */
#ifndef HIRED_CLI_SERVE_SITE_H
#define HIRED_CLI_SERVE_SITE_H

#include "events/delivery/dispatcher.h"
#include "events/longlink/longlink.h"
#include "gateway/gateway.h"

struct site {
    struct gateway *gateway;
    const struct seal *seal;
    const char *data;              /* directory, for kept files */
    struct http_server *server;    /* for connection counters */
    struct dispatcher *dispatcher; /* for its counters */
    struct hub *hub;               /* the same */
    struct caretaker *caretaker;   /* the same */
    struct fetcher *fetcher;       /* for links that people wait for */
    struct longlink *longlink;
    bool test_clock;                /* POST /test/clock is answered */
    void (*clock_moved)(void *ctx); /* those who wait for a time are to look again */
    void *clock_moved_ctx;
};

/* For longlink_options; ctx is a struct site. */
int site_authenticate(void *ctx, struct http_loop *l, struct str app_id, struct str secret, struct str address,
                      struct arena *a, int64_t *ret_app);

struct str site_base_url(void *ctx);
int site_look(void *ctx, struct http_loop *l, int64_t app_id, struct str address, uint64_t *ret_mark);

/* Answers a request for a kept file by its signed link (files.c). */
void site_serve_file(struct http_request *r);

/* Fails a request that is for no operation. */
void site_refuse(struct http_request *r, unsigned status, const char *why);

/* For http_server_new; its app_ctx is a struct site. */
extern const struct http_app site_app;

#endif
