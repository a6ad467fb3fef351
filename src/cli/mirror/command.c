/* SPDX-License-Identifier: Apache-2.0
 *
 * hired mirror: the command line, and the order of a run.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/netaddr.h"
#include "cli/cli.h"
#include "cli/mirror/mirror.h"
#include "cli/mirror/pace.h"

static const char help[] =
    "usage: hired mirror --from URL --app-id ID [--secret-file FILE] [--mask] [--tenant KEY]\n"
    "                    [--work DIR] [--data DIR | --store URL]\n\n"
    "Reads a tenant of another server of the platform by the operations of the API, within their limits,\n"
    "into a tenant here: orders with reports, applications, interviews, external records, people and the\n"
    "settings that they name. Only reads there. Waits for limits, repeats what fails; after an end of any\n"
    "kind the same command continues. A later run stores what is new or has changed. It says what the\n"
    "source did not give, and what the API cannot give (docs/MIRROR.md).\n\n"
    "  --from URL           the platform, for example https://open.feishu.cn\n"
    "  --app-id ID          a custom app of that tenant, with the scopes for reading\n"
    "  --secret-file FILE   its first line is the app's secret; otherwise HIRED_APP_SECRET\n"
    "  --mask               names, mobiles, mails, identity numbers, addresses, texts and files are\n"
    "                       replaced by inventions before anything is stored; no server may run\n"
    "  --work DIR           the state of the mirror (mirror): keep it for later runs\n"
    "  --tenant KEY         which tenant here; optional if there is none or one only\n"
    "  --data DIR           the data directory (data)\n\n"
    "example: hired mirror --from https://open.feishu.cn --app-id cli_a1b2c3d4e5f60718 --mask\n";

_Atomic bool mirror_stop;

static void on_signal(int number) {
    mirror_stop = true;
}

/* ---- messages ---- */

static void say(const char *format, va_list args) {
    fputs("hired mirror: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
}

void mirror_say(const struct mirror *m, const char *format, ...) {
    va_list args;
    va_start(args, format);
    say(format, args);
    va_end(args);
}

int mirror_fail(const struct mirror *m, const char *format, ...) {
    va_list args;
    va_start(args, format);
    say(format, args);
    va_end(args);
    return -EIO;
}

void mirror_miss(struct mirror *m, const char *format, ...) {
    struct arena scratch ARENA_CLEANUP = ARENA_EMPTY;
    va_list args;
    va_start(args, format);
    struct str line = arena_vprintf(&scratch, format, args);
    va_end(args);
    int r = work_note(m, line);
    if (r < 0) /* told now, because a later process cannot */
        mirror_say(m, "NOT MIRRORED: %.*s", STR_FMT(line));
}

static void tell_missing(struct mirror *m) {
    struct str rest = buf_str(&m->missing);
    while (rest.len > 0) {
        struct str line = str_cut(&rest, '\n');
        mirror_say(m, "NOT MIRRORED: %.*s", STR_FMT(line));
        if (str_is_absent(rest))
            break;
    }
}

/* ---- the secret ---- */

static int read_secret(struct mirror *m, const char *file) {
    char line[512];
    m->secret = getenv("HIRED_APP_SECRET");
    if (file) {
        FILE *f = fopen(file, "re");
        bool read = f && fgets(line, sizeof line, f);
        if (f)
            fclose(f);
        if (!read)
            return mirror_fail(m, "cannot read the secret in %s: %s", file, errno ? strerror(errno) : "it is empty");
        line[strcspn(line, "\r\n")] = '\0';
        m->secret = arena_dup(&m->arena, str_of(line)).ptr;
        explicit_bzero(line, sizeof line);
    }
    if (m->secret && *m->secret)
        return 0;
    return mirror_fail(
        m, "the app's secret is needed: in the environment variable HIRED_APP_SECRET, or with --secret-file");
}

/* ---- the import ---- */

/* Which links to reports the import keeps for fetching. A source in the own network has links into it; what else is
 * private is refused when it is fetched. */
static const char *links_of(const struct mirror *m) {
    static const char *const names[] = {"none", "loopback", "private"};
    struct str rest = str_of(m->from);
    size_t at = str_find(rest, ':');
    rest = at == SIZE_MAX ? rest : str_skip(rest, at + 3);
    size_t n = 0;
    while (n < rest.len && !strchr(rest.ptr[0] == '[' ? "/" : "/:", rest.ptr[n]))
        n++;
    bool public = netaddr_host_may_be_public((struct str){rest.ptr, n});
    return public ? names[m->cli->config.fetch_allow] : "private";
}

static bool has_lines(const char *path) {
    FILE *f = fopen(path, "re");
    bool any = f && fgetc(f) != EOF;
    if (f)
        fclose(f);
    return any;
}

/* hired import does it, as if it were called with the answers' files. steps is ended by NULL. */
static int import(struct mirror *m, const char *const *steps) {
    const struct config *c = &m->cli->config;
    const char *argv[64] = {"import"};
    int n = 1;
    for (; *steps; steps++) {
        const char *path = step_path(m, *steps);
        if (has_lines(path))
            argv[n++] = path;
    }
    if (n == 1) {
        mirror_say(m, "there is nothing to store");
        return 1;
    }
    argv[n++] = "--app";
    argv[n++] = m->app_id;
    if (m->tenant) {
        argv[n++] = "--tenant";
        argv[n++] = m->tenant;
    }
    if (c->file) {
        argv[n++] = "--config";
        argv[n++] = c->file;
    }
    argv[n++] = "--fetch-allow";
    argv[n++] = links_of(m);
    argv[n++] = "--data";
    argv[n++] = c->data;
    if (c->store_url) {
        argv[n++] = "--store";
        argv[n++] = c->store_url;
    }
    fflush(stderr);
    int r = cli_import(n, (char **)(uintptr_t)argv);
    json_set_alloc_funcs(malloc, free); /* the import had its own (json_heap.h), and all its values are gone */
    fflush(stdout);
    return r;
}

static int import_all(struct mirror *m) {
    static const char *const made[] = {MADE_TALENTS, NULL};
    int r = import(m, mirror_imported);
    if (r != 0)
        return r;
    int64_t talents = make_talents(m);
    if (talents > 0)
        mirror_say(m, "makes %lld talents that applications name", (long long)talents);
    return talents < 0 ? 1 : talents > 0 ? import(m, made) : 0;
}

/* ---- the run ---- */

/* Whether a server owns the data directory: 1, 0 or a negative errno after an error message. */
static int is_served(struct mirror *m) {
    struct cli probe CLI_CLEANUP;
    char data[] = "--data";
    char *argv[] = {"mirror", data, m->cli->config.data, NULL};
    int argc = 3;
    const struct arg none[] = {{0}};
    if (cli_begin(&probe, "mirror", none, &argc, argv) < 0 || cli_open(&probe, CLI_WRITE) < 0)
        return -EIO;
    return probe.remote;
}

/* A server that runs would try to fetch the invented links of a masked mirror before its files are stored. */
static int check_server(struct mirror *m) {
    struct buf path BUF_CLEANUP = BUF_EMPTY;
    buf_printf(&path, "%s/hired.db", m->cli->config.data);
    buf_add_char(&path, '\0');
    if (!m->mask || m->cli->config.store_url || access(path.ptr, F_OK) < 0)
        return 0;
    int r = is_served(m);
    return r == 1 ? mirror_fail(m, "--mask needs the data directory for itself: stop the server that runs on %s",
                                m->cli->config.data)
                  : r;
}

static int make_client(struct mirror *m) {
    const char *why;
    const struct client_options o = {.base_url = m->from,
                                     .credentials = CLIENT_APP,
                                     .id = m->app_id,
                                     .secret = m->secret,
                                     .proxy = true,
                                     .total_ms = 120000,
                                     .body_max = (size_t)32 << 20,
                                     .limit_waits = 1000,
                                     .limit_wait_ms = 3600000,
                                     .stop = &mirror_stop};
    int r = client_new(&m->client, &o, &why);
    return r == -EINVAL ? mirror_fail(m, "--from \"%s\": %s", m->from, why) : r;
}

/* Returns the exit status. */
static int run(struct mirror *m) {
    if (make_client(m) < 0 || work_open(m) < 0 || check_server(m) < 0)
        return 1;
    mirror_say(m, "reads %s as the app %s%s", m->from, m->app_id, m->mask ? "; all personal values are replaced" : "");
    int r = read_source(m);
    if (r == -ECANCELED || mirror_stop) {
        mirror_say(m, "stopped. The same command continues where it was");
        return 1;
    }
    if (r < 0)
        return 1;
    mirror_say(m, "%lld calls, %lld of them again after a fault", (long long)m->calls, (long long)m->retries);
    r = import_all(m);
    if (r != 0) {
        work_missing(m);
        tell_missing(m);
    }
    if (r != 0)
        return mirror_say(m, "the answers are kept in %s/run: the same command goes on with them", m->work), 1;
    r = store_files(m);
    cli_shut(m->cli);
    work_missing(m);
    if (r < 0 || work_finish(m) < 0)
        return 1;
    tell_missing(m);
    mirror_say(m,
               "NOT IN A MIRROR, because the API has no operation that reads it: accounts at vendors with their "
               "packages and forms, the states of approval, cancelled interviews and answers to forms, the history of "
               "records, deleted records, people whom no record names, apps, roles, and events.");
    return 0;
}

static void mind_signals(void) {
    struct sigaction act = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND}; /* a second one kills */
    sigaction(SIGINT, &act, NULL);
    sigaction(SIGTERM, &act, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static int mirror_main(int argc, char **argv) {
    const char *secret_file = NULL;
    struct mirror m = {.work = "mirror", .dir = -1, .run = -1, .lock = -1};
    const struct arg args[] = {{"--from", ARG_TEXT, &m.from},
                               {"--app-id", ARG_TEXT, &m.app_id},
                               {"--mask", ARG_FLAG, &m.mask},
                               {"--secret-file", ARG_TEXT, &secret_file},
                               {"--work", ARG_TEXT, &m.work},
                               {"--tenant", ARG_TEXT, &m.tenant},
                               {0}};
    struct cli c CLI_CLEANUP;
    if (cli_begin(&c, "mirror", args, &argc, argv) < 0 || cli_no_word(&c, argc, argv) < 0)
        return 2;
    if (!m.from || !m.app_id) {
        cli_fail(&c, "needs --from URL and --app-id ID; see hired mirror --help");
        return 2;
    }
    if (!app_id_valid(str_of(m.app_id))) {
        cli_fail(&c, "--app-id takes the id of an app (cli_ and 16 hex digits), not \"%s\"", m.app_id);
        return 2;
    }
    m.cli = &c;
    m.paces = calloc(api_n_ops, sizeof *m.paces);
    int r = !m.paces || read_secret(&m, secret_file) < 0 ? 2 : 0;
    mind_signals();
    if (r == 0)
        r = run(&m);
    for (size_t i = 0; m.paces && i < api_n_ops; i++)
        pace_free(&m.paces[i]);
    free(m.paces);
    client_clear(&m.client);
    work_close(&m);
    buf_free(&m.missing);
    arena_free(&m.arena);
    return r;
}

int cli_mirror(int argc, char **argv) {
    if (!args_help(argc, argv))
        return mirror_main(argc, argv);
    fputs(help, stdout);
    return 0;
}
