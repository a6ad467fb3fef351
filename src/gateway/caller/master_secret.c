/* SPDX-License-Identifier: Apache-2.0
 *
 * The master secret in the database, and the seal made from it.
 */
#include "gateway/caller/master_secret.h"

#include <errno.h>
#include <openssl/crypto.h>

#include "base/hex.h"
#include "base/id.h"

static int master_read(struct db *db, uint8_t ret_key[SEAL_KEY_LEN]) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_META_GET);
    db_bind_text(&q, 1, STR("master_secret"));
    int r = db_row(&q);
    if (r <= 0)
        return r;
    struct str hex = db_text(&q, COL_META_GET_VALUE);
    if (hex.len != 2 * SEAL_KEY_LEN || hex_decode(hex, ret_key) < 0)
        return -EUCLEAN;
    return 1;
}

static int master_make(struct db *db) {
    char hex[2 * SEAL_KEY_LEN];
    id_random_hex(hex, SEAL_KEY_LEN);
    struct db_query q DB_CLEANUP = db_query(db, SQL_META_ADD);
    db_bind_text(&q, 1, STR("master_secret"));
    db_bind_text(&q, 2, (struct str){hex, sizeof hex});
    int r = db_run(&q);
    OPENSSL_cleanse(hex, sizeof hex);
    return r < 0 ? r : 0;
}

int master_secret_seal(struct db *db, struct seal **ret) {
    uint8_t key[SEAL_KEY_LEN];
    int r = master_read(db, key);
    if (r == 0) {
        /* Two processes may do this at once: the first INSERT succeeds, and both read its value. */
        r = master_make(db);
        if (r == 0)
            r = master_read(db, key);
        if (r == 0)
            r = -ENOENT;
    }
    if (r < 0)
        return r;
    *ret = seal_new(key);
    OPENSSL_cleanse(key, sizeof key);
    return *ret ? 0 : -ENOMEM;
}
