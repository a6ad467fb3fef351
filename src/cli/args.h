/* SPDX-License-Identifier: Apache-2.0
 *
 * The flags of one subcommand, beside the configuration's.
 */
#ifndef HIRED_CLI_ARGS_H
#define HIRED_CLI_ARGS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

enum arg_kind {
    ARG_TEXT,  /* --name VALUE: const char ** */
    ARG_FLAG,  /* --name: bool * */
    ARG_ONOFF, /* --name on|off: int *, 1 or 0 (set it to -1 before, to see whether it was given) */
    ARG_COUNT, /* --name N: int64_t *, 0 and up */
    ARG_LIST,  /* --name VALUE, any number of times: struct buf *, values separated by one space */
    ARG_EACH,  /* the same: struct buf *, each value ended by a NUL, so that it may hold anything else */
};

struct arg {
    const char *name; /* "--tenant" */
    enum arg_kind kind;
    void *to;
};

/* Splits what ARG_EACH gathered into texts (in the arena, which buf must not outlive). */
struct str *args_each(const struct buf *values, struct arena *a, size_t *ret_n);

/* Takes the flags of args (ended by a NULL name) out of argv; what stays from argv[1] on are the words that are no
 * flags.
 * --json is taken everywhere: answers are JSON, unless a command has two forms and names the flag itself. Returns 0, or
 * -EINVAL after telling on standard error what is wrong with the call ("hired <command>: ..."). */
int args_take(const char *command, const struct arg *args, int *argc, char **argv);

/* True if --help or -h stands among the flags (before "--"). */
bool args_help(int argc, char **argv);

#endif
