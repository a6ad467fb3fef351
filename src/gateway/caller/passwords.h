/* SPDX-License-Identifier: Apache-2.0
 *
 * Checks and hashes passwords on a thread of its own, one after the other: that takes tenths of a second, which neither
 * a loop nor the writer has, and must not take every core when somebody guesses.
 */
#ifndef HIRED_GATEWAY_CALLER_PASSWORDS_H
#define HIRED_GATEWAY_CALLER_PASSWORDS_H

#include "gateway/call.h"

struct passwords;

struct passwords *passwords_new(void);
/* Drops what waits and joins the thread; takes NULL; returns NULL. */
struct passwords *passwords_free(struct passwords *p);

/* Works on call->password, then calls done(arg) on this thread. The call must stay whole until then. Returns 0, or
 * -EBUSY when too many wait, of all or from the call's address (done is not called). */
int passwords_submit(struct passwords *p, struct call *call, void (*done)(void *arg), void *arg);

#endif
