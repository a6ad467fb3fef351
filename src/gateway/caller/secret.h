/* SPDX-License-Identifier: Apache-2.0
 *
 * Callers that show an app's id and secret (the token endpoints, the long connection's address), and those that were
 * let in so and stay (the long connection).
 */
#ifndef HIRED_GATEWAY_CALLER_SECRET_H
#define HIRED_GATEWAY_CALLER_SECRET_H

#include "gateway/caller/app.h"
#include "gateway/caller/attempts.h"

enum secret_result {
    SECRET_OK,
    SECRET_WRONG,         /* id or secret; or there is no such app any more */
    SECRET_WAIT,          /* too many wrong ones came from this address: not looked at */
    SECRET_ADDRESS,       /* the app's allowed addresses do not have this one */
    SECRET_DISABLED,      /* secret_connection alone */
    SECRET_NOT_INSTALLED, /* secret_connection alone */
};

/* Whose id and secret these are, compared in constant time. A wrong one is counted in t. Reads only; any connection.
 * Returns enum secret_result, with *ret set unless it is SECRET_WRONG or SECRET_WAIT (then *ret_wait_s is: seconds); or
 * a negative errno. A disabled app is SECRET_OK: what it gets serves for nothing. */
int secret_check(struct db *db, struct attempts *t, struct str app_id, struct str secret, struct str address,
                 int64_t mono_ms, struct arena *a, struct app_row *ret, unsigned *ret_wait_s);

/* Whether the app may have a long connection from that address: it is there, enabled, installed in some tenant, and
 * the address is one of its own. Returns enum secret_result and, if
 * SECRET_OK or SECRET_ADDRESS, a number that changes with the app's secret; or a negative errno. */
int secret_connection(struct db *db, int64_t app, struct str address, uint64_t *ret_mark);

#endif
