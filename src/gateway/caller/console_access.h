/* SPDX-License-Identifier: Apache-2.0
 *
 * Decides whether a request may use an operation of the console: session, role, CSRF token, and that it comes from
 * the console's own pages. (session.h finds the session; access.c does the same for apps.)
 */
#ifndef HIRED_GATEWAY_CALLER_CONSOLE_ACCESS_H
#define HIRED_GATEWAY_CALLER_CONSOLE_ACCESS_H

#include "gateway/call.h"
#include "http/http.h"

/* Sets c->person, c->tenant, c->app (an app without rights) and c->address. own_url: the configured address of this
 * server, or absent. Returns 0, or < 0 with the call failed. */
int console_access_admit(struct call *c, const struct http_request *r, struct str own_url);

#endif
