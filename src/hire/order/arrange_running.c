/* SPDX-License-Identifier: Apache-2.0
 *
 * Finds a check of the same person, account and package that has not ended.
 */
#include "hire/order/arrange.h"
#include "hire/order/change.h"

/* Whether an order has the same package: compares the vendor's ids of the packages if either has one, otherwise the
 * names. */
static bool is_same_package(const struct order_arrangement *in, const struct db_query *q) {
    static const struct str name = STR_INIT("package");
    struct str raw;

    if (!str_is_empty(in->package_id) || db_text(q, COL_FORM_RUNNING_ORDERS_PACKAGE_ID).len > 0)
        return str_eq(db_text(q, COL_FORM_RUNNING_ORDERS_PACKAGE_ID),
                      str_is_absent(in->package_id) ? STR("") : in->package_id);
    record_members(db_text(q, COL_FORM_RUNNING_ORDERS_DOC), &name, 1, &raw);
    return raw.len > 2 && str_eq((struct str){raw.ptr + 1, raw.len - 2}, in->package_name);
}

static int find_of_application(struct hire *h, const struct order_arrangement *in, int64_t application,
                               struct order_running *ret) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_FORM_RUNNING_ORDERS);
    int r;

    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, application);
    db_bind_int(&q, 3, in->account_id);
    while ((r = db_row(&q)) == 1)
        if (is_same_package(in, &q)) {
            *ret = (struct order_running){db_int(&q, COL_FORM_RUNNING_ORDERS_ID), application};
            return 1;
        }
    return r;
}

int order_arrange_running(struct hire *h, const struct order_arrangement *in, struct order_running *ret) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_FORM_APPLICATIONS_OF_PERSON);
    int r, found = find_of_application(h, in, in->application_id, ret);

    if (found != 0)
        return found;
    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, in->application_id);
    while ((r = db_row(&q)) == 1)
        if ((found = find_of_application(h, in, db_int(&q, COL_FORM_APPLICATIONS_OF_PERSON_ID), ret)) != 0)
            return found;
    return r;
}
