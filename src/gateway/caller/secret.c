/* SPDX-License-Identifier: Apache-2.0
 *
 * Checks callers by an app's id and secret.
 */
#include "gateway/caller/secret.h"

#include <stdlib.h>

#include "gateway/caller/token.h"

int secret_check(struct db *db, struct attempts *t, struct str app_id, struct str secret, struct str address,
                 int64_t mono_ms, struct arena *a, struct app_row *ret, unsigned *ret_wait_s) {
    *ret_wait_s = attempts_wait(t, app_id, address, mono_ms);
    if (*ret_wait_s > 0)
        return SECRET_WAIT;
    int r = app_authenticate(db, app_id, secret, a, ret);
    if (r < 0)
        return r;
    if (r == 0) {
        /* Several may be checked at the same time: of those, too, only as many as the limit allows are told that the
         * secret is wrong. */
        *ret_wait_s = attempts_take(t, app_id, address, mono_ms);
        return *ret_wait_s > 0 ? SECRET_WAIT : SECRET_WRONG;
    }
    return app_address_allowed(ret->ip_allow, address) ? SECRET_OK : SECRET_ADDRESS;
}

/* The mark of a secret is the beginning of its hash. */
static uint64_t mark_of(struct str hash) {
    char digits[17] = "";
    hash = str_head(hash, sizeof digits - 1);
    memcpy(digits, hash.ptr, hash.len);
    return strtoull(digits, NULL, 16);
}

static int installed_anywhere(struct db *db, int64_t app) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_APP_INSTALL_ELSEWHERE);
    db_bind_int(&q, 1, app);
    db_bind_int(&q, 2, 0);
    return db_row(&q);
}

int secret_connection(struct db *db, int64_t app, struct str address, uint64_t *ret_mark) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_APP_BY_ID);
    db_bind_int(&q, 1, app);
    int r = db_row(&q);
    if (r <= 0)
        return r < 0 ? r : SECRET_WRONG;
    const struct app_row row = app_row_view(&q);
    if (row.disabled)
        return SECRET_DISABLED;
    *ret_mark = mark_of(row.secret_hash);
    if (!app_address_allowed(row.ip_allow, address))
        return SECRET_ADDRESS;
    r = installed_anywhere(db, app);
    return r < 0 ? r : r == 0 ? SECRET_NOT_INSTALLED : SECRET_OK;
}
