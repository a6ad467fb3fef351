/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads events and writes them with their deliveries.
 */
#include "cli/event/event.h"

#include <errno.h>

#include "base/hex.h"
#include "base/json.h"
#include "events/delivery/delivery.h"

void event_write_head(struct buf *out, const struct event_row *e) {
    json_member_str(out, STR("event_id"), e->event_id);
    json_member_str(out, STR("type"), e->type);
    json_member_int(out, STR("created_at"), e->created_ms);
    if (e->account_id != 0)
        json_member_id(out, STR("account_id"), e->account_id);
    if (e->tenant != 0)
        json_member_id(out, STR("subject_id"), e->subject_id);
}

static struct str state_name(int64_t state) {
    static const struct str names[] = {STR_INIT("waiting"), STR_INIT("delivered"), STR_INIT("given up"),
                                       STR_INIT("superseded")};

    return state >= 0 && state < 4 ? names[state] : STR("unknown");
}

/* Writes the attempts of one delivery. */
static int write_attempts(struct cli *c, const struct event_row *e, int64_t app, struct buf *out) {
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_EVENT_ATTEMPTS);
    int r;

    db_bind_int(&q, 1, e->tenant);
    db_bind_int(&q, 2, e->id);
    db_bind_int(&q, 3, app);
    json_key(out, STR("log"));
    json_begin(out, '[');
    while ((r = db_row(&q)) == 1) {
        json_begin(out, '{');
        json_member_int(out, STR("at"), db_int(&q, COL_EVENT_ATTEMPTS_AT_MS));
        json_member_str(out, STR("way"),
                        db_int(&q, COL_EVENT_ATTEMPTS_WAY) == WAY_LONG_CONNECTION ? STR("long connection")
                                                                                  : STR("request url"));
        json_member_int(out, STR("status"), db_int(&q, COL_EVENT_ATTEMPTS_STATUS));
        json_member_int(out, STR("duration_ms"), db_int(&q, COL_EVENT_ATTEMPTS_DURATION_MS));
        json_member_str(out, STR("answer"), db_text(&q, COL_EVENT_ATTEMPTS_ANSWER));
        if (db_text(&q, COL_EVENT_ATTEMPTS_ERROR).len > 0)
            json_member_str(out, STR("error"), db_text(&q, COL_EVENT_ATTEMPTS_ERROR));
        json_end(out, '}');
    }
    json_end(out, ']');
    return r;
}

int event_write_deliveries(struct cli *c, const struct event_row *e, bool with_log, struct buf *out) {
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_EVENT_DELIVERIES);
    int r;

    db_bind_int(&q, 1, e->tenant);
    db_bind_int(&q, 2, e->id);
    json_key(out, STR("deliveries"));
    json_begin(out, '[');
    while ((r = db_row(&q)) == 1) {
        int64_t state = db_int(&q, COL_EVENT_DELIVERIES_STATE);

        json_begin(out, '{');
        json_member_str(out, STR("app_id"), db_text(&q, COL_EVENT_DELIVERIES_APP_ID));
        json_member_str(out, STR("state"), state_name(state));
        json_member_int(out, STR("attempts"), db_int(&q, COL_EVENT_DELIVERIES_ATTEMPTS));
        if (state == DELIVERY_WAITS)
            json_member_int(out, STR("next_at"), db_int(&q, COL_EVENT_DELIVERIES_NEXT_MS));
        if (with_log && (r = write_attempts(c, e, db_int(&q, COL_EVENT_DELIVERIES_APP), out)) < 0)
            return r;
        json_end(out, '}');
    }
    json_end(out, ']');
    return r;
}

int event_read_id(struct cli *c, const char *word, int64_t *ret) {
    struct str given = str_of(word);
    uint64_t id;

    if (given.len != 32 || !hex_is(given) || hex_to_u64(str_head(given, 16), &id) < 0) {
        cli_fail(c, "\"%s\" is not an event_id: 32 hex digits are expected; hired event list shows them", word);
        return -EINVAL;
    }
    *ret = (int64_t)(id & INT64_MAX);
    return 0;
}

/* Returns 1, 0 (the tenant has no such event) or a negative errno. */
static int read_event(struct cli *c, int64_t tenant, int64_t id, struct event_row *ret) {
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_EVENT_GET);
    int r;

    db_bind_int(&q, 1, tenant);
    db_bind_int(&q, 2, id);
    r = db_row(&q);
    if (r != 1)
        return r;
    *ret = (struct event_row){
        .tenant = tenant,
        .id = id,
        .event_id = arena_dup(&c->arena, db_text(&q, COL_EVENT_GET_EVENT_ID)),
        .type = arena_dup(&c->arena, db_text(&q, COL_EVENT_GET_TYPE)),
        .account_id = db_int(&q, COL_EVENT_GET_ACCOUNT_ID),
        .subject_id = db_int(&q, COL_EVENT_GET_SUBJECT_ID),
        .created_ms = db_int(&q, COL_EVENT_GET_CREATED_MS),
        .doc = arena_dup(&c->arena, db_text(&q, COL_EVENT_GET_DOC)),
    };
    return 1;
}

int event_find(struct cli *c, const struct tenant_row *tenant, const char *word, int64_t id, struct event_row *ret) {
    int r = read_event(c, tenant->id, id, ret);

    if (r == 0)
        r = read_event(c, 0, id, ret);
    if (r < 0)
        return cli_fail_errno(c, r, "read the event", NULL);
    if (r == 0 || !str_eq(ret->event_id, str_of(word)))
        return cli_fail(c, "there is no event %s; hired event list shows them", word);
    return 0;
}
