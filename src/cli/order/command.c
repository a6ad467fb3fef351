/* SPDX-License-Identifier: Apache-2.0
 *
 * hired order: actions of recruiters and approvers on background check orders.
 */
#include <errno.h>
#include <string.h>

#include "base/id.h"
#include "cli/cli.h"
#include "cli/order/order.h"
#include "hire/order/order.h"

static const char help[] =
    "usage: hired order list [--status N] [--application ID] [--limit N]\n"
    "       hired order show|history ORDER_ID\n"
    "       hired order approve|reject|withdraw|terminate ORDER_ID [--reason TEXT]\n"
    "       hired order arrange --application ID --account ID --package ID [--item ID...]\n"
    "                           [--field KEY=VALUE...] [--contact USER_ID] [--creator USER_ID]\n"
    "                           [--candidate NAME] [--remark TEXT] [--fields FILE]\n\n"
    "Acts as a recruiter or an approver. Answers are JSON; users are given by user_id.\n\n"
    "  --status N        2 arranged, 3 completed, 4 terminated, 5 in approval, 6 withdrawn, 8 approved,\n"
    "                    9 rejected\n"
    "  --limit N         at most N orders, the last changed ones (20)\n"
    "  --reason TEXT     the reason; required for reject and terminate\n"
    "  --account, --package, --item   ids from hired vendor list and show; the name of a package\n"
    "                    is enough if the vendor has pushed nothing\n"
    "  --field KEY=VALUE a field of the account's form: an option's key, a multiselect repeated for\n"
    "                    each key, a date as 2026-04-21, a file or resume by attachment id\n"
    "  --contact USER_ID contact for the vendor       --candidate NAME  default: the application's person\n"
    "  --fields FILE     members of the new order as JSON: candidate_info, contactor_info,\n"
    "                    ext_item_info_list, custom_data_list, geo, location_code, remark\n"
    "  --tenant KEY, --data DIR   which tenant, if there are several; the data directory (data)\n\n"
    "example: hired order terminate 7617365615030192243 --reason 'the offer was declined'\n";

struct changing {
    struct tenant_row tenant;
    const char *verb; /* "order approve" */
    int64_t id;
    struct str reason;
};

static int change(struct cli *c, void *ctx) {
    static const struct {
        const char *verb;
        int (*run)(struct hire *h, int64_t order_id, struct str reason);
    } changes[] = {{"order approve", order_approve},
                   {"order reject", order_reject},
                   {"order withdraw", order_withdraw},
                   {"order terminate", order_terminate}};
    struct changing *w = ctx;
    struct hire h = cli_hire(c, w->tenant.id);
    int r = -EINVAL;

    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
        if (strcmp(changes[i].verb, w->verb) == 0)
            r = changes[i].run(&h, w->id, w->reason);
    return r < 0 ? cli_fail_errno(c, r, "change the order", &h) : 0;
}

static int order_change_main(int argc, char **argv) {
    const char *tenant = NULL, *reason = NULL, *word;
    const struct arg args[] = {
        {"--tenant", ARG_TEXT, &tenant}, {"--reason", ARG_TEXT, &reason}, {NULL, ARG_FLAG, NULL}};
    struct cli c CLI_CLEANUP;
    struct changing w = {.verb = argv[0]};

    if (cli_begin(&c, argv[0], args, &argc, argv) < 0)
        return 2;
    word = cli_word(&c, argc, argv, "the id of an order");
    if (!word)
        return 2;
    if (id_parse(str_of(word), &w.id) < 0 || (reason && !str_is_utf8(str_of(reason)))) {
        cli_fail(&c, "needs the id of an order (digits), not \"%s\", and a reason in UTF-8", word);
        return 2;
    }
    w.reason = str_of(reason);
    if (cli_open(&c, CLI_WRITE) < 0 || cli_tenant_of(&c, tenant, &w.tenant) < 0 || cli_transact(&c, change, &w) != 0)
        return 1;
    return order_print(&c, &w.tenant, w.id);
}

int cli_order(int argc, char **argv) {
    static const struct cli_verb verbs[] = {
        {"list", order_list_main},        {"show", order_show_main},       {"history", order_show_main},
        {"approve", order_change_main},   {"reject", order_change_main},   {"withdraw", order_change_main},
        {"terminate", order_change_main}, {"arrange", order_arrange_main}, {NULL, NULL},
    };

    return cli_verbs("order", help, verbs, argc, argv);
}
