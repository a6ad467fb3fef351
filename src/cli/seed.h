/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads the file of a seed for hired seed and hired serve --seed.
 */
#ifndef HIRED_CLI_SEED_H
#define HIRED_CLI_SEED_H

#include <stdio.h>

#include "testing/seed.h"

#define SEED_FILE_MAX ((size_t)64 << 20) /* bytes */

/* Reads and checks the file ("-": standard input). Prints what is wrong on standard error, with command in front. Call
 * seed_end in any case. Returns 0 or a negative errno. */
int seed_file_read(struct seed *s, const char *command, const char *file, struct arena *a);

/* Prints the findings of a seed on standard error: "FILE:LINE:COLUMN: PATH: REASON". */
void seed_file_tell(const struct seed *s, const char *file);

/* Prints what became of it: how many records were made, and what differs. */
void seed_file_outcome(const struct seed_outcome *o, const char *file, FILE *out);

/* A sentence about another negative errno of seed_apply; NULL: strerror says enough. */
const char *seed_file_reason(int error);

#endif
