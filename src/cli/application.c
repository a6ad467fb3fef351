/* SPDX-License-Identifier: Apache-2.0
 *
 * hired application: deletes applications, which the API has no operation for.
 */
#include "hire/application/application.h"
#include "base/json.h"
#include "cli/cli.h"
#include "cli/open.h"

static const char help[] =
    "usage: hired application delete ID [--tenant KEY] [--json]\n\n"
    "Deletes an application. Interviews and background checks that refer to it stay. Apps that subscribed\n"
    "to hire.application.deleted_v1 are told. This cannot be undone. The answer is JSON.\n\n"
    "  --tenant KEY   which tenant; optional if there is only one\n"
    "  --json         prints the answer on one line\n"
    "  --data DIR     the data directory (data)\n\n"
    "example: hired application delete 7612525187797179011\n";

struct deletion {
    struct tenant_row tenant;
    struct str id;
};

static int delete_it(struct cli *c, void *ctx) {
    struct deletion *d = ctx;
    struct hire h = cli_hire(c, d->tenant.id);
    int r = application_delete(&h, d->id);

    return r < 0 ? cli_fail_errno(c, r, "delete the application", &h) : 0;
}

static int application_delete_main(int argc, char **argv) {
    const char *tenant = NULL, *id;
    bool line = false;
    const struct arg args[] = {{"--tenant", ARG_TEXT, &tenant}, {"--json", ARG_FLAG, &line}, {NULL, ARG_FLAG, NULL}};
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    struct cli c CLI_CLEANUP;
    struct deletion d = {0};

    if (cli_begin(&c, argv[0], args, &argc, argv) < 0 || !(id = cli_word(&c, argc, argv, "the id of an application")))
        return 2;
    d.id = str_of(id);
    if (cli_open(&c, CLI_WRITE) < 0 || cli_tenant_of(&c, tenant, &d.tenant) < 0)
        return 1;
    if (cli_transact(&c, delete_it, &d) != 0)
        return 1;
    json_begin(&out, '{');
    json_member_str(&out, STR("application_id"), d.id);
    json_member_bool(&out, STR("deleted"), true);
    json_end(&out, '}');
    return cli_print_json(&out);
}

int cli_application(int argc, char **argv) {
    static const struct cli_verb verbs[] = {{"delete", application_delete_main}, {NULL, NULL}};

    return cli_verbs("application", help, verbs, argc, argv);
}
