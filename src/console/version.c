/* SPDX-License-Identifier: Apache-2.0
 *
 * Computes and checks the versions of records.
 */
#include "console/version.h"

#include <openssl/evp.h>

#include "base/record.h"

enum { VERSION_BYTES = 8 };

struct str version_of(struct call *c, struct str shown) {
    struct buf hex BUF_CLEANUP = BUF_EMPTY;
    unsigned char digest[EVP_MAX_MD_SIZE] = {0};
    EVP_Digest(shown.ptr, shown.len, digest, NULL, EVP_sha256(), NULL);
    buf_add_hex(&hex, digest, VERSION_BYTES);
    return arena_dup(c->arena, buf_str(&hex));
}

int version_check(struct call *c, struct str given, struct str now) {
    if (str_is_absent(given) || str_eq(given, now))
        return 0;
    c->reason = (struct reason){.word = REASON_STALE, .subject = now};
    return call_fail(c, CODE_STALE, "the change was made from version %.*s; the present version is %.*s",
                     STR_FMT(str_head(given, 64)), STR_FMT(now));
}

int version_of_order(struct call *c, int64_t order_id, struct str *ret) {
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_CONSOLE_ORDER_VERSION);
    db_bind_int(&q, 1, c->tenant);
    db_bind_int(&q, 2, order_id);
    int r = db_row(&q);
    if (r == 1)
        *ret = arena_printf(c->arena, "%lld", (long long)db_int(&q, COL_CONSOLE_ORDER_VERSION_VERSION));
    return r;
}

struct str version_of_interview(struct call *c, const struct interview_extend *doc) {
    struct buf text BUF_CLEANUP = BUF_EMPTY;
    record_write_stored(&type_interview_extend, doc, &text);
    return version_of(c, buf_str(&text));
}

struct str version_of_account(struct call *c, const struct account *a) {
    return version_of(c, arena_printf(c->arena, "%.*s\n%.*s\n%u\n%lld\n%d", STR_FMT(a->name), STR_FMT(a->en_name),
                                      a->roles, (long long)a->users_id, a->disabled));
}
