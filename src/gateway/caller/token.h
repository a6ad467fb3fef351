/* SPDX-License-Identifier: Apache-2.0
 *
 * Access tokens: issues them, and finds the app and tenant of the token that a request carries. (secret.h: callers
 * that show an app's id and secret instead; session.h: people with a cookie.)
 */
#ifndef HIRED_GATEWAY_CALLER_TOKEN_H
#define HIRED_GATEWAY_CALLER_TOKEN_H

#include "gateway/call.h"
#include "gateway/caller/app.h"

#define TOKEN_LIFE_MS (2 * 3600 * 1000LL)
#define TOKEN_RENEW_MS                                                                                                 \
    (30 * 60 * 1000LL) /* if less than this is left of a token, a request for a token gets a new                       \
                        * one */
#define TOKEN_TEXT_LEN (2 + SEAL_HEX_LEN)

/* Gives the app's token for the tenant (0: the app_access_token of a store app): the current one, or a new one if
 * less than TOKEN_RENEW_MS are left of it. Making one removes some expired tokens. Needs a writing connection.
 * ret_expire_s: seconds until it expires. */
int token_issue(struct db *db, const struct seal *seal, enum seal_kind kind, int64_t app, int64_t tenant,
                int64_t now_ms, struct arena *a, struct str *ret_token, int64_t *ret_expire_s);

/* The current token, if token_issue would not make a new one. Any connection. Returns 1, 0 (token_issue must make
 * one) or < 0. */
int token_current(struct db *db, const struct seal *seal, enum seal_kind kind, int64_t app, int64_t tenant,
                  int64_t now_ms, struct arena *a, struct str *ret_token, int64_t *ret_expire_s);

/* Ends a token before its time; does nothing if it has ended. Needs a writing connection. Returns 0 or a negative
 * errno. */
int token_end(struct db *db, const struct seal *seal, enum seal_kind kind, struct str token);

/* The token of a header "Authorization: Bearer TOKEN"; absent if the header is absent or has another scheme. */
struct str token_of_header(struct str authorization);

/* Finds the store app that an app_access_token ("a-...") belongs to. Returns 1, 0 (unknown, expired or revoked) or <
 * 0. */
int token_open_app(struct db *db, const struct seal *seal, struct str token, int64_t now_ms, struct arena *a,
                   struct app_row *ret_app);

/* A cache of callers by token. One for each reader, used by its thread only. */
struct token_cache;
struct token_cache *token_cache_new(void);
struct token_cache *token_cache_free(struct token_cache *cache); /* takes NULL; returns NULL */
void token_cache_clear(struct token_cache *cache);               /* call it when the database has changed */

enum token_result {
    TOKEN_OK,
    TOKEN_INVALID,       /* unknown, expired or revoked */
    TOKEN_DISABLED,      /* the app is disabled */
    TOKEN_NOT_INSTALLED, /* the app is not installed in the tenant */
};

struct token_caller {
    const struct caller_app *app; /* valid until the next token_check or token_cache_clear on this cache */
    int64_t tenant;
    int64_t ends_ms; /* when the token expires */
    struct str ip_allow;
};

/* Finds the caller by a token, in the cache or in the database. token: the text after "Bearer ". kind:
 * SEAL_TENANT_TOKEN or SEAL_APP_TOKEN. Returns enum token_result or a negative errno. *ret is set, also if the app
 * may not call, except with TOKEN_INVALID and errors. */
int token_check(struct token_cache *cache, struct db *db, const struct seal *seal, enum seal_kind kind,
                struct str token, int64_t now_ms, struct token_caller *ret);

/* The same without a cache, on any connection; *ret lies in the arena. */
int token_look(struct db *db, const struct seal *seal, enum seal_kind kind, struct str token, int64_t now_ms,
               struct arena *a, struct token_caller *ret);

#endif
