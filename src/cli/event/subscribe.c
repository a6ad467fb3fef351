/* SPDX-License-Identifier: Apache-2.0
 *
 * hired event subscribe: sets and shows an app's event types.
 */
#include "cli/event/event.h"

#include <errno.h>
#include <string.h>

#include "api_events.h"
#include "base/clock.h"
#include "base/json.h"
#include "cli/suggest.h"

struct subscription {
    struct app_row app;
    bool types[API_EVENTS];
    bool set; /* false: show only */
};

/* Returns 0, or -EINVAL after an error message. */
static int read_types(struct cli *c, int argc, char **argv, struct subscription *s) {
    for (int i = 1; i < argc; i++) {
        struct suggest suggest = {.typed = str_of(argv[i])};
        bool all = strcmp(argv[i], "all") == 0, known = all || strcmp(argv[i], "none") == 0;

        for (int e = 0; e < API_EVENTS; e++) {
            if (!api_events[e].of)
                continue;
            suggest_offer(&suggest, api_events[e].type);
            if (all || str_eq(api_events[e].type, suggest.typed))
                s->types[e] = known = true;
        }
        if (known)
            continue;
        if (str_is_absent(suggest.best))
            cli_fail(c, "hired sends no event \"%s\"; hired event --help tells more", argv[i]);
        else
            cli_fail(c, "hired sends no event \"%s\"; did you mean %.*s?", argv[i], STR_FMT(suggest.best));
        return -EINVAL;
    }
    s->set = argc > 1;
    return 0;
}

static int subscribe(struct cli *c, void *ctx) {
    const struct subscription *s = ctx;
    int r;
    {
        struct db_query q DB_CLEANUP = db_query(c->db, SQL_APP_SUBSCRIPTION_CLEAR);
        db_bind_int(&q, 1, s->app.id);
        r = db_run(&q);
    }
    for (int e = 0; e < API_EVENTS && r >= 0; e++) {
        if (!s->types[e])
            continue;
        struct db_query q DB_CLEANUP = db_query(c->db, SQL_APP_SUBSCRIPTION_ADD);
        db_bind_int(&q, 1, s->app.id);
        db_bind_text(&q, 2, api_events[e].type);
        db_bind_int(&q, 3, clock_now_ms());
        r = db_run(&q);
    }
    return r < 0 ? cli_fail_errno(c, r, "write the subscriptions", NULL) : 0;
}

static bool app_holds_one(const struct app_row *app, const struct str *any) {
    for (struct str rest = app->scopes, name; !str_is_absent(rest);) {
        name = str_cut(&rest, ' ');
        for (const struct str *s = any; !str_is_absent(*s); s++)
            if (str_eq(name, *s))
                return true;
    }
    return false;
}

static int print_subscriptions(struct cli *c, const struct app_row *app) {
    struct buf out BUF_CLEANUP = BUF_EMPTY, lacking BUF_CLEANUP = BUF_EMPTY;
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_APP_SUBSCRIPTION_LIST);
    int r;

    db_bind_int(&q, 1, app->id);
    json_begin(&out, '{');
    json_member_str(&out, STR("app_id"), app->app_id);
    json_key(&out, STR("events"));
    json_begin(&out, '[');
    json_begin(&lacking, '[');
    while ((r = db_row(&q)) == 1) {
        json_str(&out, db_text(&q, COL_APP_SUBSCRIPTION_LIST_EVENT_TYPE));
        for (int e = 0; e < API_EVENTS; e++)
            if (str_eq(api_events[e].type, db_text(&q, COL_APP_SUBSCRIPTION_LIST_EVENT_TYPE)) &&
                !app_holds_one(app, api_events[e].scopes_any))
                json_str(&lacking, api_events[e].type);
    }
    json_end(&out, ']');
    json_end(&lacking, ']');
    if (lacking.len > 2) {
        json_key(&out, STR("not_sent_for_lack_of_scope"));
        buf_add_str(&out, buf_str(&lacking));
    }
    json_end(&out, '}');
    return r < 0 ? cli_fail_errno(c, r, "read the subscriptions", NULL) : cli_print_json(&out);
}

int event_subscribe_main(int argc, char **argv) {
    const char *tenant = NULL, *app = NULL;
    const struct arg args[] = {{"--tenant", ARG_TEXT, &tenant}, {"--app", ARG_TEXT, &app}, {NULL, ARG_FLAG, NULL}};
    struct cli c CLI_CLEANUP;
    struct subscription s = {0};
    struct tenant_row row;

    if (cli_begin(&c, argv[0], args, &argc, argv) < 0)
        return 2;
    if (!app) {
        cli_fail(&c, "needs --app APP_ID; hired app list shows them");
        return 2;
    }
    if (read_types(&c, argc, argv, &s) < 0)
        return 2;
    if (cli_open(&c, s.set ? CLI_WRITE : CLI_READ) < 0 || cli_tenant_and_app(&c, tenant, app, &row, &s.app) < 0 ||
        (s.set && cli_transact(&c, subscribe, &s) != 0))
        return 1;
    return print_subscriptions(&c, &s.app);
}
