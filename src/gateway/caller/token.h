/* SPDX-License-Identifier: Apache-2.0
 *
 * Access tokens: handing them out and telling who calls by them.
 */
#ifndef HIRED_GATEWAY_CALLER_TOKEN_H
#define HIRED_GATEWAY_CALLER_TOKEN_H

#include "gateway/call.h"
#include "gateway/caller/app.h"

#define TOKEN_LIFE_MS (2 * 3600 * 1000LL)
#define TOKEN_RENEW_MS (30 * 60 * 1000LL) /* asked for with less than this left, a new one is made */
#define TOKEN_TEXT_LEN (2 + SEAL_HEX_LEN)

/* The app's token for the tenant (0: an app_access_token of a store app): the one it has, or a new one when less than
 * TOKEN_RENEW_MS are left, and then some of the expired ones are removed. Runs on a writing connection. ret_expire_s:
 * whole seconds it will still be valid. */
int auth_token(struct db *db, const struct seal *seal, enum seal_kind kind, int64_t app, int64_t tenant, int64_t now_ms,
               struct arena *a, struct str *ret_token, int64_t *ret_expire_s);

/* The same without writing: what auth_token would give if no new one is needed. Any connection. Returns 1, 0 (a new one
 * is to be made) or < 0. */
int auth_token_look(struct db *db, const struct seal *seal, enum seal_kind kind, int64_t app, int64_t tenant,
                    int64_t now_ms, struct arena *a, struct str *ret_token, int64_t *ret_expire_s);

/* The store app behind an app_access_token ("a-..."). Returns 1, 0 (unknown, expired or revoked) or < 0. */
int auth_app_token_open(struct db *db, const struct seal *seal, struct str token, int64_t now_ms, struct arena *a,
                        struct app_row *ret_app);

/* Who stands behind a token, remembered for a while. One cache per loop, used by its thread only. */
struct auth_cache;
struct auth_cache *auth_cache_new(void);
struct auth_cache *auth_cache_free(struct auth_cache *cache); /* takes NULL; returns NULL */
void auth_cache_clear(struct auth_cache *cache);              /* after the database changed */

enum auth_result {
    AUTH_OK,
    AUTH_INVALID,       /* unknown, expired or revoked */
    AUTH_DISABLED,      /* the app is disabled */
    AUTH_NOT_INSTALLED, /* the app is not (or no more) installed in the tenant */
};

struct auth_caller {
    const struct caller_app *app; /* valid until the next auth_check or auth_cache_clear on this cache */
    int64_t tenant;
    int64_t ends_ms; /* of the token */
    struct str ip_allow;
};

/* token: what stands behind "Bearer ". kind: SEAL_TENANT_TOKEN or SEAL_APP_TOKEN. Returns enum auth_result or a
 * negative errno. *ret says whose it is, also where that app may not call; it is left alone with AUTH_INVALID and
 * errors. */
int auth_check(struct auth_cache *cache, struct db *db, const struct seal *seal, enum seal_kind kind, struct str token,
               int64_t now_ms, struct auth_caller *ret);

/* The same by the database alone, on any connection; *ret lies in the arena. */
int auth_look(struct db *db, const struct seal *seal, enum seal_kind kind, struct str token, int64_t now_ms,
              struct arena *a, struct auth_caller *ret);

/* Whether an app with that list (addresses and networks separated by spaces; empty: all are allowed) may be used from
 * address (text). */
bool auth_address_allowed(struct str list, struct str address);

#endif
