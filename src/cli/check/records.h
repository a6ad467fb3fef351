/* SPDX-License-Identifier: Apache-2.0
 *
 * Checks of a tenant's records for hired check.
 */
#ifndef HIRED_CLI_CHECK_RECORDS_H
#define HIRED_CLI_CHECK_RECORDS_H

#include "cli/open.h"

/* Reads every record that hired export would write. Calls fn with a sentence for each damaged one, and adds the number
 * of records to *records. Returns 0 or a negative errno. */
int check_records(struct cli *c, int64_t tenant, void (*fn)(void *ctx, struct str line), void *ctx, int64_t *records);

#endif
