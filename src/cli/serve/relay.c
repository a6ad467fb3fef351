/* SPDX-License-Identifier: Apache-2.0
 *
 * hired serve --upstream: passes calls on to another server, and records them.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "cli/address.h"
#include "cli/serve/serving.h"
#include "upstream/upstream.h"

#define CALLS 256
#define CALLS_OF_ADDRESS 128
#define LOOPS 1 /* the bytes only pass through */

struct relaying {
    const struct config *config;
    struct arena arena;
    struct recorder *recorder;
    struct upstream *upstream;
    struct http_server *server;
};

bool serve_is_relay(const struct config *c) {
    return c->upstream || c->record || c->record_mask;
}

/* Returns 0, or -EINVAL after an error message. */
static int check(const struct config *c) {
    if (!c->upstream) {
        fprintf(stderr, "hired serve: --record keeps the calls that are passed on to another server; name it with "
                        "--upstream URL\n");
        return -EINVAL;
    }
    const char *must = upstream_check_url(c->upstream);
    if (must) {
        fprintf(stderr, "hired serve: --upstream \"%s\": the URL of a server %s, for example https://open.feishu.cn\n",
                c->upstream, must);
        return -EINVAL;
    }
    if (c->test || c->seed || c->store_url) {
        fprintf(stderr, "hired serve: --upstream serves no records of its own; leave out %s\n",
                c->test   ? "--test"
                : c->seed ? "--seed"
                          : "--store");
        return -EINVAL;
    }
    if (c->record_mask && !c->record) {
        fprintf(stderr, "hired serve: --record-mask is for --record DIR\n");
        return -EINVAL;
    }
    return 0;
}

static int open_recorder(struct relaying *s) {
    const struct config *c = s->config;
    const struct recorder_options o = {
        .dir = c->record, .max_bytes = c->record_max_bytes, .spare_bytes = c->free_min_bytes, .mask = c->record_mask};
    return c->record ? recorder_new(&s->recorder, &o) : 0;
}

static int start(struct relaying *s) {
    const struct config *c = s->config;
    const struct upstream_options o = {.url = c->upstream,
                                       .timeout_ms = c->upstream_timeout_ms,
                                       .calls = CALLS,
                                       .calls_of_address = CALLS_OF_ADDRESS,
                                       .loops = LOOPS,
                                       .recorder = s->recorder};
    struct str why = STR("there is too little memory");
    s->upstream = upstream_new(&o);
    int r = s->upstream ? http_server_new(&s->server, c->listen_host, c->listen_port, LOOPS, &c->http, &upstream_app,
                                          s->upstream, &why)
                        : -ENOMEM;
    if (r < 0) {
        fprintf(stderr, "hired serve: %.*s\n", STR_FMT(why));
        return r;
    }
    r = http_server_start(s->server);
    if (r < 0)
        fprintf(stderr, "hired serve: cannot start the event loop: %s\n", strerror(-r));
    return r;
}

static void announce(struct relaying *s) {
    const struct config *c = s->config;
    struct str url = address_url(c->listen_host, http_server_port(s->server), &s->arena);
    printf("hired %s listens on %.*s\n", HIRED_VERSION, STR_FMT(url));
    printf("Every call is passed on to %s.\n", c->upstream);
    if (address_is_everywhere(c->listen_host))
        printf("It answers at every address of this machine.\n");
    if (c->record)
        printf("Calls and answers are recorded in %s. Secrets are masked.\n", c->record);
    if (c->record && !c->record_mask)
        printf(
            "THE RECORDS CONTAIN PERSONAL DATA: names, mobiles, mails and all else that bodies have. Delete them when "
            "they\nhave served. With --record-mask on, values are replaced before they are kept.\n");
    fflush(stdout);
}

static void shut_down(struct relaying *s) {
    uint64_t kept, lost;
    if (s->server)
        http_server_drain(s->server, s->config->drain_ms);
    s->server = http_server_free(s->server);
    s->upstream = upstream_free(s->upstream);
    bool recorded = s->recorder != NULL;
    s->recorder = recorder_free(s->recorder, &kept, &lost);
    if (recorded)
        printf("%llu calls were recorded in %s%s\n", (unsigned long long)kept, s->config->record,
               lost > 0 ? ", others were not: see the log" : "");
    arena_free(&s->arena);
}

int serve_relay(const struct config *c) {
    struct relaying s = {.config = c};
    sigset_t signals;
    if (check(c) < 0)
        return 2;
    serve_block_signals(&signals);
    int r = open_recorder(&s);
    if (r == 0)
        r = start(&s);
    if (r == 0) {
        announce(&s);
        serve_wait_for_end(&signals, NULL); /* nothing of it can be reread */
    }
    shut_down(&s);
    return r == 0 ? 0 : 1;
}
