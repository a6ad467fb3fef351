/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the journal share.
 */
#ifndef HIRED_TESTING_JOURNAL_INTERNAL_H
#define HIRED_TESTING_JOURNAL_INTERNAL_H

#include "testing/journal.h"

/* Adds an entry at the end; number and time are set here. Copies. */
void journal_add(struct journal *j, const struct journal_key *key, struct str json);

#endif
