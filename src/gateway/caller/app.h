/* SPDX-License-Identifier: Apache-2.0
 *
 * Apps: their secrets, scopes, allow lists and installations in tenants. The functions run within the caller's
 * transaction on a writing connection; a running server applies changes within a second. (secret.h: checks a secret
 * that a client shows; token.h: what an app gets for it.)
 */
#ifndef HIRED_GATEWAY_CALLER_APP_H
#define HIRED_GATEWAY_CALLER_APP_H

#include "base/arena.h"
#include "store/db.h"

enum app_kind { APP_CUSTOM = 1, APP_STORE = 2 };

struct app_row {
    int64_t id, tenant, developer;
    int64_t home; /* the tenant that made the app; 0: a store app made by the command line */
    struct str app_id, name, scopes, ip_allow;
    struct str secret_hash; /* set by app_row_view only; hex */
    enum app_kind kind;
    bool disabled;
};

#define APP_ID_LEN 20 /* "cli_" + 16 hex digits */
#define APP_SECRET_LEN 32

bool app_id_valid(struct str app_id); /* true if it has the form of an app_id */

/* The app in the current row of a statement with "-- row: app". The texts are valid until the next db_row or the end
 * of the query. */
struct app_row app_row_view(const struct db_query *q);

/* Creates an app and installs it in its tenant. scopes: names separated by spaces; -EINVAL if one is unknown, see
 * app_scopes_check. app_id absent: a random one. ret_secret: the secret, in the arena; only its hash is stored, so
 * it cannot be shown again. */
int app_create(struct db *db, int64_t tenant, enum app_kind kind, struct str name, struct str scopes, struct str app_id,
               struct str secret, struct arena *a, struct app_row *ret, struct str *ret_secret);
int app_find(struct db *db, struct str app_id, struct arena *a, struct app_row *ret); /* 1, 0 or < 0 */
int app_find_by_id(struct db *db, int64_t app, struct arena *a, struct app_row *ret); /* 1, 0 or < 0 */
/* Installs a store app in another tenant; does nothing if it is installed there. */
int app_install(struct db *db, int64_t tenant, int64_t app);
int app_uninstall(struct db *db, int64_t tenant, int64_t app);    /* -ENOENT: it is not installed there */
int app_is_installed(struct db *db, int64_t tenant, int64_t app); /* 1, 0 or < 0 */
/* Checks an app's id and secret. Returns 1 and the app, 0 if the app is unknown or the secret is wrong, or < 0. */
int app_authenticate(struct db *db, struct str app_id, struct str app_secret, struct arena *a, struct app_row *ret);
int app_list(struct db *db, int64_t tenant, struct arena *a, struct app_row **ret, size_t *ret_n);
int app_disable(struct db *db, int64_t app, bool disabled); /* disabled: its tokens are refused until it is enabled
                                                             * again */
int app_rotate(struct db *db, int64_t app, struct arena *a, struct str *ret_secret); /* revokes all its tokens too */
int app_set_scopes(struct db *db, int64_t app, struct str scopes);
/* Stores which tenant made a store app. */
int app_set_home(struct db *db, int64_t app, int64_t tenant);
int app_set_ip_allow(struct db *db, int64_t app, struct str addresses);

/* Checks names separated by spaces; "all" stands for all scopes. Returns 0 and the normalized text in the arena, or
 * -EINVAL and the first unknown name in *ret_unknown. */
int app_scopes_check(struct str scopes, struct arena *a, struct str *ret_scopes, struct str *ret_unknown);

/* Whether an app with that allow list (addresses and networks, separated by spaces; an empty list allows all addresses)
 * may be used from address (text). */
bool app_address_allowed(struct str list, struct str address);

#endif
