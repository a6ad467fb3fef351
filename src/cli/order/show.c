/* SPDX-License-Identifier: Apache-2.0
 *
 * hired order list, show and history.
 */
#include "cli/order/order.h"

#include <string.h>

#include "base/id.h"
#include "base/json.h"
#include "cli/reader.h"
#include "gateway/caller/account.h"
#include "hire/order/order.h"

int order_print(struct cli *c, const struct tenant_row *tenant, int64_t id) {
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    struct hire h = cli_hire(c, tenant->id);
    struct order_state state;
    struct str doc;
    int r = order_get(&h, id, &state, &doc);

    if (r == 0)
        return cli_fail(c, "there is no order %lld", (long long)id);
    if (r > 0)
        r = reader_write_record(c, tenant->id, doc, &out);
    return r < 0 ? cli_fail_errno(c, r, "read the order", &h) : cli_print_json(&out);
}

static const char *actor_name(enum hire_actor_kind kind) {
    static const char *const names[] = {"system", "app", "user", "operator"};

    return (unsigned)kind < 4 ? names[kind] : "unknown";
}

/* Writes the actor by name or by a public id. */
static void write_actor(struct cli *c, const struct tenant_row *tenant, const struct order_history_entry *e,
                        struct buf *out) {
    struct account account;
    struct app_row *apps;
    size_t n;

    json_member_str(out, STR("by"), str_of(actor_name(e->actor_kind)));
    if (e->actor_kind == ACTOR_USER && account_get(c->db, tenant->id, e->actor_id, &c->arena, &account) == 1)
        json_member_str(out, STR("user"), account.login);
    if (e->actor_kind == ACTOR_APP && app_list(c->db, tenant->id, &c->arena, &apps, &n) == 0)
        for (size_t i = 0; i < n; i++)
            if (apps[i].id == e->actor_id)
                json_member_str(out, STR("app_id"), apps[i].app_id);
}

static int print_history(struct cli *c, const struct tenant_row *tenant, int64_t id) {
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    struct hire h = cli_hire(c, tenant->id);
    struct order_history_entry *entries;
    size_t n;
    int r = order_history(&h, id, &entries, &n);

    if (r < 0)
        return cli_fail_errno(c, r, "read the order's history", &h);
    if (n == 0)
        return cli_fail(c, "there is no order %lld", (long long)id);
    json_begin(&out, '[');
    for (size_t i = 0; i < n; i++) {
        const struct order_history_entry *e = &entries[i];
        json_begin(&out, '{');
        json_member_int(&out, STR("at"), e->at_ms);
        json_member_str(&out, STR("action"), str_of(order_action_text(e->action)));
        write_actor(c, tenant, e, &out);
        json_member_int(&out, STR("from"), e->from.status);
        json_member_int(&out, STR("to"), e->to.status);
        json_member_str(&out, STR("state"), str_of(order_state_text(e->to)));
        if (!str_is_empty(e->why))
            json_member_str(&out, STR("why"), e->why);
        json_end(&out, '}');
    }
    json_end(&out, ']');
    return cli_print_json(&out);
}

int order_show_main(int argc, char **argv) {
    const char *tenant = NULL, *word;
    const struct arg args[] = {{"--tenant", ARG_TEXT, &tenant}, {NULL, ARG_FLAG, NULL}};
    struct cli c CLI_CLEANUP;
    struct tenant_row row;
    int64_t id;
    bool history = strcmp(argv[0], "order history") == 0;

    if (cli_begin(&c, argv[0], args, &argc, argv) < 0)
        return 2;
    word = cli_word(&c, argc, argv, "the id of an order");
    if (!word)
        return 2;
    if (id_parse(str_of(word), &id) < 0) {
        cli_fail(&c, "\"%s\" is not the id of an order: digits are expected", word);
        return 2;
    }
    if (cli_open(&c, CLI_READ) < 0 || cli_tenant_of(&c, tenant, &row) < 0)
        return 1;
    return history ? print_history(&c, &row, id) : order_print(&c, &row, id);
}

/* ---- list ---- */

struct listing {
    struct str *docs; /* ring buffer of the last `limit` ones */
    size_t limit, n;
    struct order_place_in_list after; /* the last row */
    struct arena *arena;
};

static void take_order(void *ctx, int64_t update_time, int64_t id, struct str doc) {
    struct listing *l = ctx;

    l->after = (struct order_place_in_list){update_time, id};
    l->docs[l->n++ % l->limit] = arena_dup(l->arena, doc);
}

/* Walks from the oldest change on and keeps the last `limit` orders. */
static int print_list(struct cli *c, const struct tenant_row *tenant, const struct order_filter *f, size_t limit) {
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    struct hire h = cli_hire(c, tenant->id);
    struct order_place_in_list cut;
    struct listing l = {.docs = arena_array(&c->arena, struct str, limit), .limit = limit, .arena = &c->arena};
    int r;

    do {
        r = order_list(&h, f, l.after, 500, take_order, &l, &cut);
        if (cut.time != 0)
            l.after = cut;
    } while (r == 500 || (r >= 0 && cut.time != 0));
    json_begin(&out, '[');
    for (size_t i = l.n > limit ? l.n - limit : 0; r >= 0 && i < l.n; i++) {
        struct buf one BUF_CLEANUP = BUF_EMPTY;
        r = reader_write_record(c, tenant->id, l.docs[i % limit], &one);
        json_comma(&out);
        buf_add_str(&out, buf_str(&one));
    }
    json_end(&out, ']');
    return r < 0 ? cli_fail_errno(c, r, "list the orders", &h) : cli_print_json(&out);
}

int order_list_main(int argc, char **argv) {
    const char *tenant = NULL, *application = NULL;
    int64_t status = 0, limit = 20;
    struct order_filter f = {.update_end = INT64_MAX, .begin_end = INT64_MAX};
    const struct arg args[] = {{"--tenant", ARG_TEXT, &tenant},
                               {"--status", ARG_COUNT, &status},
                               {"--application", ARG_TEXT, &application},
                               {"--limit", ARG_COUNT, &limit},
                               {NULL, ARG_FLAG, NULL}};
    struct cli c CLI_CLEANUP;
    struct tenant_row row;

    if (cli_begin(&c, argv[0], args, &argc, argv) < 0 || cli_no_word(&c, argc, argv) < 0)
        return 2;
    if (limit < 1 || limit > 10000 || status > 9) {
        cli_fail(&c, "--limit takes 1 to 10000, --status 2, 3, 4, 5, 6, 8 or 9");
        return 2;
    }
    if (application && id_parse(str_of(application), &f.application_id) < 0) {
        cli_fail(&c, "--application takes the id of an application, not \"%s\"", application);
        return 2;
    }
    f.status = (int)status;
    if (cli_open(&c, CLI_READ) < 0 || cli_tenant_of(&c, tenant, &row) < 0)
        return 1;
    return print_list(&c, &row, &f, (size_t)limit);
}
