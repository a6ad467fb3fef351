/* SPDX-License-Identifier: Apache-2.0
 *
 * hired vendor: a tenant's accounts at background check vendors, and the app that acts for each.
 */
#include <errno.h>
#include <stdio.h>

#include "base/id.h"
#include "base/json.h"
#include "cli/cli.h"
#include "cli/open.h"
#include "hire/tenant/tenant.h"
#include "hire/vendor/account.h"
#include "hire/vendor/field.h"
#include "hire/vendor/package.h"

static const char help[] =
    "usage: hired vendor create --name NAME --provider ID [--zh NAME] [--en NAME] [--type 1|2|3|127]\n"
    "                           [--usage social|campus...] [--field KEY=VALUE...] [--app APP_ID]\n"
    "                           [--tenant KEY]\n"
    "       hired vendor fields [--app APP_ID] [--tenant KEY]\n"
    "       hired vendor list [--tenant KEY]\n"
    "       hired vendor show ACCOUNT_ID [--tenant KEY]\n"
    "       hired vendor bind --account ID --app APP_ID|none [--tenant KEY]\n\n"
    "Creates and shows a tenant's accounts at background check vendors. An app that is bound to accounts\n"
    "sees and updates only the orders of these accounts. Answers are JSON. fields shows which fields a\n"
    "vendor requires for a new account; show, what can be ordered with an account.\n\n"
    "  --name NAME    the tenant's name for the account\n"
    "  --provider ID  the vendor's provider_id, as in orders\n"
    "  --zh, --en     the vendor's names in Chinese and English\n"
    "  --type N       account_third_type of its orders (127: the tenant's own vendor)\n"
    "  --usage U      kind of recruiting: social (the default), campus, or both\n"
    "  --field K=V    a value for a field of the vendor; may be repeated\n"
    "  --account ID   the account\n"
    "  --app APP_ID   the vendor's app\n"
    "  --tenant KEY   which tenant; optional if there is only one\n"
    "  --data DIR     the data directory (data)\n\n"
    "example: hired vendor bind --account 7617365615030192243 --app cli_a1b2c3d4e5f60718\n";

struct vendor_work {
    struct tenant_row tenant;
    struct vendor_account_filled filled;
};

static void write_account(struct buf *out, const struct vendor_account *v, const struct app_row *apps, size_t n_apps) {
    json_begin(out, '{');
    json_member_id(out, STR("account_id"), v->id);
    json_member_str(out, STR("name"), v->name);
    json_member_str(out, STR("provider_id"), v->provider_id);
    json_member_str(out, STR("zh_name"), v->provider_zh);
    json_member_str(out, STR("en_name"), v->provider_en);
    json_member_int(out, STR("type"), v->third_type);
    for (size_t i = 0; i < n_apps; i++)
        if (v->app != 0 && apps[i].id == v->app)
            json_member_str(out, STR("app_id"), apps[i].app_id);
    json_end(out, '}');
}

static int print_accounts(struct cli *c, struct vendor_work *w, int64_t only) {
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    struct hire h = cli_hire(c, w->tenant.id);
    struct vendor_account *accounts;
    struct app_row *apps;
    size_t n, n_apps;
    int r = vendor_account_list(&h, &accounts, &n);

    if (r >= 0)
        r = app_list(c->db, w->tenant.id, &c->arena, &apps, &n_apps);
    if (r < 0)
        return cli_fail_errno(c, r, "list the accounts", &h);
    if (!only)
        json_begin(&out, '[');
    for (size_t i = 0; i < n; i++)
        if (!only || accounts[i].id == only)
            write_account(&out, &accounts[i], apps, n_apps);
    if (!only)
        json_end(&out, ']');
    return cli_print_json(&out);
}

static int create(struct cli *c, void *ctx) {
    struct vendor_work *w = ctx;
    struct hire h = cli_hire(c, w->tenant.id);
    int r = vendor_account_create(&h, &w->filled, &w->filled.account.id);

    return r < 0 ? cli_fail_errno(c, r, "create the account", &h) : 0;
}

static int bind_app(struct cli *c, void *ctx) {
    struct vendor_work *w = ctx;
    struct hire h = cli_hire(c, w->tenant.id);
    int r = vendor_account_assign(&h, w->filled.account.id, w->filled.account.app);

    return r < 0 ? cli_fail_errno(c, r, "bind the account", &h) : 0;
}

/* Returns 0, or -EINVAL after an error message. */
static int take_values(struct cli *c, const struct buf *given, struct eco_account_custom_field_event_data_list *ret) {
    size_t n;
    struct str *all = args_each(given, &c->arena, &n);

    ret->v = arena_array(&c->arena, struct eco_account_custom_field_event_data, n);
    for (ret->n = 0; ret->n < n; ret->n++) {
        struct str value = all[ret->n], key = str_cut(&value, '=');

        if (str_is_absent(value) || key.len == 0 || !str_is_utf8(all[ret->n])) {
            cli_fail(c, "--field takes KEY=VALUE in UTF-8, not \"%.*s\"", STR_FMT(all[ret->n]));
            return -EINVAL;
        }
        ret->v[ret->n] = (struct eco_account_custom_field_event_data){key, value};
    }
    return 0;
}

/* Returns 0, or -EINVAL after an error message. */
static int take_usages(struct cli *c, const struct buf *given, struct int_list *ret) {
    size_t n;
    struct str *all = args_each(given, &c->arena, &n);

    ret->v = arena_array(&c->arena, int64_t, n);
    for (ret->n = 0; ret->n < n; ret->n++) {
        if (!str_eq(all[ret->n], STR("social")) && !str_eq(all[ret->n], STR("campus"))) {
            cli_fail(c, "--usage takes social or campus, not \"%.*s\"", STR_FMT(all[ret->n]));
            return -EINVAL;
        }
        ret->v[ret->n] = str_eq(all[ret->n], STR("social")) ? USAGE_SOCIAL : USAGE_CAMPUS;
    }
    return 0;
}

static int vendor_create_main(int argc, char **argv) {
    const char *tenant = NULL, *name = NULL, *provider = NULL, *zh = NULL, *en = NULL, *app_id = NULL;
    struct buf values BUF_CLEANUP = BUF_EMPTY, usages BUF_CLEANUP = BUF_EMPTY;
    int64_t type = 127;
    const struct arg args[] = {
        {"--tenant", ARG_TEXT, &tenant}, {"--name", ARG_TEXT, &name},    {"--provider", ARG_TEXT, &provider},
        {"--zh", ARG_TEXT, &zh},         {"--en", ARG_TEXT, &en},        {"--type", ARG_COUNT, &type},
        {"--usage", ARG_EACH, &usages},  {"--field", ARG_EACH, &values}, {"--app", ARG_TEXT, &app_id},
        {NULL, ARG_FLAG, NULL}};
    struct cli c CLI_CLEANUP;
    struct vendor_work w = {0};
    struct app_row app = {0};

    if (cli_begin(&c, argv[0], args, &argc, argv) < 0)
        return 2;
    if (argc > 1 || !name || !provider || type > 127) {
        cli_fail(&c, "needs --name NAME and --provider ID, and no other word; see hired vendor --help");
        return 2;
    }
    if (take_values(&c, &values, &w.filled.values) < 0 || take_usages(&c, &usages, &w.filled.usages) < 0)
        return 2;
    w.filled.account = (struct vendor_account){.name = str_of(name),
                                               .provider_id = str_of(provider),
                                               .provider_zh = str_of(zh),
                                               .provider_en = str_of(en),
                                               .third_type = (int)type};
    if (cli_open(&c, CLI_WRITE) < 0 || cli_tenant_and_app(&c, tenant, app_id, &w.tenant, &app) < 0)
        return 1;
    w.filled.account.app = app.id;
    if (cli_transact(&c, create, &w) != 0)
        return 1;
    return print_accounts(&c, &w, w.filled.account.id);
}

/* ---- settings and packages of a vendor ---- */

static int vendor_fields_main(int argc, char **argv) {
    const char *tenant = NULL, *app_id = NULL;
    const struct arg args[] = {{"--tenant", ARG_TEXT, &tenant}, {"--app", ARG_TEXT, &app_id}, {NULL, ARG_FLAG, NULL}};
    struct eco_account_custom_field_data_list fields;
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    struct cli c CLI_CLEANUP;
    struct tenant_row row;
    struct app_row app = {0};
    int r;

    if (cli_begin(&c, argv[0], args, &argc, argv) < 0 || cli_no_word(&c, argc, argv) < 0)
        return 2;
    if (cli_open(&c, CLI_READ) < 0 || cli_tenant_and_app(&c, tenant, app_id, &row, &app) < 0)
        return 1;
    struct hire h = cli_hire(&c, row.id);
    r = account_fields_list(&h, app.id, FORM_CHECK_ACCOUNT, &fields);
    if (r < 0)
        return cli_fail_errno(&c, r, "list the fields", &h);
    json_begin(&out, '[');
    for (size_t i = 0; i < fields.n; i++)
        record_write(&type_eco_account_custom_field_data, &fields.v[i], 0, &out);
    json_end(&out, ']');
    return cli_print_json(&out);
}

static int write_packages(struct hire *h, int64_t account, enum vendor_package_kind kind, struct str key,
                          struct buf *out) {
    struct vendor_package *v;
    size_t n;
    int r = packages_list(h, account, kind, &v, &n);

    if (r < 0)
        return r;
    json_key(out, key);
    json_begin(out, '[');
    for (size_t i = 0; i < n; i++) {
        json_begin(out, '{');
        json_member_str(out, STR("id"), v[i].id);
        json_member_str(out, STR("name"), v[i].name);
        if (v[i].description.len > 0)
            json_member_str(out, STR("description"), v[i].description);
        json_end(out, '}');
    }
    json_end(out, ']');
    return 0;
}

/* Writes everything about one account into the open object. */
static int write_offer(struct hire *h, int64_t account, struct buf *out) {
    struct eco_background_check_custom_field_data_list fields;
    struct eco_account_created_v1_event filled;
    int r = vendor_account_filled(h, account, &filled);

    if (r < 0)
        return r;
    if (r == 1) {
        json_key(out, STR("filled_in"));
        record_write(&type_eco_account_created_v1_event, &filled, 0, out);
    }
    if ((r = write_packages(h, account, PACKAGE_WHOLE, STR("packages"), out)) < 0 ||
        (r = write_packages(h, account, PACKAGE_ITEM, STR("additional_items"), out)) < 0 ||
        (r = order_fields_list(h, account, &fields)) < 0)
        return r;
    json_key(out, STR("custom_fields"));
    json_begin(out, '[');
    for (size_t i = 0; i < fields.n; i++)
        record_write(&type_eco_background_check_custom_field_data, &fields.v[i], 0, out);
    json_end(out, ']');
    return 0;
}

static int vendor_show_main(int argc, char **argv) {
    const char *tenant = NULL, *word;
    const struct arg args[] = {{"--tenant", ARG_TEXT, &tenant}, {NULL, ARG_FLAG, NULL}};
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    struct vendor_account account;
    struct tenant_row row;
    struct cli c CLI_CLEANUP;
    int64_t id;
    int r;

    if (cli_begin(&c, argv[0], args, &argc, argv) < 0)
        return 2;
    word = cli_word(&c, argc, argv, "the id of an account (hired vendor list shows it)");
    if (!word)
        return 2;
    if (id_parse(str_of(word), &id) < 0) {
        cli_fail(&c, "\"%s\" is not the id of an account: digits are expected", word);
        return 2;
    }
    if (cli_open(&c, CLI_READ) < 0 || cli_tenant_of(&c, tenant, &row) < 0)
        return 1;
    struct hire h = cli_hire(&c, row.id);
    r = vendor_account_get(&h, id, &account);
    if (r == 0)
        return cli_fail(&c, "there is no vendor account %s; hired vendor list shows them", word);
    json_begin(&out, '{');
    json_member_id(&out, STR("account_id"), id);
    json_member_str(&out, STR("name"), account.name);
    if (r > 0)
        r = write_offer(&h, id, &out);
    json_end(&out, '}');
    return r < 0 ? cli_fail_errno(&c, r, "read the account", &h) : cli_print_json(&out);
}

static int vendor_list_main(int argc, char **argv) {
    const char *tenant = NULL;
    const struct arg args[] = {{"--tenant", ARG_TEXT, &tenant}, {NULL, ARG_FLAG, NULL}};
    struct cli c CLI_CLEANUP;
    struct vendor_work w = {0};

    if (cli_begin(&c, argv[0], args, &argc, argv) < 0 || cli_no_word(&c, argc, argv) < 0)
        return 2;
    if (cli_open(&c, CLI_READ) < 0 || cli_tenant_of(&c, tenant, &w.tenant) < 0)
        return 1;
    return print_accounts(&c, &w, 0);
}

static int vendor_bind_main(int argc, char **argv) {
    const char *tenant = NULL, *account = NULL, *app_id = NULL;
    const struct arg args[] = {{"--tenant", ARG_TEXT, &tenant},
                               {"--account", ARG_TEXT, &account},
                               {"--app", ARG_TEXT, &app_id},
                               {NULL, ARG_FLAG, NULL}};
    struct cli c CLI_CLEANUP;
    struct vendor_work w = {0};
    struct app_row app = {0};

    if (cli_begin(&c, argv[0], args, &argc, argv) < 0)
        return 2;
    if (argc > 1 || !app_id || !account || id_parse(str_of(account), &w.filled.account.id) < 0) {
        cli_fail(&c, "needs --account ID (hired vendor list shows it) and --app APP_ID or --app none");
        return 2;
    }
    if (cli_open(&c, CLI_WRITE) < 0 ||
        cli_tenant_and_app(&c, tenant, strcmp(app_id, "none") != 0 ? app_id : NULL, &w.tenant, &app) < 0)
        return 1;
    w.filled.account.app = app.id;
    if (cli_transact(&c, bind_app, &w) != 0)
        return 1;
    return print_accounts(&c, &w, w.filled.account.id);
}

int cli_vendor(int argc, char **argv) {
    static const struct cli_verb verbs[] = {{"create", vendor_create_main}, {"fields", vendor_fields_main},
                                            {"list", vendor_list_main},     {"show", vendor_show_main},
                                            {"bind", vendor_bind_main},     {NULL, NULL}};

    return cli_verbs("vendor", help, verbs, argc, argv);
}
