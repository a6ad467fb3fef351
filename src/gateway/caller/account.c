/* SPDX-License-Identifier: Apache-2.0
 *
 * Accounts of the console, their passwords, and the audit log.
 */
#include "gateway/caller/account.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/hex.h"
#include "base/id.h"
#include "base/json.h"
#include "base/log.h"
#include "gateway/caller/access_changes.h"

/* 32 MiB and three passes: OWASP lists this as equivalent to its first choice, with a quarter of the memory. */
#define SCRYPT_LOG_N 15
#define SCRYPT_R 8
#define SCRYPT_P 3
#define SCRYPT_MEMORY_MAX ((uint64_t)256 << 20)
#define SALT_LEN 16
#define KEY_LEN 32

/* ---- rows ---- */

static struct str lower(struct str s, struct arena *a) {
    char *text = arena_bytes(a, s.len + 1);
    for (size_t i = 0; i < s.len; i++)
        text[i] = s.ptr[i] >= 'A' && s.ptr[i] <= 'Z' ? (char)(s.ptr[i] + ('a' - 'A')) : s.ptr[i];
    return (struct str){text, s.len};
}

static void read_row(const struct db_query *q, struct arena *a, struct account *ret) {
    *ret = (struct account){
        .tenant = db_int(q, COL_CONSOLE_ACCOUNT_TENANT),
        .id = db_int(q, COL_CONSOLE_ACCOUNT_ID),
        .login = arena_dup(a, db_text(q, COL_CONSOLE_ACCOUNT_LOGIN)),
        .name = arena_dup(a, db_text(q, COL_CONSOLE_ACCOUNT_NAME)),
        .en_name = arena_dup(a, db_text(q, COL_CONSOLE_ACCOUNT_EN_NAME)),
        .password = arena_dup(a, db_text(q, COL_CONSOLE_ACCOUNT_PASSWORD)),
        .roles = (unsigned)db_int(q, COL_CONSOLE_ACCOUNT_ROLES),
        .users_id = db_int(q, COL_CONSOLE_ACCOUNT_USERS_ID),
        .disabled = db_int(q, COL_CONSOLE_ACCOUNT_DISABLED) != 0,
        .created_ms = db_int(q, COL_CONSOLE_ACCOUNT_CREATED_MS),
        .signed_in_ms = db_int(q, COL_CONSOLE_ACCOUNT_SIGNED_IN_MS),
    };
}

int account_by_login(struct db *db, struct str login, struct arena *a, struct account *ret) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_CONSOLE_ACCOUNT_BY_LOGIN);
    db_bind_text(&q, 1, lower(login, a));
    int r = db_row(&q);
    if (r == 1)
        read_row(&q, a, ret);
    return r;
}

int account_get(struct db *db, int64_t tenant, int64_t id, struct arena *a, struct account *ret) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_CONSOLE_ACCOUNT_GET);
    db_bind_int(&q, 1, tenant);
    db_bind_int(&q, 2, id);
    int r = db_row(&q);
    if (r == 1)
        read_row(&q, a, ret);
    return r;
}

int account_list(struct db *db, int64_t tenant, struct arena *a, struct account **ret, size_t *ret_n) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_CONSOLE_ACCOUNT_LIST);
    struct account *list = NULL;
    size_t n = 0, cap = 0;
    int r;
    db_bind_int(&q, 1, tenant);
    while ((r = db_row(&q)) == 1) {
        list = arena_array_grow(a, list, n, &cap, sizeof *list);
        read_row(&q, a, &list[n++]);
    }
    if (r < 0)
        return r;
    *ret = list;
    *ret_n = n;
    return 0;
}

int account_add(struct db *db, struct account *in, struct arena *a, int64_t now_ms) {
    if (str_is_absent(in->password))
        return -ENOMEM;
    struct db_query q DB_CLEANUP = db_query(db, SQL_CONSOLE_ACCOUNT_ADD);
    in->id = id_new();
    in->login = lower(in->login, a);
    in->created_ms = now_ms;
    db_bind_int(&q, 1, in->tenant);
    db_bind_int(&q, 2, in->id);
    db_bind_text(&q, 3, in->login);
    db_bind_text(&q, 4, in->name);
    db_bind_text(&q, 5, in->en_name);
    db_bind_text(&q, 6, in->password);
    db_bind_int(&q, 7, in->roles);
    db_bind_int(&q, 8, in->users_id);
    db_bind_int(&q, 9, now_ms);
    int r = db_run(&q);
    return r < 0 ? r : 0;
}

static int end_sessions(struct db *db, const struct account *who, struct str keep_key) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_CONSOLE_SESSION_END_OTHERS);
    db_bind_int(&q, 1, who->tenant);
    db_bind_int(&q, 2, who->id);
    db_bind_text(&q, 3, keep_key);
    int r = db_run(&q);
    return r < 0 ? r : access_changed(db);
}

int account_update(struct db *db, const struct account *in) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_CONSOLE_ACCOUNT_UPDATE);
    db_bind_int(&q, 1, in->tenant);
    db_bind_int(&q, 2, in->id);
    db_bind_text(&q, 3, in->name);
    db_bind_text(&q, 4, in->en_name);
    db_bind_int(&q, 5, in->roles);
    db_bind_int(&q, 6, in->users_id);
    db_bind_int(&q, 7, in->disabled);
    int r = db_run(&q);
    if (r <= 0)
        return r < 0 ? r : -ENOENT;
    r = access_changed(db);
    return r < 0 || !in->disabled ? r : end_sessions(db, in, STR(""));
}

int account_set_password(struct db *db, const struct account *who, struct str password_hash, struct str keep_key) {
    if (str_is_absent(password_hash))
        return -ENOMEM;
    {
        struct db_query q DB_CLEANUP = db_query(db, SQL_CONSOLE_ACCOUNT_SET_PASSWORD);
        db_bind_int(&q, 1, who->tenant);
        db_bind_int(&q, 2, who->id);
        db_bind_text(&q, 3, password_hash);
        int r = db_run(&q);
        if (r <= 0)
            return r < 0 ? r : -ENOENT;
    }
    return end_sessions(db, who, keep_key);
}

int account_admins(struct db *db, int64_t tenant) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_CONSOLE_ACCOUNT_ADMINS);
    db_bind_int(&q, 1, tenant);
    int r = db_row(&q);
    return r < 0 ? r : (int)db_int(&q, COL_CONSOLE_ACCOUNT_ADMINS_N);
}

const char *account_login_fault(struct str login) {
    static const char accepted[] = "has 2 to 100 letters, digits, '.', '_', '-' or '@', and no blank";
    if (login.len < 2 || login.len > ACCOUNT_LOGIN_MAX)
        return accepted;
    for (size_t i = 0; i < login.len; i++) {
        char c = login.ptr[i];
        bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
                    c == '_' || c == '-' || c == '@';
        if (!good)
            return accepted;
    }
    return NULL;
}

/* ---- roles ---- */

static const struct str role_names[CONSOLE_ROLES] = {STR_INIT("admin"), STR_INIT("recruiter"), STR_INIT("approver"),
                                                     STR_INIT("interviewer")};

struct str account_role_name(enum console_role role) {
    return role_names[role];
}

unsigned account_role_bit(struct str name) {
    for (unsigned i = 0; i < CONSOLE_ROLES; i++)
        if (str_eq(role_names[i], name))
            return ROLE_BIT(i);
    return 0;
}

void account_write_roles(struct buf *out, unsigned roles) {
    json_begin(out, '[');
    for (unsigned i = 0; i < CONSOLE_ROLES; i++)
        if (roles & ROLE_BIT(i))
            json_str(out, role_names[i]);
    json_end(out, ']');
}

/* ---- passwords ---- */

/* Returns 0 or -ENOMEM. */
static int derive(struct str password, const uint8_t *salt, uint64_t n, uint64_t r, uint64_t p, uint8_t key[KEY_LEN]) {
    if (EVP_PBE_scrypt(password.ptr ? password.ptr : "", password.len, salt, SALT_LEN, n, r, p, SCRYPT_MEMORY_MAX, key,
                       KEY_LEN) == 1)
        return 0;
    log_line(LOG_ERROR, "a password cannot be hashed: there is not enough memory", NULL);
    return -ENOMEM;
}

static struct str hash_at(struct str password, const int cost[3], struct arena *a) {
    uint8_t salt[SALT_LEN], key[KEY_LEN];
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    id_random(salt, sizeof salt);
    if (derive(password, salt, UINT64_C(1) << cost[0], (uint64_t)cost[1], (uint64_t)cost[2], key) < 0)
        return STR_ABSENT;
    buf_printf(&out, "scrypt$%d$%d$%d$", cost[0], cost[1], cost[2]);
    buf_add_hex(&out, salt, sizeof salt);
    buf_add_char(&out, '$');
    buf_add_hex(&out, key, sizeof key);
    OPENSSL_cleanse(key, sizeof key);
    return arena_dup(a, buf_str(&out));
}

struct str account_password_hash(struct str password, struct arena *a) {
    return hash_at(password, (const int[3]){SCRYPT_LOG_N, SCRYPT_R, SCRYPT_P}, a);
}

struct str account_password_hash_quick(struct str password, struct arena *a) {
    return hash_at(password, (const int[3]){1, 1, 1}, a);
}

static bool read_hex(struct str hex, uint8_t *out, size_t len) {
    return hex.len == 2 * len && hex_decode(hex, out) == 0;
}

static bool read_hash(struct str hash, int64_t cost[3], uint8_t salt[SALT_LEN], uint8_t key[KEY_LEN]) {
    if (!str_eq(str_cut(&hash, '$'), STR("scrypt")))
        return false;
    for (int i = 0; i < 3; i++)
        if (str_to_i64(str_cut(&hash, '$'), &cost[i]) < 0 || cost[i] < 1 || cost[i] > 24)
            return false;
    return read_hex(str_cut(&hash, '$'), salt, SALT_LEN) && read_hex(hash, key, KEY_LEN);
}

int account_password_fits(struct str password, struct str hash) {
    int64_t cost[3] = {SCRYPT_LOG_N, SCRYPT_R, SCRYPT_P};
    uint8_t salt[SALT_LEN] = {0}, key[KEY_LEN], found[KEY_LEN];
    bool known = read_hash(hash, cost, salt, key);
    if (!known) {
        cost[0] = SCRYPT_LOG_N;
        cost[1] = SCRYPT_R;
        cost[2] = SCRYPT_P;
    }
    int failed = derive(password, salt, UINT64_C(1) << cost[0], (uint64_t)cost[1], (uint64_t)cost[2], found);
    if (failed < 0)
        return failed;
    bool fits = known && CRYPTO_memcmp(found, key, KEY_LEN) == 0;
    OPENSSL_cleanse(found, sizeof found);
    return fits;
}

struct str account_password_new(struct arena *a) {
    /* 32 letters and digits without those that look alike: 5 bits each. */
    static const char alphabet[] = "abcdefghjkmnpqrstuvwxyz23456789X";
    uint8_t random[20];
    char *text = arena_bytes(a, sizeof random + 1);
    id_random(random, sizeof random);
    for (size_t i = 0; i < sizeof random; i++)
        text[i] = alphabet[random[i] & 31];
    return (struct str){text, sizeof random};
}

/* ---- the audit log ---- */

static struct str or_empty(struct str s) {
    return str_is_absent(s) ? STR("") : s;
}

int audit_add(struct db *db, const struct audit_entry *e) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_CONSOLE_AUDIT_ADD);
    db_bind_int(&q, 1, e->tenant);
    db_bind_int(&q, 2, id_new());
    db_bind_int(&q, 3, e->now_ms);
    db_bind_int(&q, 4, e->actor_kind);
    db_bind_int(&q, 5, e->actor);
    db_bind_text(&q, 6, e->action);
    db_bind_text(&q, 7, or_empty(e->subject));
    db_bind_text(&q, 8, or_empty(e->detail));
    db_bind_text(&q, 9, or_empty(e->address));
    db_bind_text(&q, 10, or_empty(e->log_id));
    int r = db_post(&q);
    return r < 0 ? r : 0;
}
