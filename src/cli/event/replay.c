/* SPDX-License-Identifier: Apache-2.0
 *
 * hired event replay: sends an event again.
 */
#include "cli/event/event.h"

#include "base/clock.h"
#include "base/json.h"

struct replay {
    struct event_row event;
    struct app_row app; /* id 0: all receivers */
    int n;
};

static int replay_to(struct cli *c, const struct replay *p, int64_t app) {
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_EVENT_REPLAY);
    int r;

    db_bind_int(&q, 1, p->event.tenant);
    db_bind_int(&q, 2, p->event.id);
    db_bind_int(&q, 3, app);
    db_bind_int(&q, 4, clock_now_ms());
    r = db_run(&q);
    return r < 0 ? r : 0;
}

static int replay(struct cli *c, void *ctx) {
    struct replay *p = ctx;
    int64_t apps[64];
    int n = 0, r = 0;

    if (p->app.id != 0) {
        apps[n++] = p->app.id;
    } else {
        struct db_query q DB_CLEANUP = db_query(c->db, SQL_EVENT_DELIVERIES);
        db_bind_int(&q, 1, p->event.tenant);
        db_bind_int(&q, 2, p->event.id);
        while (n < 64 && (r = db_row(&q)) == 1)
            apps[n++] = db_int(&q, COL_EVENT_DELIVERIES_APP);
    }
    for (int i = 0; i < n && r >= 0; i++)
        r = replay_to(c, p, apps[i]);
    p->n = n;
    return r < 0 ? cli_fail_errno(c, r, "replay the event", NULL) : 0;
}

int event_replay_main(int argc, char **argv) {
    const char *tenant = NULL, *app = NULL, *word;
    const struct arg args[] = {{"--tenant", ARG_TEXT, &tenant}, {"--app", ARG_TEXT, &app}, {NULL, ARG_FLAG, NULL}};
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    struct cli c CLI_CLEANUP;
    struct tenant_row row;
    struct replay p = {0};
    int64_t id;
    int r;

    if (cli_begin(&c, argv[0], args, &argc, argv) < 0)
        return 2;
    word = cli_word(&c, argc, argv, "an event_id");
    if (!word || event_read_id(&c, word, &id) < 0)
        return 2;
    if (cli_open(&c, CLI_WRITE) < 0 || cli_tenant_and_app(&c, tenant, app, &row, &p.app) < 0 ||
        event_find(&c, &row, word, id, &p.event) != 0)
        return 1;
    if (p.event.tenant == 0)
        return cli_fail(&c, "an old ticket is not sent again; a new one goes out every hour, and at app_ticket/resend");
    if (cli_transact(&c, replay, &p) != 0)
        return 1;
    if (p.n == 0)
        return cli_fail(&c, "the event had no receiver; name one with --app APP_ID");
    json_begin(&out, '{');
    event_write_head(&out, &p.event);
    r = event_write_deliveries(&c, &p.event, false, &out);
    json_end(&out, '}');
    return r < 0 ? cli_fail_errno(&c, r, "read the event", NULL) : cli_print_json(&out);
}
