/* SPDX-License-Identifier: Apache-2.0
 *
 * What the operations of the open API and of the console share: a call as the domain sees it, and the error code for
 * what the domain refuses. (handlers.h and console/console.h add what differs: the actor, and the reason that the
 * console's pages read.)
 */
#ifndef HIRED_HANDLERS_DOMAIN_H
#define HIRED_HANDLERS_DOMAIN_H

#include "gateway/call.h"
#include "hire/hire.h"

/* The domain's view of a call: the same database, time and tenant. The actor is ACTOR_SYSTEM. */
struct hire domain_of(struct call *c);

/* The handler's return value for the result of a domain function: 0 or more gives 0; a refusal fails the call with the
 * code that the platform documents for it; any other error is returned. */
int call_from_hire(struct call *c, const struct hire *h, int result);

/* The same for an operation that documents its own code for wrong parameters. */
int call_from_hire_as(struct call *c, const struct hire *h, int result, int parameter_code);

#endif
