/* SPDX-License-Identifier: Apache-2.0
 *
 * hired event url: sets and shows where an app's events are sent.
 */
#include "cli/event/event.h"

#include "base/json.h"
#include "events/delivery/receiver.h"

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
    return cli_fail(c, "the URL %.*s was refused: %.*s", STR_FMT(w->url), STR_FMT(fault.why));
}

int event_url_main(int argc, char **argv) {
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

    if (cli_begin(&c, argv[0], args, &argc, argv) < 0 || cli_no_word(&c, argc, argv) < 0)
        return 2;
    if (!app) {
        cli_fail(&c, "needs --app APP_ID; hired app list shows them");
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
