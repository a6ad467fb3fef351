/* SPDX-License-Identifier: Apache-2.0
 *
 * Keeps the stored search keys of names to the rule of base/fold.h: when a new version of hired, or of the library
 * below it, folds differently from the one that wrote them, they are made anew.
 */
#ifndef HIRED_HIRE_NAME_FOLD_H
#define HIRED_HIRE_NAME_FOLD_H

#include "store/db.h"

/* Told about once a second, and once at the end, how many names were looked at; not at all if there were none. */
typedef void (*names_fold_fn)(void *ctx, int64_t done, bool ended);

/* Brings all keys up to date, for whoever has just opened the database for writing, outside of a transaction. Costs one
 * read if they are. Else it writes in transactions of some thousand names that also note how far it has come, so that
 * it goes on there after a crash, and two processes may do it at once. Returns 0 or a negative errno. */
int names_fold(struct db *db, names_fold_fn progress, void *ctx);

#endif
