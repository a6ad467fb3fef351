/* SPDX-License-Identifier: Apache-2.0
 *
 * Copies of the database that are made before schema steps: DIR/hired.db.before-NNN, where NNN is the first step that
 * was taken then. An older hired can serve it under the name hired.db.
 */
#ifndef HIRED_STORE_BEFORE_H
#define HIRED_STORE_BEFORE_H

#include <stdbool.h>
#include <stdint.h>

#define BEFORE_DAYS 7 /* how long a copy is kept */

/* Removes the copies in dir that are not needed any more: all but the newest one, those older than BEFORE_DAYS, and
 * those older than erased_ms (the last erasure: they contain what was erased; 0: none). Returns the number of copies
 * that stay, or a negative errno. */
int before_tidy(const char *dir, int64_t erased_ms);

#endif
