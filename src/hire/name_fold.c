/* SPDX-License-Identifier: Apache-2.0
 *
 * The table meta has under 'name_fold' the rule by which all keys were computed. While keys are computed again,
 * 'name_fold_at' has the new rule and the last row that is done: "rule tenant kind id".
 */
#include "hire/name_fold.h"

#include <errno.h>

#include "base/clock.h"
#include "base/fold.h"

#define PAGE 2000
#define PROGRESS_MS 1000

#define DONE STR("name_fold")
#define AT STR("name_fold_at")

struct place {
    int64_t tenant, id;
    struct str kind;
};

static int meta_get(struct db *db, struct str key, struct arena *a, struct str *ret) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_META_GET);

    *ret = STR("");
    db_bind_text(&q, 1, key);
    int r = db_row(&q);
    if (r == 1)
        *ret = arena_dup(a, db_text(&q, COL_META_GET_VALUE));
    return r < 0 ? r : 0;
}

static int meta_set(struct db *db, struct str key, struct str value) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_META_SET);

    db_bind_text(&q, 1, key);
    db_bind_text(&q, 2, value);
    int r = db_run(&q);
    return r < 0 ? r : 0;
}

/* Where to continue: after the noted row if it was noted for the same rule, otherwise at the beginning. */
static int read_place(struct db *db, struct arena *a, struct place *ret) {
    struct str rest;
    int r = meta_get(db, AT, a, &rest);

    *ret = (struct place){INT64_MIN, INT64_MIN, STR("")};
    if (r < 0 || !str_eq(str_cut(&rest, ' '), text_fold_rule()) || str_is_absent(rest))
        return r;
    struct place at;
    bool whole = str_to_i64(str_cut(&rest, ' '), &at.tenant) == 0 && !str_is_absent(rest);
    at.kind = whole ? str_cut(&rest, ' ') : STR_ABSENT;
    if (whole && !str_is_absent(rest) && str_to_i64(rest, &at.id) == 0)
        *ret = at;
    return 0;
}

/* A name that searches must not find has an empty key, which stays empty. */
static int fold_one(struct db *db, const struct db_query *row, struct arena *a) {
    struct str key = text_fold(db_text(row, COL_REFERENCE_NAME_PAGE_NAME), a);

    if (db_text(row, COL_REFERENCE_NAME_PAGE_SEARCH).len == 0 ||
        str_eq(key, db_text(row, COL_REFERENCE_NAME_PAGE_SEARCH)))
        return 0;
    struct db_query q DB_CLEANUP = db_query(db, SQL_REFERENCE_NAME_SET_SEARCH);
    db_bind_int(&q, 1, db_int(row, COL_REFERENCE_NAME_PAGE_TENANT));
    db_bind_text(&q, 2, db_text(row, COL_REFERENCE_NAME_PAGE_KIND));
    db_bind_int(&q, 3, db_int(row, COL_REFERENCE_NAME_PAGE_ID));
    db_bind_text(&q, 4, key);
    int r = db_run(&q);
    return r < 0 ? r : 0;
}

/* Processes one page of names within the transaction. Returns the number of names, or < 0. */
static int fold_page(struct db *db, struct arena *a) {
    struct place at;
    int n = 0, r = read_place(db, a, &at);

    if (r < 0)
        return r;
    {
        struct db_query q DB_CLEANUP = db_query(db, SQL_REFERENCE_NAME_PAGE);
        db_bind_int(&q, 1, at.tenant);
        db_bind_text(&q, 2, at.kind);
        db_bind_int(&q, 3, at.id);
        db_bind_int(&q, 4, PAGE);
        while ((r = db_row(&q)) == 1) {
            at = (struct place){db_int(&q, COL_REFERENCE_NAME_PAGE_TENANT), db_int(&q, COL_REFERENCE_NAME_PAGE_ID),
                                arena_dup(a, db_text(&q, COL_REFERENCE_NAME_PAGE_KIND))};
            if ((r = fold_one(db, &q, a)) < 0)
                return r;
            n++;
        }
    }
    if (r < 0)
        return r;
    if (n < PAGE) {
        r = meta_set(db, DONE, text_fold_rule());
        return r < 0 ? r : (r = meta_set(db, AT, STR(""))) < 0 ? r : n;
    }
    r = meta_set(db, AT,
                 arena_printf(a, "%.*s %lld %.*s %lld", STR_FMT(text_fold_rule()), (long long)at.tenant,
                              STR_FMT(at.kind), (long long)at.id));
    return r < 0 ? r : n;
}

static int fold_page_kept(struct db *db, struct arena *a) {
    int r = db_begin(db);

    if (r < 0)
        return r;
    int n = fold_page(db, a);
    if (n < 0) {
        db_rollback(db);
        return n;
    }
    r = db_commit(db);
    return r < 0 ? r : n;
}

int names_fold(struct db *db, names_fold_fn progress, void *ctx) {
    struct arena scratch ARENA_CLEANUP = ARENA_EMPTY;
    int64_t done = 0, told_ms = clock_mono_ms();
    struct str rule;
    int n = meta_get(db, DONE, &scratch, &rule);

    if (n < 0 || str_eq(rule, text_fold_rule()))
        return n;
    do {
        n = fold_page_kept(db, &scratch);
        if (n < 0)
            return n;
        done += n;
        arena_reset(&scratch);
        if (n == PAGE && clock_mono_ms() - told_ms >= PROGRESS_MS) {
            progress(ctx, done, false);
            told_ms = clock_mono_ms();
        }
    } while (n == PAGE);
    if (done > 0)
        progress(ctx, done, true);
    return 0;
}
