/* SPDX-License-Identifier: Apache-2.0
 *
 * Counters of operations, kept by each loop for itself and added up when somebody asks.
 */
#ifndef HIRED_GATEWAY_METRICS_H
#define HIRED_GATEWAY_METRICS_H

#include "base/buf.h"
#include "gateway/op.h"

struct metrics;

struct metrics *metrics_new(void);
struct metrics *metrics_free(struct metrics *m); /* takes NULL; returns NULL */

/* Counts one answer of op (NULL: no operation) with its code. Only the loop's own thread. */
void metrics_count(struct metrics *m, const struct op *op, int code, int64_t duration_ns);

/* Prometheus text of n loops' metrics together. Any thread. */
void metrics_write(struct metrics *const *loops, size_t n, struct buf *out);

#endif
