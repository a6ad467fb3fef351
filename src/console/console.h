/* SPDX-License-Identifier: Apache-2.0
 *
 * What the console's handlers share: from a call to the domain and back, and how people and times are written.
 */
#ifndef HIRED_CONSOLE_CONSOLE_H
#define HIRED_CONSOLE_CONSOLE_H

#include "gateway/answer.h"
#include "gateway/caller/session.h"
#include "hire/hire.h"

/* Own codes of the console's operations (api/console). */
enum { CODE_NOT_FOUND = 4004, CODE_WRONG_PASSWORD = 4012, CODE_TOO_MANY_ATTEMPTS = 4290 };

/* The domain's view of a call: a person of the tenant acts. */
struct hire console_hire(struct call *c);

/* 0 or more passes as 0, a refusal fails the call with the code that fits, a fault stays one. */
int console_result(struct call *c, const struct hire *h, int result);

/* 1002002 with a word for the page beside the sentence. */
int console_fail(struct call *c, struct reason reason, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* An id that must be one: else the call fails as not found. */
int console_id(struct call *c, struct str text, int64_t *ret);

/* A member with a time; 0 writes nothing. */
void console_member_time(struct buf *out, struct str key, int64_t ms);
/* A member {"zh_cn":..,"en_us":..}; writes nothing if both are empty. */
void console_member_i18n(struct buf *out, struct str key, struct str zh_cn, struct str en_us);

#endif
