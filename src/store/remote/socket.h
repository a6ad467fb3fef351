/* SPDX-License-Identifier: Apache-2.0
 *
 * The socket DIR/hired.sock: its path, its permissions, and the fingerprint that both sides must share.
 */
#ifndef HIRED_STORE_REMOTE_SOCKET_H
#define HIRED_STORE_REMOTE_SOCKET_H

#include <stdbool.h>

/* A digest (32 bytes) of the statements and the schema of this binary: two builds with the same digest can work
 * together. */
void remote_fingerprint(unsigned char ret[32]);

/* Connects to the socket in the directory. Returns the descriptor or a negative errno. A path may be of any length. */
int remote_connect(const char *dir);

/* Makes the socket (mode 0600), replacing an old one, and listens. Returns the descriptor or a negative errno. The
 * caller must own the directory. */
int remote_listen(const char *dir);

/* Removes the socket, so that no process tries to connect. */
void remote_unlink(const char *dir);

/* Whether the connected process may use the database: it runs as this process's user, or as root. */
bool remote_peer_may(int fd);

#endif
