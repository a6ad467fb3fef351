/* SPDX-License-Identifier: Apache-2.0
 *
 * The master secret of the installation: tokens, ids of users, links and page tokens are sealed with keys derived from
 * it. It is kept in the database, so that a backup is complete and several processes use the same one.
 */
#ifndef HIRED_GATEWAY_CALLER_MASTER_SECRET_H
#define HIRED_GATEWAY_CALLER_MASTER_SECRET_H

#include "base/seal.h"
#include "store/db.h"

/* Reads the master secret and makes the seal from it; the caller frees that with seal_free. A writing connection makes
 * the secret if there is none; a reading connection gets -ENOENT then. */
int master_secret_seal(struct db *db, struct seal **ret);

#endif
