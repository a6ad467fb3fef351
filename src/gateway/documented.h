/* SPDX-License-Identifier: Apache-2.0
 *
 * Which error codes an operation documents: its own, and those that all operations of its kind may answer.
 */
#ifndef HIRED_GATEWAY_DOCUMENTED_H
#define HIRED_GATEWAY_DOCUMENTED_H

#include "gateway/call.h"

bool documented_by(const struct op *op, int code);

/* Whether a code that the operation documents comes with this HTTP status. */
bool documented_status(const struct op *op, int code, unsigned http);

/* The codes that the operation documents, separated by ", "; in the arena. */
struct str documented_codes(const struct op *op, struct arena *a);

/* Fails the call with a code that its operation documents, with the documented status and msg. */
int documented_fail(struct call *c, int code);

#endif
