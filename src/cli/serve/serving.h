/* SPDX-License-Identifier: Apache-2.0
 *
 * A running server, shared by the files that start and stop it.
 */
#ifndef HIRED_CLI_SERVE_SERVING_H
#define HIRED_CLI_SERVE_SERVING_H

#include <signal.h>

#include "cli/config/config.h"
#include "cli/serve/caretaker.h"
#include "cli/serve/nodes.h"
#include "cli/serve/scrubber.h"
#include "cli/serve/site.h"
#include "events/delivery/dispatcher.h"
#include "events/fetch/fetcher.h"
#include "gateway/gateway.h"
#include "store/archive/archive.h"
#include "store/owner.h"
#include "store/remote/server.h"
#include "store/writer.h"
#include "testing/hooks.h"
#include "testing/toolbox.h"

struct serving {
    struct config config;
    int argc; /* copy of the command line, to read the configuration again */
    char **argv;
    struct db_options db;
    struct files *files;     /* kept files */
    struct quota *downloads; /* NULL: the files are in the directory */
    struct seal *seal;
    struct archive *archive; /* NULL: there is none */
    struct writer *writer;
    struct gateway *gateway;
    struct fetcher *fetcher;
    struct hub *hub;
    struct dispatcher *dispatcher;
    struct caretaker *caretaker;
    struct scrubber *scrubber;
    struct longlink *longlink;
    struct http_server *server;
    struct remote_server *commands; /* executes writes of commands while this process serves */
    struct site site;
    struct owner *owner;     /* of the data directory */
    struct toolbox *toolbox; /* NULL: no test mode, and no hooks */
    struct call_hooks call_hooks;
    struct event_hooks event_hooks;
    struct nodes *nodes; /* all servers of the same database of PostgreSQL; NULL: the database is a file */
    struct arena arena;  /* lives until the server ends */
    struct str url;      /* URL from this machine; in arena */
    struct str tenant;   /* for demo_info_announce(); in arena */
};

/* Prints "hired serve: what: ..." for a negative errno, and returns it. */
int serve_fail(const char *what, int error);

/* ---- signals.c ---- */

/* Blocks the signals for which the server waits, and SIGPIPE. Call it before any thread is created, so that all threads
 * inherit the mask: only the thread that calls serve_wait_for_end() gets them. */
void serve_block_signals(sigset_t *ret);

/* Waits for SIGTERM or SIGINT and logs it. SIGHUP rereads the configuration of the serving; s may be NULL: it has no
 * effect. */
void serve_wait_for_end(const sigset_t *signals, struct serving *s);

/* ---- settle.c ---- */

/* For toolbox_options.settle; ctx: the serving. */
int serve_settle(void *ctx, unsigned timeout_ms, int64_t *ret_next_ms, const char **ret_what);

/* For toolbox_options.connected. */
bool serve_connected(void *ctx, int64_t app);

/* ---- pool.c ---- */

/* Makes the threads of libuv's pool. libuv would make them at the first upload, and end the process if it cannot.
 * Returns 0, or a negative errno after an error message. */
int serve_make_pool(void);

/* ---- settings.c ---- */

/* Reads the configuration from a copy of the command line; refuses arguments that are not part of it. Errors go to
 * standard error at the start, and to the log of a running server. Returns 0 or a negative errno. */
int serve_load_config(const struct serving *s, struct config *ret, bool running);

/* The gateway's part of the configuration. */
void serve_gateway_settings(const struct config *c, struct gateway_settings *ret);

/* Applies settings that can change while the server runs, and logs those that need a restart. */
void serve_reload(struct serving *s);

/* Warns if a proxy seems to be in front that trusted_proxies does not name. */
void serve_warn_of_proxy(const struct config *c);

/* ---- data.c; all return 0, or a negative errno after an error message ---- */

/* Takes ownership of the directory before anything in it is touched. */
int serve_take_directory(struct serving *s);

/* Says which database it is; with PostgreSQL, joins the servers that use it. */
int serve_join(struct serving *s);

/* Opens the database, checks the clock, and starts the writer thread. */
int serve_open_store(struct serving *s);

/* With [server] seed: makes what the file describes. */
int serve_seed(struct serving *s);

/* ---- without a data directory: calls are passed on to another server (relay.c) ---- */

/* Whether the configuration asks for that, also wrongly (a record without an upstream). */
bool serve_is_relay(const struct config *c);
/* Serves until a signal. Returns the exit status, after an error message if it is not 0. */
int serve_relay(const struct config *c);

#endif
