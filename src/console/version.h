/* SPDX-License-Identifier: Apache-2.0
 *
 * Versions: what a page shows of a thing has one, a change names that from which it was made, and the server refuses a
 * change that was made from another than stands now. Two versions are equal when what they were made from is.
 */
#ifndef HIRED_CONSOLE_VERSION_H
#define HIRED_CONSOLE_VERSION_H

#include "api_types.h"
#include "console/console.h"

/* Refused with 409: what was changed has another version by now, which error.subject names. */
enum { CODE_STALE = 4090 };

/* The version of what is shown: 16 hex digits, in the call's arena. */
struct str version_of(struct call *c, struct str shown);

/* 0 if given is now or absent; else the call fails with CODE_STALE. */
int version_check(struct call *c, struct str given, struct str now);

/* The version of an order, in ret: another one after each step of its history. Returns 1, 0 (it has no history) or < 0.
 */
int version_of_order(struct call *c, int64_t order_id, struct str *ret);

/* Of an interview with its records. */
struct str version_of_interview(struct call *c, const struct interview_extend *doc);

/* The version of an account: of the members that an administrator can change. */
struct str version_of_account(struct call *c, const struct account *a);

#endif
