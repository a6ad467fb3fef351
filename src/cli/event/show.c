/* SPDX-License-Identifier: Apache-2.0
 *
 * hired event list and show.
 */
#include "cli/event/event.h"

#include <string.h>

#include "api_events.h"
#include "base/json.h"
#include "cli/reader.h"
#include "events/delivery/delivery.h"

/* Lists the newest events before an id, of a tenant (0: of the platform itself). */
static int write_list(struct cli *c, int64_t tenant, int64_t before, const char *type, int64_t limit, struct buf *out) {
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_EVENT_LIST);
    int r;

    db_bind_int(&q, 1, tenant);
    db_bind_int(&q, 2, before);
    db_bind_text(&q, 3, type ? str_of(type) : STR(""));
    db_bind_int(&q, 4, limit);
    json_begin(out, '[');
    while ((r = db_row(&q)) == 1) {
        const struct event_row e = {.tenant = tenant,
                                    .id = db_int(&q, COL_EVENT_LIST_ID),
                                    .event_id = db_text(&q, COL_EVENT_LIST_EVENT_ID),
                                    .type = db_text(&q, COL_EVENT_LIST_TYPE),
                                    .account_id = db_int(&q, COL_EVENT_LIST_ACCOUNT_ID),
                                    .subject_id = db_int(&q, COL_EVENT_LIST_SUBJECT_ID),
                                    .created_ms = db_int(&q, COL_EVENT_LIST_CREATED_MS)};
        json_begin(out, '{');
        event_write_head(out, &e);
        if ((r = event_write_deliveries(c, &e, false, out)) < 0)
            break;
        json_end(out, '}');
    }
    json_end(out, ']');
    return r;
}

int event_list_main(int argc, char **argv) {
    const char *tenant = NULL, *type = NULL, *before_word = NULL;
    int64_t limit = 20, before = INT64_MAX;
    const struct arg args[] = {{"--tenant", ARG_TEXT, &tenant},
                               {"--type", ARG_TEXT, &type},
                               {"--limit", ARG_COUNT, &limit},
                               {"--before", ARG_TEXT, &before_word},
                               {NULL, ARG_FLAG, NULL}};
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    struct cli c CLI_CLEANUP;
    struct tenant_row row;
    int r;

    if (cli_begin(&c, argv[0], args, &argc, argv) < 0 || cli_no_word(&c, argc, argv) < 0)
        return 2;
    if (limit < 1 || limit > 10000) {
        cli_fail(&c, "--limit takes 1 to 10000");
        return 2;
    }
    if (before_word && event_read_id(&c, before_word, &before) < 0)
        return 2;
    if (cli_open(&c, CLI_READ) < 0 || cli_tenant_of(&c, tenant, &row) < 0)
        return 1;
    /* Events of the platform itself belong to no tenant: they are listed on request. */
    int64_t whose = type && strcmp(type, EVENT_TYPE_APP_TICKET) == 0 ? 0 : row.id;
    r = write_list(&c, whose, before, type, limit, &out);
    return r < 0 ? cli_fail_errno(&c, r, "list the events", NULL) : cli_print_json(&out);
}

/* Writes the event's payload, with users by user_id. Tickets are secrets and are left out. */
static int write_doc(struct cli *c, const struct tenant_row *tenant, const struct event_row *e, struct buf *out) {
    struct buf doc BUF_CLEANUP = BUF_EMPTY;
    int r;

    if (str_eq(e->type, STR(EVENT_TYPE_APP_TICKET)))
        return 0;
    r = reader_write_record(c, tenant->id, e->doc, &doc);
    json_member_raw(out, STR("event"), buf_str(&doc));
    return r;
}

int event_show_main(int argc, char **argv) {
    const char *tenant = NULL, *word;
    const struct arg args[] = {{"--tenant", ARG_TEXT, &tenant}, {NULL, ARG_FLAG, NULL}};
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    struct cli c CLI_CLEANUP;
    struct tenant_row row;
    struct event_row e;
    int64_t id;
    int r;

    if (cli_begin(&c, argv[0], args, &argc, argv) < 0)
        return 2;
    word = cli_word(&c, argc, argv, "an event_id");
    if (!word || event_read_id(&c, word, &id) < 0)
        return 2;
    if (cli_open(&c, CLI_READ) < 0 || cli_tenant_of(&c, tenant, &row) < 0 || event_find(&c, &row, word, id, &e) != 0)
        return 1;
    json_begin(&out, '{');
    event_write_head(&out, &e);
    r = write_doc(&c, &row, &e, &out);
    if (r >= 0)
        r = event_write_deliveries(&c, &e, true, &out);
    json_end(&out, '}');
    return r < 0 ? cli_fail_errno(&c, r, "read the event", NULL) : cli_print_json(&out);
}
