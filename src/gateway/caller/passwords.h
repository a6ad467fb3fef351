/* SPDX-License-Identifier: Apache-2.0
 *
 * The thread that compares and hashes passwords, one after the other. Each takes some tenths of a second, so it must
 * block neither a loop nor the writer; and one thread limits the load if somebody guesses passwords. (account.h has
 * the functions that it calls.)
 */
#ifndef HIRED_GATEWAY_CALLER_PASSWORDS_H
#define HIRED_GATEWAY_CALLER_PASSWORDS_H

#include "gateway/call.h"

struct passwords;

/* Starts the thread. many: 256 calls may wait, all of one address, as when the tests of a suite begin at once;
 * otherwise 64, of which 8 of one address. Returns 0 or a negative errno. */
int passwords_new(struct passwords **ret, bool many);
/* Drops the waiting calls and joins the thread. Takes NULL; returns NULL. */
struct passwords *passwords_free(struct passwords *p);

/* Works on call->password, then calls done(arg) on the passwords thread. The call must stay valid until then.
 * Returns 0, or -EBUSY if too many calls wait, in all or from the call's address (done is not called then). */
int passwords_submit(struct passwords *p, struct call *call, void (*done)(void *arg), void *arg);

#endif
