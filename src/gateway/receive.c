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

static void refuse_file(struct request *x, int error) {
    upload_failed(x->upload, error);
    request_refuse(x, error);
}

/* The file is stored: its row can be written. */
static void upload_write(struct request *x) {
    int error = x->g->hooks ? fault_begin(x) : 0;
    if (error < 0) {
        request_refuse(x, error);
    } else if (error > 0) {
        fault_end_token(x);
    } else {
        request_begin_answer(x);
        write_begin(x);
    }
}

/* keeper_owner.tell; on the loop's thread. */
static void upload_told(void *ctx, int what) {
    struct request *x = ctx;
    if (what == 0) {
        http_body_resume(x->r);
    } else if (what < 0 && x->reading) {
        x->told = what; /* a reader uses the request: upload_checked answers */
    } else if (what < 0) {
        refuse_file(x, what);
    } else {
        upload_kept(x->upload);
        upload_write(x);
    }
}

/* The answer is sent by upload_told, because syncing hundreds of megabytes takes seconds. */
static void upload_checked(struct request *x) {
    if (x->told < 0) {
        refuse_file(x, x->told);
        return;
    }
    x->r->no_cancel = true;
    int error = upload_finish(x->upload);
    if (error < 0)
        request_refuse(x, error);
}

/* Checked again before a large file is synced for a caller whose access may have ended. */
static void upload_done(struct http_request *r) {
    request_read(r->ctx, access_recheck, upload_checked);
}

static void upload_gone(struct http_request *r) {
    struct request *x = r->ctx;
    upload_drop(x->upload);
}

/* ---- admission by the head ---- */

/* With a pool of readers, the request is held until one of them has admitted it. */
static void admit_by_head(struct request *x, int (*run)(struct request *x), void (*done)(struct request *x)) {
    int error = serve_find(x);
    if (error < 0) {
        request_refuse(x, error);
        return;
    }
    x->r->held = x->g->readers != NULL;
    request_read(x, run, done);
}

/* The body may come. */
static void take_body(struct request *x) {
    x->r->ctx = x;
    x->by_head = true;
    if (x->r->held && http_release(x->r) < 0) /* the client has left */
        request_refuse(x, -ECANCELED);
}

static int admit_upload(struct request *x) {
    int error = access_admit(x);
    return error < 0 ? error : serve_input(x);
}

static void begin_upload(struct request *x) {
    static const struct http_sink sink = {.data = upload_data, .done = upload_done, .gone = upload_gone};
    struct http_request *r = x->r;
    const struct keeper_owner owner = {.loop = r->loop,
                                       .files = x->g->files,
                                       .pool = x->g->pool,
                                       .quota = x->g->uploads,
                                       .key = request_caller(&x->call),
                                       .tell = upload_told,
                                       .ctx = x};
    int error = upload_begin(&x->upload, &x->call, &owner, http_header_get(r, STR("Content-Type")), r->content_length);
    if (error < 0) {
        request_refuse(x, error);
        return;
    }
    r->sink = &sink;
    r->body_max = (size_t)(UPLOAD_MAX_BYTES + UPLOAD_AROUND_MAX);
    take_body(x);
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
    admit_by_head(request_new(g, r), access_admit, take_body);
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
        admit_by_head(request_new(g, r), admit_upload, begin_upload);
    } else {
        r->no_body = !takes_body(route.op);
        receive_body(g, r, r->no_body ? NULL : route.op);
    }
}
