/* SPDX-License-Identifier: Apache-2.0
 *
 * The flags of one subcommand, beside the configuration's.
 */
#ifndef HIRED_CLI_ARGS_H
#define HIRED_CLI_ARGS_H

#include "base/arena.h"
#include "base/str.h"

enum arg_kind {
    ARG_TEXT,  /* --name VALUE: const char ** */
    ARG_FLAG,  /* --name: bool * */
    ARG_ONOFF, /* --name on|off: int *, 1 or 0 (set it to -1 before, to see whether it was given) */
    ARG_COUNT, /* --name N: int64_t *, 0 and up */
    ARG_LIST,  /* --name VALUE, any number of times: struct buf *, values separated by one space */
};

struct arg {
    const char *name; /* "--tenant" */
    enum arg_kind kind;
    void *to;
};

/* Takes the flags of args (ended by a NULL name) out of argv; what stays from argv[1] on are the words that are no flags.
 * Returns 0, or -EINVAL after telling on standard error what is wrong with the call ("hired <command>: ..."). */
int args_take(const char *command, const struct arg *args, int *argc, char **argv);

/* True if --help or -h stands among the flags (before "--"). */
bool args_help(int argc, char **argv);

#endif
