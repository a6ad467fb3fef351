/* SPDX-License-Identifier: Apache-2.0
 *
 * Writes orders as rows of lists.
 */
#include "console/order/row.h"

#include "base/json.h"
#include "console/application/row.h"
#include "hire/order/walk.h"

#define ORDERS_SHOWN 100 /* of an application; the list of checks has the others */

static void write_provider(struct buf *out, struct str info) {
    static const struct str names[] = {STR_INIT("provider_id"), STR_INIT("provider_name")};
    static const struct str languages[] = {STR_INIT("zh_cn"), STR_INIT("en_us")};
    struct str provider[2], name[2];
    record_members(info, names, 2, provider);
    record_members(provider[1], languages, 2, name);
    json_member_raw(out, names[0], provider[0]);
    if (name[0].len > 2 || name[1].len > 2) /* more than the two quotes */
        json_member_raw(out, names[1], provider[1]);
}

/* Writes the members of the record that a row shows unchanged. */
static void write_order_doc(struct buf *out, struct str stored) {
    enum { PROVIDER, SHOWN };
    static const struct str names[] = {STR_INIT("provider_info"), STR_INIT("package"),    STR_INIT("name"),
                                       STR_INIT("conclusion"),    STR_INIT("begin_time"), STR_INIT("end_time")};
    const size_t n = sizeof names / sizeof *names;
    struct str values[sizeof names / sizeof *names];
    record_members(stored, names, n, values);
    write_provider(out, values[PROVIDER]);
    for (size_t i = SHOWN; i < n; i++)
        json_member_raw(out, names[i], values[i]);
}

int write_order_row(struct call *c, struct hire *h, const struct db_query *q) {
    json_begin(c->out, '{');
    json_member_id(c->out, STR("id"), db_int(q, COL_CONSOLE_ORDER_ROW_ID));
    if (db_int(q, COL_CONSOLE_ORDER_ROW_APPLICATION_ID) != 0)
        json_member_id(c->out, STR("application_id"), db_int(q, COL_CONSOLE_ORDER_ROW_APPLICATION_ID));
    int r = write_subject(c, h, db_int(q, COL_CONSOLE_ORDER_ROW_APPLICATION_ID));
    json_member_int(c->out, STR("status"), db_int(q, COL_CONSOLE_ORDER_ROW_STATUS));
    json_member_int(c->out, STR("phase"), db_int(q, COL_CONSOLE_ORDER_ROW_PHASE));
    if (db_int(q, COL_CONSOLE_ORDER_ROW_ACCOUNT_ID) != 0)
        json_member_id(c->out, STR("account_id"), db_int(q, COL_CONSOLE_ORDER_ROW_ACCOUNT_ID));
    write_order_doc(c->out, db_text(q, COL_CONSOLE_ORDER_ROW_DOC));
    console_member_time(c->out, STR("update_time"), db_int(q, COL_CONSOLE_ORDER_ROW_UPDATE_TIME));
    json_end(c->out, '}');
    return r;
}

int write_order_row_of(struct call *c, struct hire *h, int64_t id) {
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_CONSOLE_ORDER_ROW);
    db_bind_int(&q, 1, c->tenant);
    db_bind_int(&q, 2, id);
    int r = db_row(&q);
    return r == 1 ? write_order_row(c, h, &q) : r;
}

struct rows {
    struct call *c;
    struct hire *h;
    int n;
};

static int take_row(void *ctx, int64_t update_time, int64_t id, struct db_query *row) {
    struct rows *rows = ctx;
    int r = rows->n++ < ORDERS_SHOWN ? write_order_row_of(rows->c, rows->h, id) : 0;
    return r < 0 ? r : 1;
}

int write_orders_of(struct call *c, struct hire *h, int64_t application) {
    struct rows rows = {.c = c, .h = h};
    const struct order_walk w = {
        .tenant = c->tenant,
        .newest = true,
        .from_time = INT64_MAX,
        .from_id = INT64_MAX,
        .application_id = application,
        .phase = -1,
        .limit = ORDERS_SHOWN + 1,
        .take = take_row,
        .ctx = &rows,
    };
    struct order_walked end;

    json_key(c->out, STR("orders"));
    json_begin(c->out, '[');
    int r = order_walk(c->db, c->arena, &w, &end);
    json_end(c->out, ']');
    if (r == 0 && (rows.n > ORDERS_SHOWN || end.cut))
        json_member_bool(c->out, STR("orders_more"), true);
    return r;
}
