/* SPDX-License-Identifier: Apache-2.0
 *
 * Connections for kept files (kept.c). They are apart from those of db.h, because a chunk may be written while another
 * transaction writes: no connection here takes the lock of README.md. Each command is a transaction of its own and may
 * be repeated, so that a connection that broke costs nothing but time.
 */
#ifndef HIRED_STORE_POSTGRESQL_LINKS_H
#define HIRED_STORE_POSTGRESQL_LINKS_H

#include <libpq-fe.h>
#include <stdint.h>

#include "base/str.h"
#include "store/db.h"

#define LINKS_MAX 8 /* connections of a process; opened when they are needed, closed when idle for a minute */
#define LINKS_PARAMETERS_MAX 6 /* of a command */

/* How long a command may take: ANSWER, and with an attempt to connect again and to repeat it, FILES_WAIT_MS. */
#define LINKS_ANSWER_MS 10000

struct links;

struct links_command {
    const char *name; /* for the log */
    const char *sql;
    int64_t number[LINKS_PARAMETERS_MAX]; /* parameters $1 to $numbers, BIGINT */
    int numbers;
    struct str bytes;  /* the parameter behind them, BYTEA; absent: there is none */
    int64_t answer_ms; /* 0: LINKS_ANSWER_MS */
};

/* Returns 0, or -EINVAL with a sentence in *ret_why: the URL cannot be read. */
int links_new(struct links **ret, const struct db_options *o, struct str *ret_why);
struct links *links_free(struct links *l); /* takes NULL; returns NULL */

/* Runs a command, whose results are in binary form. Any thread. Returns 0 and the result, which the caller clears, or a
 * negative errno (logged): -EHOSTUNREACH the server does not answer in time or cannot be reached, -ENOSPC, -EBUSY ...
 * The command may have been done, and may still be done, after -EHOSTUNREACH. While the server cannot be reached, only
 * one call waits for it at a time, and the others fail at once. */
int links_run(struct links *l, const struct links_command *c, PGresult **ret);

#endif
