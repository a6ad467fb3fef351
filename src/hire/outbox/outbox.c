/* SPDX-License-Identifier: Apache-2.0
 *
 * The outbox: events and their deliveries, written in the transaction of the change that they report.
 */
#include "hire/outbox/outbox.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/id.h"
#include "base/invariant.h"
#include "base/json.h"

#define EVENT_ID_LEN 32
#define TICKET_LEN 64
#define OWN_APPS (-1) /* a value of only_app that no app has as its id */

struct event_row {
    int64_t tenant, id;
    struct str type;
    int64_t account_id, subject_id;
    struct str doc;
};

static int event_write(struct hire *h, const struct event_row *e) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_EVENT_INSERT);
    char event_id[EVENT_ID_LEN + 1];
    int r;

    snprintf(event_id, sizeof(event_id), "%016" PRIx64, (uint64_t)e->id);
    id_random_hex(event_id + 16, 8);
    db_bind_int(&q, 1, e->tenant);
    db_bind_int(&q, 2, e->id);
    db_bind_text(&q, 3, (struct str){event_id, EVENT_ID_LEN});
    db_bind_text(&q, 4, e->type);
    db_bind_int(&q, 5, e->account_id);
    db_bind_int(&q, 6, e->subject_id);
    db_bind_int(&q, 7, h->now_ms);
    db_bind_text(&q, 8, e->doc);
    r = db_post(&q);
    return r < 0 ? r : 0;
}

static int delivery_write(struct hire *h, int64_t tenant, int64_t event, int64_t app) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_EVENT_DELIVERY_INSERT);
    int r;

    db_bind_int(&q, 1, tenant);
    db_bind_int(&q, 2, event);
    db_bind_int(&q, 3, app);
    db_bind_int(&q, 4, hire_due_ms(h));
    r = db_post(&q);
    return r < 0 ? r : 0;
}

/* Whether granted (names separated by blanks) contains one of the names of any. */
static bool holds_one(struct str granted, const struct str *any) {
    while (!str_is_absent(granted)) {
        struct str name = str_cut(&granted, ' ');

        for (const struct str *s = any; !str_is_absent(*s); s++) {
            if (str_eq(name, *s))
                return true;
        }
    }
    return false;
}

/* The app of a vendor account; 0: it has no app, or there is no such account. */
static int app_of_account(struct hire *h, int64_t account_id, int64_t *ret) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_EVENT_ACCOUNT_APP);
    int r;

    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, account_id);
    r = db_row(&q);
    if (r < 0)
        return r;
    *ret = r == 1 ? db_int(&q, COL_EVENT_ACCOUNT_APP_APP) : 0;
    return 0;
}

/* Writes the deliveries of an event. only_app 0: every app; OWN_APPS: the tenant's own apps that have no account. */
static int deliveries_write(struct hire *h, const struct api_event_entry *entry, int64_t event, int64_t only_app) {
    bool own = only_app == OWN_APPS;
    struct db_query q DB_CLEANUP = db_query(h->db, own ? SQL_EVENT_RECEIVERS_OWN : SQL_EVENT_RECEIVERS);
    int r;

    db_bind_int(&q, 1, h->tenant);
    db_bind_text(&q, 2, entry->type);
    if (!own)
        db_bind_int(&q, 3, only_app);
    while ((r = db_row(&q)) == 1) {
        bool store_app = db_int(&q, COL_EVENT_RECEIVERS_KIND) == 2;

        if (!(store_app ? entry->store_apps : entry->custom_apps) ||
            !holds_one(db_text(&q, COL_EVENT_RECEIVERS_SCOPES), entry->scopes_any))
            continue;
        r = delivery_write(h, h->tenant, event, db_int(&q, COL_EVENT_RECEIVERS_ID));
        if (r < 0)
            return r;
    }
    return r;
}

int hire_emit(struct hire *h, const struct hire_event *e) {
    INVARIANT_RETURN((unsigned)e->type < API_EVENTS, -EINVAL);
    const struct api_event_entry *entry = &api_events[e->type];
    struct buf doc BUF_CLEANUP = BUF_EMPTY;
    int64_t only_app = 0;
    int r;

    if (!entry->of)
        return -EOPNOTSUPP;
    record_write_stored(entry->of, e->event, &doc);
    struct event_row row = {
        .tenant = h->tenant,
        .id = id_new(),
        .type = entry->type,
        .account_id = e->account_id,
        .subject_id = e->subject_id,
        .doc = buf_str(&doc),
    };
    r = event_write(h, &row);
    if (r < 0)
        return r;
    if (e->account_id != 0) {
        r = app_of_account(h, e->account_id, &only_app);
        if (r < 0)
            return r;
        if (only_app == 0)
            only_app = OWN_APPS;
    }
    return deliveries_write(h, entry, row.id, only_app);
}

/* ---- app tickets ---- */

struct tickets {
    struct str now, before, app_id; /* in the arena */
};

/* Returns 1, 0 (no such app) or < 0. */
static int tickets_get(struct hire *h, int64_t app, struct tickets *ret) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_APP_TICKET_GET);
    int r;

    db_bind_int(&q, 1, app);
    r = db_row(&q);
    if (r == 1)
        *ret = (struct tickets){.now = arena_dup(h->arena, db_text(&q, COL_APP_TICKET_GET_APP_TICKET)),
                                .before = arena_dup(h->arena, db_text(&q, COL_APP_TICKET_GET_APP_TICKET_BEFORE)),
                                .app_id = arena_dup(h->arena, db_text(&q, COL_APP_TICKET_GET_APP_ID))};
    return r;
}

/* Stores a new ticket in the app's row. */
static int ticket_make(struct hire *h, int64_t app) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_APP_TICKET_SET);
    char ticket[TICKET_LEN];
    int r;

    id_random_hex(ticket, TICKET_LEN / 2);
    db_bind_int(&q, 1, app);
    db_bind_text(&q, 2, (struct str){ticket, TICKET_LEN});
    db_bind_int(&q, 3, h->now_ms);
    r = db_run(&q);
    return r < 0 ? r : r == 0 ? -ENOENT : 0;
}

static int tickets_supersede(struct hire *h, int64_t app) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_APP_TICKET_SUPERSEDE);
    int r;

    db_bind_int(&q, 1, app);
    r = db_post(&q);
    return r < 0 ? r : 0;
}

int hire_push_app_ticket(struct hire *h, int64_t app) {
    struct buf doc BUF_CLEANUP = BUF_EMPTY;
    struct tickets t;
    int r;

    if ((r = ticket_make(h, app)) < 0 || (r = tickets_get(h, app, &t)) < 0 || (r = tickets_supersede(h, app)) < 0)
        return r;
    json_begin(&doc, '{');
    json_member_str(&doc, STR("app_id"), t.app_id);
    json_member_str(&doc, STR("app_ticket"), t.now);
    json_member_str(&doc, STR("type"), STR(EVENT_TYPE_APP_TICKET));
    json_end(&doc, '}');
    struct event_row row = {
        .id = id_new(), .type = STR(EVENT_TYPE_APP_TICKET), .subject_id = app, .doc = buf_str(&doc)};
    r = event_write(h, &row);
    return r < 0 ? r : delivery_write(h, 0, row.id, app);
}

int hire_app_ticket_good(struct hire *h, int64_t app, struct str ticket) {
    struct tickets t;
    int r = tickets_get(h, app, &t);

    if (r <= 0)
        return r;
    if (str_is_empty(ticket))
        return 0;
    return str_eq_secret(ticket, t.now) || str_eq_secret(ticket, t.before) ? 1 : 0;
}
