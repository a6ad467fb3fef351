/* SPDX-License-Identifier: Apache-2.0
 *
 * Passes calls on to another server of the platform (hired serve --upstream) and gives each exchange to a recorder.
 *
 * Requests and answers are passed on as they are: method, path, query, headers and the bytes of the bodies. Not passed
 * on are the headers of one connection (Connection and what it names, Keep-Alive, TE, Trailer, Transfer-Encoding,
 * Upgrade, Expect, Proxy-...), Host, which becomes the upstream's, and the answer's Date, which is this server's. A
 * request gets the header Via. Redirects are not followed.
 *
 * All transfers run on the loops of src/http: each loop has a curl multi handle, whose sockets and timer are watched by
 * libuv. A call holds at most some hundred KiB: if one side is slow, nothing more is read from the other side, and no
 * other call waits. Records are written by the recorder's own thread.
 */
#ifndef HIRED_UPSTREAM_UPSTREAM_H
#define HIRED_UPSTREAM_UPSTREAM_H

#include "http/http.h"
#include "upstream/recorder.h"

struct upstream_options {
    const char *url;     /* "https://open.feishu.cn": scheme, host and perhaps a path; without a slash at the end */
    unsigned timeout_ms; /* without any byte from the upstream, in either direction: 504 */
    unsigned calls;      /* at the same time; beyond them 503 */
    unsigned calls_of_address; /* the same from one client's address */
    unsigned loops;
    struct recorder *recorder; /* NULL: nothing is recorded */
};

struct upstream;

/* The options' texts must live as long as it. NULL: no memory. */
struct upstream *upstream_new(const struct upstream_options *o);
struct upstream *upstream_free(struct upstream *u); /* after the loops have ended; takes NULL, returns NULL */

/* Checks the address of an upstream: http or https, a host, no user, query or fragment. Returns NULL, or what is wrong.
 */
const char *upstream_check_url(const char *url);

/* For http_server_new(), with the upstream as app_ctx. */
extern const struct http_app upstream_app;

#endif
