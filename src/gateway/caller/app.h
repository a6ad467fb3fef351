/* SPDX-License-Identifier: Apache-2.0
 *
 * Tenants, apps and their secrets: who may call. Written by the command line and (later) the console; the functions run
 * within the caller's transaction on a writing connection and take effect in a running server within a second.
 */
#ifndef HIRED_GATEWAY_CALLER_APP_H
#define HIRED_GATEWAY_CALLER_APP_H

#include "base/arena.h"
#include "base/seal.h"
#include "store/db.h"

enum app_kind { APP_CUSTOM = 1, APP_STORE = 2 };

struct tenant_row {
    int64_t id;
    struct str tenant_key, name;
    bool approve_arrangement, approve_report;
};

/* Return 1 and the tenant (texts in the arena), 0 if there is none, or < 0. */
int tenant_get(struct db *db, int64_t tenant, struct arena *a, struct tenant_row *ret);
int tenant_find(struct db *db, struct str tenant_key, struct arena *a, struct tenant_row *ret);
/* The tenant when there is exactly one; 0 if there is none, -E2BIG if there are several. */
int tenant_only(struct db *db, struct arena *a, struct tenant_row *ret);
/* tenant_key absent: a new random one (16 hex digits). -EEXIST if it is taken. */
int tenant_create(struct db *db, struct str tenant_key, struct str name, struct arena *a, struct tenant_row *ret);

struct app_row {
    int64_t id, tenant, developer;
    int64_t home; /* the tenant that made it; 0: a store app of the command line's */
    struct str app_id, name, scopes, ip_allow;
    enum app_kind kind;
    bool disabled;
};

#define APP_ID_LEN 20 /* "cli_" + 16 hex digits */
#define APP_SECRET_LEN 32

/* Creates an app and installs it in its tenant. scopes: names separated by spaces (each must be known: -EINVAL
 * otherwise, see scopes_check). ret_secret: the secret, in the arena; it is stored hashed and cannot be shown again.
 * app_id absent: a new one. */
int app_create(struct db *db, int64_t tenant, enum app_kind kind, struct str name, struct str scopes, struct str app_id,
               struct str secret, struct arena *a, struct app_row *ret, struct str *ret_secret);
int app_find(struct db *db, struct str app_id, struct arena *a, struct app_row *ret); /* 1, 0 or < 0 */
int app_find_by_id(struct db *db, int64_t app, struct arena *a, struct app_row *ret); /* 1, 0 or < 0 */
/* Installs a store app in a further tenant; nothing happens if it is installed there. */
int app_install(struct db *db, int64_t tenant, int64_t app);
int app_uninstall(struct db *db, int64_t tenant, int64_t app);    /* -ENOENT: it is not installed there */
int app_is_installed(struct db *db, int64_t tenant, int64_t app); /* 1, 0 or < 0 */
/* Checks an app's id and secret. Returns 1 and the app, 0 if they do not fit (an unknown app and a wrong secret alike),
 * or < 0. */
int app_authenticate(struct db *db, struct str app_id, struct str app_secret, struct arena *a, struct app_row *ret);
int app_list(struct db *db, int64_t tenant, struct arena *a, struct app_row **ret, size_t *ret_n);
int app_disable(struct db *db, int64_t app, bool disabled); /* its tokens stop serving, or serve again */
int app_rotate(struct db *db, int64_t app, struct arena *a, struct str *ret_secret); /* revokes all its tokens too */
int app_set_scopes(struct db *db, int64_t app, struct str scopes);
/* The tenant that made a store app. */
int app_set_home(struct db *db, int64_t app, int64_t tenant);
int app_set_ip_allow(struct db *db, int64_t app, struct str addresses);

/* Checks names separated by spaces; "all" stands for every scope. Returns 0 and the normalized text in the arena, or
 * -EINVAL and the first unknown name in *ret_unknown. */
int scopes_check(struct str scopes, struct arena *a, struct str *ret_scopes, struct str *ret_unknown);

/* The secret from which everything sealed is derived: made on first use, kept in the database so that a backup is whole
 * and several nodes share it. A reading connection gets -ENOENT if it was never made. Free with seal_free. */
int identity_seal(struct db *db, struct seal **ret);

#endif
