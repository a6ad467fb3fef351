/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of options, and the names and values of one.
 */
#ifndef HIRED_CLI_CONFIG_OPTION_H
#define HIRED_CLI_CONFIG_OPTION_H

#include "cli/config/config.h"

#define K ((uint64_t)1024)
#define M (K * 1024)
#define G (M * 1024)
#define SECOND ((uint64_t)1000)

#define AT(member) offsetof(struct config, member)

enum option_kind {
    OPT_TEXT,
    OPT_LISTEN,
    OPT_UINT,
    OPT_SIZE,
    OPT_SIZE32, /* an unsigned */
    OPT_MS,
    OPT_BOOL,
    OPT_NAME,
    OPT_NETWORKS
};

struct option {
    const char *section, *name;
    enum option_kind kind;
    bool common; /* listed in --help */
    size_t offset;
    const char *initial;      /* default, as written in the file; "" for none */
    const char *arg;          /* placeholder for the value in help */
    uint64_t min, max;        /* of OPT_UINT, OPT_SIZE (bytes), OPT_MS (milliseconds) */
    const char *const *names; /* of OPT_NAME: the values of its enum in order, ended by NULL */
    const char *about;        /* lines for etc/hired.ini; --help shows the first only */
};

#define CONFIG_OPTIONS_MAX 64

extern const struct option config_options[]; /* options.c */
extern const size_t n_config_options;

/* An option that earlier versions had. A file that has it at its default, as etc/hired.ini of that time, is accepted,
 * so that an upgrade does not keep the server from starting. */
struct former_option {
    const char *section, *name;
    const char *initial; /* its default */
    const char *now;     /* what a file with another value is told */
};

extern const struct former_option former_options[]; /* ended by a NULL name; options.c */

/* "--listen", "--http-head-max" */
struct str option_flag(const struct option *o, char out[64]);

/* "HIRED_LISTEN", "HIRED_HTTP_HEAD_MAX" */
const char *option_env(const struct option *o, char out[64]);

/* Describes the accepted values, for errors and for the file. */
void option_accepts(const struct option *o, struct buf *out);

/* Sets the option's member of c. Returns 0, or -EINVAL for a value that is not accepted. */
int option_set(struct config *c, const struct option *o, struct str value);

#endif
