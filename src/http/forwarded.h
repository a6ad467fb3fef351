/* SPDX-License-Identifier: Apache-2.0
 *
 * Who calls, when a proxy speaks for others: X-Forwarded-For and X-Forwarded-Proto. Pure: no sockets, no memory of its
 * own.
 *
 * Each proxy adds, at the right, the address it was called from; what stands further left came with the request and may
 * be anybody's invention. So the list is walked from the right for as long as it leads through trusted proxies, and the
 * first address that is none of them is the client's.
 */
#ifndef HIRED_HTTP_FORWARDED_H
#define HIRED_HTTP_FORWARDED_H

#include <sys/socket.h>

#include "base/network.h"
#include "http/http.h"

#define FORWARDED_HOPS_MAX 16 /* trusted proxies, one behind the other */

struct forwarded {
    struct sockaddr_storage client; /* the port is 0 */
    bool https;                     /* the client speaks TLS to the outermost of the proxies */
};

/* Reads what the peer's request says, if the peer is one of proxies. Returns 1 with *ret (whose client is the peer if
 * nothing was said), 0 if the peer is no proxy (then whatever the headers say means nothing), or -EBADMSG with *ret_why
 * (fixed text) when a trusted proxy says what cannot be understood: who calls is then not known. */
int forwarded_read(const struct networks *proxies, const struct sockaddr *peer, const struct http_header *headers,
                   size_t n_headers, struct forwarded *ret, const char **ret_why);

#endif
