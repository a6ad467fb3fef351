/* SPDX-License-Identifier: Apache-2.0
 *
 * Sessions of the console: a cookie with 256 random bits, of which the store keeps the digest only, and a CSRF token
 * that follows from it.
 */
#ifndef HIRED_GATEWAY_CALLER_SESSION_H
#define HIRED_GATEWAY_CALLER_SESSION_H

#include "base/seal.h"
#include "gateway/caller/account.h"

#define SESSION_LIFE_MS (12 * 3600 * 1000LL) /* a working day; a session does not outlive it, used or not */
#define SESSION_TEXT_LEN 64                  /* hex digits of cookie and key */

/* The person behind a request. */
struct person {
    int64_t account, users_id; /* users_id 0: no user of the tenant */
    int64_t tenant;
    unsigned roles;
    int64_t ends_ms; /* of the session */
    struct str login, name, en_name;
    struct str key; /* the session's, in the store */
};

static inline bool person_has(const struct person *p, enum console_role role) {
    return (p->roles & ROLE_BIT(role)) != 0;
}

/* What the cookie is called. By https its name begins with __Host-, which browsers take from this very host alone, by
 * TLS: no neighbour under the same domain and nobody on the wire can put one of theirs in its place. */
struct str person_session_cookie_name(bool https);

/* The session's cookie out of a Cookie header; absent if there is none of that name. */
struct str person_session_cookie(struct str header, bool https);

/* The key under which the store has that cookie. In the arena. */
struct str person_session_key(struct str cookie, struct arena *a);

/* Who stands behind a cookie. Texts are in the arena. Returns 1, 0 (no such session, expired, or the account is
 * disabled) or < 0. */
int person_session_find(struct db *db, struct str cookie, int64_t now_ms, struct arena *a, struct person *ret);

/* Begins one, and forgets those that have expired. ret_cookie: its value, in the arena. */
int person_session_begin(struct db *db, const struct account *who, struct str address, int64_t now_ms, struct arena *a,
                         struct str *ret_cookie);
int person_session_end(struct db *db, struct str key);

/* The CSRF token of a session, in the arena. */
struct str person_session_csrf(const struct seal *seal, struct str key, struct arena *a);

#endif
