/* SPDX-License-Identifier: Apache-2.0
 *
 * The configuration: defaults, overridden by the INI file, then by HIRED_* environment variables, then by flags.
 * etc/hired.ini documents every option; one table (options.c) is the source of names, types, bounds and help texts.
 */
#ifndef HIRED_CLI_CONFIG_CONFIG_H
#define HIRED_CLI_CONFIG_CONFIG_H

#include "base/arena.h"
#include "base/log.h"
#include "http/http.h"
#include "store/db.h"

struct app_rate {
    struct str app_id;
    double factor; /* factor on the documented limits; 0: no limits */
};

#define CONFIG_APP_RATES_MAX 256

/* Which addresses, apart from public ones, hired may connect to when it fetches reports and calls webhooks. */
enum fetch_allow { FETCH_ALLOW_NONE, FETCH_ALLOW_LOOPBACK, FETCH_ALLOW_PRIVATE /* those and loopback */ };

struct config {
    char *file;           /* NULL: no file was read */
    char *listen_host;    /* 127.0.0.1 */
    unsigned listen_port; /* 8080; 0: any free one */
    char *data;           /* data directory; "data" */
    unsigned threads;     /* event loops; 0: one per core */
    unsigned node;        /* this server's number in ids; commands use numbers above the servers' */
    char *base_url; /* URL of this server for clients, used in links; NULL: from the Host header of each request */
    enum log_level log_level;
    bool access_log; /* log a line for every request */

    bool rate_limits;           /* false: no limits at all */
    struct app_rate *app_rates; /* sections [app cli_...] with rate_factor */
    size_t n_app_rates;

    struct http_limits http;
    unsigned drain_ms; /* time for running requests to finish when the server stops */
    size_t mmap_bytes;
    unsigned write_queue_max, write_group_max;
    unsigned readers, read_queue_max; /* of PostgreSQL */
    char *store_url;                  /* of a database of PostgreSQL; NULL: SQLite */
    char *archive;                    /* directory of the archive; NULL: none */
    unsigned archive_days;
    unsigned read_ms;      /* longest time of one read; 0: no limit */
    size_t log_max_bytes;  /* of the database's log; 0: no limit */
    size_t scrub_rate;     /* bytes a second that are verified in the background; 0: none */
    size_t free_min_bytes; /* free disk space that is kept for the database; files may not use it */

    enum fetch_allow fetch_allow;
    size_t fetch_max_bytes; /* largest size of a report */
    unsigned fetch_timeout_ms;
    unsigned fetch_parallel;

    unsigned events_parallel;                            /* deliveries at the same time */
    unsigned events_keep_days;                           /* days that events are kept */
    unsigned ping_ms, reconnect_ms, reconnect_spread_ms; /* settings sent to clients of long connections */

    bool accept_clock;      /* start even if the clock is far off */
    bool test;              /* the test mode */
    const char *seed;       /* file that the test mode makes at the start; NULL: none */
    const char *test_token; /* for callers of the test mode on other machines; NULL: none */

    /* instead of a data directory (cli/serve/relay.c) */
    const char *upstream; /* URL of the server to which calls are passed on; NULL: none */
    unsigned upstream_timeout_ms;
    const char *record; /* directory in which they are kept; NULL: none */
    bool record_mask;
    uint64_t record_max_bytes;

    struct arena arena; /* owns the texts */
};

/* Reads the configuration into *c (which need not be initialized). argv[0] is the subcommand's name. If argc is given,
 * the configuration's flags are removed from argv and argc is updated; the other words keep their order. To load again
 * later, the caller must keep a copy of argv. "--" ends the flags.
 *
 * Returns 0, or -EINVAL with all errors in *ret_why: one sentence per line, each naming file and line (or variable or
 * flag), option and accepted values. The text is in c->arena. Call config_free in both cases. */
int config_load(struct config *c, int *argc, char **argv, struct str *ret_why);
void config_free(struct config *c);

/* The database and the limits of its reads; busy_ms is 0. The texts belong to c. (store.c) */
struct db_options config_db_options(const struct config *c);

/* Prints a line of help for each common flag, and where to find the others. */
void config_print_help(void);

/* Calls fn with a line (in the arena) for each HIRED_* variable that is not an option but resembles one. Returns how
 * many. */
size_t config_check_environment(struct arena *a, void (*fn)(void *ctx, struct str line), void *ctx);

/* Writes the text of etc/hired.ini: every option with its meaning, bounds and default. */
void config_write_ini(struct buf *out);

/* Parses "127.0.0.1:8080" or "[::1]:8080". Returns 0 with the host in the arena, or -EINVAL. */
int config_parse_listen(struct str text, struct arena *a, char **ret_host, unsigned *ret_port);

#endif
