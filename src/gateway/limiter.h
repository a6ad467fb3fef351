/* SPDX-License-Identifier: Apache-2.0
 *
 * Rate limits: calls counted per operation, app and tenant, in up to two windows. A window opens with the first call
 * and lets pass what its limit says until it ends; so waiting as long as a refusal tells is always enough.
 */
#ifndef HIRED_GATEWAY_LIMITER_H
#define HIRED_GATEWAY_LIMITER_H

#include "gateway/op.h"

struct limiter;

struct limiter *limiter_new(void);
struct limiter *limiter_free(struct limiter *l); /* takes NULL; returns NULL */

struct limiter_key {
    int64_t app, tenant;
    uint16_t op;
};

/* Counts one call at mono_ms (clock_mono_ms). factor multiplies the limits (at least 1 call stays). Any thread.
 * Returns true if it may pass; else false, counts nothing, and sets the limit reached and the whole seconds (1 or more)
 * until calls pass again. */
bool limiter_take(struct limiter *l, struct limiter_key key, const struct op_limit limits[2], double factor,
                  int64_t mono_ms, uint32_t *ret_limit, uint32_t *ret_reset_s);

#endif
