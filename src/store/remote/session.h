/* SPDX-License-Identifier: Apache-2.0
 *
 * One command's connection, from its greeting to its end.
 */
#ifndef HIRED_STORE_REMOTE_SESSION_H
#define HIRED_STORE_REMOTE_SESSION_H

#include "store/remote/server.h"

/* Serves the connection until either side ends it, or until *stopping is set outside of a transaction. The caller
 * closes the descriptor. Blocks. */
void remote_session_run(int fd, struct writer *w, const struct remote_limits *limits, unsigned node,
                        const _Atomic bool *stopping);

/* Tells the peer why it is refused. */
void remote_session_refuse(int fd, int error, const char *why);

#endif
