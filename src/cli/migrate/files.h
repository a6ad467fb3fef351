/* SPDX-License-Identifier: Apache-2.0
 *
 * Brings the kept files of a database that is migrated.
 */
#ifndef HIRED_CLI_MIGRATE_FILES_H
#define HIRED_CLI_MIGRATE_FILES_H

#include "cli/open.h"

struct migrate_files {
    struct cli *cli;
    struct db_options from, to; /* busy_ms and what names the databases */
    void (*progress)(void *ctx, int64_t files);
    void *ctx;

    int64_t files, bytes; /* that the target has now */
    int64_t missing;      /* that the source has not, or that differ from their records; each was said */
    struct str why;       /* a sentence after an error; in the arena of cli */
};

/* Brings every file that a record of the source names and compares its digest, on both sides, with the record's. A file
 * that the target has already is compared only. Returns 0 or a negative errno. */
int migrate_files_run(struct migrate_files *m);

#endif
