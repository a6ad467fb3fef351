/* SPDX-License-Identifier: Apache-2.0
 *
 * The kept files of a migrated database. Servers on PostgreSQL keep them in a directory of theirs, too.
 */
#ifndef HIRED_CLI_MIGRATE_FILES_H
#define HIRED_CLI_MIGRATE_FILES_H

#include <stdio.h>

#include "cli/open.h"

/* The database of the directory `to` was filled: brings its files from the data directory `from`, by links or copies;
 * or says that they must be brought, if `from` has none. Returns 0, or 1 after an error message. */
int migrate_bring_files(struct cli *c, const char *from, const char *to, FILE *out);

/* The database of the directory `from` was moved to PostgreSQL: says where its files must be, if it has any. Returns as
 * above. */
int migrate_name_files(struct cli *c, const char *from, FILE *out);

#endif
