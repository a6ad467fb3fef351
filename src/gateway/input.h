/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads a request's parameters and body into the operation's structs and checks the documented rules of every field.
 */
#ifndef HIRED_GATEWAY_INPUT_H
#define HIRED_GATEWAY_INPUT_H

#include "gateway/call.h"
#include "gateway/router.h"

/* Fills c->params, c->query and c->body. Returns 0, or < 0 with the call failed; the failure lists all violations. */
int input_read(struct call *c, const struct route *route, struct str query, struct str body);

#endif
