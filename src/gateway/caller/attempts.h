/* SPDX-License-Identifier: Apache-2.0
 *
 * Counts failed attempts by name and address, to sign in and to use an app's secret, and says how long to wait. Kept
 * in memory in a table of fixed size; a restart forgets the counts. Any thread.
 */
#ifndef HIRED_GATEWAY_CALLER_ATTEMPTS_H
#define HIRED_GATEWAY_CALLER_ATTEMPTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "gateway/portion.h"

/* How many failures are allowed within one window: of one name from one address; of one address (of IPv6: one /64)
 * with any name; of one name from all addresses. */
struct attempts_rules {
    int64_t window_ms;
    unsigned pair, address, name;
    /* The limit of a name applies only to addresses from which that name has failed, so that nobody can lock out a
     * user from elsewhere. False: it applies to all addresses. */
    bool name_spares_others;
};

/* For signing in. The limit of a name is high, so that a stranger cannot easily lock a user out. */
#define ATTEMPTS_WINDOW_MS (15 * 60 * 1000LL)
#define ATTEMPTS_PAIR 10
#define ATTEMPTS_ADDRESS 60
#define ATTEMPTS_NAME 200
extern const struct attempts_rules attempts_to_sign_in;

/* For an app's secret. A program with a wrong secret repeats it until somebody corrects it, so the window is short. */
extern const struct attempts_rules attempts_with_secret;

struct attempts;
struct attempts *attempts_new(const struct attempts_rules *rules); /* copies */
struct attempts *attempts_free(struct attempts *t);                /* takes NULL; returns NULL */

/* From now on only this part of each limit, but at least 1, is allowed here. */
void attempts_share(struct attempts *t, struct portion portion);

/* Returns 0, or the seconds to wait if a limit is reached. Counts nothing. */
unsigned attempts_wait(struct attempts *t, struct str name, struct str address, int64_t mono_ms);
/* The part of an address by which attempts are counted: an IPv4 address, or the first 64 bits of an IPv6 address,
 * since one owner usually has all of them. The result may point into bytes. */
struct str attempts_network(struct str address, uint8_t bytes[16]);

/* Counts a failed attempt, or one that takes long before it is checked, so that attempts at the same time count too.
 * Returns 0, or the seconds to wait (the attempt is not counted then). */
unsigned attempts_take(struct attempts *t, struct str name, struct str address, int64_t mono_ms);
/* The attempt succeeded: gives back what attempts_take counted, and resets the count of the pair of name and
 * address. */
void attempts_good(struct attempts *t, struct str name, struct str address);

#endif
