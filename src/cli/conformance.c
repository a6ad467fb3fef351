/* SPDX-License-Identifier: Apache-2.0
 *
 * hired conformance: judges a vendor's program by what it does for a demanding customer.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/args.h"
#include "cli/cli.h"
#include "cli/suggest.h"
#include "conformance/report.h"
#include "conformance/run.h"

#define TIMEOUT_S 30

static const char help[] =
    "usage: hired conformance --app APP_ID [--server URL] [--report FILE] [--junit FILE] [--only RULE]\n"
    "       hired conformance --rules\n\n"
    "Judges a vendor's program, which is connected to a server in its test mode, by request URL or long\n"
    "connection. Plays a demanding customer: binds an account, arranges checks, delivers events twice,\n"
    "late and forged, ends tokens, loses answers. The program must work without people: it takes a\n"
    "check and gives its result by itself (docs/TESTING.md).\n\n"
    "  --app APP_ID     the vendor's app\n"
    "  --server URL     the server (http://127.0.0.1:8080)\n"
    "  --test-token T   the server's [server] test_token; also from HIRED_TEST_TOKEN\n"
    "  --tenant KEY     the customer (the tenant that has the app); needed for a store app\n"
    "  --timeout S      how long the program may take for each step, in seconds (30)\n"
    "  --only RULE      only what this rule is judged by; any number of times\n"
    "  --report FILE    writes the report as HTML\n"
    "  --junit FILE     writes it as JUnit XML\n"
    "  --rules          lists the rules\n\n"
    "Exit status: 0 no rule failed, 1 a rule failed, 2 the run could not be made or judged nothing.\n"
    "example: hired conformance --app cli_0123456789abcdef --report conformance.html\n";

static _Atomic bool stop;

static void on_signal(int number) {
    (void)number;
    atomic_store(&stop, true);
}

struct options {
    struct run_options run;
    const char *report, *junit;
};

static int say(const char *format, ...) __attribute__((format(printf, 1, 2)));
static int say(const char *format, ...) {
    va_list args;
    fputs("hired conformance: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    return 2;
}

static int list_rules(void) {
    for (size_t i = 0; i < n_rules; i++)
        printf("%-17s  %s\n                   %s\n", rules[i].name, rules[i].says, rules[i].doc);
    return 0;
}

/* The plays that the named rules need. Returns 0 or 2. */
static int plays_of(const struct buf *only, unsigned *ret) {
    struct arena scratch ARENA_CLEANUP = ARENA_EMPTY;
    size_t n;
    struct str *names = args_each(only, &scratch, &n);
    *ret = n == 0 ? PLAY_ALL : 0;
    for (size_t i = 0; i < n; i++) {
        const struct rule *rule = rule_find(names[i]);
        struct suggest s = {.typed = names[i]};
        for (size_t k = 0; !rule && k < n_rules; k++)
            suggest_offer(&s, str_of(rules[k].name));
        if (!rule && !str_is_absent(s.best))
            return say("there is no rule \"%.*s\"; did you mean %.*s?", STR_FMT(names[i]), STR_FMT(s.best));
        if (!rule)
            return say("there is no rule \"%.*s\"; hired conformance --rules lists them", STR_FMT(names[i]));
        *ret |= rule->plays;
    }
    return 0;
}

static int write_file(const char *file, const struct buf *text) {
    FILE *f = fopen(file, "we");
    bool ok = f && fwrite(text->ptr, 1, text->len, f) == text->len;
    if (f && fclose(f) != 0)
        ok = false;
    return ok ? 0 : say("cannot write %s: %s", file, strerror(errno));
}

static int write_reports(const struct options *o, const struct report *report) {
    struct buf text BUF_CLEANUP = BUF_EMPTY, junit BUF_CLEANUP = BUF_EMPTY, html BUF_CLEANUP = BUF_EMPTY;
    int r = 0;
    report_write_text(report, &text);
    fwrite(text.ptr, 1, text.len, stdout);
    report_write_junit(report, &junit);
    report_write_html(report, &html);
    if (o->junit)
        r = write_file(o->junit, &junit);
    if (o->report && write_file(o->report, &html) != 0)
        r = 2;
    if (r != 0)
        return r;
    return report->failed > 0 ? 1 : report->passed > 0 ? 0 : 2;
}

static int run(const struct options *o) {
    struct arena arena ARENA_CLEANUP = ARENA_EMPTY;
    struct story *story;
    char why[1000];
    sigaction(SIGINT, &(struct sigaction){.sa_handler = on_signal}, NULL);
    sigaction(SIGTERM, &(struct sigaction){.sa_handler = on_signal}, NULL);
    int r = run_plays(&o->run, &story, why, sizeof why);
    if (r < 0)
        return say("%s", r == -ECANCELED ? "stopped; what it had changed on the server is undone" : why);
    r = write_reports(o, report_make(story, o->run.server, &arena));
    story_free(story);
    return r;
}

static int conformance_main(int argc, char **argv) {
    bool rules_only = false;
    const char *server = "http://127.0.0.1:8080", *token = getenv("HIRED_TEST_TOKEN"), *app = NULL, *tenant = NULL;
    int64_t timeout = TIMEOUT_S;
    struct buf only BUF_CLEANUP = BUF_EMPTY;
    struct options o = {.report = NULL};
    const struct arg args[] = {{"--app", ARG_TEXT, &app},          {"--server", ARG_TEXT, &server},
                               {"--test-token", ARG_TEXT, &token}, {"--tenant", ARG_TEXT, &tenant},
                               {"--timeout", ARG_COUNT, &timeout}, {"--only", ARG_EACH, &only},
                               {"--report", ARG_TEXT, &o.report},  {"--junit", ARG_TEXT, &o.junit},
                               {"--rules", ARG_FLAG, &rules_only}, {NULL, ARG_FLAG, NULL}};
    if (args_take(argv[0], args, &argc, argv) < 0)
        return 2;
    if (argc > 1)
        return say("\"%s\" is not expected; hired conformance --help", argv[1]);
    if (rules_only)
        return list_rules();
    if (!app)
        return say("--app is missing: the app_id of the vendor's program");
    if (timeout < 1 || timeout > 3600)
        return say("--timeout is 1 to 3600 seconds");
    o.run = (struct run_options){.server = server,
                                 .test_token = token && token[0] ? token : NULL,
                                 .app_id = app,
                                 .tenant_key = tenant,
                                 .timeout_s = (unsigned)timeout,
                                 .progress = stderr,
                                 .stop = &stop};
    return plays_of(&only, &o.run.plays) != 0 ? 2 : run(&o);
}

int cli_conformance(int argc, char **argv) {
    if (!args_help(argc, argv))
        return conformance_main(argc, argv);
    fputs(help, stdout);
    return 0;
}
