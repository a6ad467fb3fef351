/* SPDX-License-Identifier: Apache-2.0
 *
 * console/api/audit: the audit log.
 */
#include "api_handlers.h"
#include "base/id.h"
#include "base/json.h"
#include "console/application/row.h"
#include "console/list.h"
#include "console/people.h"

/* Reads an optional time; absent is its value if it is not given. */
static int filter_time(struct call *c, const char *name, struct str text, int64_t absent, int64_t *ret) {
    *ret = absent;
    if (str_is_empty(text) || (str_to_i64(text, ret) == 0 && *ret >= 0))
        return 0;
    return call_fail(c, CODE_PARAMETER, "%s must be a time in milliseconds since 1970", name);
}

/* Reads the application of an order or an interview; 0: there is none. */
static int application_of(struct call *c, enum db_statement which, int64_t id, int64_t *ret) {
    struct db_query q DB_CLEANUP = db_query(c->db, which);
    *ret = 0;
    db_bind_int(&q, 1, c->tenant);
    db_bind_int(&q, 2, id);
    int r = db_row(&q);
    if (r == 1)
        *ret = db_int(&q, COL_FIRST);
    return r < 0 ? r : 0;
}

/* Writes the application of an entry about an order or an interview, with the names of talent and job: the page
 * shows these and links to the application. */
static int write_place(struct call *c, struct hire *h, struct str action, struct str subject) {
    bool order = str_starts(action, STR("order.")), interview = str_starts(action, STR("interview."));
    int64_t id, application;
    if (!(order || interview) || id_parse(subject, &id) < 0)
        return 0;
    int r = application_of(c, order ? SQL_CONSOLE_ORDER : SQL_CONSOLE_INTERVIEW_APPLICATION, id, &application);
    if (r < 0 || application == 0)
        return r;
    json_member_id(c->out, STR("application_id"), application);
    return write_subject(c, h, application);
}

static int write_entry(struct list *l, void *ctx, const struct db_query *q) {
    struct buf *out = l->c->out;
    int r;
    json_begin(out, '{');
    json_member_id(out, STR("id"), db_int(q, COL_CONSOLE_AUDIT_LIST_ID));
    console_member_time(out, STR("at"), db_int(q, COL_CONSOLE_AUDIT_LIST_AT_MS));
    write_actor(l->c, (enum hire_actor_kind)db_int(q, COL_CONSOLE_AUDIT_LIST_ACTOR_KIND),
                db_int(q, COL_CONSOLE_AUDIT_LIST_ACTOR), db_text(q, COL_CONSOLE_AUDIT_LIST_ACTOR_NAME),
                db_text(q, COL_CONSOLE_AUDIT_LIST_ACTOR_EN_NAME));
    json_member_str(out, STR("action"), db_text(q, COL_CONSOLE_AUDIT_LIST_ACTION));
    json_member_str(out, STR("subject"), db_text(q, COL_CONSOLE_AUDIT_LIST_SUBJECT));
    if ((r = write_place(l->c, &l->h, db_text(q, COL_CONSOLE_AUDIT_LIST_ACTION),
                         db_text(q, COL_CONSOLE_AUDIT_LIST_SUBJECT))) < 0)
        return r;
    json_member_str(out, STR("detail"), db_text(q, COL_CONSOLE_AUDIT_LIST_DETAIL));
    json_member_str(out, STR("address"), db_text(q, COL_CONSOLE_AUDIT_LIST_ADDRESS));
    json_member_str(out, STR("log_id"), db_text(q, COL_CONSOLE_AUDIT_LIST_LOG_ID));
    json_end(out, '}');
    return 0;
}

int handle_console_audit_list(struct call *c) {
    const struct console_audit_list_query *in = c->query;
    int64_t filters[3], *account = &filters[0], *since = &filters[1], *until = &filters[2];
    struct list l;
    int r = call_filter_id(c, "account_id", in->account_id, account);
    if (r == 0)
        r = filter_time(c, "since", in->since, 0, since);
    if (r == 0)
        r = filter_time(c, "until", in->until, HIRE_TIME_MAX, until);
    if (r == 0)
        r = list_begin(&l, c, in->page_size, in->page_token, filters, 3,
                       arena_printf(c->arena, "%.*s\n%.*s", STR_FMT(in->action), STR_FMT(in->subject)));
    if (r < 0)
        return r;
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_CONSOLE_AUDIT_LIST);
    db_bind_int(&q, 1, c->tenant);
    db_bind_int(&q, 2, l.from.a < id_at(*until) ? l.from.a : id_at(*until));
    db_bind_int(&q, 3, *account);
    db_bind_text(&q, 4, str_is_absent(in->action) ? STR("") : in->action);
    db_bind_text(&q, 5, str_is_absent(in->subject) ? STR("") : in->subject);
    db_bind_int(&q, 6, l.limit + 1);
    db_bind_int(&q, 7, id_at(*since));
    r = list_write(&l, &q, &(struct list_rows){.a = COL_CONSOLE_AUDIT_LIST_ID, .b = -1, .write = write_entry});
    if (r == 0)
        list_end(&l);
    return r;
}
