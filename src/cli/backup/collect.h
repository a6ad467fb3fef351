/* SPDX-License-Identifier: Apache-2.0
 *
 * Brings kept files into another data directory: by a hard link where the file system permits it, else by a copy whose
 * digest is compared with the file's row.
 */
#ifndef HIRED_CLI_BACKUP_COLLECT_H
#define HIRED_CLI_BACKUP_COLLECT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/pace.h"
#include "base/str.h"

struct collect {
    const char *from, *to; /* data directories */
    const char *previous;  /* an earlier copy whose files may be linked, or NULL */
    bool copies;           /* never link */
    struct pace pace;      /* of copied bytes */
    void (*progress)(void *ctx, int64_t files);
    void *ctx;

    int64_t files, bytes;   /* that are in `to` now */
    int64_t linked, copied; /* of these files */
    bool folders[256];      /* that need a sync */
    char why[512];          /* a sentence after an error */
};

/* Brings one file, unless `to` has it already with this size. Returns 0, or a negative errno with a sentence in why:
 * -ENOENT there is no such file, -EUCLEAN it is not what its row says. */
int collect_file(struct collect *c, int64_t id, int64_t size, struct str sha256);

/* Syncs the names of all files that were brought. Returns 0 or a negative errno. */
int collect_sync(struct collect *c);

#endif
