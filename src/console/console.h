/* SPDX-License-Identifier: Apache-2.0
 *
 * Shared by the console's handlers: calling the domain, mapping its refusals to answers, writing times and names.
 */
#ifndef HIRED_CONSOLE_CONSOLE_H
#define HIRED_CONSOLE_CONSOLE_H

#include "gateway/answer.h"
#include "gateway/caller/session.h"
#include "handlers/domain.h"

/* Codes that only the console's operations (api/console) have. */
enum { CODE_NOT_FOUND = 4004, CODE_WRONG_PASSWORD = 4012, CODE_TOO_MANY_ATTEMPTS = 4290 };

/* Makes the domain's context of a call: the actor is the signed-in person. */
struct hire console_hire(struct call *c);

/* Turns a result of the domain into one of a handler: 0 or more becomes 0, a refusal fails the call with the
 * matching code, a fault is returned. */
int console_result(struct call *c, const struct hire *h, int result);

/* Fails the call with 1002002, a sentence, and a reason word that the page reads. */
int console_fail(struct call *c, struct reason reason, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Reads an id. A text that is not an id fails the call as not found. */
int console_id(struct call *c, struct str text, int64_t *ret);

/* Writes a member with a time; nothing if it is 0. */
void console_member_time(struct buf *out, struct str key, int64_t ms);
/* Writes a member {"zh_cn":..,"en_us":..}; nothing if both are empty. */
void console_member_i18n(struct buf *out, struct str key, struct str zh_cn, struct str en_us);

#endif
