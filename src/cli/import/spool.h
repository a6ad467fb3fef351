/* SPDX-License-Identifier: Apache-2.0
 *
 * Files without a name, for bytes that are read twice and are too many for memory.
 */
#ifndef HIRED_CLI_IMPORT_SPOOL_H
#define HIRED_CLI_IMPORT_SPOOL_H

#include <stddef.h>

/* A new one in TMPDIR (/tmp), for this user alone (0600); it is gone when it is closed. Returns the descriptor or a
 * negative errno. */
int spool_open(void);

/* Return 0 or a negative errno. */
int spool_write(int fd, const void *bytes, size_t n);
int spool_copy(int from, int to); /* to the end of from */

#endif
