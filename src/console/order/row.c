/* SPDX-License-Identifier: Apache-2.0
 *
 * Writes orders as rows of lists.
 */
#include "console/order/row.h"

#include "base/json.h"
#include "console/application/row.h"

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

int write_orders_of(struct call *c, struct hire *h, int64_t application) {
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_CONSOLE_ORDERS_BY_APPLICATION);
    int r, n = 0;
    json_key(c->out, STR("orders"));
    json_begin(c->out, '[');
    db_bind_int(&q, 1, c->tenant);
    db_bind_int(&q, 2, INT64_MAX);
    db_bind_int(&q, 3, INT64_MAX);
    db_bind_int(&q, 4, ORDERS_SHOWN + 1);
    db_bind_int(&q, 5, application);
    db_bind_int(&q, 6, 0);
    db_bind_int(&q, 7, -1);
    while ((r = db_row(&q)) == 1 && n++ < ORDERS_SHOWN)
        if ((r = write_order_row(c, h, &q)) < 0)
            return r;
    json_end(c->out, ']');
    if (r == 1)
        json_member_bool(c->out, STR("orders_more"), true);
    return r < 0 ? r : 0;
}
