/* SPDX-License-Identifier: Apache-2.0
 *
 * Imports applications and reference data, which have no rules of their own: they are stored as they are.
 */
#include "cli/import/item.h"

#include <errno.h>

#include "base/clock.h"
#include "base/id.h"
#include "hire/application/zone.h"
#include "hire/reference/card.h"
#include "store/stamp.h"

/* Reads the stored document. Returns 1 with it in the arena, 0 if there is none, or a negative errno. */
static int old_doc(struct item *it, enum db_statement get, struct str id, struct str *ret) {
    struct db_query q DB_CLEANUP = db_query(it->im->cli->db, get);
    int r;

    db_bind_int(&q, 1, it->im->tenant);
    if (get == SQL_CLI_REFERENCE_GET) {
        db_bind_text(&q, 2, it->kind->name);
        db_bind_text(&q, 3, id);
    } else {
        db_bind_int(&q, 2, it->id);
    }
    r = db_row(&q);
    if (r == 1)
        *ret = arena_dup(&it->im->scratch, db_text(&q, COL_CLI_DOC_DOC));
    return r;
}

static int put_application(struct item *it, int64_t talent, int64_t job, struct str doc) {
    struct db_query q DB_CLEANUP = db_query(it->im->cli->db, SQL_CLI_APPLICATION_PUT);
    struct str stage = item_text(json_object_get(json_object_get(it->value, "stage"), "id"));

    db_bind_int(&q, 1, it->im->tenant);
    db_bind_int(&q, 2, it->id);
    db_bind_int(&q, 3, talent);
    db_bind_int(&q, 4, job);
    db_bind_text(&q, 5, str_is_absent(stage) ? STR("") : stage);
    db_bind_int(&q, 6, item_optional_int(it, "active_status"));
    db_bind_int(&q, 7, item_optional_int(it, "modify_time"));
    db_bind_text(&q, 8, doc);
    int r = db_run(&q);
    return r < 0
               ? r
               : application_zone_raise(it->im->cli->db, it->im->tenant, it->id, item_optional_int(it, "modify_time"));
}

static int put_external_application(struct item *it, struct str doc) {
    struct db_query q DB_CLEANUP = db_query(it->im->cli->db, SQL_CLI_EXTERNAL_APPLICATION_PUT);
    struct str external_id = item_text(json_object_get(it->value, "external_id"));

    db_bind_int(&q, 1, it->im->tenant);
    db_bind_int(&q, 2, it->id);
    db_bind_text(&q, 3, str_is_absent(external_id) ? STR("") : external_id);
    db_bind_int(&q, 4, item_optional_int(it, "talent_id"));
    db_bind_text(&q, 5, doc);
    return db_run(&q);
}

static int put_reference(struct item *it, struct str id, struct str doc) {
    struct db_query q DB_CLEANUP = db_query(it->im->cli->db, SQL_CLI_REFERENCE_PUT);

    db_bind_int(&q, 1, it->im->tenant);
    db_bind_text(&q, 2, it->kind->name);
    db_bind_text(&q, 3, id);
    db_bind_text(&q, 4, doc);
    db_bind_int(&q, 5, id_new()); /* position in lists; an existing row keeps its own */
    int r = db_run(&q);
    struct hire h = cli_hire(it->im->cli, it->im->tenant);
    h.arena = &it->im->scratch;
    return r < 0 ? r : card_keep_name(&h, it->kind->name, id, doc) < 0 ? -EBADMSG : r;
}

/* Checks that described members have the types that api/ gives them, because operations return them. Other members are
 * stored, but no operation returns them. */
static void check_types(struct item *it) {
    struct arena *a = &it->im->scratch;
    struct violations *vs;

    if (!it->kind->type)
        return;
    vs = arena_new(a, struct violations);
    record_read_answer(it->kind->type, arena_alloc(a, it->kind->type->size), it->value, a, vs, item_note_undescribed,
                       it);
    for (size_t i = 0; i < violations_kept(vs); i++)
        item_complain(it, vs->v[i].field, vs->v[i].description);
}

/* Checks the members that lists show of records that api/ does not describe. */
static void check_name(struct item *it, struct str doc) {
    struct hire h = cli_hire(it->im->cli, it->im->tenant);
    struct str name;

    h.arena = &it->im->scratch;
    if (card_read_name(&h, it->kind->name, doc, &name) < 0)
        item_complain(
            it, STR(""),
            STR("has a member of a wrong type among those that lists show: name, mobile, email and current_city in "
                "basic_info, or title, code, department and city"));
}

int item_keep_untyped(struct item *it) {
    struct import *im = it->im;
    bool application = it->kind->store == KEPT_AS_APPLICATION,
         external = it->kind->store == KEPT_AS_EXTERNAL_APPLICATION;
    struct buf doc BUF_CLEANUP = BUF_EMPTY;
    struct str id = STR_ABSENT, old = STR_ABSENT;
    int64_t talent = 0, job = 0;
    int existed, r;

    check_types(it);
    if (application || external)
        it->id = item_require_id(it, it->kind->id_member.ptr);
    else
        id = item_require_text(it, it->kind->id_member.ptr, 64);
    if (application) {
        talent = item_require_id(it, "talent_id");
        job = item_require_id(it, "job_id");
        if (item_optional_int(it, "modify_time") > clock_now_ms() + HIRE_IMPORT_AHEAD_MS)
            item_complain(it, STR("modify_time"), STR("is more than a day ahead of this machine's clock"));
    }
    r = item_write_stored(it, it->value, false, STR(""), &doc);
    if (r == 0 && !im->keep)
        check_name(it, buf_str(&doc));
    if (r < 0 || im->findings > it->findings_before || !im->keep)
        return r;
    existed = old_doc(it,
                      application ? SQL_CLI_APPLICATION_GET
                      : external  ? SQL_CLI_EXTERNAL_APPLICATION_GET
                                  : SQL_CLI_REFERENCE_GET,
                      id, &old);
    if (existed < 0)
        return existed;
    if (existed && str_eq(old, buf_str(&doc))) {
        item_count(it, true, 0);
        return 0;
    }
    r = application ? db_stamp_raise(im->cli->db, im->tenant, item_optional_int(it, "modify_time")) : 0;
    if (r < 0)
        return r;
    r = application ? put_application(it, talent, job, buf_str(&doc))
        : external  ? put_external_application(it, buf_str(&doc))
                    : put_reference(it, id, buf_str(&doc));
    if (r >= 0)
        item_count(it, existed, 1);
    return r < 0 ? r : 0;
}
