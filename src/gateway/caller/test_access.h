/* SPDX-License-Identifier: Apache-2.0
 *
 * Decides whether a request may use an operation of the test mode.
 */
#ifndef HIRED_GATEWAY_CALLER_TEST_ACCESS_H
#define HIRED_GATEWAY_CALLER_TEST_ACCESS_H

#include "gateway/call.h"
#include "http/http.h"

/* Admits callers that show the token (absent: there is none), and callers on this machine that are no web pages: a page
 * of any site can send requests to this machine through the browser of a person who works on it. Returns 0, or < 0 with
 * the call failed. */
int test_access_admit(struct call *c, const struct http_request *r, struct str token);

#endif
