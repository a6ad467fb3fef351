/* SPDX-License-Identifier: Apache-2.0
 *
 * Finds the orders of a list that has filters.
 */
#include "hire/order/walk.h"

#include <stdlib.h>

#include "base/array.h"

enum {
    FIRST_LOOK = 2000, /* orders that are looked at before it is asked whether few match */
    FEW = 1000,        /* so many are read by their index and sorted */
};

struct key {
    int64_t time, id;
};

static bool has_account(const struct order_walk *w, int64_t account) {
    for (size_t i = 0; i < w->n_accounts; i++)
        if (w->accounts[i] == account)
            return true;
    return w->n_accounts == 0;
}

static bool has_begun(const struct order_walk *w, int64_t begin_time) {
    return begin_time >= w->begin_start && begin_time <= w->begin_end;
}

/* Whether the order of an index entry may match. */
static bool may_match(const struct order_walk *w, const struct db_query *q) {
    return (w->status == 0 || db_int(q, COL_ORDER_KEY_STATUS) == w->status) &&
           (w->phase < 0 || db_int(q, COL_ORDER_KEY_PHASE) == w->phase) &&
           has_account(w, db_int(q, COL_ORDER_KEY_ACCOUNT_ID)) &&
           (w->begin_end == 0 || has_begun(w, db_int(q, COL_ORDER_KEY_BEGIN_TIME)));
}

static struct key key_of(const struct db_query *q) {
    return (struct key){db_int(q, COL_ORDER_KEY_UPDATE_TIME), db_int(q, COL_ORDER_KEY_ID)};
}

/* Orders that match and wait to be given to their taker. */
struct batch {
    struct db *db;
    const struct order_walk *w;
    struct order_walked *ret;
    struct key keys[DB_AHEAD_MAX];
    size_t n;
};

static struct db_query query_row(const struct batch *b, int64_t id) {
    struct db_query q = db_query(b->db, b->w->row);

    db_bind_int(&q, 1, b->w->tenant);
    db_bind_int(&q, 2, id);
    return q;
}

/* Gives the orders that wait to their taker. Returns 1: the walk has enough, 0 or < 0. */
static int give_all(struct batch *b) {
    struct db_query rows[DB_AHEAD_MAX];
    size_t n = b->n;
    int r = 0;

    b->n = 0;
    for (size_t i = 0; i < n && b->w->reads_row; i++) {
        rows[i] = query_row(b, b->keys[i].id);
        if (n > 1)
            db_ahead(&rows[i]);
    }
    for (size_t i = 0; i < n && r == 0; i++) {
        r = b->w->take(b->w->ctx, b->keys[i].time, b->keys[i].id, b->w->reads_row ? &rows[i] : NULL);
        if (r > 0)
            b->ret->n++;
        r = r < 0 ? r : b->ret->n >= b->w->limit;
    }
    for (size_t i = 0; i < n && b->w->reads_row; i++)
        db_query_end(&rows[i]);
    return r;
}

/* Gives an order to its taker, together with others if that is of use. Returns 1: the walk has enough, 0 or < 0. */
static int give(struct batch *b, struct key k) {
    size_t most = b->w->reads_row ? db_ahead_max(b->db) : 1, missing = b->w->limit - b->ret->n;

    b->keys[b->n++] = k;
    return b->n >= (most < missing ? most : missing) ? give_all(b) : 0;
}

/* ---- few orders: read by their index and sorted ---- */

static int earlier(const void *a, const void *b) {
    const struct key *x = a, *y = b;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

static int later(const void *a, const void *b) {
    return earlier(b, a);
}

struct keys {
    struct key *v;
    size_t n, cap;
};

/* Whether the place lies within the list that is walked. */
static bool is_due(const struct order_walk *w, struct key k) {
    const struct key from = {w->from_time, w->from_id};
    return w->newest ? earlier(&k, &from) < 0 && k.time >= w->until : earlier(&k, &from) > 0 && k.time <= w->until;
}

static int gather_rows(struct db_query *q, struct arena *a, const struct order_walk *w, struct keys *keys) {
    int r;

    while ((r = db_row(q)) == 1) {
        if (!may_match(w, q) || !is_due(w, key_of(q)))
            continue;
        keys->v = arena_array_grow(a, keys->v, keys->n, &keys->cap, sizeof(*keys->v));
        keys->v[keys->n++] = key_of(q);
    }
    return r;
}

static int gather(struct db *db, struct arena *a, const struct order_walk *w, enum db_statement which, int64_t value,
                  struct keys *keys) {
    struct db_query q DB_CLEANUP = db_query(db, which);

    db_bind_int(&q, 1, w->tenant);
    db_bind_int(&q, 2, value);
    return gather_rows(&q, a, w, keys);
}

/* Returns 1 and the keys of the orders begun within the walk's times, 0: too many, or < 0. */
static int gather_begun(struct db *db, struct arena *a, const struct order_walk *w, struct keys *keys) {
    struct db_query n DB_CLEANUP = db_query(db, SQL_ORDER_FEW_BEGUN);
    struct db_query q DB_CLEANUP = db_query(db, SQL_ORDER_KEYS_BEGUN);
    int r;

    db_bind_int(&n, 1, w->tenant);
    db_bind_int(&n, 2, w->begin_start);
    db_bind_int(&n, 3, w->begin_end);
    db_bind_int(&n, 4, FEW + 1);
    r = db_row(&n);
    if (r < 1 || db_int(&n, COL_ORDER_FEW_N) > FEW)
        return r < 0 ? r : 0;
    db_bind_int(&q, 1, w->tenant);
    db_bind_int(&q, 2, w->begin_start);
    db_bind_int(&q, 3, w->begin_end);
    r = gather_rows(&q, a, w, keys);
    return r < 0 ? r : 1;
}

static int count(struct db *db, const struct order_walk *w, enum db_statement which, int64_t value, int64_t *ret) {
    struct db_query q DB_CLEANUP = db_query(db, which);
    int r;

    db_bind_int(&q, 1, w->tenant);
    db_bind_int(&q, 2, value);
    db_bind_int(&q, 3, FEW + 1);
    r = db_row(&q);
    if (r == 1)
        *ret += db_int(&q, COL_ORDER_FEW_N);
    return r < 0 ? r : 0;
}

/* An index with few orders that may match. Returns 1 and its keys, 0: none has few, or < 0. */
static int gather_few(struct db *db, struct arena *a, const struct order_walk *w, struct keys *keys) {
    int64_t n = 0;
    int r = 0;

    if (w->application_id != 0) {
        r = count(db, w, SQL_ORDER_FEW_OF_APPLICATION, w->application_id, &n);
        if (r == 0 && n <= FEW)
            r = gather(db, a, w, SQL_ORDER_KEYS_OF_APPLICATION, w->application_id, keys);
        return r < 0 ? r : n <= FEW;
    }
    if (w->status != 0) {
        r = count(db, w, SQL_ORDER_FEW_OF_STATUS, w->status, &n);
        if (r == 0 && n <= FEW)
            r = gather(db, a, w, SQL_ORDER_KEYS_OF_STATUS, w->status, keys);
        if (r < 0 || n <= FEW)
            return r < 0 ? r : 1;
    }
    if (w->begin_end != 0 && (r = gather_begun(db, a, w, keys)) != 0)
        return r;
    n = 0;
    for (size_t i = 0; i < w->n_accounts && r == 0 && n <= FEW; i++)
        r = count(db, w, SQL_ORDER_FEW_OF_ACCOUNT, w->accounts[i], &n);
    if (r < 0 || n > FEW || w->n_accounts == 0)
        return r;
    for (size_t i = 0; i < w->n_accounts && r == 0; i++)
        r = gather(db, a, w, SQL_ORDER_KEYS_OF_ACCOUNT, w->accounts[i], keys);
    return r < 0 ? r : 1;
}

/* Returns 1: the walk is over, 0: too many orders may match, or < 0. */
static int walk_few(struct db *db, struct arena *a, const struct order_walk *w, struct order_walked *ret) {
    struct batch batch = {.db = db, .w = w, .ret = ret};
    struct keys keys = {0};
    int r = gather_few(db, a, w, &keys);

    if (r <= 0)
        return r;
    if (keys.n > 0)
        qsort(keys.v, keys.n, sizeof(*keys.v), w->newest ? later : earlier);
    r = 0;
    for (size_t i = 0; i < keys.n && r == 0; i++)
        r = give(&batch, keys.v[i]);
    if (r == 0)
        r = give_all(&batch);
    return r < 0 ? r : 1;
}

/* ---- many orders: a walk by update_time ---- */

/* take() reads the order's row, which costs as much as so many entries of the index. */
enum { ROW_COST = 8 };

enum { PORTION_MAX = 2048 }; /* entries that are asked for at once */

/* Looks at the entries behind *at, portion at most. *rest is what the walk may cost yet. Returns 1: the walk is over,
 * 0: it goes on behind *at if *rest is not 0, or < 0. */
static int walk_portion(struct batch *b, struct key *at, size_t portion, size_t *rest) {
    const struct order_walk *w = b->w;
    struct db_query q DB_CLEANUP = db_query(b->db, w->newest ? SQL_ORDER_KEYS_NEWEST : SQL_ORDER_KEYS);
    size_t n = 0;
    int r;

    db_bind_int(&q, 1, w->tenant);
    db_bind_int(&q, 2, at->time);
    db_bind_int(&q, 3, at->id);
    db_bind_int(&q, 4, w->until);
    db_bind_int(&q, 5, (int64_t)portion);
    while ((r = db_row(&q)) == 1) {
        const struct key k = key_of(&q);

        size_t cost = may_match(w, &q) ? ROW_COST : 1;
        if (cost > 1 && (r = give(b, k)) != 0)
            return r;
        *at = k;
        n++;
        if (*rest <= cost) {
            *rest = 0;
            return 0;
        }
        *rest -= cost;
    }
    return r < 0 ? r : n < portion;
}

/* Looks at n orders at most, counting the cost of rows. Returns 1: the walk is over, 0: it stopped at ret->time and
 * ret->id, or < 0. */
static int walk_by_time(struct db *db, const struct order_walk *w, size_t n, struct order_walked *ret) {
    struct batch batch = {.db = db, .w = w, .ret = ret};
    struct key at = {w->from_time, w->from_id};
    size_t portion = w->limit < PORTION_MAX / 4 ? w->limit * 2 : PORTION_MAX / 2;
    int r;

    do {
        r = walk_portion(&batch, &at, portion, &n);
        portion = portion < PORTION_MAX / 4 ? portion * 4 : PORTION_MAX;
    } while (r == 0 && n > 0);
    if (r >= 0 && ret->n < w->limit) {
        int given = give_all(&batch);
        r = given != 0 ? given : r;
    }
    ret->time = at.time;
    ret->id = at.id;
    return r;
}

/* Leaves out the orders whose last change was before the earliest begin_time, unless an order that is looked for began
 * after its last change. */
static int leave_out_early(struct db *db, struct order_walk *w) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_ORDER_BEGUN_LATER);
    int r;

    if (w->begin_end == 0)
        return 0;
    db_bind_int(&q, 1, w->tenant);
    db_bind_int(&q, 2, w->begin_start);
    db_bind_int(&q, 3, w->begin_end);
    r = db_row(&q);
    if (r != 0)
        return r < 0 ? r : 0;
    if (w->newest && w->until < w->begin_start)
        w->until = w->begin_start;
    if (!w->newest && w->from_time < w->begin_start - 1) {
        w->from_time = w->begin_start - 1;
        w->from_id = INT64_MAX;
    }
    return 0;
}

int order_walk(struct db *db, struct arena *a, const struct order_walk *w, struct order_walked *ret) {
    struct order_walk rest = *w;
    int r;

    *ret = (struct order_walked){0};
    if (w->limit == 0)
        return 0;
    r = leave_out_early(db, &rest);
    if (r == 0 && w->application_id == 0)
        r = walk_by_time(db, &rest, FIRST_LOOK, ret);
    if (r == 0 && w->application_id == 0) {
        rest.from_time = ret->time;
        rest.from_id = ret->id;
    }
    if (r == 0)
        r = walk_few(db, a, &rest, ret);
    if (r == 0) {
        r = walk_by_time(db, &rest, WALK_MAX, ret);
        ret->cut = r == 0;
    }
    return r < 0 ? r : 0;
}
