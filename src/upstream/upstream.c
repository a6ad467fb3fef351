/* SPDX-License-Identifier: Apache-2.0
 *
 * The application of src/http that passes every request on.
 */
#include "upstream/upstream.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "upstream/relay.h"

/* Bytes of a request's body. It is not collected, so this only ends what never ends. */
#define BODY_MAX ((size_t)1 << 30)

/* ---- admission ---- */

static unsigned calls_of(const struct engine *e, struct str peer) {
    unsigned n = 0;
    for (const struct relay *y = e->relays; y; y = y->next)
        n += str_eq(str_of(y->peer), peer);
    return n;
}

/* Whether the request has passed through this server before. */
static bool is_loop(const struct http_request *r, const char *name) {
    for (size_t i = 0; i < r->n_headers; i++)
        if (str_eq_nocase(r->headers[i].name, STR("Via")) &&
            memmem(r->headers[i].value.ptr, r->headers[i].value.len, name, strlen(name)))
            return true;
    return false;
}

/* Returns true if the request was refused. */
static bool refused(struct http_request *r, const struct engine *e) {
    const struct upstream_options *o = &e->upstream->o;
    if (e->ending)
        upstream_refuse(r, 503, "this server is being stopped");
    else if (is_loop(r, e->upstream->name))
        upstream_refuse(r, 508, "the upstream %s leads back to this server", o->url);
    else if (r->path.len == 0 || r->path.ptr[0] != '/' || memchr(r->path.ptr, '#', r->path.len))
        upstream_refuse(r, 400, "the path of the request cannot be passed on");
    else if (r->query.len > 0 && memchr(r->query.ptr, '#', r->query.len))
        upstream_refuse(r, 400, "the query of the request cannot be passed on");
    else if (e->upstream->calls >= o->calls)
        upstream_refuse(r, 503, "%u calls are being passed on; try again in a second", o->calls);
    else if (calls_of(e, http_peer(r)) >= o->calls_of_address)
        upstream_refuse(r, 503, "%u calls from this address are being passed on; try again in a second",
                        o->calls_of_address);
    else
        return false;
    return true;
}

static struct engine *engine_of(struct http_loop *l) {
    struct upstream *u = http_loop_app_ctx(l);
    return &u->engines[http_loop_index(l)];
}

static void on_head(struct http_request *r) {
    struct engine *e = engine_of(r->loop);
    if (refused(r, e))
        return;
    struct relay *y = relay_new(e, r);
    if (!y) {
        upstream_refuse(r, 503, "this server has too little memory; try again in a second");
        return;
    }
    r->ctx = y;
    r->sink = &relay_sink;
    r->body_max = BODY_MAX;
    if (relay_setup(y) == 0 && engine_begin(e, y) == 0)
        return;
    curl_easy_cleanup(y->curl); /* it is not in the multi handle */
    y->curl = NULL;
    y->finished = true;
    y->fail_status = 502;
    snprintf(y->error, sizeof y->error, "the call could not be begun");
    engine_ready(y);
}

/* Every request has a sink, so this is called for none that was admitted. */
static void handle(struct http_request *r) {
    upstream_refuse(r, 500, "the request was not admitted");
}

static void gone(struct http_request *r) {
    struct relay *y = r->ctx;
    if (!y)
        return;
    y->request = NULL;
    relay_free(y, "the client closed the connection");
}

static int loop_start(struct http_loop *l) {
    return engine_start(engine_of(l), http_loop_app_ctx(l), l);
}

static void loop_stop(struct http_loop *l) {
    engine_stop(engine_of(l));
}

const struct http_app upstream_app = {
    .on_head = on_head, .handle = handle, .gone = gone, .loop_start = loop_start, .loop_stop = loop_stop};

/* ---- begin and end ---- */

const char *upstream_check_url(const char *url) {
    const char *rest = NULL;
    if (strncmp(url, "http://", 7) == 0)
        rest = url + 7;
    else if (strncmp(url, "https://", 8) == 0)
        rest = url + 8;
    if (!rest)
        return "begins with http:// or https://";
    if (*rest == '\0' || *rest == '/' || *rest == ':')
        return "names a host";
    for (const char *p = url; *p; p++)
        if (*p <= ' ' || *p >= 0x7f || strchr("?#@\\\"<>", *p))
            return "consists of a scheme, a host, perhaps a port and a path, without user, query and fragment";
    return url[strlen(url) - 1] == '/' ? "does not end with a slash" : NULL;
}

struct upstream *upstream_new(const struct upstream_options *o) {
    struct upstream *u = calloc(1, sizeof *u);
    unsigned char bytes[4];
    if (!u)
        return NULL;
    u->o = *o;
    u->engines = calloc(o->loops, sizeof *u->engines);
    if (!u->engines || getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return upstream_free(u);
    snprintf(u->name, sizeof u->name, "hired-%02x%02x%02x%02x", bytes[0], bytes[1], bytes[2], bytes[3]);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    return u;
}

struct upstream *upstream_free(struct upstream *u) {
    if (u)
        free(u->engines);
    free(u);
    return NULL;
}
