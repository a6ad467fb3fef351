/* SPDX-License-Identifier: Apache-2.0
 *
 * Checks of a tenant's records for hired check.
 */
#ifndef HIRED_CLI_CHECK_RECORDS_H
#define HIRED_CLI_CHECK_RECORDS_H

#include "cli/open.h"

/* Reads every record that hired export writes. fn gets a sentence for each that is damaged; *records grows by how many
 * there are. Returns 0 or a negative errno. */
int check_records(struct cli *c, int64_t tenant, void (*fn)(void *ctx, struct str line), void *ctx, int64_t *records);

#endif
