/* SPDX-License-Identifier: Apache-2.0
 *
 * Receives bodies. For an upload, or for a large body, the caller is admitted when the head of the request has
 * arrived; then an upload's bytes are written to disk as they arrive.
 */
#include <errno.h>

#include "gateway/answer.h"
#include "gateway/caller/session.h"
#include "gateway/internal.h"

#define STRANGERS_BODY_MAX (16 * 1024)

static int upload_data(struct http_request *r, const char *bytes, size_t len) {
    struct request *x = r->ctx;
    int error = upload_feed(x->upload, bytes, len);
    if (error < 0 && error != -EAGAIN)
        request_refuse(x, error);
    return error;
}

/* keeper_owner.tell; on the loop's thread. */
static void upload_told(void *ctx, int what) {
    struct request *x = ctx;
    if (what == 0) {
        http_body_resume(x->r);
    } else if (what < 0) {
        upload_failed(x->upload, what);
        request_refuse(x, what);
    } else {
        upload_kept(x->upload);
        request_begin_answer(x);
        serve_write(x);
    }
}

/* The answer is sent by upload_told, because syncing hundreds of megabytes takes seconds. */
static void upload_done(struct http_request *r) {
    struct request *x = r->ctx;
    snapshot_take(x->loop);
    int error = access_recheck(x); /* checked again before a large file is synced for a caller whose access may have
                                    * ended */
    if (error == 0) {
        r->no_cancel = true;
        error = upload_finish(x->upload);
    }
    if (error < 0)
        request_refuse(x, error);
}

static void upload_gone(struct http_request *r) {
    struct request *x = r->ctx;
    upload_drop(x->upload);
}

/* The key by which the pool shares its threads between callers. */
static int64_t caller_key(const struct call *c) {
    return c->app ? c->app->id : c->person ? c->person->account : 0;
}

static void receive_upload(struct request *x, const struct gateway_settings *s) {
    static const struct http_sink sink = {.data = upload_data, .done = upload_done, .gone = upload_gone};
    struct http_request *r = x->r;
    int error = serve_admit(x, s);
    if (error == 0)
        error = serve_read(x);
    const struct keeper_owner owner = {
        .loop = r->loop, .pool = x->g->pool, .key = caller_key(&x->call), .tell = upload_told, .ctx = x};
    if (error == 0)
        error = upload_begin(&x->upload, &x->call, &owner, x->g->db_options->dir,
                             http_header_get(r, STR("Content-Type")), r->content_length);
    if (error < 0) {
        request_refuse(x, error);
        return;
    }
    x->call.user_cache = NULL; /* it belongs to the loop's thread */
    r->sink = &sink;
    r->ctx = x;
    r->body_max = (size_t)(UPLOAD_MAX_BYTES + UPLOAD_AROUND_MAX);
}

static bool is_open_to_all(const struct op *op) {
    return op->access == OP_PUBLIC || (op->access == OP_CONSOLE && op->anonymous);
}

/* A body that is collected in memory occupies it as long as the client takes to send it. So a client that is not
 * authenticated may send only a small body, and all others are authenticated before the gateway accepts a large
 * body. */
static void receive_body(struct gateway *g, struct http_request *r, const struct op *op) {
    if (r->content_length >= 0 && r->content_length <= STRANGERS_BODY_MAX)
        return;
    if (!op || is_open_to_all(op)) {
        if (r->body_max > STRANGERS_BODY_MAX)
            r->body_max = STRANGERS_BODY_MAX;
        return;
    }
    const struct gateway_settings *s = gateway_settings_now(g);
    struct request *x = request_new(g, r, s);
    int error = serve_admit(x, s);
    if (error < 0)
        request_refuse(x, error);
    else
        r->ctx = x;
}

/* Whether an operation reads a body. */
static bool takes_body(const struct op *op) {
    return op && op->handle && op->body_kind != OP_BODY_NONE && op->body;
}

void gateway_head(struct gateway *g, struct http_request *r) {
    struct route route = {0};
    if (r->method == HTTP_GET || r->method == HTTP_HEAD) { /* no operation with these methods has a body */
        r->no_body = true;
        receive_body(g, r, NULL);
        return;
    }
    if (router_find(g->router, r->method_name, r->path, &route) < 0)
        route.op = NULL;
    if (route.op && route.op->body_kind == OP_BODY_MULTIPART && route.op->handle) {
        const struct gateway_settings *s = gateway_settings_now(g);
        receive_upload(request_new(g, r, s), s);
    } else {
        r->no_body = !takes_body(route.op);
        receive_body(g, r, r->no_body ? NULL : route.op);
    }
}
