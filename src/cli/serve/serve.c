/* SPDX-License-Identifier: Apache-2.0
 *
 * hired serve: opens the database, starts the event loops, waits for signals, and shuts down in order.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"
#include "base/log.h"
#include "cli/address.h"
#include "cli/cli.h"
#include "cli/demo/info.h"
#include "cli/end.h"
#include "cli/serve/clock_check.h"
#include "cli/serve/serving.h"
#include "gateway/users.h"
#include "store/files/directory.h"
#include "testing/robots.h"

/* Threads of libuv's pool, which read files that are sent and do outgoing requests (gateway/serve.c), unless the
 * operator sets UV_THREADPOOL_SIZE. */
#define UV_THREADS "16"

#define READERS_MAX 256 /* the most of HIRED_TEST_READERS */

/* Downloads from a database at once, each with a piece of memory (download.c): of all, and of one network or caller. */
#define DOWNLOADS 256
#define DOWNLOADS_OF_CALLER 64

static void print_help(void) {
    printf("usage: hired serve [OPTION...]\n\nAnswers the API until it gets SIGTERM or SIGINT; SIGHUP rereads the "
           "configuration.\n\n");
    config_print_help();
    printf("\nexample: hired serve --data data --listen 127.0.0.1:8080\n"
           "         hired serve --upstream https://open.feishu.cn --record DIR   pass calls on and keep them\n");
}

static unsigned loops_of(const struct config *c) {
    if (c->threads > 0)
        return c->threads;
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores > 0 ? (unsigned)cores : 1;
}

/* How many threads read the database for the loops; 0: the loops read it themselves, because reads of a file do not
 * wait. Only this function decides it. HIRED_TEST_READERS lets the tests run the other way on any database
 * (docs/HACKING.md). */
static unsigned readers_of(const struct config *c, const struct db_options *o) {
    const char *text = getenv("HIRED_TEST_READERS");
    int64_t n = 0;
    if (text && str_to_i64(str_of(text), &n) == 0 && n > 0 && n <= READERS_MAX)
        return (unsigned)n;
    return o->engine == DB_SQLITE ? 0 : c->readers;
}

/* Binds the port, so that a port in use ends the start before any work begins. Requests are not answered yet. */
static int listen_early(struct serving *s) {
    const struct config *c = &s->config;
    struct str why;
    int r =
        http_server_new(&s->server, c->listen_host, c->listen_port, loops_of(c), &c->http, &site_app, &s->site, &why);

    if (r == -EADDRINUSE) {
        struct str url = address_url(c->listen_host, c->listen_port, &s->arena);
        fprintf(stderr,
                "hired serve: %.*s. Another program listens there, perhaps another hired (curl %.*s/healthz tells); "
                "choose another port with --listen.\n",
                STR_FMT(why), STR_FMT(url));
    } else if (r < 0) {
        fprintf(stderr, "hired serve: %.*s\n", STR_FMT(why));
    }
    if (r == 0)
        s->url = address_url(c->listen_host, http_server_port(s->server), &s->arena);
    return r;
}

static int write_clock_note(struct db *db, void *arg) {
    return clock_note(db);
}

/* Called after each commit: wakes the threads that process pending work in the database. */
static void on_commit(void *ctx) {
    struct serving *s = ctx;
    fetcher_wake(s->fetcher);
    dispatcher_wake(s->dispatcher);
    if (s->toolbox)
        robots_notice(s->toolbox->robots);
}

static void on_clock_moved(void *ctx) {
    struct serving *s = ctx;
    on_commit(s);
    robots_wake(s->toolbox->robots);
    caretaker_wake(s->caretaker);
}

/* Another process has committed, or this one may do more than before. */
static void on_work(void *ctx) {
    on_commit(ctx);
}

static void on_wanted(void *ctx, int64_t file) {
    fetcher_want(((struct serving *)ctx)->fetcher, file);
}

static void on_share(void *ctx, struct portion portion) {
    const struct serving *s = ctx;
    const struct nodes_view view = nodes_look(s->nodes);
    gateway_share_limits(s->gateway, portion);
    gateway_name_node(s->gateway, view.node, view.nodes);
}

/* Removes partial files of uploads and fetches that a crash interrupted. */
static int open_files(struct serving *s) {
    struct str why;
    int r = files_new(&s->files, &s->db, &why);
    if (r < 0) {
        fprintf(stderr, "hired serve: %.*s\n", STR_FMT(why));
        return r;
    }
    if (files_are_remote(s->files))
        s->downloads = quota_new(DOWNLOADS, DOWNLOADS_OF_CALLER);
    int n = files_drop_drafts(s->files);
    if (n < 0)
        log_fmt(LOG_WARN, "cannot look for unfinished files: %s", strerror(-n));
    else if (n > 0)
        log_fmt(LOG_INFO, "removed %d unfinished files", n);
    return 0;
}

static void start_toolbox(struct serving *s) {
    const struct toolbox_options o = {
        .db = &s->db,
        .writer = s->writer,
        .url = s->url.ptr,
        .data = s->db.engine == DB_SQLITE ? s->config.data : NULL,
        .clock_moved = on_clock_moved,
        .settle = serve_settle,
        .connected = serve_connected,
        .ctx = s,
    };
    s->toolbox = toolbox_new(&o);
    s->call_hooks = hooks_of_calls(s->toolbox);
    s->event_hooks = hooks_of_events(s->toolbox);
}

static int start_loops(struct serving *s) {
    struct gateway_settings *settings = calloc(1, sizeof *settings);
    if (!settings)
        return -ENOMEM;
    serve_gateway_settings(&s->config, settings);
    unsigned loops = http_server_loops(s->server);
    const struct gateway_options options = {.db = &s->db,
                                            .writer = s->writer,
                                            .files = s->files,
                                            .seal = s->seal,
                                            .loops = loops,
                                            .readers = readers_of(&s->config, &s->db),
                                            .read_queue = s->config.read_queue_max,
                                            .settings = settings,
                                            .toolbox = s->toolbox,
                                            .hooks = s->toolbox ? &s->call_hooks : NULL,
                                            .test_token =
                                                s->config.test_token ? str_of(s->config.test_token) : STR_ABSENT};
    s->gateway = gateway_new(&options);
    free(settings);
    if (!s->gateway)
        return serve_fail("cannot start the threads that answer requests; if the database is the cause, the log line "
                          "before this says so",
                          -EAGAIN);
    const struct longlink_options links = {
        .hub = s->hub,
        .seal = s->seal,
        .base_url = site_base_url,
        .ping_s = s->config.ping_ms / 1000,
        .reconnect_s = s->config.reconnect_ms / 1000,
        .reconnect_spread_s = s->config.reconnect_spread_ms / 1000,
        .loops = loops,
        .read = site_read,
        .caller = site_caller,
        .authenticate = site_authenticate,
        .look = site_look,
        .ctx = &s->site,
    };
    s->longlink = longlink_new(&links);
    s->site = (struct site){.gateway = s->gateway,
                            .seal = s->seal,
                            .files = s->files,
                            .downloads = s->downloads,
                            .dispatcher = s->dispatcher,
                            .hub = s->hub,
                            .fetcher = s->fetcher,
                            .longlink = s->longlink,
                            .test = s->config.test,
                            .caretaker = s->caretaker,
                            .scrubber = s->scrubber,
                            .archive = s->archive,
                            .nodes = s->nodes};
    s->site.server = s->server;
    if (s->nodes)
        nodes_serve(s->nodes, s->hub,
                    &(struct nodes_events){.work = on_work, .wanted = on_wanted, .share = on_share, .ctx = s});
    int r = http_server_start(s->server);
    return r < 0 ? serve_fail("cannot start the event loops", r) : 0;
}

/* An event identifies users by the ids of the app that receives it. */
static void write_user(void *ctx, struct db *db, int64_t tenant, int64_t app, int64_t uid, struct buf *out) {
    struct serving *s = ctx;
    struct arena scratch ARENA_CLEANUP = ARENA_EMPTY;
    const struct user_view view = {.tenant = tenant, .app = app};
    struct str id;
    if (user_external_id(db, s->seal, &view, USER_OPEN_ID, uid, &scratch, &id) == 0)
        json_escape(out, id);
}

static int start_dispatcher(struct serving *s) {
    const struct dispatcher_options options = {
        .db = &s->db,
        .writer = s->writer,
        .hub = s->hub,
        .allow_loopback = s->config.fetch_allow != FETCH_ALLOW_NONE,
        .allow_private = s->config.fetch_allow == FETCH_ALLOW_PRIVATE,
        .parallel = s->config.events_parallel,
        .keep_days = s->config.events_keep_days,
        .worker = nodes_worker(s->nodes),
        .claims = nodes_claims(s->nodes),
        .hooks = s->toolbox ? &s->event_hooks : NULL,
        .user = write_user,
        .ctx = s,
    };
    int r = dispatcher_new(&s->dispatcher, &options);
    return r < 0 ? serve_fail("cannot start to deliver events", r) : 0;
}

static int start_workers(struct serving *s) {
    const struct fetcher_options options = {
        .db = &s->db,
        .writer = s->writer,
        .files = s->files,
        .allow_loopback = s->config.fetch_allow != FETCH_ALLOW_NONE,
        .allow_private = s->config.fetch_allow == FETCH_ALLOW_PRIVATE,
        .max_bytes = s->config.fetch_max_bytes,
        .timeout_ms = s->config.fetch_timeout_ms,
        .parallel = s->config.fetch_parallel,
        .worker = nodes_worker(s->nodes),
    };
    if (s->config.test)
        start_toolbox(s);
    int r = fetcher_new(&s->fetcher, &options);
    if (r < 0)
        return serve_fail("cannot start to fetch reports", r);
    r = start_dispatcher(s);
    if (r < 0)
        return r;
    r = scrubber_new(&s->scrubber, &s->db, nodes_worker(s->nodes), s->config.scrub_rate);
    if (r < 0)
        return serve_fail("cannot start the thread that verifies the database", r);
    r = caretaker_new(&s->caretaker, &s->db, s->files, s->writer, s->scrubber, nodes_worker(s->nodes), !s->config.test);
    if (r < 0)
        return serve_fail("cannot start the thread that removes unused files", r);
    writer_on_commit(s->writer, on_commit, s);
    r = remote_server_new(&s->commands, s->config.data, s->writer, NULL);
    return r < 0 ? serve_fail("cannot create hired.sock in the data directory, through which commands write", r) : 0;
}

static void announce(struct serving *s) {
    owner_tell(s->owner, OWNER_SERVING, s->url);
    printf("hired %s listens on %.*s\n", HIRED_VERSION, STR_FMT(s->url));
    if (s->config.test)
        printf("TEST MODE: whoever may call %.*s/test/ (programs on this machine%s) may do anything here. Do not keep "
               "people's records in it.\n",
               STR_FMT(s->url), s->config.test_token ? ", and callers with the test token" : "");
    if (address_is_everywhere(s->config.listen_host))
        printf("It answers at every address of this machine.\n");
    if (s->nodes)
        printf("It is node %u of %u that serve this database.\n", nodes_look(s->nodes).node,
               nodes_look(s->nodes).nodes);
    if (s->nodes && str_is_absent(s->tenant))
        printf("The database is empty: there is no tenant yet, so nobody can call or sign in. Make one while it runs:\n"
               "  hired tenant create --store URL --name NAME\n");
    else
        demo_info_announce(s->config.data, s->nodes, s->tenant, s->url.ptr);
    fflush(stdout);
}

static void shut_down(struct serving *s) {
    if (s->owner)
        owner_tell(s->owner, OWNER_STOPPING, s->url);
    db_end_waits(clock_mono_ns() + s->config.drain_ms * INT64_C(1000000));
    toolbox_end(s->toolbox);
    if (s->gateway)
        gateway_drain(s->gateway);
    if (s->server)
        http_server_drain(s->server, s->config.drain_ms);
    db_end_waits(clock_mono_ns()); /* nobody waits for an answer any more */
    if (s->gateway)
        gateway_stop(s->gateway);
    nodes_stop(s->nodes);
    s->caretaker = caretaker_free(s->caretaker);
    s->scrubber = scrubber_free(s->scrubber);
    s->commands = remote_server_free(s->commands);
    /* They are freed after the writer thread has ended, whose last commits still wake them, and before its connection
     * is closed, because the last connection removes the log. */
    fetcher_stop(s->fetcher);
    dispatcher_stop(s->dispatcher);
    if (s->writer && s->site.server && !s->config.test)
        (void)writer_run(s->writer, write_clock_note,
                         NULL); /* if the note fails, the last one stays, which is ten minutes older */
    writer_stop(s->writer);
    s->fetcher = fetcher_free(s->fetcher);
    s->dispatcher = dispatcher_free(s->dispatcher);
    archive_end_base(s->archive);
    s->writer = writer_free(s->writer);
    s->server = http_server_free(s->server);
    s->gateway = gateway_free(s->gateway);
    s->toolbox = toolbox_free(s->toolbox);
    s->downloads = quota_free(s->downloads);
    s->files = files_free(s->files);
    s->longlink = longlink_free(s->longlink);
    s->hub = hub_free(s->hub);
    s->seal = seal_free(s->seal);
    s->archive = archive_free(s->archive);
    s->nodes = nodes_free(s->nodes);
    s->owner = owner_release(s->owner);
    arena_free(&s->arena);
    config_free(&s->config);
}

int cli_serve(int argc, char **argv) {
    struct serving s = {.argc = argc, .argv = argv};
    int r;
    if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        print_help();
        return 0;
    }
    if (serve_load_config(&s, &s.config, false) < 0)
        return 2;
    (void)setenv("UV_THREADPOOL_SIZE", UV_THREADS, 0); /* libuv reads it when the pool is first used */
    log_set_level(s.config.log_level);
    end_as_log_line();
    if (serve_is_relay(&s.config)) {
        r = serve_relay(&s.config);
        config_free(&s.config);
        return r;
    }
    id_set_node(s.config.node);
    directory_set_spare(s.config.free_min_bytes);
    s.url = STR("");
    r = serve_take_directory(&s);

    sigset_t signals;
    serve_block_signals(&signals);

    if (r == 0)
        r = serve_join(&s);
    if (r == 0)
        r = listen_early(&s);
    s.hub = hub_new();
    if (r == 0)
        r = serve_make_pool();
    if (r == 0)
        r = serve_open_store(&s);
    if (r == 0)
        r = open_files(&s);
    if (r == 0)
        r = start_workers(&s);
    if (r == 0 && s.nodes)
        r = nodes_wait(s.nodes, &signals);
    if (r == 0)
        r = serve_seed(&s);
    if (r == 0)
        r = start_loops(&s);
    if (r == 0) {
        announce(&s);
        serve_warn_of_proxy(&s.config);
        serve_wait_for_end(&signals, &s);
    }
    shut_down(&s);
    return r == 0 || r == -ECANCELED ? 0 : 1;
}
