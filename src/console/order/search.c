/* SPDX-License-Identifier: Apache-2.0
 *
 * Search for background checks by the name of the candidate or the vendor, the latest change first.
 *
 * Usually a text is in the names of few people: their orders are read by index and the newest make the page. If more
 * than PEOPLE_MAX people match, the list of all orders is walked instead and its orders are tested; a page then fills
 * soon, because many orders match.
 */
#include "console/order/search.h"

#include "console/key_list.h"
#include "console/order/row.h"
#include "hire/order/walk.h"
#include "hire/reference/card.h"

#define PEOPLE_MAX 2000 /* most people whose orders are read by index */

struct searching {
    struct call *c;
    struct hire *h;
    const struct order_search *in;
    struct page_key before;
    struct card_found people;
    struct id_list vendors;
    struct key_list found; /* by update_time and id */
    struct list_key cut;   /* orders before this place were not looked at; 0: all were */
};

/* Whether an order passes the filters late and completed_since. Returns 1, 0 or < 0. */
static int fits(struct searching *s, int64_t id) {
    int r;

    if (s->in->late)
        return late_is(s->c, &s->in->times, id);
    if (s->in->completed_since == 0)
        return 1;
    struct db_query q DB_CLEANUP = db_query(s->c->db, SQL_CONSOLE_ORDER_DONE);
    db_bind_int(&q, 1, s->c->tenant);
    db_bind_int(&q, 2, id);
    r = db_row(&q);
    return r <= 0 ? r : db_int(&q, COL_CONSOLE_ORDER_DONE_END_TIME) >= s->in->completed_since;
}

/* Adds an order that passes the filters which no index has. */
static int meet(void *ctx, int64_t update_time, int64_t id, struct db_query *row) {
    struct searching *s = ctx;
    int r = fits(s, id);

    if (r <= 0)
        return r;
    key_list_add(&s->found, (struct list_key){update_time, id});
    return 1;
}

/* The same, if the text is in the name of the candidate or of the vendor. */
static int meet_named(void *ctx, int64_t update_time, int64_t id, struct db_query *row) {
    struct searching *s = ctx;
    struct db_query q DB_CLEANUP = db_query(s->c->db, SQL_CONSOLE_ORDER_NAMED);
    int r;

    db_bind_int(&q, 1, s->c->tenant);
    db_bind_int(&q, 2, id);
    r = db_row(&q);
    if (r == 1 && !id_list_has(&s->vendors, db_int(&q, COL_CONSOLE_ORDER_NAMED_ACCOUNT_ID)))
        r = card_is_found(s->h, STR("talent"), &s->people, db_int(&q, COL_CONSOLE_ORDER_NAMED_TALENT_ID));
    return r <= 0 ? r : meet(ctx, update_time, id, row);
}

/* Adds the newest orders of an application or an account, as many as the page may need. */
static int meet_orders(struct searching *s, int64_t application, int64_t account,
                       int (*take)(void *ctx, int64_t update_time, int64_t id, struct db_query *row)) {
    const struct order_walk w = {
        .tenant = s->c->tenant,
        .newest = true,
        .from_time = s->before.a,
        .from_id = s->before.b,
        .application_id = application,
        .status = s->in->status,
        .phase = s->in->phase,
        .accounts = &account,
        .n_accounts = account != 0,
        .limit = s->found.max,
        .take = take,
        .ctx = s,
    };
    struct order_walked end;
    int r = order_walk(s->c->db, s->c->arena, &w, &end);

    if (r == 0 && end.cut && (end.time > s->cut.a || (end.time == s->cut.a && end.id > s->cut.b)))
        s->cut = (struct list_key){end.time, end.id};
    return r;
}

static int meet_person(struct searching *s, int64_t talent) {
    struct db_query q DB_CLEANUP = db_query(s->c->db, SQL_APPLICATION_OF_TALENT);
    int r;

    db_bind_int(&q, 1, s->c->tenant);
    db_bind_int(&q, 2, talent);
    while ((r = db_row(&q)) == 1)
        if ((r = meet_orders(s, db_int(&q, COL_APPLICATION_OF_TALENT_ID), s->in->account, meet)) < 0)
            return r;
    return r;
}

static int meet_vendor(struct searching *s, int64_t account) {
    return s->in->account != 0 && s->in->account != account ? 0 : meet_orders(s, 0, account, meet);
}

static int meet_each(struct searching *s) {
    int r = 0;

    for (size_t i = 0; i < s->people.ids.n && r >= 0; i++)
        r = meet_person(s, s->people.ids.v[i]);
    for (size_t i = 0; i < s->vendors.n && r >= 0; i++)
        r = meet_vendor(s, s->vendors.v[i]);
    return r;
}

int order_search(struct list *l, const struct order_search *in) {
    struct searching s = {.c = l->c,
                          .h = &l->h,
                          .in = in,
                          .before = l->from,
                          .found = key_list_new(l->c->arena, (size_t)l->limit + 1, true)};
    int r = card_search(&l->h, STR("talent"), in->text, PEOPLE_MAX, &s.people);

    if (r == 0)
        r = card_search_vendors(&l->h, in->text, &s.vendors);
    if (r == 0)
        r = s.people.more ? meet_orders(&s, 0, in->account, meet_named) : meet_each(&s);
    for (size_t i = 0; i < s.found.n && r >= 0; i++) {
        const struct list_key key = s.found.v[i];

        if (key.a < s.cut.a || (key.a == s.cut.a && key.b < s.cut.b) || !list_add(l, key.a, key.b))
            break;
        r = write_order_row_of(l->c, &l->h, key.b);
    }
    if (r >= 0 && l->n <= l->limit && s.cut.a != 0)
        list_cut(l, s.cut.a, s.cut.b);
    return r < 0 ? r : 0;
}
