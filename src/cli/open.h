/* SPDX-License-Identifier: Apache-2.0
 *
 * What the commands that work on a data directory share: configuration, database, the tenant meant, and how they
 * answer. While a server works on the directory, they write through it (store/remote/remote.h).
 */
#ifndef HIRED_CLI_OPEN_H
#define HIRED_CLI_OPEN_H

#include "base/buf.h"
#include "base/seal.h"
#include "cli/args.h"
#include "cli/config.h"
#include "gateway/caller/app.h"
#include "gateway/users.h"
#include "hire/hire.h"
#include "store/db.h"
#include "store/owner.h"

struct cli {
    const char *command; /* for messages */
    struct config config;
    struct arena arena;
    struct owner *owner; /* of the data directory; NULL while only reading, or beside a server */
    struct db *db;
    bool remote;       /* a server that runs there writes for it */
    struct seal *seal; /* of that database */
};

#define CLI_CLEANUP __attribute__((cleanup(cli_close)))

/* Reads configuration and flags. Returns 0, or -EINVAL after telling on standard error. c must live where cli_close
 * will be called on it whatever this returns (CLI_CLEANUP); it need not be initialized. */
int cli_begin(struct cli *c, const char *command, const struct arg *args, int *argc, char **argv);

enum cli_access { CLI_READ, CLI_WRITE, CLI_CREATE /* as CLI_WRITE; makes the database if there is none */ };

/* Opens the database of the data directory: to write, as the directory's owner, or through the server that is it.
 * Returns 0, or a negative errno after telling on standard error. */
int cli_open(struct cli *c, enum cli_access access);
/* Closes the database and gives the directory back; cli_open may follow. */
void cli_shut(struct cli *c);
void cli_close(struct cli *c);

/* The tenant with that key; key NULL: the only one there is. Returns 0, or a negative errno after telling. */
int cli_tenant_of(struct cli *c, const char *key, struct tenant_row *ret);

/* The app with that id, which must be installed in the tenant. Returns 0, or a negative errno after telling. */
int cli_app_of(struct cli *c, const struct tenant_row *tenant, const char *app_id, struct app_row *ret);

/* Both: without a key, an app that is installed in one tenant says which. app_id NULL: the tenant only. Returns 0, or a
 * negative errno after telling. */
int cli_tenant_and_app(struct cli *c, const char *key, const char *app_id, struct tenant_row *ret_tenant,
                       struct app_row *ret_app);

/* "open_id", "union_id", "user_id". Returns 0, or -EINVAL after telling. */
int cli_user_id_type(struct cli *c, const char *name, enum user_id_type *ret);

/* Prints "hired COMMAND: ..." on standard error and returns 1. */
int cli_fail(const struct cli *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* cli_fail for a negative errno of the store or a domain's refusal (h may be NULL); doing: "create the app". Returns 1.
 */
int cli_fail_errno(const struct cli *c, int error, const char *doing, const struct hire *h);

/* The tenant's stamp of the transaction under way; without one, the clock's time. */
int64_t cli_stamp(struct cli *c, int64_t tenant);

/* A hire for the operator at the command line; within a transaction with the tenant's stamp. */
struct hire cli_hire(struct cli *c, int64_t tenant);

/* Runs fn in a transaction: commits if it returns 0, undoes otherwise. Returns fn's value, or 1 after telling why the
 * transaction failed. */
int cli_transact(struct cli *c, int (*fn)(struct cli *c, void *ctx), void *ctx);

/* Prints compact JSON indented, with a line end. Returns 0. */
int cli_print_json(const struct buf *json);

/* The one word that must stand behind the flags, such as an app's id; NULL after telling. what: "the id of an app". */
const char *cli_word(const struct cli *c, int argc, char **argv, const char *what);

/* An entry of "hired app create|list|...": argv[0] is "app create". */
struct cli_verb {
    const char *name;
    int (*run)(int argc, char **argv);
};

/* Finds argv[1] among the verbs (ended by a NULL name) and runs it. Prints help for --help or no verb at all. */
int cli_verbs(const char *command, const char *help, const struct cli_verb *verbs, int argc, char **argv);

#endif
