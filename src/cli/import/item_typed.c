/* SPDX-License-Identifier: Apache-2.0
 *
 * Imports orders, interviews and external checks: the domain checks and stores them.
 */
#include "cli/import/item.h"

#include "api_types.h"
#include "hire/external/external.h"
#include "hire/interview/interview.h"
#include "hire/order/order.h"

static bool row_exists(struct item *it, enum db_statement which, int64_t id) {
    struct db_query q DB_CLEANUP = db_query(it->im->cli->db, which);

    db_bind_int(&q, 1, it->im->tenant);
    db_bind_int(&q, 2, id);
    return db_row(&q) == 1;
}

/* Orders, interviews and external checks go through the domain's rules. */
static int keep_in_domain(struct item *it, void *record) {
    struct import *im = it->im;
    struct hire h = cli_hire(im->cli, im->tenant);
    bool existed;
    int r;

    h.arena = &im->scratch;
    if (!im->keep) {
        r = it->kind->store == KEPT_AS_ORDER       ? order_import_check(&h, record)
            : it->kind->store == KEPT_AS_INTERVIEW ? interview_import_check(&h, record)
                                                   : external_check_import_check(&h, record);
        if (r == HIRE_REFUSED)
            item_complain(it, STR(""), h.why);
        return r == HIRE_REFUSED ? 0 : r;
    }
    switch (it->kind->store) {
    case KEPT_AS_ORDER:
        existed = row_exists(it, SQL_CLI_ORDER_EXISTS, it->id);
        r = order_import(&h, record);
        break;
    case KEPT_AS_INTERVIEW:
        existed = row_exists(it, SQL_CLI_INTERVIEW_EXISTS, it->id);
        r = interview_import(&h, record);
        break;
    default:
        existed = row_exists(it, SQL_CLI_CHECK_EXISTS, it->id);
        r = external_check_import(&h, record);
        break;
    }
    if (r == HIRE_REFUSED) {
        item_complain(it, STR(""), h.why);
        return 0;
    }
    if (r >= 0)
        item_count(it, existed, r);
    return r < 0 ? r : 0;
}

int item_keep_typed(struct item *it) {
    struct import *im = it->im;
    const struct record_type *type = it->kind->type;
    void *record = arena_alloc(&im->scratch, type->size);
    struct violations *vs = arena_new(&im->scratch, struct violations);
    int r;

    it->id = item_require_id(it, it->kind->id_member.ptr);
    /* The server computes the summary from the records; saved answers may hold summary values that are no longer valid.
     */
    if (it->kind->store == KEPT_AS_INTERVIEW && json_is_integer(json_object_get(it->value, "interview_round_summary")))
        json_object_del(it->value, "interview_round_summary");
    record_read_answer(type, record, it->value, &im->scratch, vs, item_note_undescribed, it);
    for (size_t i = 0; i < violations_kept(vs); i++)
        item_complain(it, vs->v[i].field, vs->v[i].description);
    if (im->findings > it->findings_before)
        return 0;
    r = record_each_user(type, record, &im->scratch, item_map_user, it);
    if (r < 0 || im->findings > it->findings_before)
        return r;
    return keep_in_domain(it, record);
}
