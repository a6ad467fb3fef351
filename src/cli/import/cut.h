/* SPDX-License-Identifier: Apache-2.0
 *
 * Finds where JSON values end by counting brackets and quotes, in texts of any size. It does not check the values:
 * their parser reports what is wrong within them.
 */
#ifndef HIRED_CLI_IMPORT_CUT_H
#define HIRED_CLI_IMPORT_CUT_H

#include "base/str.h"

/* Returns the offset of the first byte from i on that is not blank. */
size_t cut_blanks(struct str s, size_t i);

/* i is at a quote: returns the offset behind the closing quote, or SIZE_MAX. */
size_t cut_string(struct str s, size_t i);

/* i is at the first byte of a value: returns the offset behind the value, or SIZE_MAX if its brackets or quotes do not
 * close. */
size_t cut_value(struct str s, size_t i);

/* cut_value() in steps, for values that are larger than memory. *depth brackets are open in front of *i (at least 1).
 * Returns true when they are all closed, with *i behind the last one; returns false at about `upto`; sets *i to
 * SIZE_MAX if the text ends first. */
bool cut_on(struct str s, size_t *i, size_t *depth, size_t upto);

#endif
