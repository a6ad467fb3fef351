/* SPDX-License-Identifier: Apache-2.0
 *
 * hired app: manages the apps that may call the API. A running server applies every change within a second.
 */
#include <errno.h>
#include <stdio.h>

#include "base/json.h"
#include "base/network.h"
#include "cli/cli.h"
#include "cli/open.h"
#include "cli/suggest.h"
#include "gateway/op.h"

static const char help[] =
    "usage: hired app create --name NAME [--type custom|store] [--scope SCOPE...] [--tenant KEY]\n"
    "       hired app list [--tenant KEY]\n"
    "       hired app disable|enable|rotate APP_ID\n"
    "       hired app scopes [APP_ID [--scope SCOPE...]]\n"
    "       hired app addresses APP_ID [--allow ADDRESS...|--allow any]\n"
    "       hired app install|uninstall APP_ID [--tenant KEY]\n\n"
    "Creates and changes the apps that may call the API. Answers are JSON; a secret is shown only once.\n\n"
    "  --name NAME      its name for people\n"
    "  --type TYPE      custom (the default): for one tenant; store: can be installed in several\n"
    "  --scope SCOPE    what it may do; several, separated by spaces or commas, or \"all\"\n"
    "  --allow ADDRESS  the only addresses or networks (10.1.0.0/16) from which it may call\n"
    "  --tenant KEY     which tenant; optional if there is only one\n"
    "  --data DIR       the data directory (data)\n\n"
    "disable refuses all its calls until enable. rotate creates a new secret and revokes all tokens.\n"
    "scopes lists every scope; with APP_ID, those of the app; with --scope, it sets them.\n"
    "install permits a store app to act in another tenant; uninstall ends that.\n\n"
    "example: hired app create --name 'HR sync' --scope hire:interview:readonly\n";

static void write_app(struct buf *out, const struct app_row *app, struct str secret) {
    json_begin(out, '{');
    json_member_str(out, STR("app_id"), app->app_id);
    json_member_str(out, STR("app_secret"), secret);
    json_member_str(out, STR("name"), app->name);
    json_member_str(out, STR("type"), app->kind == APP_STORE ? STR("store") : STR("custom"));
    json_member_bool(out, STR("disabled"), app->disabled);
    json_member_words(out, STR("scopes"), app->scopes);
    if (!str_is_empty(app->ip_allow))
        json_member_words(out, STR("addresses"), app->ip_allow);
    json_end(out, '}');
}

/* Scopes may also be separated by commas. Returns 0, or -EINVAL after an error message. */
static int read_scopes(struct cli *c, struct buf *given, struct str *ret) {
    struct suggest s = {0};
    struct str unknown;

    for (size_t i = 0; i < given->len; i++)
        if (given->ptr[i] == ',' || given->ptr[i] == '\t' || given->ptr[i] == '\n')
            given->ptr[i] = ' ';
    if (app_scopes_check(buf_str(given), &c->arena, ret, &unknown) == 0)
        return 0;
    s.typed = unknown;
    for (uint16_t i = 0; i < api_n_scopes; i++)
        suggest_offer(&s, api_scopes[i]);
    if (str_is_absent(s.best))
        cli_fail(c, "unknown scope \"%.*s\"; hired app scopes lists them", STR_FMT(unknown));
    else
        cli_fail(c, "unknown scope \"%.*s\"; did you mean %.*s?", STR_FMT(unknown), STR_FMT(s.best));
    return -EINVAL;
}

/* ---- create, list ---- */

struct creation {
    struct tenant_row tenant;
    enum app_kind kind;
    struct str name, scopes;
    struct app_row app;
    struct str secret;
};

static int create(struct cli *c, void *ctx) {
    struct creation *n = ctx;
    int r = app_create(c->db, n->tenant.id, n->kind, n->name, n->scopes, STR_ABSENT, STR_ABSENT, &c->arena, &n->app,
                       &n->secret);

    return r < 0 ? cli_fail_errno(c, r, "create the app", NULL) : 0;
}

static int app_create_main(int argc, char **argv) {
    const char *tenant = NULL, *name = NULL, *type = "custom";
    struct buf scopes BUF_CLEANUP = BUF_EMPTY, out BUF_CLEANUP = BUF_EMPTY;
    const struct arg args[] = {{"--tenant", ARG_TEXT, &tenant}, {"--name", ARG_TEXT, &name},
                               {"--type", ARG_TEXT, &type},     {"--scope", ARG_LIST, &scopes},
                               {"--scopes", ARG_LIST, &scopes}, {NULL, ARG_FLAG, NULL}};
    struct cli c CLI_CLEANUP;
    struct creation n = {.kind = APP_CUSTOM};

    if (cli_begin(&c, argv[0], args, &argc, argv) < 0 || cli_no_word(&c, argc, argv) < 0)
        return 2;
    if (!name || !*name || !str_is_utf8(str_of(name)) || strlen(name) > 200) {
        cli_fail(&c, "needs --name NAME, a text of at most 200 bytes");
        return 2;
    }
    if (strcmp(type, "custom") != 0 && strcmp(type, "store") != 0) {
        cli_fail(&c, "--type takes custom or store, not \"%s\"", type);
        return 2;
    }
    n.kind = strcmp(type, "store") == 0 ? APP_STORE : APP_CUSTOM;
    n.name = str_of(name);
    if (read_scopes(&c, &scopes, &n.scopes) < 0)
        return 2;
    if (cli_open(&c, CLI_WRITE) < 0 || cli_tenant_of(&c, tenant, &n.tenant) < 0 || cli_transact(&c, create, &n) != 0)
        return 1;
    write_app(&out, &n.app, n.secret);
    return cli_print_json(&out);
}

static int app_list_main(int argc, char **argv) {
    const char *tenant = NULL;
    const struct arg args[] = {{"--tenant", ARG_TEXT, &tenant}, {NULL, ARG_FLAG, NULL}};
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    struct cli c CLI_CLEANUP;
    struct tenant_row row;
    struct app_row *apps;
    size_t n_apps;
    int r;

    if (cli_begin(&c, argv[0], args, &argc, argv) < 0 || cli_no_word(&c, argc, argv) < 0)
        return 2;
    if (cli_open(&c, CLI_READ) < 0 || cli_tenant_of(&c, tenant, &row) < 0)
        return 1;
    r = app_list(c.db, row.id, &c.arena, &apps, &n_apps);
    if (r < 0)
        return cli_fail_errno(&c, r, "list the apps", NULL);
    json_begin(&out, '[');
    for (size_t i = 0; i < n_apps; i++)
        write_app(&out, &apps[i], STR_ABSENT);
    json_end(&out, ']');
    return cli_print_json(&out);
}

/* ---- changing an app ---- */

struct change {
    const char *app_id;
    const char *verb;
    struct app_row app;
    struct str value, secret;
};

/* Returns 1 after an error message if there is no such app. */
static int find_app(struct cli *c, struct change *ch) {
    int r = app_find(c->db, str_of(ch->app_id), &c->arena, &ch->app);

    if (r == 1)
        return 0;
    return r < 0 ? cli_fail_errno(c, r, "find the app", NULL)
                 : cli_fail(c, "there is no app \"%s\"; hired app list shows them", ch->app_id);
}

static int change(struct cli *c, void *ctx) {
    struct change *ch = ctx;
    int r = 0;

    if (find_app(c, ch) != 0)
        return 1;
    if (strcmp(ch->verb, "app rotate") == 0) {
        r = app_rotate(c->db, ch->app.id, &c->arena, &ch->secret);
    } else if (strcmp(ch->verb, "app scopes") == 0) {
        r = app_set_scopes(c->db, ch->app.id, ch->value);
        ch->app.scopes = ch->value;
    } else if (strcmp(ch->verb, "app addresses") == 0) {
        r = app_set_ip_allow(c->db, ch->app.id, ch->value);
        ch->app.ip_allow = ch->value;
    } else {
        ch->app.disabled = strcmp(ch->verb, "app disable") == 0;
        r = app_disable(c->db, ch->app.id, ch->app.disabled);
    }
    return r < 0 ? cli_fail_errno(c, r, "change the app", NULL) : 0;
}

static int print_changed(struct cli *c, const struct change *ch) {
    struct buf out BUF_CLEANUP = BUF_EMPTY;

    write_app(&out, &ch->app, ch->secret);
    return cli_print_json(&out);
}

static int app_change_main(int argc, char **argv) {
    const struct arg args[] = {{NULL, ARG_FLAG, NULL}};
    struct cli c CLI_CLEANUP;
    struct change ch = {.verb = argv[0]};

    if (cli_begin(&c, argv[0], args, &argc, argv) < 0)
        return 2;
    ch.app_id = cli_word(&c, argc, argv, "the id of an app (cli_...)");
    if (!ch.app_id)
        return 2;
    if (cli_open(&c, CLI_WRITE) < 0 || cli_transact(&c, change, &ch) != 0)
        return 1;
    return print_changed(&c, &ch);
}

static int print_all_scopes(void) {
    for (uint16_t i = 0; i < api_n_scopes; i++)
        printf("%.*s\n", STR_FMT(api_scopes[i]));
    return 0;
}

static int app_scopes_main(int argc, char **argv) {
    struct buf scopes BUF_CLEANUP = BUF_EMPTY;
    const struct arg args[] = {{"--scope", ARG_LIST, &scopes}, {"--scopes", ARG_LIST, &scopes}, {NULL, ARG_FLAG, NULL}};
    struct cli c CLI_CLEANUP;
    struct change ch = {.verb = argv[0]};

    if (cli_begin(&c, argv[0], args, &argc, argv) < 0)
        return 2;
    if (argc == 1 && !scopes.ptr)
        return print_all_scopes();
    ch.app_id = cli_word(&c, argc, argv, "the id of an app (cli_...)");
    if (!ch.app_id || (scopes.ptr && read_scopes(&c, &scopes, &ch.value) < 0))
        return 2;
    if (cli_open(&c, scopes.ptr ? CLI_WRITE : CLI_READ) < 0)
        return 1;
    if (scopes.ptr ? cli_transact(&c, change, &ch) != 0 : find_app(&c, &ch) != 0)
        return 1;
    return print_changed(&c, &ch);
}

/* Refuses invalid addresses: an app with no valid one could not be called from anywhere. Returns 0, or the exit status
 * after an error message. */
static int check_addresses(struct cli *c, struct str list) {
    while (!str_is_absent(list)) {
        struct str one = str_cut(&list, ' ');
        struct network network;
        if (network_parse(one, &network) < 0) {
            cli_fail(c,
                     "--allow takes addresses and networks such as 10.1.0.0/16 or 2001:db8::/32, or any; not \"%.*s\"",
                     STR_FMT(str_head(one, 60)));
            return 2;
        }
    }
    return 0;
}

static int app_addresses_main(int argc, char **argv) {
    struct buf allow BUF_CLEANUP = BUF_EMPTY;
    const struct arg args[] = {{"--allow", ARG_LIST, &allow}, {NULL, ARG_FLAG, NULL}};
    struct cli c CLI_CLEANUP;
    struct change ch = {.verb = argv[0]};

    if (cli_begin(&c, argv[0], args, &argc, argv) < 0)
        return 2;
    ch.app_id = cli_word(&c, argc, argv, "the id of an app (cli_...)");
    if (!ch.app_id)
        return 2;
    ch.value = str_eq(buf_str(&allow), STR("any")) ? STR("") : buf_str(&allow);
    if (allow.ptr && ch.value.len > 0 && check_addresses(&c, ch.value) != 0)
        return 2;
    if (cli_open(&c, allow.ptr ? CLI_WRITE : CLI_READ) < 0)
        return 1;
    if (allow.ptr ? cli_transact(&c, change, &ch) != 0 : find_app(&c, &ch) != 0)
        return 1;
    return print_changed(&c, &ch);
}

/* ---- installing store apps in tenants ---- */

struct installation {
    struct change change;
    struct tenant_row tenant;
};

static int install(struct cli *c, void *ctx) {
    struct installation *in = ctx;
    const struct app_row *app = &in->change.app;
    bool leave = strcmp(in->change.verb, "app uninstall") == 0;
    int r;

    if (find_app(c, &in->change) != 0)
        return 1;
    if (app->kind != APP_STORE)
        return cli_fail(c, "%s is a custom app and belongs to its own tenant alone", in->change.app_id);
    r = leave ? app_uninstall(c->db, in->tenant.id, app->id) : app_install(c->db, in->tenant.id, app->id);
    if (r == -ENOENT)
        return cli_fail(c, "%s is not installed in tenant %.*s", in->change.app_id, STR_FMT(in->tenant.tenant_key));
    return r < 0 ? cli_fail_errno(c, r, "change the installation", NULL) : 0;
}

static int app_install_main(int argc, char **argv) {
    const char *tenant = NULL;
    const struct arg args[] = {{"--tenant", ARG_TEXT, &tenant}, {NULL, ARG_FLAG, NULL}};
    struct cli c CLI_CLEANUP;
    struct installation in = {.change = {.verb = argv[0]}};

    if (cli_begin(&c, argv[0], args, &argc, argv) < 0)
        return 2;
    in.change.app_id = cli_word(&c, argc, argv, "the id of an app (cli_...)");
    if (!in.change.app_id)
        return 2;
    if (cli_open(&c, CLI_WRITE) < 0 || cli_tenant_of(&c, tenant, &in.tenant) < 0 || cli_transact(&c, install, &in) != 0)
        return 1;
    return print_changed(&c, &in.change);
}

int cli_app(int argc, char **argv) {
    static const struct cli_verb verbs[] = {
        {"create", app_create_main},       {"list", app_list_main},
        {"disable", app_change_main},      {"enable", app_change_main},
        {"rotate", app_change_main},       {"scopes", app_scopes_main},
        {"addresses", app_addresses_main}, {"install", app_install_main},
        {"uninstall", app_install_main},   {NULL, NULL},
    };

    return cli_verbs("app", help, verbs, argc, argv);
}
