/* SPDX-License-Identifier: Apache-2.0
 *
 * Search for background checks by the name of the candidate or the vendor, the latest change first.
 *
 * Usually a text is in the names of few people: their orders are read by index and the newest make the page. If more
 * than PEOPLE_MAX people match, the list of all orders is walked instead and its rows are tested; a page then fills
 * soon, because many orders match.
 */
#include "console/order/search.h"

#include "console/key_list.h"
#include "console/order/row.h"
#include "hire/reference/card.h"

#define PEOPLE_MAX 2000 /* most people whose orders are read by index */

struct searching {
    struct call *c;
    const struct order_search *in;
    struct page_key before;
    struct id_list people, vendors;
    struct key_list found; /* by update_time and id */
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

/* Adds the orders of q, whose rows are sorted with the newest first. */
static int meet_all(struct searching *s, struct db_query *q) {
    int r;

    while ((r = db_row(q)) == 1) {
        const struct list_key key = {db_int(q, COL_CONSOLE_ORDER_KEY_UPDATE_TIME), db_int(q, COL_CONSOLE_ORDER_KEY_ID)};
        r = fits(s, key.b);
        if (r < 0 || (r == 1 && !key_list_add(&s->found, key)))
            break;
    }
    return r < 0 ? r : 0;
}

static int meet_application(struct searching *s, int64_t application) {
    struct db_query q DB_CLEANUP = db_query(s->c->db, SQL_CONSOLE_ORDER_KEYS_OF_APPLICATION);

    db_bind_int(&q, 1, s->c->tenant);
    db_bind_int(&q, 2, application);
    db_bind_int(&q, 3, s->before.a);
    db_bind_int(&q, 4, s->before.b);
    db_bind_int(&q, 5, s->in->status);
    db_bind_int(&q, 6, s->in->account);
    db_bind_int(&q, 7, s->in->phase);
    return meet_all(s, &q);
}

static int meet_person(struct searching *s, int64_t talent) {
    struct db_query q DB_CLEANUP = db_query(s->c->db, SQL_APPLICATION_OF_TALENT);
    int r;

    db_bind_int(&q, 1, s->c->tenant);
    db_bind_int(&q, 2, talent);
    while ((r = db_row(&q)) == 1)
        if ((r = meet_application(s, db_int(&q, COL_APPLICATION_OF_TALENT_ID))) < 0)
            return r;
    return r;
}

static int meet_vendor(struct searching *s, int64_t account) {
    struct db_query q DB_CLEANUP = db_query(s->c->db, SQL_CONSOLE_ORDER_KEYS_OF_ACCOUNT);

    if (s->in->account != 0 && s->in->account != account)
        return 0;
    db_bind_int(&q, 1, s->c->tenant);
    db_bind_int(&q, 2, s->before.a);
    db_bind_int(&q, 3, s->before.b);
    db_bind_int(&q, 4, s->in->late || s->in->completed_since != 0 ? INT64_MAX : (int64_t)s->found.max);
    db_bind_int(&q, 5, account);
    db_bind_int(&q, 6, s->in->status);
    db_bind_int(&q, 7, s->in->phase);
    return meet_all(s, &q);
}

static int meet_each(struct searching *s) {
    int r = 0;

    for (size_t i = 0; i < s->people.n && r >= 0; i++)
        r = meet_person(s, s->people.v[i]);
    for (size_t i = 0; i < s->vendors.n && r >= 0; i++)
        r = meet_vendor(s, s->vendors.v[i]);
    return r;
}

static int walk(struct searching *s) {
    struct db_query q DB_CLEANUP = db_query(s->c->db, SQL_CONSOLE_ORDERS_SEARCHED);
    int r = 0;

    db_bind_int(&q, 1, s->c->tenant);
    db_bind_int(&q, 2, s->before.a);
    db_bind_int(&q, 3, s->before.b);
    db_bind_int(&q, 4, s->in->status);
    db_bind_int(&q, 5, s->in->account);
    db_bind_int(&q, 6, s->in->phase);
    while (s->found.n < s->found.max && (r = db_row(&q)) == 1) {
        if (!id_list_has(&s->people, db_int(&q, COL_CONSOLE_ORDERS_SEARCHED_TALENT_ID)) &&
            !id_list_has(&s->vendors, db_int(&q, COL_CONSOLE_ORDERS_SEARCHED_ACCOUNT_ID)))
            continue;
        if ((r = fits(s, db_int(&q, COL_CONSOLE_ORDERS_SEARCHED_ID))) < 0)
            return r;
        if (r == 1)
            s->found.v[s->found.n++] = (struct list_key){db_int(&q, COL_CONSOLE_ORDERS_SEARCHED_UPDATE_TIME),
                                                         db_int(&q, COL_CONSOLE_ORDERS_SEARCHED_ID)};
    }
    return r;
}

int order_search(struct list *l, const struct order_search *in) {
    struct searching s = {
        .c = l->c, .in = in, .before = l->from, .found = key_list_new(l->c->arena, (size_t)l->limit + 1, true)};
    int r = card_search(&l->h, STR("talent"), in->text, &s.people);

    if (r == 0)
        r = card_search_vendors(&l->h, in->text, &s.vendors);
    if (r == 0)
        r = s.people.n > PEOPLE_MAX ? walk(&s) : meet_each(&s);
    for (size_t i = 0; i < s.found.n && r >= 0 && list_add(l, s.found.v[i].a, s.found.v[i].b); i++)
        r = write_order_row_of(l->c, &l->h, s.found.v[i].b);
    return r < 0 ? r : 0;
}
