/* SPDX-License-Identifier: Apache-2.0
 *
 * The client of a request that came through proxies: X-Forwarded-For and X-Forwarded-Proto. Pure: no sockets, no memory
 * of its own.
 *
 * Each proxy appends the address of its own peer at the right. The addresses further left came with the request and may
 * be forged. So the list is read from the right while its addresses are trusted proxies; the first address that is not
 * one of them is the client's.
 */
#ifndef HIRED_HTTP_FORWARDED_H
#define HIRED_HTTP_FORWARDED_H

#include <sys/socket.h>

#include "base/network.h"
#include "http/http.h"

#define FORWARDED_HOPS_MAX 16 /* trusted proxies, one behind the other */

struct forwarded {
    struct sockaddr_storage client; /* the port is 0 */
    bool https;                     /* the client speaks TLS to the proxy that it is connected to */
};

/* Reads the headers if the peer is one of proxies. Returns 1 with *ret (whose client is the peer if there is no
 * X-Forwarded-For), 0 if the peer is not a trusted proxy (the headers are ignored), or -EBADMSG with *ret_why (fixed
 * text) if a trusted proxy sent a header that cannot be parsed, so that the client is unknown. */
int forwarded_read(const struct networks *proxies, const struct sockaddr *peer, const struct http_header *headers,
                   size_t n_headers, struct forwarded *ret, const char **ret_why);

#endif
