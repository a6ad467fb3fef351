/* SPDX-License-Identifier: Apache-2.0
 *
 * The configuration: defaults, then the INI file, then HIRED_* environment variables, then flags. etc/hired.ini documents
 * every option; one table in config.c is the source of names, types, bounds and help texts.
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

struct config {
    char *file;            /* NULL: none was read */
    char *listen_host;     /* 127.0.0.1 */
    unsigned listen_port;  /* 8080; 0: any free one */
    char *data;            /* directory; "data" */
    unsigned threads;      /* event loops; 0: one per core */
    unsigned node;         /* this node's number in ids, 0..1023 */
    char *base_url;        /* how clients reach this server, for links; NULL: from each request's Host */
    enum log_level log_level;
    bool access_log;       /* a line for every request */

    bool rate_limits;      /* off: no limits at all */
    struct app_rate *app_rates; /* sections [app cli_...] with rate_factor */
    size_t n_app_rates;

    struct http_limits http;
    size_t mmap_bytes;
    unsigned write_queue_max, write_group_max;

    bool fetch_allow_private;   /* report and webhook addresses may be private ones */
    uint64_t fetch_max_bytes;   /* of a report */
    unsigned fetch_timeout_ms;
    unsigned fetch_parallel;

    struct arena arena;    /* owns the texts */
};

/* Reads everything. argc/argv as given to the subcommand; flags that are not the configuration's stay in argv (argc is
 * updated). Returns 0, or -EINVAL with a sentence naming file, line, option and what is accepted. */
int config_load(struct config *c, int *argc, char **argv, struct str *ret_why);
void config_free(struct config *c);

/* For --help: one line for each flag. */
void config_print_help(void);

#endif
