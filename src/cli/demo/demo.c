/* SPDX-License-Identifier: Apache-2.0
 *
 * hired demo: makes a small company's records from files in the binary. This file decides by what is in the directory
 * already; make.c makes the records.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/demo/internal.h"
#include "cli/demo/place.h"

#define OWNER_WAIT_MS 30000
#define CLONES_MAX 10000000
#define DAYS 30
#define DAYS_MAX 365

static const char help[] =
    "usage: hired demo [--data DIR] [--listen HOST:PORT] [--days N] [--orders N] [--interviews N]\n\n"
    "Creates a demo tenant: a small company with applications, background check orders in every state,\n"
    "interviews with every summary, and two apps: its own with every scope, and one of a background\n"
    "check vendor. Writes address and credentials to DIR/demo.json (mode 0600); hired serve prints them\n"
    "with a call to paste. Does nothing if the demo exists. A demo that was interrupted is created\n"
    "again, and if DIR/demo.json is missing, new credentials are created.\n\n"
    "  --data DIR          the data directory to create (data)\n"
    "  --listen HOST:PORT  where hired serve will listen (127.0.0.1:8080)\n"
    "  --days N            adds checks of the last N days, with packages, forms and events (30). With 0,\n"
    "                      --orders or --interviews only the fixed records of the past are there\n"
    "  --orders N          at least N orders, for load tests: of the last three years, two of three with\n"
    "                      an application and a talent of their own, 4 % of them in progress\n"
    "  --interviews N      at least N interviews, of the same applications\n"
    "  --unless-used       does nothing, with status 0, if the directory has other tenants\n\n"
    "example: hired demo --data data && hired serve --data data\n";

/* ---- the command ---- */

enum found {
    FOUND_NOTHING, /* no database, or one without tenants */
    FOUND_DEMO,
    FOUND_NO_CREDENTIALS, /* a demo without demo.json */
    FOUND_OTHERS,         /* another tenant */
};

static int find_tenants(struct cli *c, enum found *ret) {
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_TENANT_ALL);
    int r;

    *ret = FOUND_NOTHING;
    while ((r = db_row(&q)) == 1) {
        if (!str_eq(db_text(&q, COL_TENANT_TENANT_KEY), STR(DEMO_TENANT_KEY))) {
            *ret = FOUND_OTHERS;
            return 0;
        }
        *ret = access(demo_path(c).ptr, F_OK) == 0 ? FOUND_DEMO : FOUND_NO_CREDENTIALS;
    }
    return r;
}

/* Finds out what is in the directory without changing it, because a server may run there. Returns 0, or -1 after an
 * error message. */
static int look_around(struct cli *c, enum found *ret) {
    struct str file = arena_printf(&c->arena, "%s/hired.db", c->config.data);
    struct stat st;
    int r;

    *ret = FOUND_NOTHING;
    if (stat(file.ptr, &st) < 0 || st.st_size == 0)
        return 0;
    if (cli_open(c, CLI_READ) < 0)
        return -1;
    r = find_tenants(c, ret);
    if (r < 0)
        cli_fail_errno(c, r, "list the tenants", NULL);
    cli_shut(c);
    return r < 0 ? -1 : 0;
}

/* demo.json has the secrets; hired serve prints them with an example request. */
static void print_outcome(const struct demo *d) {
    printf("The demo tenant is in %s; its credentials are in %.*s.\n"
           "hired serve --data %s serves it and prints a call to paste.\n",
           d->cli->config.data, STR_FMT(demo_path(d->cli)), d->cli->config.data);
}

/* Makes the demo in a temporary place and moves it into the directory. */
static int make_demo(struct demo *d) {
    struct cli *c = d->cli;
    char *dir = c->config.data, *place;
    struct str why;
    int r;

    if (demo_rest_in(dir) == DEMO_PARTIAL)
        printf("A demo in %s was begun and not finished: it is removed and made anew.\n", dir);
    fflush(stdout);
    if (demo_place_make(dir, &c->arena, &place, &why) < 0)
        return cli_fail(c, "%.*s", STR_FMT(why));
    c->config.data = place;
    r = demo_make(d);
    c->config.data = dir;
    if (r == 0 && demo_place_settle(dir, &c->arena, &why) < 0)
        r = cli_fail(c, "%.*s", STR_FMT(why));
    if (r == 0)
        print_outcome(d);
    return r;
}

/* The database holds no secrets in plain text: if demo.json was lost, new ones are made. */
static int renew(struct demo *d) {
    struct cli *c = d->cli;
    struct account account;
    struct owner_note holder;
    int r;

    if (cli_open(c, CLI_WRITE) < 0)
        return 1;
    r = account_by_login(c->db, account_role_name(ROLE_ADMIN), &c->arena, &account);
    if (r < 0)
        return cli_fail_errno(c, r, "look for the demo's accounts", NULL);
    if (r == 0)
        return cli_fail(c,
                        "the demo in %s is not whole: an older hired was cut short while it made it. Remove the "
                        "directory, or choose another one with --data",
                        c->config.data);
    d->base_url = owner_look(c->config.data, &c->arena, &holder) == 1 && holder.address.len > 0 ? holder.address
                                                                                                : demo_base_url(c);
    if (demo_renew(d) != 0)
        return 1;
    printf("The demo's records are in %s as they were; demo.json was gone. Its apps have new secrets and its accounts "
           "new passwords: they are in %s.\n",
           c->config.data, demo_path(c).ptr);
    return 0;
}

/* Holds the directory, so that no other process writes there. Returns 0, or 1 after an error message. */
static int own(struct demo *d, struct owner **ret) {
    struct cli *c = d->cli;
    struct str why;
    int r = owner_take(ret, c->config.data, c->command, OWNER_WAIT_MS, &c->arena, NULL, &why);

    if (r == -EBUSY)
        return cli_fail(c, "%.*s Stop it first: a demo is made where nobody works.", STR_FMT(why));
    return r < 0 ? cli_fail(c, "%.*s", STR_FMT(why)) : 0;
}

static int finish_rest(struct demo *d) {
    struct cli *c = d->cli;
    struct owner *owner = NULL;
    struct str why;
    int r = own(d, &owner);

    if (r == 0 && demo_place_finish(c->config.data, &c->arena, &why) < 0)
        r = cli_fail(c, "%.*s", STR_FMT(why));
    owner_release(owner);
    return r;
}

static int make_owned(struct demo *d) {
    struct owner *owner = NULL;
    int r = own(d, &owner);

    if (r == 0)
        r = make_demo(d);
    owner_release(owner);
    return r;
}

static int demo_run(struct demo *d, bool unless_used) {
    struct cli *c = d->cli;
    enum found found;

    if (demo_rest_in(c->config.data) == DEMO_WHOLE && finish_rest(d) != 0)
        return 1;
    if (look_around(c, &found) < 0)
        return 1;
    switch (found) {
    case FOUND_NOTHING:
        return make_owned(d);
    case FOUND_NO_CREDENTIALS:
        return renew(d);
    case FOUND_DEMO:
        printf("The demo tenant is in %s already; its address and credentials are in %s.\n", c->config.data,
               demo_path(c).ptr);
        return 0;
    case FOUND_OTHERS:
        break;
    }
    if (unless_used)
        return 0;
    return cli_fail(c,
                    "%s holds other tenants' records (hired tenant list shows whose); a demo is made in a directory "
                    "of its own: choose one with --data",
                    c->config.data);
}

static int demo_main(int argc, char **argv) {
    struct demo d = {.days = DAYS, .progress = isatty(STDERR_FILENO)};
    bool unless_used = false;
    const struct arg args[] = {{"--days", ARG_COUNT, &d.days},
                               {"--orders", ARG_COUNT, &d.orders},
                               {"--interviews", ARG_COUNT, &d.interviews},
                               {"--unless-used", ARG_FLAG, &unless_used},
                               {NULL, ARG_FLAG, NULL}};
    struct cli c CLI_CLEANUP;

    if (cli_begin(&c, argv[0], args, &argc, argv) < 0)
        return 2;
    if (argc > 1 || d.orders > CLONES_MAX || d.interviews > CLONES_MAX || d.days > DAYS_MAX) {
        cli_fail(&c, "takes no word, and at most %d orders and interviews and %d days; see hired demo --help",
                 CLONES_MAX, DAYS_MAX);
        return 2;
    }
    if (cli_needs_directory(&c, "make the demo in a directory (HIRED_STORE= hired demo --data DIR) and move it: hired "
                                "migrate --from DIR --to URL") != 0)
        return 1;
    d.cli = &c;
    return demo_run(&d, unless_used);
}

int cli_demo(int argc, char **argv) {
    if (!args_help(argc, argv))
        return demo_main(argc, argv);
    fputs(help, stdout);
    return 0;
}
