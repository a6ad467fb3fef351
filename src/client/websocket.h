/* SPDX-License-Identifier: Apache-2.0
 *
 * The client's end of a WebSocket: a connection by libcurl (so wss works too), the handshake, and wslay on top of it.
 */
#ifndef HIRED_CLIENT_WEBSOCKET_H
#define HIRED_CLIENT_WEBSOCKET_H

#include "base/buf.h"

struct websocket;

struct websocket_options {
    const char *url; /* ws:// or wss:// */
    const char *ca_file;
    unsigned connect_ms; /* for connecting and the handshake together */
    int wake_fd;         /* an eventfd that ends websocket_wait() and the handshake; -1: none */
    void (*message)(void *ctx, struct str bytes); /* a binary message; on the thread of websocket_wait() */
    void *ctx;
    size_t message_max;
};

/* Connects and shakes hands. Returns 0, or -ETIMEDOUT, -ECANCELED (wake_fd), -EPROTO (the server refused the upgrade)
 * or -ECONNREFUSED, with a sentence in *ret_why (owned by the caller's buf, ended by a NUL). */
int websocket_open(struct websocket **ret, const struct websocket_options *o, struct buf *ret_why);

/* Queues a binary message and sends what the connection takes. Returns 0 or -EPIPE. */
int websocket_send(struct websocket *s, struct str bytes);

/* Waits until bytes arrive, wake_fd is written to or ms have passed, and reads what there is. Returns 0, or -EPIPE
 * when the connection has ended. */
int websocket_wait(struct websocket *s, int ms);

struct websocket *websocket_free(struct websocket *s); /* takes NULL; returns NULL */

#endif
