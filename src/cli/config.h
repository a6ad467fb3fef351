/* SPDX-License-Identifier: Apache-2.0
 *
 * The configuration: defaults, then the INI file, then HIRED_* environment variables, then flags. etc/hired.ini
 * documents every option; one table in config.c is the source of names, types, bounds and help texts.
 */
#ifndef HIRED_CLI_CONFIG_H
#define HIRED_CLI_CONFIG_H

#include "base/arena.h"
#include "base/log.h"
#include "http/http.h"

struct app_rate {
    struct str app_id;
    double factor; /* the documented limits times this; 0: no limits */
};

#define CONFIG_APP_RATES_MAX 256

/* Which addresses other than public ones hired may connect to, for reports and webhooks. */
enum fetch_allow { FETCH_ALLOW_NONE, FETCH_ALLOW_LOOPBACK, FETCH_ALLOW_PRIVATE /* those and loopback */ };

struct config {
    char *file;           /* NULL: none was read */
    char *listen_host;    /* 127.0.0.1 */
    unsigned listen_port; /* 8080; 0: any free one */
    char *data;           /* directory; "data" */
    unsigned threads;     /* event loops; 0: one per core */
    unsigned node;        /* this server's number in ids; those of commands are above */
    char *base_url;       /* how clients reach this server, for links; NULL: from each request's Host */
    enum log_level log_level;
    bool access_log; /* a line for every request */

    bool rate_limits;           /* off: no limits at all */
    struct app_rate *app_rates; /* sections [app cli_...] with rate_factor */
    size_t n_app_rates;

    struct http_limits http;
    unsigned drain_ms; /* how long requests in hand may take once the server is told to stop */
    size_t mmap_bytes;
    unsigned write_queue_max, write_group_max;
    size_t free_min_bytes; /* of the disk; what kept files leave to the database */

    enum fetch_allow fetch_allow;
    size_t fetch_max_bytes; /* of a report */
    unsigned fetch_timeout_ms;
    unsigned fetch_parallel;

    unsigned events_parallel;                            /* deliveries on their way at once */
    unsigned events_keep_days;                           /* how long events are kept */
    unsigned ping_ms, reconnect_ms, reconnect_spread_ms; /* what long connections are told */

    bool accept_clock; /* a start does not refuse a clock that is far off */
    bool test_clock;   /* POST /test/clock moves the clocks */

    struct arena arena; /* owns the texts */
};

/* Reads everything into *c (which need not be initialized). argv[0] is the subcommand's name. With argc, flags of the
 * configuration are taken out of argv (its order is else kept) and argc is updated, so whoever wants to load again must
 * keep a copy of argv; "--" ends the flags.
 *
 * Returns 0, or -EINVAL with everything that is wrong: one sentence a line, each naming file and line (or variable or
 * flag), option and what is accepted. The text lives in c->arena. Call config_free in both cases. */
int config_load(struct config *c, int *argc, char **argv, struct str *ret_why);
void config_free(struct config *c);

/* For --help: one line for each flag that is commonly given, and where to find the others. */
void config_print_help(void);

/* Tells of each HIRED_* variable that is no option but nearly one; a line each, in the arena. Returns how many. */
size_t config_check_environment(struct arena *a, void (*fn)(void *ctx, struct str line), void *ctx);

/* The text of etc/hired.ini: every option with its meaning, bounds and default. */
void config_write_ini(struct buf *out);

/* "127.0.0.1:8080" or "[::1]:8080". Returns 0 with the host in the arena, or -EINVAL. */
int config_parse_listen(struct str text, struct arena *a, char **ret_host, unsigned *ret_port);

#endif
