/* SPDX-License-Identifier: Apache-2.0
 *
 * DIR/hired.sock: where it is, who may use it, and what both sides must have in common.
 */
#ifndef HIRED_STORE_REMOTE_SOCKET_H
#define HIRED_STORE_REMOTE_SOCKET_H

#include <stdbool.h>

/* What statements and schema this binary has, as 32 bytes: two builds with the same can work together. */
void remote_fingerprint(unsigned char ret[32]);

/* Connects to the socket in the directory. Returns the descriptor or a negative errno. A path may be of any length. */
int remote_connect(const char *dir);

/* Makes the socket (mode 0600) in place of one that is there and listens. Returns the descriptor or a negative errno.
 * The caller holds the directory. */
int remote_listen(const char *dir);

/* Removes the socket, so that nobody tries to connect. */
void remote_unlink(const char *dir);

/* Whether who is connected may work here: this process's user, or root. */
bool remote_peer_may(int fd);

#endif
