/* SPDX-License-Identifier: Apache-2.0
 *
 * Who may use an operation of the console: session, role, and that the request comes from the console's own pages.
 */
#ifndef HIRED_GATEWAY_CALLER_CONSOLE_ACCESS_H
#define HIRED_GATEWAY_CALLER_CONSOLE_ACCESS_H

#include "gateway/call.h"
#include "http/http.h"

/* Fills in c->person, c->tenant, c->app (an app without rights) and c->address. own_url: the configured address of this
 * server, or absent. Returns 0, or < 0 with the call failed. */
int admit_person(struct call *c, const struct http_request *r, struct str own_url);

#endif
