/* SPDX-License-Identifier: Apache-2.0
 *
 * What the operations about seeds, tenants and snapshots share.
 */
#ifndef HIRED_TESTING_SEED_CALL_H
#define HIRED_TESTING_SEED_CALL_H

#include "gateway/call.h"
#include "testing/seed.h"
#include "testing/toolbox.h"

/* Fails the call with what is wrong in the seed. */
int seed_fail(struct call *c, const struct seed *s);

/* Runs fn within a snapshot of a reading connection of its own. Returns its value, or a negative errno. */
int seed_read_on_reader(struct toolbox *t, struct arena *a, int (*fn)(struct db *db, void *ctx), void *ctx);

#endif
