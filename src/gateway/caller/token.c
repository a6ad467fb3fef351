/* SPDX-License-Identifier: Apache-2.0
 *
 * Issues access tokens and finds callers by them.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/id.h"
#include "gateway/caller/access_changes.h"
#include "gateway/caller/token.h"

#define CACHE_SLOTS 1024 /* a power of two */

/* ---- handing out ---- */

static struct str token_text(const struct seal *seal, enum seal_kind kind, int64_t id, int64_t nonce, struct arena *a) {
    char *text = arena_bytes(a, TOKEN_TEXT_LEN);
    memcpy(text, kind == SEAL_APP_TOKEN ? "a-" : "t-", 2);
    seal_close(seal, kind, id, (uint32_t)nonce, text + 2);
    return (struct str){text, TOKEN_TEXT_LEN};
}

/* Making a token deletes some expired ones, so that they do not accumulate. */
static int tokens_purge(struct db *db, int64_t now_ms) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_ACCESS_TOKEN_PURGE);
    db_bind_int(&q, 1, now_ms);
    int r = db_run(&q);
    return r < 0 ? r : 0;
}

static int token_make(struct db *db, enum seal_kind kind, int64_t app, int64_t tenant, int64_t now_ms, int64_t *ret_id,
                      int64_t *ret_nonce) {
    uint32_t nonce;
    id_random(&nonce, sizeof nonce);
    int64_t id = id_new();
    struct db_query q DB_CLEANUP = db_query(db, SQL_ACCESS_TOKEN_ADD);
    db_bind_int(&q, 1, id);
    db_bind_int(&q, 2, kind);
    db_bind_int(&q, 3, app);
    db_bind_int(&q, 4, tenant);
    db_bind_int(&q, 5, nonce);
    db_bind_int(&q, 6, now_ms);
    db_bind_int(&q, 7, now_ms + TOKEN_LIFE_MS);
    int r = db_run(&q);
    if (r < 0)
        return r;
    *ret_id = id;
    *ret_nonce = nonce;
    return 0;
}

int token_current(struct db *db, const struct seal *seal, enum seal_kind kind, int64_t app, int64_t tenant,
                  int64_t now_ms, struct arena *a, struct str *ret_token, int64_t *ret_expire_s) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_ACCESS_TOKEN_NEWEST);
    db_bind_int(&q, 1, app);
    db_bind_int(&q, 2, tenant);
    db_bind_int(&q, 3, kind);
    int r = db_row(&q);
    if (r <= 0)
        return r;
    int64_t left_ms = db_int(&q, COL_ACCESS_TOKEN_NEWEST_EXPIRES_MS) - now_ms;
    if (left_ms < TOKEN_RENEW_MS)
        return 0;
    *ret_token =
        token_text(seal, kind, db_int(&q, COL_ACCESS_TOKEN_NEWEST_ID), db_int(&q, COL_ACCESS_TOKEN_NEWEST_NONCE), a);
    *ret_expire_s = left_ms / 1000;
    return 1;
}

int token_issue(struct db *db, const struct seal *seal, enum seal_kind kind, int64_t app, int64_t tenant,
                int64_t now_ms, struct arena *a, struct str *ret_token, int64_t *ret_expire_s) {
    int64_t id, nonce;
    int r = token_current(db, seal, kind, app, tenant, now_ms, a, ret_token, ret_expire_s);
    if (r != 0)
        return r < 0 ? r : 0;
    r = token_make(db, kind, app, tenant, now_ms, &id, &nonce);
    if (r == 0)
        r = tokens_purge(db, now_ms);
    if (r < 0)
        return r;
    *ret_token = token_text(seal, kind, id, nonce, a);
    *ret_expire_s = TOKEN_LIFE_MS / 1000;
    return 0;
}

struct str token_of_header(struct str authorization) {
    static const struct str scheme = STR_INIT("Bearer ");
    if (authorization.len < scheme.len || !str_eq_nocase((struct str){authorization.ptr, scheme.len}, scheme))
        return STR_ABSENT;
    return str_trim(str_skip(authorization, scheme.len));
}

int token_end(struct db *db, const struct seal *seal, enum seal_kind kind, struct str token) {
    int64_t id;
    uint32_t nonce;
    if (token.len != TOKEN_TEXT_LEN || seal_open(seal, kind, str_skip(token, 2), &id, &nonce) < 0)
        return 0;
    struct db_query q DB_CLEANUP = db_query(db, SQL_ACCESS_TOKEN_REVOKE);
    db_bind_int(&q, 1, id);
    int r = db_run(&q);
    return r > 0 ? access_changed(db) : r;
}

int token_open_app(struct db *db, const struct seal *seal, struct str token, int64_t now_ms, struct arena *a,
                   struct app_row *ret_app) {
    int64_t id;
    uint32_t nonce;
    if (token.len != TOKEN_TEXT_LEN || !str_starts(token, STR("a-")) ||
        seal_open(seal, SEAL_APP_TOKEN, str_skip(token, 2), &id, &nonce) < 0)
        return 0;
    struct db_query q DB_CLEANUP = db_query(db, SQL_ACCESS_TOKEN_GET);
    db_bind_int(&q, 1, id);
    int r = db_row(&q);
    if (r <= 0)
        return r;
    if (db_int(&q, COL_ACCESS_TOKEN_GET_KIND) != SEAL_APP_TOKEN ||
        db_int(&q, COL_ACCESS_TOKEN_GET_NONCE) != (int64_t)nonce ||
        db_int(&q, COL_ACCESS_TOKEN_GET_EXPIRES_MS) <= now_ms)
        return 0;
    return app_find_by_id(db, db_int(&q, COL_ACCESS_TOKEN_GET_APP), a, ret_app);
}

/* ---- checking ---- */

struct cache_slot {
    char token[TOKEN_TEXT_LEN];
    bool used;
    enum seal_kind kind;
    enum token_result result;
    int64_t tenant, expires_ms;
    struct caller_app app;
    char app_id[APP_ID_LEN + 12];
    struct str ip_allow; /* on the heap */
};

struct token_cache {
    struct cache_slot slots[CACHE_SLOTS];
};

struct token_cache *token_cache_new(void) {
    return mem_alloc(sizeof(struct token_cache));
}

void token_cache_clear(struct token_cache *cache) {
    for (size_t i = 0; i < CACHE_SLOTS; i++)
        if (cache->slots[i].used) {
            free((void *)(uintptr_t)cache->slots[i].ip_allow.ptr);
            cache->slots[i].ip_allow = STR_ABSENT;
            cache->slots[i].used = false;
        }
}

struct token_cache *token_cache_free(struct token_cache *cache) {
    if (cache) {
        token_cache_clear(cache);
        free(cache);
    }
    return NULL;
}

/* An entry of api_field_scopes may list alternatives: "a|b". */
static bool choice_has(struct str choice, struct str name) {
    while (!str_is_absent(choice))
        if (str_eq(str_cut(&choice, '|'), name))
            return true;
    return false;
}

static void grant_scopes(struct caller_app *app, struct str scopes) {
    while (!str_is_empty(scopes)) {
        struct str name = str_cut(&scopes, ' ');
        int index = api_scope_find(name);
        if (index >= 0 && (size_t)index < sizeof app->scopes * 8)
            app->scopes[index / 64] |= UINT64_C(1) << (index % 64);
        for (unsigned bit = 1; bit < 32; bit++)
            if (choice_has(api_field_scopes[bit], name))
                app->field_scopes |= 1u << bit;
    }
}

bool caller_has_scope(const struct caller_app *app, int scope_index) {
    return scope_index >= 0 && (size_t)scope_index < sizeof app->scopes * 8 &&
           (app->scopes[scope_index / 64] >> (scope_index % 64) & 1) != 0;
}

/* Runs a statement about an app and a tenant that gives at most one row. Returns 1, 0 or < 0. */
static int app_tenant_ask(struct db *db, enum db_statement which, int64_t first, int64_t second) {
    struct db_query q DB_CLEANUP = db_query(db, which);
    db_bind_int(&q, 1, first);
    db_bind_int(&q, 2, second);
    return db_row(&q);
}

static int load_app(struct db *db, int64_t app, struct cache_slot *slot) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_APP_BY_ID);
    db_bind_int(&q, 1, app);
    int r = db_row(&q);
    if (r <= 0)
        return r < 0 ? r : TOKEN_INVALID;
    const struct app_row row = app_row_view(&q);
    if (row.app_id.len > sizeof slot->app_id)
        return -EUCLEAN;
    memcpy(slot->app_id, row.app_id.ptr, row.app_id.len);
    slot->app = (struct caller_app){
        .id = app,
        .app_id = {slot->app_id, row.app_id.len},
        .developer = row.developer,
        .store_app = row.kind == APP_STORE,
    };
    grant_scopes(&slot->app, row.scopes);
    char *copy = mem_alloc(row.ip_allow.len + 1);
    memcpy(copy, row.ip_allow.ptr, row.ip_allow.len);
    slot->ip_allow = (struct str){copy, row.ip_allow.len};
    if (row.disabled)
        return TOKEN_DISABLED;
    if (slot->tenant == 0)
        return TOKEN_OK;
    r = app_tenant_ask(db, SQL_APP_INSTALL_GET, slot->tenant, app);
    if (r <= 0)
        return r < 0 ? r : TOKEN_NOT_INSTALLED;
    r = app_tenant_ask(db, SQL_APP_IS_VENDOR, app, slot->tenant);
    if (r < 0)
        return r;
    slot->app.vendor_bound = r == 1 || slot->app.store_app;
    return TOKEN_OK;
}

static int load_token(struct db *db, const struct seal *seal, struct cache_slot *slot) {
    int64_t id, app;
    uint32_t nonce;
    if (seal_open(seal, slot->kind, (struct str){slot->token + 2, SEAL_HEX_LEN}, &id, &nonce) < 0)
        return TOKEN_INVALID;
    struct db_query q DB_CLEANUP = db_query(db, SQL_ACCESS_TOKEN_GET);
    db_bind_int(&q, 1, id);
    int r = db_row(&q);
    if (r < 0)
        return r;
    if (r == 0 || db_int(&q, COL_ACCESS_TOKEN_GET_KIND) != (int64_t)slot->kind ||
        db_int(&q, COL_ACCESS_TOKEN_GET_NONCE) != (int64_t)nonce)
        return TOKEN_INVALID;
    app = db_int(&q, COL_ACCESS_TOKEN_GET_APP);
    slot->tenant = db_int(&q, COL_ACCESS_TOKEN_GET_TENANT);
    slot->expires_ms = db_int(&q, COL_ACCESS_TOKEN_GET_EXPIRES_MS);
    return load_app(db, app, slot);
}

static size_t token_slot(struct str token) {
    /* The token's text is AES output, so any of its bytes are evenly distributed. */
    size_t h = 0;
    for (size_t i = 2; i < 10; i++)
        h = h * 31 + (unsigned char)token.ptr[i];
    return h & (CACHE_SLOTS - 1);
}

static struct token_caller caller_of(const struct cache_slot *slot) {
    return (struct token_caller){
        .app = &slot->app, .tenant = slot->tenant, .ends_ms = slot->expires_ms, .ip_allow = slot->ip_allow};
}

int token_check(struct token_cache *cache, struct db *db, const struct seal *seal, enum seal_kind kind,
                struct str token, int64_t now_ms, struct token_caller *ret) {
    if (token.len != TOKEN_TEXT_LEN)
        return TOKEN_INVALID;
    struct cache_slot *slot = &cache->slots[token_slot(token)];
    if (!slot->used || slot->kind != kind || memcmp(slot->token, token.ptr, TOKEN_TEXT_LEN) != 0) {
        struct cache_slot fresh = {.kind = kind};
        memcpy(fresh.token, token.ptr, TOKEN_TEXT_LEN);
        int r = load_token(db, seal, &fresh);
        if (r < 0 || r == TOKEN_INVALID) {
            free((void *)(uintptr_t)fresh.ip_allow.ptr);
            return r; /* not cached, so that guessed tokens cannot push real callers out of the cache */
        }
        if (slot->used)
            free((void *)(uintptr_t)slot->ip_allow.ptr);
        *slot = fresh;
        slot->app.app_id.ptr = slot->app_id;
        slot->result = (enum token_result)r;
        slot->used = true;
    }
    if (slot->expires_ms <= now_ms)
        return TOKEN_INVALID;
    *ret = caller_of(slot);
    return slot->result;
}

int token_look(struct db *db, const struct seal *seal, enum seal_kind kind, struct str token, int64_t now_ms,
               struct arena *a, struct token_caller *ret) {
    if (token.len != TOKEN_TEXT_LEN)
        return TOKEN_INVALID;
    struct cache_slot *slot = arena_new(a, struct cache_slot);
    slot->kind = kind;
    memcpy(slot->token, token.ptr, TOKEN_TEXT_LEN);
    int r = load_token(db, seal, slot);
    struct str heap = slot->ip_allow;
    slot->ip_allow = arena_dup(a, heap);
    free((void *)(uintptr_t)heap.ptr);
    if (r < 0 || r == TOKEN_INVALID || slot->expires_ms <= now_ms)
        return r < 0 ? r : TOKEN_INVALID;
    *ret = caller_of(slot);
    return r;
}
