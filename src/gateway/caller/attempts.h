/* SPDX-License-Identifier: Apache-2.0
 *
 * Counts failed attempts: to sign in, and to show an app's secret. In memory, a table of fixed size: a restart forgets
 * them. Any thread.
 */
#ifndef HIRED_GATEWAY_CALLER_ATTEMPTS_H
#define HIRED_GATEWAY_CALLER_ATTEMPTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* How many failures within one window are allowed: of one name from one address, from one address (of IPv6, one /64)
 * whatever the name, and of one name from anywhere. */
struct attempts_rules {
    int64_t window_ms;
    unsigned pair, address, name;
    /* The limit of a name holds only for addresses from which that name has failed already, so nobody can lock out
     * others from elsewhere. Otherwise it holds for all. */
    bool name_spares_others;
};

/* Signing in. The limit of a name is high, so that a stranger cannot easily lock somebody out. */
#define ATTEMPTS_WINDOW_MS (15 * 60 * 1000LL)
#define ATTEMPTS_PAIR 10
#define ATTEMPTS_ADDRESS 60
#define ATTEMPTS_NAME 200
extern const struct attempts_rules attempts_to_sign_in;

/* Showing an app's secret. A program with a wrong secret asks again and again until somebody mends it, so the window is
 * short. */
extern const struct attempts_rules attempts_with_secret;

struct attempts;
struct attempts *attempts_new(const struct attempts_rules *rules); /* copies */
struct attempts *attempts_free(struct attempts *t);                /* takes NULL; returns NULL */

/* 0, or the seconds to wait when one of the limits is reached. Counts nothing. */
unsigned attempts_wait(struct attempts *t, struct str name, struct str address, int64_t mono_ms);
/* It failed. */
void attempts_bad(struct attempts *t, struct str name, struct str address, int64_t mono_ms);

/* Whose attempts count together: an IPv4 address, or the first 64 bits of an IPv6 one, whose owner has all of them. The
 * result may lie in bytes. */
struct str attempts_network(struct str address, uint8_t bytes[16]);

/* For attempts that take long: counts one as failed before it is looked at, so that those at the same time count too.
 * Returns 0, or the seconds to wait (then it is not counted). */
unsigned attempts_take(struct attempts *t, struct str name, struct str address, int64_t mono_ms);
/* It succeeded: what was taken is given back, and the pair begins anew. */
void attempts_good(struct attempts *t, struct str name, struct str address);

#endif
