/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs a robot as a process of its own: reads what it needs, prints what it does, and ends by a signal.
 */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/json.h"
#include "cli/robot/robot.h"

#define READY_MS 30000
#define LOOK_MS 100
#define PACE_MAX 1e6

static int fail(const struct robot_run *w, const char *what, const char *why) {
    fprintf(stderr, "hired %s: %s: %s\n", w->command, what, why);
    return -EINVAL;
}

/* ---- what it needs ---- */

static int read_file(const char *name, size_t max, struct buf *out) {
    bool input = strcmp(name, "-") == 0;
    int fd = input ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC), r = fd < 0 ? -errno : 0;
    ssize_t n = 1;
    while (r == 0 && n > 0) {
        buf_reserve(out, 65536);
        n = read(fd, out->ptr + out->len, 65536);
        if (n < 0 && errno != EINTR)
            r = -errno;
        out->len += n > 0 ? (size_t)n : 0;
        n = n < 0 ? 1 : n;
        if (out->len > max)
            r = -EFBIG;
    }
    if (fd >= 0 && !input)
        close(fd);
    return r;
}

/* The first line of a file, or what the environment has. */
static int read_secret(struct robot_run *w, const char *file, const char *variable, const char *what,
                       const char **ret) {
    struct buf text BUF_CLEANUP = BUF_EMPTY;
    int r = file ? read_file(file, 65536, &text) : 0;
    if (r < 0)
        return fail(w, file, r == -EFBIG ? "it has more than one line of a secret" : strerror(-r));
    struct str rest = buf_str(&text), line = str_cut(&rest, '\n');
    if (line.len > 0 && line.ptr[line.len - 1] == '\r')
        line.len--;
    *ret = file ? arena_dup(&w->arena, line).ptr : getenv(variable);
    if (!*ret || !**ret) {
        fprintf(stderr, "hired %s: %s is needed: in the environment variable %s, or in a file\n", w->command, what,
                variable);
        return -EINVAL;
    }
    return 0;
}

static int read_scenarios(struct robot_run *w) {
    enum scenario_kind kind = w->o.kind == ROBOT_VENDOR ? SCENARIOS_OF_VENDOR : SCENARIOS_OF_CUSTOMER;
    struct scenario_findings f = {.n = 0};
    struct buf text BUF_CLEANUP = BUF_EMPTY;
    if (!w->scenario_file) {
        scenarios_built_in(&w->scenarios, kind, &w->arena);
        return 0;
    }
    int r = read_file(w->scenario_file, SCENARIO_FILE_MAX, &text);
    if (r < 0)
        return fail(w, w->scenario_file, r == -EFBIG ? "it has more than 1 MiB" : strerror(-r));
    r = scenarios_read(&w->scenarios, kind, str_without_mark(arena_dup(&w->arena, buf_str(&text))), &w->arena, &f);
    for (size_t i = 0; i < f.n && i < SCENARIO_FINDINGS_MAX; i++) {
        fprintf(stderr, "%s:", w->scenario_file);
        if (f.v[i].line > 0)
            fprintf(stderr, "%u:%u:", f.v[i].line, f.v[i].column);
        fprintf(stderr, " %.*s%s%.*s\n", STR_FMT(f.v[i].path), f.v[i].path.len > 0 ? ": " : "", STR_FMT(f.v[i].reason));
    }
    if (f.n > SCENARIO_FINDINGS_MAX)
        fprintf(stderr, "... and %zu more\n", f.n - SCENARIO_FINDINGS_MAX);
    return r;
}

static int check_scenario(const struct robot_run *w) {
    if (!w->o.scenario || scenario_find(&w->scenarios, str_of(w->o.scenario)))
        return 0;
    struct buf why BUF_CLEANUP = BUF_EMPTY;
    scenario_unknown(&w->scenarios, str_of(w->o.scenario), &why);
    fprintf(stderr, "hired %s: %.*s\n", w->command, STR_FMT(buf_str(&why)));
    return -EINVAL;
}

/* "127.0.0.1:9000", "[::1]:9000", ":9000". */
static int read_listen(struct robot_run *w) {
    const char *colon = w->listen ? strrchr(w->listen, ':') : NULL;
    int64_t port = 0;
    if (!w->listen)
        return 0;
    if (!colon || str_to_i64(str_of(colon + 1), &port) < 0 || port < 0 || port > 65535)
        return fail(w, "--listen", "HOST:PORT is expected, such as 127.0.0.1:9000");
    struct str host = {w->listen, (size_t)(colon - w->listen)};
    if (host.len >= 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']')
        host = (struct str){host.ptr + 1, host.len - 2};
    w->o.listen_host = host.len > 0 ? arena_dup(&w->arena, host).ptr : "127.0.0.1";
    w->o.listen_port = (unsigned)port;
    return 0;
}

static int read_pace(struct robot_run *w, double *ret) {
    char *end = NULL;
    *ret = w->pace ? strtod(w->pace, &end) : 0;
    if (w->pace && (end == w->pace || *end != '\0' || !(*ret > 0 && *ret <= PACE_MAX)))
        return fail(w, "--pace", "a number above 0 and at most 1000000 is expected");
    return 0;
}

/* ---- what it does ---- */

static void print(const struct robot_run *w, const char *text) {
    struct buf line BUF_CLEANUP = BUF_EMPTY;
    if (w->json) {
        json_begin(&line, '{');
        json_member_str(&line, STR("text"), str_of(text));
        json_end(&line, '}');
    } else {
        buf_add_str(&line, str_of(text));
    }
    buf_add_char(&line, '\n');
    (void)!fwrite(line.ptr, 1, line.len, stdout); /* cli_main reports a full disk */
    fflush(stdout);
}

static void on_tell(void *ctx, const char *text) {
    print(ctx, text);
}

static void announce(const struct robot_run *w, struct robot *r, const struct robot_time *t) {
    char text[400];
    if (w->o.kind == ROBOT_VENDOR && w->o.listen_host)
        snprintf(text, sizeof text, "listens on http://%s:%u/ for the events of %s, acts by %s", w->o.listen_host,
                 robot_port(r), w->o.app_id, robot_time_name(t));
    else if (w->o.kind == ROBOT_VENDOR)
        snprintf(text, sizeof text, "has a long connection for the events of %s, acts by %s", w->o.app_id,
                 robot_time_name(t));
    else
        snprintf(text, sizeof text, "acts by %s", robot_time_name(t));
    print(w, text);
}

/* Until a signal comes, or a customer's scenario is over. */
static int wait_for_end(const sigset_t *signals, struct robot *r) {
    const struct timespec look = {0, LOOK_MS * 1000000};
    struct robot_state s;
    int got;
    do {
        got = sigtimedwait(signals, NULL, &look);
        robot_look(r, &s);
    } while (got < 0 && !(s.kind == ROBOT_CUSTOMER && s.ended));
    if (s.kind == ROBOT_VENDOR)
        return 0;
    return s.ended && !s.failed ? 0 : 1;
}

static int run(struct robot_run *w, const struct robot_time *t) {
    struct buf why BUF_CLEANUP = BUF_EMPTY;
    struct robot *robot = NULL;
    sigset_t signals;
    int status = 1;

    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGHUP);
    sigaddset(&signals, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &signals, NULL); /* before the threads, which inherit it */
    sigdelset(&signals, SIGPIPE);
    w->o.tell = on_tell;
    w->o.ctx = w;
    int r = robot_new(&robot, &w->o, &why);
    if (r == 0)
        r = robot_await(robot, READY_MS, &why);
    if (r == 0) {
        announce(w, robot, t);
        status = wait_for_end(&signals, robot);
    } else {
        fprintf(stderr, "hired %s: %s\n", w->command, why.len > 0 ? why.ptr : strerror(-r));
    }
    robot_free(robot);
    return status;
}

int robot_run(struct robot_run *w) {
    double pace = 0;
    if (!w->o.base_url || !w->o.app_id || (w->o.kind == ROBOT_CUSTOMER && !w->o.user)) {
        fprintf(stderr, "hired %s: --server and --app%s are needed; see hired robot --help\n", w->command,
                w->o.kind == ROBOT_CUSTOMER ? " and --user" : "");
        return 2;
    }
    if (read_secret(w, w->secret_file, "HIRED_APP_SECRET", "the app's secret", &w->o.app_secret) < 0 ||
        (w->o.kind == ROBOT_CUSTOMER &&
         read_secret(w, w->password_file, "HIRED_PASSWORD", "the account's password", &w->o.password) < 0) ||
        read_listen(w) < 0 || read_pace(w, &pace) < 0 || read_scenarios(w) < 0 || check_scenario(w) < 0)
        return 2;
    struct robot_time *t = robot_time_new(w->command, w->o.base_url, w->o.ca_file, pace);
    if (!t)
        return 2;
    w->o.scenarios = &w->scenarios;
    w->o.clock = robot_time_clock(t);
    w->o.look_every_ms = (int64_t)(1000 * (pace > 1 ? pace : 1));
    int status = run(w, t);
    robot_time_free(t);
    return status;
}
