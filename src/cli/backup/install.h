/* SPDX-License-Identifier: Apache-2.0
 *
 * Puts a restored database and its files into a data directory. They are prepared in DIR/restore.partial and moved into
 * place by renames, so an interrupted restore can be continued at any point. While that folder exists nobody opens the
 * directory for writing (store/sqlite/open.c).
 */
#ifndef HIRED_CLI_BACKUP_INSTALL_H
#define HIRED_CLI_BACKUP_INSTALL_H

#include <limits.h>
#include <stdbool.h>

#include "cli/open.h"

struct install {
    struct cli *cli;
    const char *dir;
    char stage[PATH_MAX]; /* DIR/restore.partial */
    char aside[64];       /* the folder in DIR for the old data; empty: there is none */
    bool prepared;        /* an interrupted restore had prepared everything: only install_finish is left */
};

/* Begins a restore of source (a line that names it), or continues an interrupted one of the same source. With replace
 * the directory may have data. Returns 0, or 1 after an error message. The caller owns the directory. */
int install_begin(struct install *p, struct cli *c, const char *source, bool replace);

/* The restore has failed: removes the stage, so that the directory's own data can be used. */
void install_drop(struct install *p);

/* Everything in the stage has been synced: moves it into place. Returns 0, or 1 after an error message. */
int install_finish(struct install *p);

#endif
