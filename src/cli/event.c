/* SPDX-License-Identifier: Apache-2.0
 *
 * hired event: subscriptions, receivers, and the deliveries of events.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "api_events.h"
#include "base/clock.h"
#include "base/hex.h"
#include "base/id.h"
#include "base/json.h"
#include "cli/cli.h"
#include "cli/open.h"
#include "cli/reader.h"
#include "cli/suggest.h"
#include "events/delivery/delivery.h"
#include "events/delivery/receiver.h"

static const char help[] =
    "usage: hired event list [--type TYPE] [--limit N] [--before EVENT_ID]\n"
    "       hired event show EVENT_ID\n"
    "       hired event replay EVENT_ID [--app APP_ID]\n"
    "       hired event subscribe --app APP_ID [TYPE...|all|none]\n"
    "       hired event url --app APP_ID [--url URL] [--encrypt-key KEY] [--verification-token TOKEN]\n\n"
    "Shows events and their deliveries, and sets which app receives which events where. Answers are JSON.\n\n"
    "  --type TYPE       such as hire.eco_background_check.created_v1, or app_ticket\n"
    "  --limit N         at most N events, the newest first (20)\n"
    "  --before EVENT_ID only events before this one\n"
    "  --app APP_ID      the app\n"
    "  --url URL         where its events are posted; it must echo a challenge within a second\n"
    "  --encrypt-key KEY encrypts and signs events; '': neither\n"
    "  --verification-token TOKEN\n"
    "                    is sent in every event; generated if the app has none yet\n"
    "  --tenant KEY      which tenant; optional if there is only one\n"
    "  --data DIR        the data directory (data)\n\n"
    "subscribe sets an app's types (all: every type that hired sends; none: no type); without a type it\n"
    "shows them. replay sends an event once more, to all its receivers or to one app. url sends a\n"
    "challenge first; an address in this machine or network needs --fetch-allow loopback or private.\n\n"
    "example: hired event url --app cli_0123456789abcdef --url https://hr.example.com/events\n";

/* ---- list, show ---- */

struct event_row {
    int64_t tenant, id, account_id, subject_id, created_ms;
    struct str event_id, type, doc;
};

static void write_head(struct buf *out, const struct event_row *e) {
    json_member_str(out, STR("event_id"), e->event_id);
    json_member_str(out, STR("type"), e->type);
    json_member_int(out, STR("created_at"), e->created_ms);
    if (e->account_id != 0)
        json_member_id(out, STR("account_id"), e->account_id);
    if (e->tenant != 0)
        json_member_id(out, STR("subject_id"), e->subject_id);
}

static struct str state_name(int64_t state) {
    static const struct str names[] = {STR_INIT("waiting"), STR_INIT("delivered"), STR_INIT("given up"),
                                       STR_INIT("superseded")};

    return state >= 0 && state < 4 ? names[state] : STR("unknown");
}

/* Writes the attempts of one delivery. */
static int write_attempts(struct cli *c, const struct event_row *e, int64_t app, struct buf *out) {
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_EVENT_ATTEMPTS);
    int r;

    db_bind_int(&q, 1, e->tenant);
    db_bind_int(&q, 2, e->id);
    db_bind_int(&q, 3, app);
    json_key(out, STR("log"));
    json_begin(out, '[');
    while ((r = db_row(&q)) == 1) {
        json_begin(out, '{');
        json_member_int(out, STR("at"), db_int(&q, COL_EVENT_ATTEMPTS_AT_MS));
        json_member_str(out, STR("way"),
                        db_int(&q, COL_EVENT_ATTEMPTS_WAY) == WAY_LONG_CONNECTION ? STR("long connection")
                                                                                  : STR("request url"));
        json_member_int(out, STR("status"), db_int(&q, COL_EVENT_ATTEMPTS_STATUS));
        json_member_int(out, STR("duration_ms"), db_int(&q, COL_EVENT_ATTEMPTS_DURATION_MS));
        json_member_str(out, STR("answer"), db_text(&q, COL_EVENT_ATTEMPTS_ANSWER));
        if (db_text(&q, COL_EVENT_ATTEMPTS_ERROR).len > 0)
            json_member_str(out, STR("error"), db_text(&q, COL_EVENT_ATTEMPTS_ERROR));
        json_end(out, '}');
    }
    json_end(out, ']');
    return r;
}

/* Writes one entry for each app. with_log: with all attempts. */
static int write_deliveries(struct cli *c, const struct event_row *e, bool with_log, struct buf *out) {
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_EVENT_DELIVERIES);
    int r;

    db_bind_int(&q, 1, e->tenant);
    db_bind_int(&q, 2, e->id);
    json_key(out, STR("deliveries"));
    json_begin(out, '[');
    while ((r = db_row(&q)) == 1) {
        int64_t state = db_int(&q, COL_EVENT_DELIVERIES_STATE);

        json_begin(out, '{');
        json_member_str(out, STR("app_id"), db_text(&q, COL_EVENT_DELIVERIES_APP_ID));
        json_member_str(out, STR("state"), state_name(state));
        json_member_int(out, STR("attempts"), db_int(&q, COL_EVENT_DELIVERIES_ATTEMPTS));
        if (state == DELIVERY_WAITS)
            json_member_int(out, STR("next_at"), db_int(&q, COL_EVENT_DELIVERIES_NEXT_MS));
        if (with_log && (r = write_attempts(c, e, db_int(&q, COL_EVENT_DELIVERIES_APP), out)) < 0)
            return r;
        json_end(out, '}');
    }
    json_end(out, ']');
    return r;
}

/* The event's row id is the first part of an event_id. Returns 0, or -EINVAL after an error message. */
static int read_event_id(struct cli *c, const char *word, int64_t *ret) {
    struct str given = str_of(word);
    uint64_t id;

    if (given.len != 32 || !hex_is(given) || hex_to_u64(str_head(given, 16), &id) < 0) {
        cli_fail(c, "\"%s\" is no event_id: 32 hex digits are expected; hired event list shows them", word);
        return -EINVAL;
    }
    *ret = (int64_t)(id & INT64_MAX);
    return 0;
}

/* Reads an event of this tenant, or one of the platform itself. Returns 0, or 1 after an error message. */
static int find_event(struct cli *c, const struct tenant_row *tenant, const char *word, int64_t id,
                      struct event_row *ret) {
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_EVENT_BY_ID);
    int r;

    db_bind_int(&q, 1, id);
    r = db_row(&q);
    if (r < 0)
        return cli_fail_errno(c, r, "read the event", NULL);
    if (r == 0 || (db_int(&q, COL_EVENT_BY_ID_TENANT) != tenant->id && db_int(&q, COL_EVENT_BY_ID_TENANT) != 0) ||
        !str_eq(db_text(&q, COL_EVENT_BY_ID_EVENT_ID), str_of(word)))
        return cli_fail(c, "there is no event %s; hired event list shows them", word);
    *ret = (struct event_row){
        .tenant = db_int(&q, COL_EVENT_BY_ID_TENANT),
        .id = db_int(&q, COL_EVENT_BY_ID_ID),
        .event_id = arena_dup(&c->arena, db_text(&q, COL_EVENT_BY_ID_EVENT_ID)),
        .type = arena_dup(&c->arena, db_text(&q, COL_EVENT_BY_ID_TYPE)),
        .account_id = db_int(&q, COL_EVENT_BY_ID_ACCOUNT_ID),
        .subject_id = db_int(&q, COL_EVENT_BY_ID_SUBJECT_ID),
        .created_ms = db_int(&q, COL_EVENT_BY_ID_CREATED_MS),
        .doc = arena_dup(&c->arena, db_text(&q, COL_EVENT_BY_ID_DOC)),
    };
    return 0;
}

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
        write_head(out, &e);
        if ((r = write_deliveries(c, &e, false, out)) < 0)
            break;
        json_end(out, '}');
    }
    json_end(out, ']');
    return r;
}

static int event_list_main(int argc, char **argv) {
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

    if (cli_begin(&c, argv[0], args, &argc, argv) < 0)
        return 2;
    if (argc > 1 || limit < 1 || limit > 10000) {
        cli_fail(&c, argc > 1 ? "takes no word; see hired event --help" : "--limit takes 1 to 10000");
        return 2;
    }
    if (before_word && read_event_id(&c, before_word, &before) < 0)
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
    struct user_view view = {.tenant = tenant->id};
    struct reader *reader;
    int r;

    if (str_eq(e->type, STR(EVENT_TYPE_APP_TICKET)))
        return 0;
    struct buf doc BUF_CLEANUP = BUF_EMPTY;
    reader = reader_new(c, &view, USER_USER_ID);
    reader_write(reader, e->doc, &doc);
    r = reader_error(reader);
    reader_free(reader);
    json_key(out, STR("event"));
    buf_add_str(out, buf_str(&doc));
    return r;
}

static int event_show_main(int argc, char **argv) {
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
    if (!word || read_event_id(&c, word, &id) < 0)
        return 2;
    if (cli_open(&c, CLI_READ) < 0 || cli_tenant_of(&c, tenant, &row) < 0 || find_event(&c, &row, word, id, &e) != 0)
        return 1;
    json_begin(&out, '{');
    write_head(&out, &e);
    r = write_doc(&c, &row, &e, &out);
    if (r >= 0)
        r = write_deliveries(&c, &e, true, &out);
    json_end(&out, '}');
    return r < 0 ? cli_fail_errno(&c, r, "read the event", NULL) : cli_print_json(&out);
}

/* ---- replay ---- */

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

static int event_replay_main(int argc, char **argv) {
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
    if (!word || read_event_id(&c, word, &id) < 0)
        return 2;
    if (cli_open(&c, CLI_WRITE) < 0 || cli_tenant_and_app(&c, tenant, app, &row, &p.app) < 0 ||
        find_event(&c, &row, word, id, &p.event) != 0)
        return 1;
    if (p.event.tenant == 0)
        return cli_fail(&c, "an old ticket is not sent again; a new one goes out every hour, and at app_ticket/resend");
    if (cli_transact(&c, replay, &p) != 0)
        return 1;
    if (p.n == 0)
        return cli_fail(&c, "the event had no receiver; name one with --app APP_ID");
    json_begin(&out, '{');
    write_head(&out, &p.event);
    r = write_deliveries(&c, &p.event, false, &out);
    json_end(&out, '}');
    return r < 0 ? cli_fail_errno(&c, r, "read the event", NULL) : cli_print_json(&out);
}

/* ---- subscribe ---- */

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

static int event_subscribe_main(int argc, char **argv) {
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

/* ---- url ---- */

struct receiver_change {
    struct app_row app;
    struct receiver now, next;
};

static int set_receiver(struct cli *c, void *ctx) {
    const struct receiver_change *w = ctx;
    int r = receiver_set(c->db, w->app.id, &w->next);

    return r < 0 ? cli_fail_errno(c, r, "write the request URL", NULL) : 0;
}

static int print_receiver(const struct receiver_change *w) {
    struct buf out BUF_CLEANUP = BUF_EMPTY;

    json_begin(&out, '{');
    json_member_str(&out, STR("app_id"), w->app.app_id);
    json_member_str(&out, STR("url"), w->next.url);
    json_member_bool(&out, STR("encrypted"), w->next.encrypt_key.len > 0);
    json_member_str(&out, STR("verification_token"), w->next.verification_token);
    json_end(&out, '}');
    return cli_print_json(&out);
}

/* Returns 0 once the URL has echoed the challenge, or 1 after an error message. */
static int ask_receiver(struct cli *c, const struct receiver *w) {
    const struct receiver_reach reach = {.loopback = c->config.fetch_allow != FETCH_ALLOW_NONE,
                                         .private = c->config.fetch_allow == FETCH_ALLOW_PRIVATE};
    struct receiver_fault fault;

    if (receiver_ask(w, reach, &c->arena, &fault) == 0)
        return 0;
    return cli_fail(c, "%.*s was not taken: %.*s", STR_FMT(w->url), STR_FMT(fault.why));
}

static int event_url_main(int argc, char **argv) {
    const char *tenant = NULL, *app = NULL, *url = NULL, *key = NULL, *token = NULL;
    const struct arg args[] = {{"--tenant", ARG_TEXT, &tenant},
                               {"--app", ARG_TEXT, &app},
                               {"--url", ARG_TEXT, &url},
                               {"--encrypt-key", ARG_TEXT, &key},
                               {"--verification-token", ARG_TEXT, &token},
                               {NULL, ARG_FLAG, NULL}};
    struct cli c CLI_CLEANUP;
    struct receiver_change w = {0};
    struct tenant_row row;
    struct receiver_fault fault;

    if (cli_begin(&c, argv[0], args, &argc, argv) < 0)
        return 2;
    if (argc > 1 || !app) {
        cli_fail(&c, app ? "takes no word; see hired event --help" : "needs --app APP_ID; hired app list shows them");
        return 2;
    }
    const struct receiver change = {
        .url = str_of(url), .encrypt_key = str_of(key), .verification_token = str_of(token)};
    bool set = url || key || token;
    if (cli_open(&c, set ? CLI_WRITE : CLI_READ) < 0 || cli_tenant_and_app(&c, tenant, app, &row, &w.app) < 0)
        return 1;
    int r = receiver_read(c.db, w.app.id, &c.arena, &w.now);
    if (r < 0)
        return cli_fail_errno(&c, r, "read the app", NULL);
    w.next = w.now;
    if (set && receiver_plan(&w.now, &change, &c.arena, &w.next, &fault) < 0) {
        cli_fail(&c, "%.*s", STR_FMT(fault.why));
        return 2;
    }
    if (set && w.next.url.len > 0 && ask_receiver(&c, &w.next) != 0)
        return 1;
    if (set && cli_transact(&c, set_receiver, &w) != 0)
        return 1;
    return print_receiver(&w);
}

int cli_event(int argc, char **argv) {
    static const struct cli_verb verbs[] = {
        {"list", event_list_main},           {"show", event_show_main}, {"replay", event_replay_main},
        {"subscribe", event_subscribe_main}, {"url", event_url_main},   {NULL, NULL},
    };

    return cli_verbs("event", help, verbs, argc, argv);
}
