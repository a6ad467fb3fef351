/* SPDX-License-Identifier: Apache-2.0
 *
 * console/api/events: the deliveries of events with their attempts, and sending one again.
 */
#include "api_handlers.h"
#include "base/array.h"
#include "base/id.h"
#include "base/json.h"
#include "console/list.h"
#include "gateway/caller/app.h"

static const struct str states[] = {STR_INIT("waiting"), STR_INIT("delivered"), STR_INIT("given_up"),
                                    STR_INIT("superseded")};

/* Writes the columns of console_delivery. */
static int write_delivery(struct call *c, int64_t tenant, const struct db_query *q) {
    struct buf *out = c->out;
    int64_t state = db_int(q, COL_CONSOLE_DELIVERY_STATE) & 3;
    json_begin(out, '{');
    json_member_id(out, STR("event_id"), db_int(q, COL_CONSOLE_DELIVERY_EVENT));
    json_member_str(out, STR("app_id"), db_text(q, COL_CONSOLE_DELIVERY_APP_ID));
    json_member_str(out, STR("app_name"), db_text(q, COL_CONSOLE_DELIVERY_NAME));
    json_member_str(out, STR("type"), db_text(q, COL_CONSOLE_DELIVERY_TYPE));
    json_member_str(out, STR("state"), states[state]);
    json_member_int(out, STR("attempts"), db_int(q, COL_CONSOLE_DELIVERY_ATTEMPTS));
    if (state == 0)
        console_member_time(out, STR("next_time"), db_int(q, COL_CONSOLE_DELIVERY_NEXT_MS));
    console_member_time(out, STR("create_time"), db_int(q, COL_CONSOLE_DELIVERY_CREATED_MS));
    if (db_int(q, COL_CONSOLE_DELIVERY_SUBJECT_ID) != 0)
        json_member_id(out, STR("subject_id"), db_int(q, COL_CONSOLE_DELIVERY_SUBJECT_ID));
    struct db_query last DB_CLEANUP = db_query(c->db, SQL_CONSOLE_LAST_ATTEMPT);
    db_bind_int(&last, 1, tenant);
    db_bind_int(&last, 2, db_int(q, COL_CONSOLE_DELIVERY_EVENT));
    db_bind_int(&last, 3, db_int(q, COL_CONSOLE_DELIVERY_APP));
    int r = db_row(&last);
    if (r == 1) {
        json_member_int(out, STR("last_status"), db_int(&last, COL_CONSOLE_LAST_ATTEMPT_STATUS));
        if (db_text(&last, COL_CONSOLE_LAST_ATTEMPT_ERROR).len > 0)
            json_member_str(out, STR("last_error"), db_text(&last, COL_CONSOLE_LAST_ATTEMPT_ERROR));
    }
    json_end(out, '}');
    return r < 0 ? r : 0;
}

/* Reads the app of the filter; 0: any, -1: there is no such app. */
static int filter_app(struct call *c, struct str app_id, int64_t *ret) {
    struct app_row app;
    *ret = 0;
    if (str_is_empty(app_id))
        return 0;
    int r = app_find(c->db, app_id, c->arena, &app);
    *ret = r == 1 ? app.id : -1;
    return r < 0 ? r : 0;
}

static int write_row(struct list *l, void *ctx, const struct db_query *q) {
    return write_delivery(l->c, l->c->tenant, q);
}

int handle_console_event_list(struct call *c) {
    const struct console_event_list_query *in = c->query;
    int64_t app, state = -1, retrying = str_eq(in->state, STR("retrying")); /* waiting after a failed attempt */
    struct list l;
    for (int i = 0; i < 4; i++)
        if (str_eq(in->state, states[i]))
            state = i;
    if (retrying)
        state = 0;
    int r = filter_app(c, in->app_id, &app);
    if (r == 0)
        r = list_begin(&l, c, in->page_size, in->page_token, (const int64_t[]){app, state, retrying}, 3, in->type);
    if (r < 0)
        return r;
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_CONSOLE_DELIVERIES);
    db_bind_int(&q, 1, c->tenant);
    db_bind_int(&q, 2, l.from.a);
    db_bind_int(&q, 3, l.from.b);
    db_bind_int(&q, 4, app);
    db_bind_int(&q, 5, state);
    db_bind_text(&q, 6, str_is_absent(in->type) ? STR("") : in->type);
    db_bind_int(&q, 7, retrying);
    r = list_write(
        &l, &q,
        &(struct list_rows){.a = COL_CONSOLE_DELIVERY_EVENT, .b = COL_CONSOLE_DELIVERY_APP, .write = write_row});
    if (r == 0)
        list_end(&l);
    return r;
}

/* ---- one delivery ---- */

#define ATTEMPTS_SHOWN 100 /* the latest attempts of a delivery */

static int write_attempts(struct call *c, int64_t event, int64_t app) {
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_CONSOLE_ATTEMPTS);
    int r, n = 0;
    json_key(c->out, STR("attempts"));
    json_begin(c->out, '[');
    db_bind_int(&q, 1, c->tenant);
    db_bind_int(&q, 2, event);
    db_bind_int(&q, 3, app);
    db_bind_int(&q, 4, ATTEMPTS_SHOWN + 1);
    while ((r = db_row(&q)) == 1 && n++ < ATTEMPTS_SHOWN) {
        json_begin(c->out, '{');
        json_member_int(c->out, STR("seq"), db_int(&q, COL_CONSOLE_ATTEMPTS_SEQ));
        console_member_time(c->out, STR("at"), db_int(&q, COL_CONSOLE_ATTEMPTS_AT_MS));
        json_member_str(c->out, STR("way"),
                        db_int(&q, COL_CONSOLE_ATTEMPTS_WAY) == 2 ? STR("long_connection") : STR("request_url"));
        json_member_int(c->out, STR("status"), db_int(&q, COL_CONSOLE_ATTEMPTS_STATUS));
        json_member_int(c->out, STR("duration_ms"), db_int(&q, COL_CONSOLE_ATTEMPTS_DURATION_MS));
        json_member_str(c->out, STR("answer"), db_text(&q, COL_CONSOLE_ATTEMPTS_ANSWER));
        if (db_text(&q, COL_CONSOLE_ATTEMPTS_ERROR).len > 0)
            json_member_str(c->out, STR("error"), db_text(&q, COL_CONSOLE_ATTEMPTS_ERROR));
        json_end(c->out, '}');
    }
    json_end(c->out, ']');
    if (r == 1)
        json_member_bool(c->out, STR("attempts_more"), true);
    return r < 0 ? r : 0;
}

static int write_deliveries(struct call *c, int64_t event) {
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_CONSOLE_DELIVERIES_OF_EVENT);
    int r;
    json_key(c->out, STR("deliveries"));
    json_begin(c->out, '[');
    db_bind_int(&q, 1, c->tenant);
    db_bind_int(&q, 2, event);
    while ((r = db_row(&q)) == 1) {
        json_begin(c->out, '{');
        json_key(c->out, STR("delivery"));
        r = write_delivery(c, c->tenant, &q);
        if (r == 0)
            r = write_attempts(c, event, db_int(&q, COL_CONSOLE_DELIVERY_APP));
        json_end(c->out, '}');
        if (r < 0)
            return r;
    }
    json_end(c->out, ']');
    return r;
}

int handle_console_event_get(struct call *c) {
    const struct console_event_get_params *in = c->params;
    struct record_reader reader = call_reader(c);
    int64_t id;
    int r = console_id(c, in->event_id, &id);
    if (r < 0)
        return r;
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_EVENT_GET);
    db_bind_int(&q, 1, c->tenant);
    db_bind_int(&q, 2, id);
    r = db_row(&q);
    if (r < 0)
        return r;
    if (r == 0)
        return call_fail(c, CODE_NOT_FOUND, NULL);
    json_begin(c->out, '{');
    json_member_id(c->out, STR("event_id"), id);
    json_member_str(c->out, STR("header_event_id"), db_text(&q, COL_EVENT_GET_EVENT_ID));
    json_member_str(c->out, STR("type"), db_text(&q, COL_EVENT_GET_TYPE));
    console_member_time(c->out, STR("create_time"), db_int(&q, COL_EVENT_GET_CREATED_MS));
    if (db_int(&q, COL_EVENT_GET_SUBJECT_ID) != 0)
        json_member_id(c->out, STR("subject_id"), db_int(&q, COL_EVENT_GET_SUBJECT_ID));
    json_key(c->out, STR("event"));
    record_splice(&reader, db_text(&q, COL_EVENT_GET_DOC), c->out);
    r = write_deliveries(c, id);
    json_end(c->out, '}');
    return r;
}

int handle_console_event_replay(struct call *c) {
    const struct console_event_replay_params *at = c->params;
    const struct console_event_replay_body *in = c->body;
    const struct hire h = console_hire(c);
    int64_t id, only, *apps = NULL;
    size_t n = 0, cap = 0;
    int r = console_id(c, at->event_id, &id);
    if (r == 0)
        r = filter_app(c, in->app_id, &only);
    if (r < 0)
        return r;
    {
        struct db_query q DB_CLEANUP = db_query(c->db, SQL_CONSOLE_DELIVERIES_OF_EVENT);
        db_bind_int(&q, 1, c->tenant);
        db_bind_int(&q, 2, id);
        while ((r = db_row(&q)) == 1) {
            if (only != 0 && db_int(&q, COL_CONSOLE_DELIVERY_APP) != only)
                continue;
            apps = arena_array_grow(c->arena, apps, n, &cap, sizeof(*apps));
            apps[n++] = db_int(&q, COL_CONSOLE_DELIVERY_APP);
        }
    }
    if (r < 0)
        return r;
    if (n == 0)
        return call_fail(c, CODE_NOT_FOUND, NULL);
    for (size_t i = 0; i < n; i++) {
        struct db_query q DB_CLEANUP = db_query(c->db, SQL_EVENT_REPLAY);
        db_bind_int(&q, 1, c->tenant);
        db_bind_int(&q, 2, id);
        db_bind_int(&q, 3, apps[i]);
        db_bind_int(&q, 4, hire_due_ms(&h));
        r = db_run(&q);
        if (r < 0)
            return r;
    }
    c->audit_detail = in->app_id;
    return 0;
}
