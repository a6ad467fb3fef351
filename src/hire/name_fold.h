/* SPDX-License-Identifier: Apache-2.0
 *
 * Keeps the stored search keys of names consistent with base/fold.h. If a new version of hired, or of the Unicode
 * library, folds differently from the version that wrote the keys, the keys are computed again.
 */
#ifndef HIRED_HIRE_NAME_FOLD_H
#define HIRED_HIRE_NAME_FOLD_H

#include "store/db.h"

/* Called about once a second, and once at the end, with the number of names processed. Not called if the keys were
 * up to date. */
typedef void (*names_fold_fn)(void *ctx, int64_t done, bool ended);

/* Brings all keys up to date. The process that opened the database for writing calls this, outside of a transaction.
 * If the keys are up to date it costs one read. Otherwise it works in transactions of some thousand names, each of
 * which also stores the progress: after a crash the next call continues from there, and two processes may run it at
 * the same time. Returns 0 or a negative errno. */
int names_fold(struct db *db, names_fold_fn progress, void *ctx);

#endif
