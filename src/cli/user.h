/* SPDX-License-Identifier: Apache-2.0
 *
 * Creates console accounts, for hired user and hired demo.
 */
#ifndef HIRED_CLI_USER_H
#define HIRED_CLI_USER_H

#include "cli/open.h"
#include "gateway/caller/account.h"

/* Adds the account; the caller sets all members but id and password. Returns 0, or 1 after an error message. */
int user_make(struct cli *c, struct account *account, struct str password);

/* Finds the tenant's user with that user_id. Returns 1, 0 or a negative errno. */
int user_find_uid(struct cli *c, int64_t tenant, struct str user_id, int64_t *ret);

#endif
