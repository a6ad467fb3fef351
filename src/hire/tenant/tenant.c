/* SPDX-License-Identifier: Apache-2.0
 *
 * A tenant's approval switches and its accounts at background check vendors.
 */
#include "hire/tenant/tenant.h"

#include <inttypes.h>

#include "base/array.h"
#include "base/id.h"

int tenant_approvals_get(struct hire *h, struct tenant_approvals *ret) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_TENANT_APPROVALS);
    int r;

    db_bind_int(&q, 1, h->tenant);
    r = db_row(&q);
    if (r < 0)
        return r;
    if (r == 0)
        return -ENOENT;
    ret->arrangement = db_int(&q, COL_TENANT_APPROVALS_APPROVE_ARRANGEMENT) != 0;
    ret->report = db_int(&q, COL_TENANT_APPROVALS_APPROVE_REPORT) != 0;
    return 0;
}

int tenant_approvals_set(struct hire *h, const struct tenant_approvals *in) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_TENANT_SET_APPROVALS);
    int r;

    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, in->arrangement);
    db_bind_int(&q, 3, in->report);
    r = db_run(&q);
    if (r < 0)
        return r;
    return r == 0 ? -ENOENT : 0;
}

static struct vendor_account read_account(struct hire *h, const struct db_query *q) {
    return (struct vendor_account){
        .id = db_int(q, COL_VENDOR_ACCOUNT_ID),
        .name = arena_dup(h->arena, db_text(q, COL_VENDOR_ACCOUNT_NAME)),
        .provider_id = arena_dup(h->arena, db_text(q, COL_VENDOR_ACCOUNT_PROVIDER_ID)),
        .provider_zh = arena_dup(h->arena, db_text(q, COL_VENDOR_ACCOUNT_PROVIDER_ZH)),
        .provider_en = arena_dup(h->arena, db_text(q, COL_VENDOR_ACCOUNT_PROVIDER_EN)),
        .third_type = (int)db_int(q, COL_VENDOR_ACCOUNT_THIRD_TYPE),
        .app = db_int(q, COL_VENDOR_ACCOUNT_APP),
        .created_ms = db_int(q, COL_VENDOR_ACCOUNT_CREATED_MS),
    };
}

static struct str or_empty(struct str s) {
    return str_is_absent(s) ? STR("") : s;
}

/* The rights of an app depend on its accounts, so callers that were admitted before must be checked again. This
 * raises the number that src/gateway/caller/access_changes.h reads (a room above, so its function cannot be called
 * here). */
static int rights_changed(struct hire *h) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_ACCESS_CHANGED);
    int r = db_run(&q);
    return r < 0 ? r : 0;
}

int vendor_account_add(struct hire *h, const struct vendor_account *in, int64_t *ret_id) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_VENDOR_ACCOUNT_INSERT);
    int64_t id = in->id != 0 ? in->id : id_new();
    int r;

    if ((r = hire_bounded(h, "the account's name", in->name, true, HIRE_NAME_MAX)) < 0 ||
        (r = hire_bounded(h, "provider_id", in->provider_id, true, HIRE_KEY_MAX)) < 0 ||
        (r = hire_bounded(h, "provider_name.zh_cn", in->provider_zh, false, HIRE_NAME_MAX)) < 0 ||
        (r = hire_bounded(h, "provider_name.en_us", in->provider_en, false, HIRE_NAME_MAX)) < 0)
        return r;
    if (in->third_type != 1 && in->third_type != 2 && in->third_type != 3 && in->third_type != 127)
        return hire_refuse(h, REFUSED_PARAMETER, "account_third_type must be 1, 2, 3 or 127; it is %d", in->third_type);
    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, id);
    db_bind_text(&q, 3, in->name);
    db_bind_text(&q, 4, in->provider_id);
    db_bind_text(&q, 5, or_empty(in->provider_zh));
    db_bind_text(&q, 6, or_empty(in->provider_en));
    db_bind_int(&q, 7, in->third_type);
    db_bind_int(&q, 8, in->app);
    db_bind_int(&q, 9, h->now_ms);
    r = db_run(&q);
    if (r == -EEXIST)
        return hire_refuse(h, REFUSED_PARAMETER, "there is a vendor account with the id %" PRId64 " already", id);
    if (r >= 0)
        r = rights_changed(h);
    if (r < 0)
        return r;
    *ret_id = id;
    return 0;
}

int vendor_account_get(struct hire *h, int64_t id, struct vendor_account *ret) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_VENDOR_ACCOUNT_GET);
    int r;

    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, id);
    r = db_row(&q);
    if (r == 1)
        *ret = read_account(h, &q);
    return r;
}

int vendor_account_known(struct hire *h, struct str account_id, int64_t *ret) {
    struct vendor_account account;
    int64_t id;
    int r = 0;

    if (id_parse(account_id, &id) == 0)
        r = vendor_account_get(h, id, &account);
    if (r < 0)
        return r;
    /* The answer for another vendor's account is the same as for one that does not exist. */
    if (r == 0 || (h->only_app != 0 && account.app != h->only_app))
        return hire_refuse(h, REFUSED_PARAMETER, "there is no such account");
    *ret = id;
    return 0;
}

int vendor_account_find(struct hire *h, struct str provider_id, int64_t *ret_id) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_VENDOR_ACCOUNT_BY_PROVIDER);
    int r;

    db_bind_int(&q, 1, h->tenant);
    db_bind_text(&q, 2, provider_id);
    r = db_row(&q);
    if (r == 1)
        *ret_id = db_int(&q, COL_VENDOR_ACCOUNT_BY_PROVIDER_ID);
    return r;
}

int vendor_account_list(struct hire *h, struct vendor_account **ret, size_t *ret_n) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_VENDOR_ACCOUNT_LIST);
    struct vendor_account *v = NULL;
    size_t n = 0, cap = 0;
    int r;

    db_bind_int(&q, 1, h->tenant);
    while ((r = db_row(&q)) == 1) {
        v = arena_array_grow(h->arena, v, n, &cap, sizeof(*v));
        v[n++] = read_account(h, &q);
    }
    if (r < 0)
        return r;
    *ret = v;
    *ret_n = n;
    return 0;
}

int vendor_account_bind(struct hire *h, int64_t id, int64_t app) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_VENDOR_ACCOUNT_BIND);
    int r;

    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, id);
    db_bind_int(&q, 3, app);
    r = db_run(&q);
    if (r == 0)
        return hire_refuse(h, REFUSED_PARAMETER, "there is no vendor account with the id %" PRId64, id);
    return r < 0 ? r : rights_changed(h);
}
