/* SPDX-License-Identifier: Apache-2.0
 *
 * A demo is made in DIR/demo.partial, which is renamed to DIR/demo.whole when all of it is on the disk; then its parts
 * are moved into DIR, the database last. So an incomplete demo is never served: it is removed and made anew or, if only
 * the moving was interrupted, moved completely.
 */
#ifndef HIRED_CLI_DEMO_PLACE_H
#define HIRED_CLI_DEMO_PLACE_H

#include "base/arena.h"
#include "base/str.h"

/* What an interrupted demo has left in a directory. */
enum demo_rest { DEMO_NO_REST, DEMO_PARTIAL, DEMO_WHOLE };
enum demo_rest demo_rest_in(const char *dir);

/* All of these return 0, or a negative errno with a message for the user in *ret_why (in the arena). The caller owns
 * the directory (store/owner.h). */

/* Removes an incomplete demo and makes a new place; *ret is its path (in the arena). A database that is in dir already
 * will be replaced: the caller has checked that it holds nothing. */
int demo_place_make(const char *dir, struct arena *a, char **ret, struct str *ret_why);

/* Moves the place into dir; all its files must be written and closed. */
int demo_place_settle(const char *dir, struct arena *a, struct str *ret_why);

/* Completes an interrupted move. */
int demo_place_finish(const char *dir, struct arena *a, struct str *ret_why);

#endif
