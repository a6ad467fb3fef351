/* SPDX-License-Identifier: Apache-2.0
 *
 * The packages and add-on items of a vendor account. The vendor chooses their ids.
 */
#include "hire/vendor/package.h"

#include <inttypes.h>

#include "base/array.h"
#include "base/id.h"
#include "hire/tenant/tenant.h"

/* The packages or add-on items of a call. */
struct wares {
    const char *list; /* its name on the wire */
    const char *what;
    int64_t account;
    enum vendor_package_kind kind;
    struct vendor_package *v;
    size_t n;
};

static void bind_ware(struct db_query *q, const struct hire *h, const struct wares *w, struct str id) {
    db_bind_int(q, 1, h->tenant);
    db_bind_int(q, 2, w->account);
    db_bind_int(q, 3, w->kind);
    db_bind_text(q, 4, id);
}

static struct wares wares_of(struct hire *h, int64_t account, enum vendor_package_kind kind, size_t n) {
    bool whole = kind == PACKAGE_WHOLE;

    return (struct wares){
        .list = whole ? "package_list" : "additional_item_list",
        .what = whole ? "package" : "add-on item",
        .account = account,
        .kind = kind,
        .v = arena_array(h->arena, struct vendor_package, n),
        .n = n,
    };
}

static struct wares packages_of(struct hire *h, int64_t account,
                                const struct eco_background_check_package_data_list *in) {
    struct wares w = wares_of(h, account, PACKAGE_WHOLE, in->n);

    for (size_t i = 0; i < in->n; i++)
        w.v[i] = (struct vendor_package){in->v[i].id, in->v[i].name, in->v[i].description};
    return w;
}

static struct wares items_of(struct hire *h, int64_t account,
                             const struct eco_background_check_package_additional_item_list *in) {
    struct wares w = wares_of(h, account, PACKAGE_ITEM, in->n);

    for (size_t i = 0; i < in->n; i++)
        w.v[i] = (struct vendor_package){in->v[i].id, in->v[i].name, in->v[i].description};
    return w;
}

static struct wares ids_of(struct hire *h, int64_t account, enum vendor_package_kind kind, const struct str_list *in) {
    struct wares w = wares_of(h, account, kind, in->n);

    w.list = kind == PACKAGE_WHOLE ? "package_id_list" : "additional_item_id_list";
    for (size_t i = 0; i < in->n; i++)
        w.v[i].id = in->v[i];
    return w;
}

static int refuse_unknown(struct hire *h, const struct wares *w, struct str id) {
    return hire_refuse(h, REFUSED_PARAMETER, "there is no %s with the id \"%.*s\"", w->what, STR_FMT(id));
}

static int check_ids(struct hire *h, const struct wares *w) {
    if (w->n > VENDOR_PACKAGES_MAX)
        return hire_refuse(h, REFUSED_PARAMETER, "%s may hold at most %d entries; it holds %zu", w->list,
                           VENDOR_PACKAGES_MAX, w->n);
    for (size_t i = 0; i < w->n; i++) {
        for (size_t j = 0; j < i; j++) {
            if (str_eq(w->v[i].id, w->v[j].id))
                return hire_refuse(h, REFUSED_PARAMETER, "%s: the id \"%.*s\" is given twice", w->list,
                                   STR_FMT(w->v[i].id));
        }
    }
    return 0;
}

static int check_texts(struct hire *h, const struct wares *w) {
    int r = check_ids(h, w);

    for (size_t i = 0; r == 0 && i < w->n; i++) {
        struct str name = arena_printf(h->arena, "%s[%zu].name", w->list, i);
        struct str description = arena_printf(h->arena, "%s[%zu].description", w->list, i);

        r = hire_bounded(h, name.ptr, w->v[i].name, true, HIRE_NAME_MAX);
        if (r == 0)
            r = hire_bounded(h, description.ptr, w->v[i].description, false, HIRE_TEXT_MAX);
    }
    return r;
}

static int needs_any(struct hire *h, const struct wares *a, const struct wares *b) {
    if (a->n + b->n == 0)
        return hire_refuse(h, REFUSED_PARAMETER, "%s and %s must not both be empty", a->list, b->list);
    return 0;
}

static int insert_all(struct hire *h, const struct wares *w) {
    struct vendor_package *there;
    size_t n;
    int r = check_texts(h, w);

    if (r == 0)
        r = packages_list(h, w->account, w->kind, &there, &n);
    if (r < 0)
        return r;
    if (n + w->n > VENDOR_PACKAGES_MAX)
        return hire_refuse(h, REFUSED_PARAMETER, "%s: the account has %zu already and may have at most %d", w->list, n,
                           VENDOR_PACKAGES_MAX);
    for (size_t i = 0; i < w->n; i++) {
        struct db_query q DB_CLEANUP = db_query(h->db, SQL_VENDOR_PACKAGE_INSERT);

        bind_ware(&q, h, w, w->v[i].id);
        db_bind_int(&q, 5, id_new());
        db_bind_text(&q, 6, w->v[i].name);
        db_bind_text(&q, 7, str_is_absent(w->v[i].description) ? STR("") : w->v[i].description);
        r = db_run(&q);
        if (r < 0)
            return r;
        if (r == 0)
            return hire_refuse(h, REFUSED_PARAMETER, "there is a%s %s with the id \"%.*s\" already",
                               w->kind == PACKAGE_ITEM ? "n" : "", w->what, STR_FMT(w->v[i].id));
    }
    return 0;
}

static int update_all(struct hire *h, const struct wares *w) {
    int r = check_texts(h, w);

    for (size_t i = 0; r == 0 && i < w->n; i++) {
        struct vendor_package old;

        r = package_get(h, w->account, w->kind, w->v[i].id, &old);
        if (r < 0)
            return r;
        if (r == 0)
            return refuse_unknown(h, w, w->v[i].id);
        struct db_query q DB_CLEANUP = db_query(h->db, SQL_VENDOR_PACKAGE_UPDATE);
        bind_ware(&q, h, w, w->v[i].id);
        db_bind_text(&q, 5, w->v[i].name);
        db_bind_text(&q, 6, str_is_absent(w->v[i].description) ? old.description : w->v[i].description);
        r = db_run(&q);
        r = r < 0 ? r : 0;
    }
    return r;
}

static int delete_all(struct hire *h, const struct wares *w) {
    int r = check_ids(h, w);

    for (size_t i = 0; r == 0 && i < w->n; i++) {
        struct db_query q DB_CLEANUP = db_query(h->db, SQL_VENDOR_PACKAGE_DELETE);

        bind_ware(&q, h, w, w->v[i].id);
        r = db_run(&q);
        if (r == 0)
            return refuse_unknown(h, w, w->v[i].id);
        r = r < 0 ? r : 0;
    }
    return r;
}

static int both(struct hire *h, int (*change)(struct hire *h, const struct wares *w), const struct wares *a,
                const struct wares *b) {
    int r = needs_any(h, a, b);

    if (r == 0)
        r = change(h, a);
    return r < 0 ? r : change(h, b);
}

/* Creates or updates packages and items; both take the same members. */
static int push(struct hire *h, struct str account_id, const struct eco_background_check_package_data_list *packages,
                const struct eco_background_check_package_additional_item_list *items,
                int (*change)(struct hire *, const struct wares *)) {
    struct wares a, b;
    int64_t account;
    int r = vendor_account_known(h, account_id, &account);

    if (r < 0)
        return r;
    a = packages_of(h, account, packages);
    b = items_of(h, account, items);
    return both(h, change, &a, &b);
}

int packages_create(struct hire *h, const struct eco_background_check_package_create_body *in) {
    return push(h, in->account_id, &in->package_list, &in->additional_item_list, insert_all);
}

int packages_update(struct hire *h, const struct eco_background_check_package_batch_update_body *in) {
    return push(h, in->account_id, &in->package_list, &in->additional_item_list, update_all);
}

int packages_delete(struct hire *h, const struct eco_background_check_package_batch_delete_body *in) {
    struct wares a, b;
    int64_t account;
    int r = vendor_account_known(h, in->account_id, &account);

    if (r < 0)
        return r;
    a = ids_of(h, account, PACKAGE_WHOLE, &in->package_id_list);
    b = ids_of(h, account, PACKAGE_ITEM, &in->additional_item_id_list);
    return both(h, delete_all, &a, &b);
}

static struct vendor_package read_package(struct hire *h, const struct db_query *q) {
    return (struct vendor_package){
        .id = arena_dup(h->arena, db_text(q, COL_VENDOR_PACKAGE_ID)),
        .name = arena_dup(h->arena, db_text(q, COL_VENDOR_PACKAGE_NAME)),
        .description = arena_dup(h->arena, db_text(q, COL_VENDOR_PACKAGE_DESCRIPTION)),
    };
}

int packages_list(struct hire *h, int64_t account, enum vendor_package_kind kind, struct vendor_package **ret,
                  size_t *ret_n) {
    size_t n = 0, cap = 8;
    struct vendor_package *v = arena_array(h->arena, struct vendor_package, cap);
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_VENDOR_PACKAGE_LIST);
    int r = 0;

    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, account);
    db_bind_int(&q, 3, kind);
    while (n < VENDOR_PACKAGES_MAX && (r = db_row(&q)) == 1) {
        v = arena_array_grow(h->arena, v, n, &cap, sizeof(*v));
        v[n++] = read_package(h, &q);
    }
    if (r < 0)
        return r;
    *ret = v;
    *ret_n = n;
    return 0;
}

int packages_any(struct hire *h, int64_t account) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_VENDOR_PACKAGE_ANY);

    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, account);
    return db_row(&q);
}

int package_get(struct hire *h, int64_t account, enum vendor_package_kind kind, struct str id,
                struct vendor_package *ret) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_VENDOR_PACKAGE_GET);
    int r;

    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, account);
    db_bind_int(&q, 3, kind);
    db_bind_text(&q, 4, id);
    r = db_row(&q);
    if (r == 1)
        *ret = read_package(h, &q);
    return r;
}
