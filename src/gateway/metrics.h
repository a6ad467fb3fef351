/* SPDX-License-Identifier: Apache-2.0
 *
 * Counts the answers of operations. Each loop counts for itself; metrics_write adds the counts up.
 */
#ifndef HIRED_GATEWAY_METRICS_H
#define HIRED_GATEWAY_METRICS_H

#include "base/buf.h"
#include "gateway/op.h"

struct metrics;

struct metrics *metrics_new(void);
struct metrics *metrics_free(struct metrics *m); /* takes NULL; returns NULL */

/* Counts one answer of op (NULL: no operation) by its code. Called by the loop's own thread. */
void metrics_count(struct metrics *m, const struct op *op, int code, int64_t duration_ns);

/* Appends the sum of n loops' metrics in Prometheus text form. Any thread. */
void metrics_write(struct metrics *const *loops, size_t n, struct buf *out);

#endif
