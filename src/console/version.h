/* SPDX-License-Identifier: Apache-2.0
 *
 * Optimistic locking: a record that a page shows has a version. A change names the version from which it was made, and
 * the server refuses it if the record has another version now. Two versions are equal if the contents from which they
 * were computed are.
 */
#ifndef HIRED_CONSOLE_VERSION_H
#define HIRED_CONSOLE_VERSION_H

#include "api_types.h"
#include "console/console.h"

/* Answered with 409: the record has another version now, which is in error.subject. */
enum { CODE_STALE = 4090 };

/* The version of a content: 16 hex digits, in the call's arena. */
struct str version_of(struct call *c, struct str shown);

/* Returns 0 if given is absent or equals now; otherwise the call fails with CODE_STALE. */
int version_check(struct call *c, struct str given, struct str now);

/* The version of an order, which changes with each step of its history. Returns 1, 0 (it has no history) or < 0. */
int version_of_order(struct call *c, int64_t order_id, struct str *ret);

/* The version of an interview with its records. */
struct str version_of_interview(struct call *c, const struct interview_extend *doc);

/* The version of an account: of the members that an administrator can change. */
struct str version_of_account(struct call *c, const struct account *a);

#endif
