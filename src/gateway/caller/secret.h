/* SPDX-License-Identifier: Apache-2.0
 *
 * Checks callers that show an app's id and secret (the token endpoints, the address of the long connection), and
 * whether a long connection that was admitted this way may stay. (app.h stores the secret; token.h: callers with a
 * token.)
 */
#ifndef HIRED_GATEWAY_CALLER_SECRET_H
#define HIRED_GATEWAY_CALLER_SECRET_H

#include "gateway/caller/app.h"
#include "gateway/caller/attempts.h"

enum secret_result {
    SECRET_OK,
    SECRET_WRONG,         /* id or secret is wrong, or the app does not exist any more */
    SECRET_WAIT,          /* too many wrong secrets came from this address: the secret was not checked */
    SECRET_ADDRESS,       /* the app's allow list does not contain the address */
    SECRET_DISABLED,      /* returned by secret_connection only */
    SECRET_NOT_INSTALLED, /* returned by secret_connection only */
};

/* Checks id and secret in constant time and counts a wrong one in t. Reads only; any connection. Returns enum
 * secret_result or a negative errno. *ret is set unless the result is SECRET_WRONG or SECRET_WAIT; with SECRET_WAIT
 * *ret_wait_s is the seconds to wait. A disabled app is SECRET_OK, because its tokens are refused anyway. */
int secret_check(struct db *db, struct attempts *t, struct str app_id, struct str secret, struct str address,
                 int64_t mono_ms, struct arena *a, struct app_row *ret, unsigned *ret_wait_s);

/* Whether the app may have a long connection from address: it exists, is enabled, is installed in a tenant, and its
 * allow list contains the address. Returns enum secret_result or a negative errno. *ret_mark (with SECRET_OK or
 * SECRET_ADDRESS) is a number that changes with the app's secret. */
int secret_connection(struct db *db, int64_t app, struct str address, uint64_t *ret_mark);

#endif
