/* SPDX-License-Identifier: Apache-2.0
 *
 * hired ready: whether the server of a data directory is ready, for health checks where there is no curl.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/open.h"
#include "client/client.h"

#define TIME_MS 3000

static const char help[] =
    "usage: hired ready [--data DIR] [--json]\n\n"
    "Asks the server that owns the data directory whether it is ready (GET /readyz), at the address\n"
    "that it listens on. Waits at most 3 seconds for the answer. Use it as the health check of a\n"
    "container; it needs no shell.\n\n"
    "  --data DIR    the data directory of the server\n"
    "  --json        print what the server answers\n\n"
    "The exit status is 0 if the server is ready, and 1 with the reason if it is not.\n\n"
    "example: hired ready --data /var/lib/hired\n";

static int ask(struct cli *c, const struct owner_note *server, bool json) {
    const struct client_options o = {.base_url = arena_dup(&c->arena, server->address).ptr,
                                     .connect_ms = TIME_MS,
                                     .total_ms = TIME_MS,
                                     .fails_at_limit = true};
    struct client_answer a CLIENT_ANSWER_CLEANUP = CLIENT_ANSWER_EMPTY;
    struct client *client CLIENT_CLEANUP = NULL;
    const char *why;
    int r = client_new(&client, &o, &why);
    if (r < 0)
        return cli_fail(c, "cannot ask %s: %s", o.base_url, r == -EINVAL ? why : strerror(-r));
    r = client_call(client, "GET", "/readyz", NULL, NULL, &a); /* the answer is not in the platform's envelope */
    if (a.status == 0)
        return cli_fail(c, "the server does not answer: %s", client_why(client));
    if (json)
        printf("%.*s\n", STR_FMT(str_trim(buf_str(&a.raw))));
    if (a.status == 200)
        return 0;
    return cli_fail(c, "the server at %s is not ready (HTTP status %u): %.*s", o.base_url, a.status,
                    STR_FMT(str_trim(buf_str(&a.raw))));
}

static int ready_main(int argc, char **argv) {
    bool json = false;
    const struct arg args[] = {{"--json", ARG_FLAG, &json}, {NULL, ARG_FLAG, NULL}};
    struct cli c CLI_CLEANUP;
    struct owner_note owner;

    if (cli_begin(&c, argv[0], args, &argc, argv) < 0 || cli_no_word(&c, argc, argv) < 0)
        return 2;
    int r = owner_look(c.config.data, &c.arena, &owner);
    if (r < 0)
        return cli_fail_errno(&c, r, "look at the data directory", NULL);
    if (r == 0 || owner.state == OWNER_COMMAND || str_is_empty(owner.address))
        return cli_fail(&c, "no server answers for the data directory %s", c.config.data);
    return ask(&c, &owner, json);
}

int cli_ready(int argc, char **argv) {
    if (!args_help(argc, argv))
        return ready_main(argc, argv);
    fputs(help, stdout);
    return 0;
}
