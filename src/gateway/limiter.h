/* SPDX-License-Identifier: Apache-2.0
 *
 * Rate limits: counts calls by operation, app and tenant, in up to two windows. The first call opens a window; until
 * it ends, as many calls pass as the limit says. So a client that waits as long as a refusal says always passes.
 */
#ifndef HIRED_GATEWAY_LIMITER_H
#define HIRED_GATEWAY_LIMITER_H

#include "gateway/op.h"
#include "gateway/portion.h"

struct limiter;

struct limiter *limiter_new(void);
struct limiter *limiter_free(struct limiter *l); /* takes NULL; returns NULL */

struct limiter_key {
    int64_t app, tenant;
    uint16_t op;
};

/* Counts one call at mono_ms (clock_mono_ms). factor multiplies the limits; a limit is at least 1 call. portion: which
 * part of them this process has. Returns true if the call passes. Otherwise returns false, does not count the call, and
 * sets the limit that was reached and the seconds (at least 1) until its window ends. Any thread. */
bool limiter_take(struct limiter *l, struct limiter_key key, const struct op_limit limits[2], double factor,
                  struct portion portion, int64_t mono_ms, uint32_t *ret_limit, uint32_t *ret_reset_s);

#endif
