/* SPDX-License-Identifier: Apache-2.0
 *
 * Compares entries of the journal with parts that are expected.
 */
#ifndef HIRED_TESTING_JOURNAL_MATCH_H
#define HIRED_TESTING_JOURNAL_MATCH_H

#include "base/record.h"
#include "testing/journal.h"

/* An entry as JSON; free it with json_decref. */
json_t *match_entry(const struct journal_entry *e);

/* How many members of expected the entry does not have. Appends a line about each to diff (NULL: none). */
unsigned match_differences(const json_t *expected, const json_t *entry, struct buf *diff);

/* Whether the member at a dotted path is there and, unless value is absent, has this text. */
bool match_field(const json_t *entry, struct str path, struct str value);

/* The first member of expected that no entry has; absent: all are known. */
struct str match_unknown(const json_t *expected);

/* One line about an entry, for people. */
void match_tell(const struct journal_entry *e, struct buf *out);

#endif
