/* SPDX-License-Identifier: Apache-2.0
 *
 * The flags of a subcommand, other than those of the configuration.
 */
#ifndef HIRED_CLI_ARGS_H
#define HIRED_CLI_ARGS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

enum arg_kind {
    ARG_TEXT,  /* --name VALUE: const char ** */
    ARG_FLAG,  /* --name: bool * */
    ARG_ONOFF, /* --name on|off: int *, 1 or 0; unchanged if the flag is absent */
    ARG_COUNT, /* --name N: int64_t *, 0 and up */
    ARG_LIST,  /* --name VALUE, any number of times: struct buf *, values separated by one space */
    ARG_EACH,  /* --name VALUE, any number of times: struct buf *, each value ended by a NUL */
};

struct arg {
    const char *name; /* "--tenant" */
    enum arg_kind kind;
    void *to;
};

/* Splits the values of an ARG_EACH flag (texts in the arena, which buf must not outlive). */
struct str *args_each(const struct buf *values, struct arena *a, size_t *ret_n);

/* Removes the flags of args (ended by a NULL name) from argv; the words that are not flags stay from argv[1] on. --json
 * is always accepted: output is JSON, unless a command has two formats and declares the flag itself. Returns 0, or
 * -EINVAL after an error message on standard error ("hired <command>: ..."). */
int args_take(const char *command, const struct arg *args, int *argc, char **argv);

/* True if --help or -h is given before "--". */
bool args_help(int argc, char **argv);

#endif
