/* SPDX-License-Identifier: Apache-2.0
 *
 * The client's end of a WebSocket: a connection by libcurl (so wss works too), the handshake, and wslay on top of it.
 */
#ifndef HIRED_CLIENT_SOCKET_H
#define HIRED_CLIENT_SOCKET_H

#include "base/buf.h"

struct socket;

struct socket_options {
    const char *url; /* ws:// or wss:// */
    const char *ca_file;
    unsigned connect_ms;                          /* for connecting and the handshake together */
    int wake_fd;                                  /* an eventfd that ends socket_wait() and the handshake; -1: none */
    void (*message)(void *ctx, struct str bytes); /* a binary message; on the thread of socket_wait() */
    void *ctx;
    size_t message_max;
};

/* Connects and shakes hands. Returns 0, or -ETIMEDOUT, -ECANCELED (wake_fd), -EPROTO (the server refused the upgrade)
 * or -ECONNREFUSED, with a sentence in *ret_why (owned by the caller's buf, ended by a NUL). */
int socket_open(struct socket **ret, const struct socket_options *o, struct buf *ret_why);

/* Queues a binary message and sends what the connection takes. Returns 0 or -EPIPE. */
int socket_send(struct socket *s, struct str bytes);

/* Waits until bytes arrive, wake_fd is written to or ms have passed, and reads what there is. Returns 0, or -EPIPE
 * when the connection has ended. */
int socket_wait(struct socket *s, int ms);

struct socket *socket_free(struct socket *s); /* takes NULL; returns NULL */

#endif
