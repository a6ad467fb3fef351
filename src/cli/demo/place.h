/* SPDX-License-Identifier: Apache-2.0
 *
 * Where a demo is made: in DIR/demo.partial, which becomes DIR/demo.whole when all of it is on the disk; then its parts
 * are moved into DIR, the database last. So a demo that was cut short is never served: it is removed and made anew, or,
 * when only the moving was cut short, moved to the end.
 */
#ifndef HIRED_CLI_DEMO_PLACE_H
#define HIRED_CLI_DEMO_PLACE_H

#include "base/arena.h"
#include "base/str.h"

/* What a demo that was cut short left in a directory. */
enum demo_rest { DEMO_NO_REST, DEMO_PARTIAL, DEMO_WHOLE };
enum demo_rest demo_rest_in(const char *dir);

/* All of these: 0, or a negative errno with a sentence for a person in *ret_why (in the arena). The caller holds the
 * directory (store/owner.h). */

/* Removes what is unfinished and makes a new place, whose path is *ret (in the arena). A database that is in dir
 * already is replaced in the end: the caller has seen that it holds nothing. */
int demo_place_make(const char *dir, struct arena *a, char **ret, struct str *ret_why);

/* Everything in the place is written and closed: it becomes dir's. */
int demo_place_settle(const char *dir, struct arena *a, struct str *ret_why);

/* Moves what is whole to its end. */
int demo_place_finish(const char *dir, struct arena *a, struct str *ret_why);

#endif
