/* SPDX-License-Identifier: Apache-2.0
 *
 * hired robot: plays a vendor or a customer for a test.
 */
#include <stdio.h>

#include "cli/args.h"
#include "cli/cli.h"
#include "cli/open.h"
#include "cli/robot/robot.h"

static const char help[] =
    "usage: hired robot vendor --server URL --app APP_ID [--scenario NAME] [--listen HOST:PORT]\n"
    "       hired robot customer --server URL --app APP_ID --user LOGIN [--scenario NAME] [--name NAME]\n"
    "       hired robot scenarios vendor|customer\n\n"
    "Plays the other side for a test (docs/TESTING.md). The vendor takes its app's events and answers\n"
    "with progress and reports, by the candidate's name (\"Robot Red\") or by a scenario. The customer\n"
    "arranges one check in the console, approves, rejects or terminates, and ends. scenarios prints the\n"
    "built-in ones in the form of a file.\n\n"
    "  --server URL         the server's address\n"
    "  --app APP_ID         the vendor's app; of a customer an app that may read orders\n"
    "  --secret-file FILE   its first line (-: standard input) is the secret; otherwise HIRED_APP_SECRET\n"
    "  --user LOGIN         an account of the console; its --password-file FILE or HIRED_PASSWORD\n"
    "  --scenario NAME      for all orders, instead of by name; --scenarios FILE adds your own\n"
    "  --pace N             N seconds of a scenario pass in one; otherwise by the clock of the test mode,\n"
    "                       if the server tells it, else in real time\n"
    "  --listen HOST:PORT   takes events at the app's request URL instead of over a long connection, with\n"
    "                       its --encrypt-key KEY and --verification-token TOKEN\n"
    "  --resume             goes on with orders that were arranged before\n"
    "  --application ID     what the customer arranges, also --account ID, --package ID, --name NAME\n"
    "  --ca FILE            certificates to trust; --json: what it does as JSON\n\n"
    "example: hired robot vendor --server http://127.0.0.1:8080 --app cli_a1b2c3d4e5f60718 --pace 60\n";

static int take(struct robot_run *w, int argc, char **argv) {
    struct robot_options *o = &w->o;
    const struct arg args[] = {{"--server", ARG_TEXT, &o->base_url},
                               {"--app", ARG_TEXT, &o->app_id},
                               {"--secret-file", ARG_TEXT, &w->secret_file},
                               {"--user", ARG_TEXT, &o->user},
                               {"--password-file", ARG_TEXT, &w->password_file},
                               {"--scenario", ARG_TEXT, &o->scenario},
                               {"--scenarios", ARG_TEXT, &w->scenario_file},
                               {"--pace", ARG_TEXT, &w->pace},
                               {"--listen", ARG_TEXT, &w->listen},
                               {"--encrypt-key", ARG_TEXT, &o->encrypt_key},
                               {"--verification-token", ARG_TEXT, &o->verification_token},
                               {"--resume", ARG_FLAG, &o->resume},
                               {"--application", ARG_TEXT, &o->application_id},
                               {"--account", ARG_TEXT, &o->account_id},
                               {"--package", ARG_TEXT, &o->package_id},
                               {"--name", ARG_TEXT, &o->candidate_name},
                               {"--ca", ARG_TEXT, &o->ca_file},
                               {"--json", ARG_FLAG, &w->json},
                               {NULL, ARG_FLAG, NULL}};
    if (args_take(w->command, args, &argc, argv) < 0)
        return -1;
    if (argc > 1) {
        fprintf(stderr, "hired %s: unexpected word \"%s\"; see hired robot --help\n", w->command, argv[1]);
        return -1;
    }
    return 0;
}

static int run_as(enum robot_kind kind, int argc, char **argv) {
    struct robot_run w = {.command = argv[0], .o = {.kind = kind, .proxy = true}};
    int r = take(&w, argc, argv) < 0 ? 2 : robot_run(&w);
    arena_free(&w.arena);
    return r;
}

static int vendor_main(int argc, char **argv) {
    return run_as(ROBOT_VENDOR, argc, argv);
}

static int customer_main(int argc, char **argv) {
    return run_as(ROBOT_CUSTOMER, argc, argv);
}

static int scenarios_main(int argc, char **argv) {
    struct str kind = argc == 2 ? str_of(argv[1]) : STR("");
    if (!str_eq(kind, STR("vendor")) && !str_eq(kind, STR("customer"))) {
        fprintf(stderr, "hired robot scenarios: vendor or customer is expected\n");
        return 2;
    }
    struct str text = scenarios_text(str_eq(kind, STR("vendor")) ? SCENARIOS_OF_VENDOR : SCENARIOS_OF_CUSTOMER);
    return fwrite(text.ptr, 1, text.len, stdout) == text.len ? 0 : 1;
}

int cli_robot(int argc, char **argv) {
    static const struct cli_verb verbs[] = {
        {"vendor", vendor_main}, {"customer", customer_main}, {"scenarios", scenarios_main}, {NULL, NULL}};
    return cli_verbs("robot", help, verbs, argc, argv);
}
