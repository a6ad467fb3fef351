/* SPDX-License-Identifier: Apache-2.0
 *
 * Operations that take a file: the caller is admitted by the head alone, then the body goes to disk as it comes.
 */
#include <errno.h>

#include "gateway/answer.h"
#include "gateway/internal.h"

static int upload_data(struct http_request *r, const char *bytes, size_t len) {
    struct exchange *x = r->ctx;
    int error = upload_feed(x->upload, bytes, len);
    if (error < 0)
        exchange_refuse(x, error);
    return error;
}

static void keep_work(uv_work_t *work) {
    struct exchange *x = work->data;
    x->result = upload_keep(x->upload);
}

static void keep_done(uv_work_t *work, int status) {
    struct exchange *x = work->data;
    int error = status < 0 ? -ECANCELED : x->result;
    if (error < 0) {
        exchange_refuse(x, error);
        return;
    }
    exchange_begin_answer(x);
    dispatch_write(x);
}

/* Syncing hundreds of megabytes takes seconds: neither the loop nor the writer waits for that. */
static void upload_done(struct http_request *r) {
    struct exchange *x = r->ctx;
    int error = upload_finish(x->upload);
    if (error < 0) {
        exchange_refuse(x, error);
        return;
    }
    r->held = true;
    x->keeping.data = x;
    error = uv_queue_work(http_loop_uv(r->loop), &x->keeping, keep_work, keep_done);
    if (error < 0)
        exchange_refuse(x, error);
}

static void upload_gone(struct http_request *r) {
    struct exchange *x = r->ctx;
    upload_drop(x->upload);
}

void gateway_head(struct gateway *g, struct http_request *r) {
    static const struct http_sink sink = {.data = upload_data, .done = upload_done, .gone = upload_gone};
    struct route route;
    if (r->method != HTTP_POST || router_find(g->router, r->method_name, r->path, r->arena, &route) < 0 ||
        route.op->body_kind != OP_BODY_MULTIPART || !route.op->handle)
        return;
    const struct gateway_settings *s = gateway_settings_now(g);
    struct exchange *x = exchange_new(g, r, s);
    int error = dispatch_prepare(x, s);
    if (error == 0)
        error = upload_begin(&x->upload, &x->call, g->db_options->dir, http_header_get(r, STR("Content-Type")),
                             r->content_length);
    if (error < 0) {
        exchange_refuse(x, error);
        return;
    }
    x->call.user_cache = NULL; /* the loop's own */
    r->sink = &sink;
    r->ctx = x;
    r->body_max = (size_t)(UPLOAD_MAX_BYTES + UPLOAD_AROUND_MAX);
}
