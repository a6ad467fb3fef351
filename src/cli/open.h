/* SPDX-License-Identifier: Apache-2.0
 *
 * Shared by the commands that work on a data directory: configuration, database, choice of tenant, and output. While a
 * server owns the directory, commands write through it (store/remote/remote.h).
 */
#ifndef HIRED_CLI_OPEN_H
#define HIRED_CLI_OPEN_H

#include "base/buf.h"
#include "base/seal.h"
#include "cli/args.h"
#include "cli/config/config.h"
#include "gateway/caller/app.h"
#include "gateway/caller/tenant.h"
#include "gateway/users.h"
#include "hire/hire.h"
#include "store/db.h"
#include "store/lease.h"
#include "store/owner.h"

struct cli {
    const char *command; /* for messages */
    struct config config;
    struct arena arena;
    struct owner *owner; /* of the data directory; NULL when reading, or if a server owns it */
    struct lease *lease; /* of a node's number in a database of PostgreSQL; or NULL */
    struct db *db;
    bool remote;       /* a running server executes the writes */
    struct seal *seal; /* for the database's secrets */
};

#define CLI_CLEANUP __attribute__((cleanup(cli_close)))

/* Reads configuration and flags. Returns 0, or -EINVAL after an error message on standard error. c need not be
 * initialized. Declare it with CLI_CLEANUP, since cli_close must be called on it in every case. */
int cli_begin(struct cli *c, const char *command, const struct arg *args, int *argc, char **argv);

enum cli_access { CLI_READ, CLI_WRITE, CLI_CREATE /* as CLI_WRITE; makes the database if there is none */ };

/* Opens the database of the data directory. For writing, this process becomes the directory's owner, or connects to the
 * server that owns it. Returns 0, or a negative errno after an error message. */
int cli_open(struct cli *c, enum cli_access access);
/* Closes the database and releases the directory; cli_open may be called again. */
void cli_shut(struct cli *c);
void cli_close(struct cli *c);

/* For commands that work on the files of a database. Returns 0, or 1 after an error message if [store] url names a
 * database of PostgreSQL; instead: what to do there. */
int cli_needs_directory(const struct cli *c, const char *instead);

/* Finds the tenant by its key; key NULL: the only tenant. Returns 0, or a negative errno after an error message. */
int cli_tenant_of(struct cli *c, const char *key, struct tenant_row *ret);

/* Finds the tenant, and the app, which must be installed in it. Without a key, it takes the tenant in which the app is
 * installed, if there is only one. app_id NULL: the tenant only. Returns 0, or a negative errno after an error message.
 */
int cli_tenant_and_app(struct cli *c, const char *key, const char *app_id, struct tenant_row *ret_tenant,
                       struct app_row *ret_app);

/* Parses "open_id", "union_id", "user_id". Returns 0, or -EINVAL after an error message. */
int cli_user_id_type(struct cli *c, const char *name, enum user_id_type *ret);

/* Prints "hired COMMAND: ..." on standard error and returns 1. */
int cli_fail(const struct cli *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* cli_fail for a negative errno of the store or a refusal of the domain (h may be NULL); doing: "create the app".
 * Returns 1. */
int cli_fail_errno(const struct cli *c, int error, const char *doing, const struct hire *h);

/* What a negative errno of a read or write means, if it is a limit of the log; else strerror. */
const char *cli_limit_reason(int error);

/* The tenant's stamp for the open transaction; outside of one, the clock's time. */
int64_t cli_stamp(struct cli *c, int64_t tenant);

/* A hire for changes by the command line's operator; within a transaction with the tenant's stamp. */
struct hire cli_hire(struct cli *c, int64_t tenant);

/* Runs fn in a transaction: commits if it returns 0, otherwise rolls back. Returns fn's value, or 1 after an error
 * message if the transaction failed. */
int cli_transact(struct cli *c, int (*fn)(struct cli *c, void *ctx), void *ctx);

/* Prints compact JSON, indented, with a newline. Returns 0. */
int cli_print_json(const struct buf *json);

/* Returns the one word that must follow the flags, such as an app's id; NULL after an error message. what: "the id of
 * an app". */
const char *cli_word(const struct cli *c, int argc, char **argv, const char *what);

/* Returns 0 if no word follows the flags, or -EINVAL after an error message. */
int cli_no_word(const struct cli *c, int argc, char **argv);

/* An entry of "hired app create|list|...": argv[0] is "app create". */
struct cli_verb {
    const char *name;
    int (*run)(int argc, char **argv);
};

/* Finds argv[1] among the verbs (ended by a NULL name) and runs it. Prints help for --help or without a verb. */
int cli_verbs(const char *command, const char *help, const struct cli_verb *verbs, int argc, char **argv);

#endif
