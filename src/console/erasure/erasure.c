/* SPDX-License-Identifier: Apache-2.0
 *
 * console/api/talents and erasure: find a person, and erase their data.
 */
#include "hire/erasure/erasure.h"

#include "api_handlers.h"
#include "base/id.h"
#include "base/json.h"
#include "console/console.h"
#include "hire/reference/card.h"

#define FOUND_MAX 20
#define MOBILE_END 4 /* digits */

static const struct str kind_talent = STR_INIT("talent");

/* ---- finding ---- */

/* The number of the talent's applications and the job of the newest one (0: none). */
static int applications_of(struct call *c, int64_t talent, int64_t *ret_n, int64_t *ret_job) {
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_APPLICATION_OF_TALENT);
    int r;

    *ret_n = *ret_job = 0;
    db_bind_int(&q, 1, c->tenant);
    db_bind_int(&q, 2, talent);
    while ((r = db_row(&q)) == 1) {
        (*ret_n)++;
        *ret_job = db_int(&q, COL_APPLICATION_OF_TALENT_JOB_ID);
    }
    return r;
}

static int write_talent(struct call *c, struct hire *h, int64_t talent) {
    struct person_card card = {0};
    struct str name, title = STR_ABSENT;
    int64_t n, job;
    int r;

    if ((r = card_name(h, kind_talent, talent, &name)) < 0 || (r = person_card_get(h, talent, &card)) < 0 ||
        (r = applications_of(c, talent, &n, &job)) < 0 || (job && (r = card_name(h, STR("job"), job, &title)) < 0))
        return r;
    json_begin(c->out, '{');
    json_member_id(c->out, STR("talent_id"), talent);
    json_member_str(c->out, STR("name"), name);
    if (!str_is_absent(card.mobile) && card.mobile.len > MOBILE_END)
        json_member_str(c->out, STR("mobile_end"), str_skip(card.mobile, card.mobile.len - MOBILE_END));
    json_member_int(c->out, STR("applications"), n);
    json_member_str(c->out, STR("job_title"), title);
    json_end(c->out, '}');
    return 0;
}

int handle_console_talent_search(struct call *c) {
    const struct console_talent_search_query *in = c->query;
    struct hire h = console_hire(c);
    struct card_found found;
    struct str text = str_trim(in->query), name = STR_ABSENT;
    int64_t id = 0;
    size_t n = 0;
    int r = 0;

    json_begin(c->out, '{');
    json_key(c->out, STR("items"));
    json_begin(c->out, '[');
    if (id_parse(text, &id) == 0 && (r = card_name(&h, kind_talent, id, &name)) == 0 && !str_is_absent(name)) {
        r = write_talent(c, &h, id);
        n++;
    }
    if (r < 0 || (r = card_search(&h, kind_talent, text, FOUND_MAX, &found)) < 0)
        return r;
    for (size_t i = 0; r == 0 && i < found.ids.n && n < FOUND_MAX; i++, n++)
        r = write_talent(c, &h, found.ids.v[i]);
    json_end(c->out, ']');
    json_member_bool(c->out, STR("has_more"), found.more);
    json_end(c->out, '}');
    return r;
}

/* ---- erasing ---- */

static void write_counts(struct call *c, struct str key, const struct erasure_counts *n) {
    json_key(c->out, key);
    json_begin(c->out, '{');
    json_member_int(c->out, STR("applications"), n->applications);
    json_member_int(c->out, STR("orders"), n->orders);
    json_member_int(c->out, STR("terminated"), n->open_orders);
    json_member_int(c->out, STR("interviews"), n->interviews);
    json_member_int(c->out, STR("external"), n->external);
    json_member_int(c->out, STR("events"), n->events);
    json_member_int(c->out, STR("files"), n->files);
    json_end(c->out, '}');
}

static int result(struct call *c, const struct hire *h, int r) {
    return r == HIRE_REFUSED && h->refusal == REFUSED_NO_TALENT ? call_fail(c, CODE_NOT_FOUND, NULL)
                                                                : console_result(c, h, r);
}

int handle_console_erasure_look(struct call *c) {
    const struct console_erasure_look_params *at = c->params;
    struct hire h = console_hire(c);
    struct erasure_counts n;
    struct str name;
    int64_t talent;
    int r = console_id(c, at->talent_id, &talent);

    if (r < 0)
        return r;
    if ((r = erasure_look(&h, talent, &n)) < 0 || (r = card_name(&h, kind_talent, talent, &name)) < 0)
        return result(c, &h, r);
    json_begin(c->out, '{');
    json_member_id(c->out, STR("talent_id"), talent);
    json_member_str(c->out, STR("name"), name);
    console_member_time(c->out, STR("erased_at"), n.erased_ms);
    write_counts(c, STR("would"), &n);
    json_end(c->out, '}');
    return 0;
}

int handle_console_erasure_create(struct call *c) {
    const struct console_erasure_create_body *in = c->body;
    struct hire h = console_hire(c);
    struct erasure_counts n;
    struct str reason = str_trim(in->reason);
    int64_t talent;
    int r = console_id(c, in->talent_id, &talent);

    if (r < 0)
        return r;
    if (str_is_empty(reason))
        return call_fail(c, CODE_PARAMETER, "reason: say why the data is erased; the audit log keeps it");
    c->audit_subject = in->talent_id;
    c->audit_detail = reason;
    r = erasure_run(&h, talent, &n);
    if (r < 0)
        return result(c, &h, r);
    json_begin(c->out, '{');
    write_counts(c, STR("erased"), &n);
    json_end(c->out, '}');
    return 0;
}
