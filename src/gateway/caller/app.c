/* SPDX-License-Identifier: Apache-2.0
 *
 * Creates, finds and changes apps; checks their secrets and allow lists.
 */
#include <errno.h>
#include <openssl/evp.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/hex.h"
#include "base/id.h"
#include "base/network.h"
#include "gateway/caller/access_changes.h"
#include "gateway/caller/app.h"
#include "gateway/op.h"

#define SECRET_HASH_LEN 64

/* An app secret is 32 random characters, so its plain SHA-256 cannot be found by trying. */
static void secret_hash(struct str secret, char ret_hex[SECRET_HASH_LEN]) {
    unsigned char digest[SECRET_HASH_LEN / 2];
    EVP_Digest(secret.ptr, secret.len, digest, NULL, EVP_sha256(), NULL);
    hex_encode(digest, sizeof digest, ret_hex);
}

/* ---- apps ---- */

struct app_row app_row_view(const struct db_query *q) {
    return (struct app_row){
        .id = db_int(q, COL_APP_ID),
        .app_id = db_text(q, COL_APP_APP_ID),
        .kind = db_int(q, COL_APP_KIND) == APP_STORE ? APP_STORE : APP_CUSTOM,
        .tenant = db_int(q, COL_APP_TENANT),
        .developer = db_int(q, COL_APP_DEVELOPER),
        .name = db_text(q, COL_APP_NAME),
        .secret_hash = db_text(q, COL_APP_SECRET_HASH),
        .disabled = db_int(q, COL_APP_DISABLED) != 0,
        .scopes = db_text(q, COL_APP_SCOPES),
        .ip_allow = db_text(q, COL_APP_IP_ALLOW),
        .home = db_int(q, COL_APP_HOME),
    };
}

static void app_from_row(const struct db_query *q, struct arena *a, struct app_row *ret) {
    *ret = app_row_view(q);
    ret->app_id = arena_dup(a, ret->app_id);
    ret->name = arena_dup(a, ret->name);
    ret->scopes = arena_dup(a, ret->scopes);
    ret->ip_allow = arena_dup(a, ret->ip_allow);
    ret->secret_hash = STR_ABSENT;
}

bool app_id_valid(struct str app_id) {
    return app_id.len == APP_ID_LEN && str_starts(app_id, STR("cli_")) && hex_is(str_skip(app_id, 4));
}

int app_find(struct db *db, struct str app_id, struct arena *a, struct app_row *ret) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_APP_BY_APP_ID);
    db_bind_text(&q, 1, app_id);
    int r = db_row(&q);
    if (r == 1)
        app_from_row(&q, a, ret);
    return r;
}

int app_find_by_id(struct db *db, int64_t app, struct arena *a, struct app_row *ret) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_APP_BY_ID);
    db_bind_int(&q, 1, app);
    int r = db_row(&q);
    if (r == 1)
        app_from_row(&q, a, ret);
    return r;
}

int app_authenticate(struct db *db, struct str app_id, struct str app_secret, struct arena *a, struct app_row *ret) {
    char given[SECRET_HASH_LEN];
    secret_hash(app_secret, given);
    struct db_query q DB_CLEANUP = db_query(db, SQL_APP_BY_APP_ID);
    db_bind_text(&q, 1, app_id);
    int r = db_row(&q);
    if (r <= 0)
        return r;
    if (!str_eq_secret(app_row_view(&q).secret_hash, (struct str){given, sizeof given}))
        return 0;
    app_from_row(&q, a, ret);
    return 1;
}

int app_list(struct db *db, int64_t tenant, struct arena *a, struct app_row **ret, size_t *ret_n) {
    struct app_row *rows = NULL;
    size_t n = 0, cap = 0;
    struct db_query q DB_CLEANUP = db_query(db, SQL_APP_BY_TENANT);
    db_bind_int(&q, 1, tenant);
    int r;
    while ((r = db_row(&q)) == 1) {
        rows = arena_array_grow(a, rows, n, &cap, sizeof *rows);
        app_from_row(&q, a, &rows[n++]);
    }
    if (r < 0)
        return r;
    *ret = rows;
    *ret_n = n;
    return 0;
}

static struct str app_new_secret(struct arena *a) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    unsigned char random[APP_SECRET_LEN];
    id_random(random, sizeof random);
    char *text = arena_bytes(a, APP_SECRET_LEN);
    for (size_t i = 0; i < APP_SECRET_LEN; i++)
        text[i] = letters[random[i] & 63];
    return (struct str){text, APP_SECRET_LEN};
}

int app_install(struct db *db, int64_t tenant, int64_t app) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_APP_INSTALL_ADD);
    db_bind_int(&q, 1, tenant);
    db_bind_int(&q, 2, app);
    db_bind_int(&q, 3, clock_now_ms());
    int r = db_run(&q);
    return r < 0 ? r : access_changed(db);
}

int app_uninstall(struct db *db, int64_t tenant, int64_t app) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_APP_INSTALL_REMOVE);
    db_bind_int(&q, 1, tenant);
    db_bind_int(&q, 2, app);
    int r = db_run(&q);
    return r < 0 ? r : r == 0 ? -ENOENT : access_changed(db);
}

int app_is_installed(struct db *db, int64_t tenant, int64_t app) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_APP_INSTALL_GET);
    db_bind_int(&q, 1, tenant);
    db_bind_int(&q, 2, app);
    return db_row(&q);
}

int app_create(struct db *db, int64_t tenant, enum app_kind kind, struct str name, struct str scopes, struct str app_id,
               struct str secret, struct arena *a, struct app_row *ret, struct str *ret_secret) {
    struct str known, unknown;
    if (app_scopes_check(scopes, a, &known, &unknown) < 0)
        return -EINVAL;
    if (str_is_absent(app_id)) {
        char hex[16];
        id_random_hex(hex, 8);
        app_id = arena_printf(a, "cli_%.16s", hex);
    }
    if (str_is_absent(secret))
        secret = app_new_secret(a);
    struct app_row row = {
        .id = id_new(),
        .tenant = kind == APP_CUSTOM ? tenant : 0,
        .home = kind == APP_CUSTOM ? tenant : 0,
        .app_id = arena_dup(a, app_id),
        .name = arena_dup(a, name),
        .scopes = known,
        .ip_allow = STR(""),
        .kind = kind,
    };
    /* A custom app's developer is its tenant; a store app is its own. */
    row.developer = kind == APP_CUSTOM ? tenant : row.id;
    char hash[SECRET_HASH_LEN];
    secret_hash(secret, hash);

    struct db_query q DB_CLEANUP = db_query(db, SQL_APP_ADD);
    db_bind_int(&q, 1, row.id);
    db_bind_text(&q, 2, row.app_id);
    db_bind_int(&q, 3, kind);
    db_bind_int(&q, 4, row.tenant);
    db_bind_int(&q, 5, row.developer);
    db_bind_text(&q, 6, row.name);
    db_bind_text(&q, 7, (struct str){hash, sizeof hash});
    db_bind_text(&q, 8, row.scopes);
    db_bind_int(&q, 9, clock_now_ms());
    int r = db_run(&q);
    if (r < 0)
        return r;
    r = app_install(db, tenant, row.id);
    if (r < 0)
        return r;
    *ret = row;
    *ret_secret = secret;
    return 0;
}

/* Runs an UPDATE of one app. */
static int app_update(struct db_query *q) {
    int r = db_run(q);
    return r < 0 ? r : r == 0 ? -ENOENT : 0;
}

int app_disable(struct db *db, int64_t app, bool disabled) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_APP_SET_DISABLED);
    db_bind_int(&q, 1, app);
    db_bind_int(&q, 2, disabled);
    int r = app_update(&q);
    return r < 0 ? r : access_changed(db);
}

int app_rotate(struct db *db, int64_t app, struct arena *a, struct str *ret_secret) {
    struct str secret = app_new_secret(a);
    char hash[SECRET_HASH_LEN];
    secret_hash(secret, hash);
    struct db_query q DB_CLEANUP = db_query(db, SQL_APP_SET_SECRET);
    db_bind_int(&q, 1, app);
    db_bind_text(&q, 2, (struct str){hash, sizeof hash});
    int r = app_update(&q);
    if (r == 0)
        r = access_changed(db);
    if (r < 0)
        return r;
    struct db_query revoke DB_CLEANUP = db_query(db, SQL_ACCESS_TOKEN_REVOKE_APP);
    db_bind_int(&revoke, 1, app);
    r = db_run(&revoke);
    if (r < 0)
        return r;
    *ret_secret = secret;
    return 0;
}

int app_set_scopes(struct db *db, int64_t app, struct str scopes) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_APP_SET_SCOPES);
    db_bind_int(&q, 1, app);
    db_bind_text(&q, 2, scopes);
    int r = app_update(&q);
    return r < 0 ? r : access_changed(db);
}

int app_set_home(struct db *db, int64_t app, int64_t tenant) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_APP_SET_HOME);
    db_bind_int(&q, 1, app);
    db_bind_int(&q, 2, tenant);
    return app_update(&q);
}

int app_set_ip_allow(struct db *db, int64_t app, struct str addresses) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_APP_SET_IP_ALLOW);
    db_bind_int(&q, 1, app);
    db_bind_text(&q, 2, addresses);
    int r = app_update(&q);
    return r < 0 ? r : access_changed(db);
}

/* ---- scopes ---- */

int app_scopes_check(struct str scopes, struct arena *a, struct str *ret_scopes, struct str *ret_unknown) {
    bool granted[UINT16_MAX] = {false};
    while (!str_is_absent(scopes)) {
        struct str name = str_trim(str_cut(&scopes, ' '));
        if (name.len == 0)
            continue;
        if (str_eq(name, STR("all"))) {
            memset(granted, true, api_n_scopes);
            continue;
        }
        int index = api_scope_find(name);
        if (index < 0) {
            *ret_unknown = name;
            return -EINVAL;
        }
        granted[index] = true;
    }
    struct buf text BUF_CLEANUP = BUF_EMPTY;
    for (uint16_t i = 0; i < api_n_scopes; i++)
        if (granted[i]) {
            if (text.len > 0)
                buf_add_char(&text, ' ');
            buf_add_str(&text, api_scopes[i]);
        }
    *ret_scopes = arena_dup(a, buf_str(&text));
    return 0;
}

/* ---- allow lists ---- */

bool app_address_allowed(struct str list, struct str address) {
    struct network network;
    uint8_t bytes[16];
    if (str_is_empty(list))
        return true;
    if (network_address_parse(address, bytes) < 0)
        return false;
    while (!str_is_empty(list))
        if (network_parse(str_cut(&list, ' '), &network) == 0 && network_has(&network, bytes))
            return true;
    return false;
}
