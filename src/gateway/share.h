/* SPDX-License-Identifier: Apache-2.0
 *
 * Whose a request is, before the database says so: the pool of readers shares its threads out by caller, and finding
 * the caller is itself a read. A loop remembers which token or session belongs to whom from the requests that were
 * admitted. All others count for the network that they come from, so nobody gets more threads by inventing tokens.
 */
#ifndef HIRED_GATEWAY_SHARE_H
#define HIRED_GATEWAY_SHARE_H

#include "http/http.h"

struct shares; /* of one loop, used by its thread only; fixed size */

struct shares *shares_new(void);
struct shares *shares_free(struct shares *s); /* takes NULL; returns NULL */

/* The key of the request's caller, for struct read_job: an id if it is known, else a negative number. */
int64_t shares_key(const struct shares *s, const struct http_request *r);

/* The request was admitted for the app or account of this id. */
void shares_learn(struct shares *s, const struct http_request *r, int64_t id);

#endif
