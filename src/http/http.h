/* SPDX-License-Identifier: Apache-2.0
 *
 * The HTTP/1.1 server: listening sockets, connections, requests and answers. It knows no endpoint.
 *
 * Each loop has a thread and a listening socket of its own (SO_REUSEPORT). A request stays on the loop that accepted
 * its connection; its handler runs on that loop's thread, and answers at once or later from the same thread. Other
 * threads call a function on a loop's thread with http_loop_post().
 *
 * The parser is strict (RFC 9112; docs/HTTP.md lists the refusals): a request that two parsers could read differently
 * is refused with a status, the connection is closed, and the debug log has the reason.
 */
#ifndef HIRED_HTTP_HTTP_H
#define HIRED_HTTP_HTTP_H

#include <netinet/in.h>
#include <uv.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/network.h"
#include "base/str.h"

struct http_limits {
    size_t head_max;           /* bytes of request line and headers; 431 beyond */
    size_t body_max;           /* bytes of a buffered body; 413 beyond */
    unsigned headers_max;      /* number of header lines; 431 beyond */
    unsigned head_timeout_ms;  /* from the first byte of a request to its last header; 408 beyond */
    unsigned body_timeout_ms;  /* without any byte of the body arriving; 408 beyond */
    unsigned body_rate_min;    /* bytes a second, averaged after the first body_timeout_ms; 408 below */
    unsigned idle_timeout_ms;  /* of a connection between requests; then it is closed without an answer */
    unsigned write_timeout_ms; /* without the peer taking any byte of the answer; closed */
    unsigned connections_max;  /* for all loops together; beyond, 503 and closed */
    struct networks
        proxies; /* peers whose X-Forwarded-For and X-Forwarded-Proto are trusted (forwarded.h); none at first */
};

/* Values that suit a small server; every field set. */
void http_limits_init(struct http_limits *l);

struct http_header {
    struct str name, value; /* value trimmed */
};

struct http_request;
struct http_loop;
struct http_server;

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_PUT, HTTP_PATCH, HTTP_DELETE, HTTP_OPTIONS, HTTP_OTHER };

/* Receives a body piece by piece instead of in one buffer (uploads of any size with constant memory). */
struct http_sink {
    /* Takes len bytes. Returns 0, or -EAGAIN after having taken them all: nothing more is read until
     * http_body_resume(). On any other negative errno the body is refused, with 500 unless the sink has answered. */
    int (*data)(struct http_request *r, const char *bytes, size_t len);
    /* The body is complete. Must lead to exactly one http_reply, now or later. */
    void (*done)(struct http_request *r);
    /* The connection closed or the body was refused before its end: no http_reply may follow. */
    void (*gone)(struct http_request *r);
};

struct http_request {
    enum http_method method;
    struct str method_name;
    struct str path;  /* as sent, without query; starts with '/' (or is "*", with OPTIONS); still percent-encoded */
    struct str query; /* without '?'; absent if there was none */
    struct http_header *headers;
    size_t n_headers;
    struct str body;        /* complete when the handler runs, unless a sink takes it; "" if none */
    int64_t content_length; /* -1: none given (chunked or no body) */
    struct arena *arena;    /* lives until the answer is sent */
    struct http_loop *loop;
    int64_t start_ns;             /* clock_mono_ns() at the first byte */
    const struct http_sink *sink; /* set by the on_head callback to take the body in pieces */
    size_t body_max;              /* the on_head callback may change it for this request */
    bool no_body;                 /* the on_head callback may set it: the handler does not use a body. A body that has
                                     not arrived yet is not waited for, and no "100 Continue" is sent */
    bool held;                    /* the on_head callback may set it; see http_release */
    void *ctx;                    /* for the handler's own use; NULL at first */
    bool no_cancel;               /* set by a handler whose work cannot be cancelled; see http_app.gone */
    struct sockaddr_storage peer; /* the client: the connection's peer, or what that says if it is a trusted proxy */
    bool https;                   /* a trusted proxy says that the client speaks TLS to it */
};

/* The first header of that name (any case), or absent. */
struct str http_header_get(const struct http_request *r, struct str name);

/* r->peer as text ("127.0.0.1", "::1"), in the arena. */
struct str http_peer(const struct http_request *r);

/* What a server does with requests. */
struct http_app {
    /* The head is complete. May set r->sink, r->body_max, r->no_body and r->held. May answer: then handle is not
     * called, and the body is read and dropped, or the connection is closed after the answer. NULL: nothing to do. */
    void (*on_head)(struct http_request *r);
    /* Must lead to exactly one http_reply, now or later. */
    void (*handle)(struct http_request *r);
    /* Cancels a request: its connection closed before the answer. When this returns, the request's memory is reused and
     * no http_reply may follow, with one exception: if the handler has set r->no_cancel (because another thread uses
     * the request's memory, say), the memory stays valid and the http_reply (or http_stream_end) is still owed; it
     * frees the request and sends nothing. NULL: every request counts as no_cancel. Not called for a request whose
     * handle has not run yet, so on_head must own nothing outside the arena, or set a sink. */
    void (*gone)(struct http_request *r);
    /* Each runs once on each loop's thread, loop_start before the first request and loop_stop after the last ("waits"
     * below says how a loop ends). loop_stop closes the application's handles on the loop and frees its data. */
    int (*loop_start)(struct http_loop *l);
    void (*loop_stop)(struct http_loop *l);
    /* A request was refused before it reached handle; for counting. why is fixed text. */
    void (*refused)(struct http_loop *l, unsigned status, const char *why);
};

/* ---- answering ---- */

/* The buffer in which the answer's body is to be written. It belongs to the request and keeps its memory from one
 * answer to the next; empty when the handler starts. Head and body leave in one gathering write, without a copy. */
struct buf *http_out(struct http_request *r);

/* Sends status, headers and the bytes in http_out() (for HEAD: only their number). Adds Content-Length, Date and
 * Connection. headers may be NULL; they are copied. Ends the request: r must not be used afterwards. A second answer to
 * a request is an error of the program (base/invariant.h) and is not sent. */
void http_reply(struct http_request *r, unsigned status, struct str content_type, const struct http_header *headers,
                size_t n_headers);

/* The same with a body that lies elsewhere and must live during this call only: what the socket does not take at once
 * is copied. */
void http_reply_bytes(struct http_request *r, unsigned status, struct str content_type,
                      const struct http_header *headers, size_t n_headers, struct str body);

/* As http_reply, and closes the connection afterwards. why goes to the log (debug). If the peer is still sending, its
 * bytes are dropped for a limited time, so that it can read the answer. */
void http_reply_close(struct http_request *r, unsigned status, struct str content_type,
                      const struct http_header *headers, size_t n_headers, const char *why);

/* Two answers that break off, for the test mode. The first announces the whole body, sends the first `sent` bytes of it
 * and closes the connection; the body must live during this call only. The second sends nothing and resets the
 * connection. Both end the request. */
void http_reply_cut(struct http_request *r, unsigned status, struct str content_type, const struct http_header *headers,
                    size_t n_headers, struct str body, size_t sent);
void http_reset(struct http_request *r);

/* Sends bytes [from, from + len) of an open file as the body; takes over fd and closes it. status is 200 or 206. */
void http_reply_file(struct http_request *r, unsigned status, struct str content_type,
                     const struct http_header *headers, size_t n_headers, int fd, uint64_t from, uint64_t len);

/* A body of len bytes that the application brings piece by piece, each when the one before it has been sent: so one
 * piece of it is in memory, however slow the peer is. */
struct http_source {
    /* Wants the next piece: leads to one http_source_give or http_source_fail, now or later. A source that always gives
     * now keeps its loop busy for as long as the socket takes the pieces, so only a short body should be given so. */
    void (*want)(struct http_source *s);
    /* Always the last call, once: everything was sent, or the connection has closed. No http_source_give may follow,
     * even if a piece was wanted. */
    void (*end)(struct http_source *s);
    struct exchange *exchange; /* the rest is http's own */
    bool wanted;
};
/* As http_reply_file; ends the request, and uses *s until its end. want and end may be called before it returns. */
void http_reply_source(struct http_request *r, unsigned status, struct str content_type,
                       const struct http_header *headers, size_t n_headers, struct http_source *s, uint64_t len);
/* The next bytes of the body; they must stay in place until the next call of want or end. */
void http_source_give(struct http_source *s, struct str bytes);
/* Closes the connection, so that the peer sees that the body is not complete. Before the first piece not even the head
 * is sent: an application that would rather answer an error has the first piece before it calls http_reply_source.
 * why goes to the log. */
void http_source_fail(struct http_source *s, const char *why);

/* An answer of unknown length (server-sent events): the head now, then any number of http_stream_write, then
 * http_stream_end, or http_stream_fail, which closes the connection, so that the peer sees that the body is not
 * complete (app->gone is called later). http_stream_write returns 0, -ENOBUFS (nothing is sent) when more than 256 KiB
 * would wait for the peer, or -EPIPE when the connection has failed. r is valid until http_stream_end, or app->gone if
 * the connection closes first. */
void http_stream_begin(struct http_request *r, unsigned status, struct str content_type,
                       const struct http_header *headers, size_t n_headers);
int http_stream_write(struct http_request *r, struct str bytes);
void http_stream_end(struct http_request *r);
void http_stream_fail(struct http_request *r);

/* Sends "101 Switching Protocols" with these headers and "Connection: Upgrade", and gives the connection to the
 * application: bytes go to on_read (len 0: the peer shut down its side), and http_raw_write and http_raw_close serve
 * it. Ends the request. Returns the raw connection, valid until on_closed, or NULL if the connection is closed or the
 * request has a body (then it is answered with 400). No event is called before this has returned. */
struct http_raw;
struct http_raw_events {
    void (*on_read)(struct http_raw *raw, void *ctx, const char *bytes, size_t len);
    void (*on_closed)(struct http_raw *raw, void *ctx); /* always the last call */
};
struct http_raw *http_upgrade(struct http_request *r, const struct http_header *headers, size_t n_headers,
                              const struct http_raw_events *events, void *ctx);
/* Copies. Returns 0, -ENOBUFS (nothing is written) when more than 4 MiB would wait, or -EPIPE at the connection's end.
 */
int http_raw_write(struct http_raw *raw, struct str bytes);
/* Bytes that the socket has not taken yet. */
size_t http_raw_waiting(const struct http_raw *raw);
/* Closes after all waiting bytes are written; on_read is not called any more. */
void http_raw_close(struct http_raw *raw);

/* After a sink's data returned -EAGAIN. */
void http_body_resume(struct http_request *r);

/* For an on_head callback that cannot decide at once: it sets r->held and returns. The body is not read then (some
 * kilobytes may wait in the connection's buffer), no "100 Continue" is sent, and neither handle nor a sink is called.
 * The application either answers, or sets r->sink and the like as on_head may and calls http_release, which goes on
 * with the body. If the connection has closed meanwhile, http_release returns -EPIPE and the answer is still owed, as
 * http_app.gone says: a request that is held needs r->no_cancel, or an http_app without gone. Otherwise it returns 0,
 * and r may be answered already. On the loop's thread, after on_head has returned. */
int http_release(struct http_request *r);

/* ---- the server ---- */

/* Listens on host:port (port 0: any free one) with n_loops threads. The server is not yet serving. Returns 0, or a
 * negative errno with *ret_why (static or arena-free text to show to a person). */
int http_server_new(struct http_server **ret, const char *host, unsigned port, unsigned n_loops,
                    const struct http_limits *limits, const struct http_app *app, void *app_ctx, struct str *ret_why);

/* The port really listened on. */
unsigned http_server_port(const struct http_server *s);

/* Starts all loops on threads of their own and returns. Returns 0 or the first failing loop_start's errno. */
int http_server_start(struct http_server *s);

/* Stops accepting, waits until all requests are answered (at most grace_ms), ends the loops, joins the threads. */
void http_server_drain(struct http_server *s, unsigned grace_ms);

struct http_server *http_server_free(struct http_server *s); /* takes NULL; returns NULL */

struct http_loop *http_server_loop(struct http_server *s, unsigned index);
unsigned http_server_loops(const struct http_server *s);

/* Changes the limits; a timeout that is already running stays as it is. Any thread. */
void http_server_set_limits(struct http_server *s, const struct http_limits *limits);

/* Runs fn(arg) on the loop's thread soon. Any thread; waits for no I/O. Returns 0, or -ESHUTDOWN when the loop has
 * ended (fn will not run). */
int http_loop_post(struct http_loop *l, void (*fn)(struct http_loop *l, void *arg), void *arg);

/* Only for handles that live as long as the loop: opened in loop_start, unreferenced, closed in loop_stop. All others
 * belong to a wait. */
uv_loop_t *http_loop_uv(struct http_loop *l);
unsigned http_loop_index(const struct http_loop *l);
void *http_loop_app_ctx(struct http_loop *l); /* as given to http_server_new */

/* Counters of one loop, read from any thread. */
struct http_stats {
    uint64_t accepted, refused_connections, open_connections, requests, bytes_in, bytes_out;
};
void http_loop_stats(const struct http_loop *l, struct http_stats *ret);

/* ---- waits ---- */

/* Everything by which the application is called on a loop later, such as a timer or work on another thread, is
 * registered with the loop as a wait. A loop ends in these steps:
 *
 *   1. http_server_drain closes the listening socket. Requests and waits go on.
 *   2. At the end of the grace period, or earlier when no connection and no no_cancel request is left, end of every
 *      wait is called once. Then the remaining connections are closed.
 *   3. The loop runs until no wait is left. Tasks that are posted until then are run.
 *   4. From here on http_loop_post returns -ESHUTDOWN. loop_stop is called, and after it the loop calls nothing of the
 *      application.
 *
 * The loop does not wait beyond the grace period for a no_cancel request that another thread uses (the writer, say):
 * the request's memory stays valid until http_server_free, and the thread gets -ESHUTDOWN when it posts its answer. So
 * such threads must be ended between http_server_drain and http_server_free. */
struct http_wait {
    /* Called on the loop's thread, once, unless http_wait_over was called first. Gives up the wait: answers its request
     * and calls http_wait_over. If a thread uses its memory, http_wait_over is called later, as soon as possible. */
    void (*end)(struct http_wait *w);
    struct http_loop *loop; /* the rest is http's own */
    struct http_wait *next, **at;
};

/* On the loop's thread. w must stay in place until http_wait_over, which is called once. */
void http_wait_begin(struct http_loop *l, struct http_wait *w);
void http_wait_over(struct http_wait *w);

/* Calls fire(arg) every every_ms milliseconds until http_timer_stop. When the loop ends first, the timer is stopped and
 * end(arg) is called. On the loop's thread. */
struct http_timer;
struct http_timer *http_timer_start(struct http_loop *l, unsigned every_ms, void (*fire)(void *arg),
                                    void (*end)(void *arg), void *arg);
void http_timer_stop(struct http_timer *t);

/* Work on a thread of libuv's pool. The caller owns it, sets run and done, and keeps it in place until done. */
struct http_work {
    struct http_wait wait; /* http's own, as is uv */
    uv_work_t uv;
    void (*run)(struct http_work *w); /* on the pool's thread */
    void (*done)(struct http_work *w,
                 int status); /* on the loop's: 0, or -ECANCELED if the loop ended and run was not called */
};

/* Returns 0 (done will be called, before loop_stop) or a negative errno. */
int http_work_begin(struct http_loop *l, struct http_work *w);

/* ---- helpers without state ---- */

/* Walks "a=1&b=2": decodes the next pair ('+' is a space) into the arena and advances *rest. Returns 1 for a pair, 0 at
 * the end, -EBADMSG for a broken percent-escape or text that is not UTF-8 (the pair is skipped). Text without escapes
 * is not copied: the result may point into *rest. */
int http_query_next(struct str *rest, struct arena *a, struct str *ret_name, struct str *ret_value);

/* Percent-decodes ('+' stays '+'); may point into s. Returns 0 or -EBADMSG (a broken escape, or not UTF-8). */
int http_decode(struct str s, struct arena *a, struct str *ret);

/* The reason phrase of a status, "" if unknown. */
const char *http_reason(unsigned status);

#endif
