/* SPDX-License-Identifier: Apache-2.0
 *
 * Sessions of people who are signed in to the console.
 */
#include "gateway/caller/session.h"

#include <errno.h>
#include <openssl/evp.h>

#include "base/hex.h"
#include "base/id.h"
#include "gateway/caller/access_changes.h"

static struct str hex_text(const uint8_t *bytes, size_t len, struct arena *a) {
    char *text = arena_bytes(a, 2 * len);
    hex_encode(bytes, len, text);
    return (struct str){text, 2 * len};
}

struct str person_session_cookie_name(bool https) {
    return https ? STR("__Host-hired_session") : STR("hired_session");
}

struct str person_session_cookie(struct str header, bool https) {
    struct str name = person_session_cookie_name(https);
    while (!str_is_absent(header)) {
        struct str value = str_cut(&header, ';'), given = str_trim(str_cut(&value, '='));
        if (str_eq(given, name) && !str_is_absent(value))
            return str_trim(value);
    }
    return STR_ABSENT;
}

struct str person_session_key(struct str cookie, struct arena *a) {
    uint8_t digest[32];
    EVP_Digest(cookie.ptr, cookie.len, digest, NULL, EVP_sha256(), NULL);
    return hex_text(digest, sizeof digest, a);
}

int person_session_find(struct db *db, struct str cookie, int64_t now_ms, struct arena *a, struct person *ret) {
    if (cookie.len != SESSION_TEXT_LEN)
        return 0;
    struct str key = person_session_key(cookie, a);
    struct db_query q DB_CLEANUP = db_query(db, SQL_CONSOLE_SESSION_GET);
    db_bind_text(&q, 1, key);
    int r = db_row(&q);
    if (r <= 0)
        return r;
    if (db_int(&q, COL_CONSOLE_SESSION_GET_EXPIRES_MS) <= now_ms || db_int(&q, COL_CONSOLE_SESSION_GET_DISABLED) != 0)
        return 0;
    *ret = (struct person){
        .tenant = db_int(&q, COL_CONSOLE_SESSION_GET_TENANT),
        .account = db_int(&q, COL_CONSOLE_SESSION_GET_ACCOUNT),
        .ends_ms = db_int(&q, COL_CONSOLE_SESSION_GET_EXPIRES_MS),
        .login = arena_dup(a, db_text(&q, COL_CONSOLE_SESSION_GET_LOGIN)),
        .name = arena_dup(a, db_text(&q, COL_CONSOLE_SESSION_GET_NAME)),
        .en_name = arena_dup(a, db_text(&q, COL_CONSOLE_SESSION_GET_EN_NAME)),
        .roles = (unsigned)db_int(&q, COL_CONSOLE_SESSION_GET_ROLES),
        .users_id = db_int(&q, COL_CONSOLE_SESSION_GET_USERS_ID),
        .key = key,
    };
    return 1;
}

int person_session_begin(struct db *db, const struct account *who, struct str address, int64_t now_ms, struct arena *a,
                         struct str *ret_cookie) {
    uint8_t random[SESSION_TEXT_LEN / 2];
    int r;
    {
        struct db_query q DB_CLEANUP = db_query(db, SQL_CONSOLE_SESSION_PURGE);
        db_bind_int(&q, 1, now_ms);
        r = db_run(&q);
    }
    if (r >= 0) {
        struct db_query q DB_CLEANUP = db_query(db, SQL_CONSOLE_ACCOUNT_SIGNED_IN);
        db_bind_int(&q, 1, who->tenant);
        db_bind_int(&q, 2, who->id);
        db_bind_int(&q, 3, now_ms);
        r = db_run(&q);
    }
    if (r < 0)
        return r;
    id_random(random, sizeof random);
    struct str cookie = hex_text(random, sizeof random, a);
    struct db_query q DB_CLEANUP = db_query(db, SQL_CONSOLE_SESSION_ADD);
    db_bind_text(&q, 1, person_session_key(cookie, a));
    db_bind_int(&q, 2, who->tenant);
    db_bind_int(&q, 3, who->id);
    db_bind_text(&q, 4, address);
    db_bind_int(&q, 5, now_ms);
    db_bind_int(&q, 6, now_ms + SESSION_LIFE_MS);
    r = db_run(&q);
    if (r < 0)
        return r;
    *ret_cookie = cookie;
    return 0;
}

int person_session_end(struct db *db, struct str key) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_CONSOLE_SESSION_END);
    db_bind_text(&q, 1, key);
    int r = db_run(&q);
    return r < 0 ? r : access_changed(db);
}

struct str person_session_csrf(const struct seal *seal, struct str key, struct arena *a) {
    uint8_t mac[32];
    seal_mac(seal, STR("console csrf"), key, mac);
    return hex_text(mac, 16, a);
}
