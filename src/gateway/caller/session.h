/* SPDX-License-Identifier: Apache-2.0
 *
 * Sessions of people who are signed in to the console: a cookie with 256 random bits, of which the database holds
 * only the digest, and a CSRF token derived from it. (account.h: their accounts; console_access.h: what a session
 * may do.)
 */
#ifndef HIRED_GATEWAY_CALLER_SESSION_H
#define HIRED_GATEWAY_CALLER_SESSION_H

#include "base/seal.h"
#include "gateway/caller/account.h"

#define SESSION_LIFE_MS (12 * 3600 * 1000LL) /* a working day; a session ends after it, whether used or not */
#define SESSION_TEXT_LEN 64                  /* hex digits of cookie and key */

/* A person who is signed in. */
struct person {
    int64_t account, users_id; /* users_id 0: no user of the tenant */
    int64_t tenant;
    unsigned roles;
    int64_t ends_ms; /* when the session ends */
    struct str login, name, en_name;
    struct str key; /* the key of the session in the database */
};

static inline bool person_has(const struct person *p, enum console_role role) {
    return (p->roles & ROLE_BIT(role)) != 0;
}

/* The name of the cookie. With https it begins with __Host-: browsers accept such a cookie only from this host
 * itself and over TLS, so that another host of the same domain or an attacker on the network cannot set it. */
struct str person_session_cookie_name(bool https);

/* The value of the session's cookie in a Cookie header; absent if there is none. */
struct str person_session_cookie(struct str header, bool https);

/* The key under which the database has the session of that cookie. In the arena. */
struct str person_session_key(struct str cookie, struct arena *a);

/* Finds the person by the cookie. Texts are in the arena. Returns 1, 0 (no such session, expired, or the account is
 * disabled) or < 0. */
int person_session_find(struct db *db, struct str cookie, int64_t now_ms, struct arena *a, struct person *ret);

/* Begins a session and deletes expired ones. ret_cookie: its value, in the arena. */
int person_session_begin(struct db *db, const struct account *who, struct str address, int64_t now_ms, struct arena *a,
                         struct str *ret_cookie);
int person_session_end(struct db *db, struct str key);

/* The CSRF token of a session, in the arena. */
struct str person_session_csrf(const struct seal *seal, struct str key, struct arena *a);

#endif
