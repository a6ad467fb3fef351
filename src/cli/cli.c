/* SPDX-License-Identifier: Apache-2.0
 *
 * The command line of hired: dispatches to the subcommands.
 */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "cli/config/config.h"
#include "cli/end.h"
#include "cli/suggest.h"

struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *about;
};

static const struct command commands[] = {
    {"serve", cli_serve, "answer the API on a port"},
    {"demo", cli_demo, "create a demo tenant for trying things"},
    {"app", cli_app, "create and change the apps that may call"},
    {"user", cli_user, "create and change the accounts of the console"},
    {"tenant", cli_tenant, "create and change tenants and their approval switches"},
    {"vendor", cli_vendor, "create and show accounts at background check vendors"},
    {"order", cli_order, "show, arrange, approve, reject, terminate background checks"},
    {"event", cli_event, "show and resend events, and set which app receives which"},
    {"application", cli_application, "delete applications"},
    {"erase", cli_erase, "erase a person's data from every record and file"},
    {"import", cli_import, "store answers of the API that were saved with curl"},
    {"export", cli_export, "write a tenant's records as the API answers them"},
    {"backup", cli_backup, "copy a data directory while the server runs"},
    {"restore", cli_restore, "make a data directory from a copy"},
    {"migrate", cli_migrate, "move a database between a data directory and PostgreSQL"},
    {"seed", cli_seed, "make what a file describes, and describe what is there"},
    {"robot", cli_robot, "play a vendor or a customer for a test"},
    {"conformance", cli_conformance, "judge a vendor's program"},
    {"mirror", cli_mirror, "read a tenant of another server into one here"},
    {"drift", cli_drift, "compare recorded calls with the API"},
    {"check", cli_check, "find errors in a configuration or a data directory"},
    {"ready", cli_ready, "ask whether the server of a data directory is ready"},
    {"version", cli_version, "print the version of this binary and its libraries"},
};

#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

/* These share a line of the list with the next command, so that the list fits a screen. */
static bool is_with_next(const char *name) {
    return strcmp(name, "robot") == 0 || strcmp(name, "mirror") == 0;
}

static void print_help(FILE *out) {
    fprintf(out, "usage: hired COMMAND [OPTION...] [--data DIR | --store postgresql://USER@HOST/DATABASE]\n");
    for (size_t i = 0; i < N_COMMANDS; i++) {
        if (!is_with_next(commands[i].name)) {
            fprintf(out, "  %-11s %s\n", commands[i].name, commands[i].about);
            continue;
        }
        fprintf(out, "  %s, %s  %s; %s\n", commands[i].name, commands[i + 1].name, commands[i].about,
                commands[i + 1].about);
        i++;
    }
    fprintf(out,
            "hired help COMMAND explains a command, hired help config the options. Begin: hired demo --data data\n");
}

static int print_config(void) {
    struct buf text BUF_CLEANUP = BUF_EMPTY;

    config_write_ini(&text);
    return fwrite(text.ptr, 1, text.len, stdout) == text.len && fflush(stdout) == 0 ? 0 : 1;
}

static int run(const char *name, int argc, char **argv) {
    struct suggest s = {.typed = str_of(name)};

    for (size_t i = 0; i < N_COMMANDS; i++) {
        if (strcmp(commands[i].name, name) == 0)
            return commands[i].run(argc, argv);
        suggest_offer(&s, str_of(commands[i].name));
    }
    if (str_is_absent(s.best))
        fprintf(stderr, "hired: there is no command \"%s\"; hired --help lists them\n", name);
    else
        fprintf(stderr, "hired: there is no command \"%s\"; did you mean %.*s?\n", name, STR_FMT(s.best));
    return 2;
}

int cli_main(int argc, char **argv) {
    static char help_flag[] = "--help";
    int r;

    end_explain();
    if (argc < 2) {
        print_help(stderr);
        return 2;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        if (argc > 2 && strcmp(argv[2], "config") == 0)
            return print_config();
        if (argc > 2) {
            char *again[] = {argv[2], help_flag, NULL};
            return run(argv[2], 2, again);
        }
        print_help(stdout);
        return 0;
    }
    if (strcmp(argv[1], "--version") == 0)
        r = run("version", 1, (char *[]){argv[1], NULL});
    else
        r = run(argv[1], argc - 1, argv + 1);
    /* If output could not be written (a full disk, a closed pipe), the command has failed. */
    if (fflush(stdout) != 0 && r == 0) {
        perror("hired: cannot write the output");
        r = 1;
    }
    return r;
}
