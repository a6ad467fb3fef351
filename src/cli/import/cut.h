/* SPDX-License-Identifier: Apache-2.0
 *
 * Where JSON values end, by brackets and quotes alone: finds records in texts of any size. Nothing is judged; what is
 * wrong within a value is left to whoever parses it.
 */
#ifndef HIRED_CLI_IMPORT_CUT_H
#define HIRED_CLI_IMPORT_CUT_H

#include "base/str.h"

/* What follows the blanks from i on. */
size_t cut_blanks(struct str s, size_t i);

/* i stands at a quote: what follows the closing one, or SIZE_MAX. */
size_t cut_string(struct str s, size_t i);

/* i stands at the first byte of a value: what follows it, or SIZE_MAX if its brackets or quotes do not close. */
size_t cut_value(struct str s, size_t i);

/* The same in pieces, for values that are larger than memory: *depth brackets are open in front of *i (at least 1).
 * Goes on until they are closed, and returns true with *i behind the last one; or to about `upto`, and returns false;
 * *i is SIZE_MAX if the text ended before. */
bool cut_on(struct str s, size_t *i, size_t *depth, size_t upto);

#endif
