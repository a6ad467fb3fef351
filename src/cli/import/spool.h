/* SPDX-License-Identifier: Apache-2.0
 *
 * Unnamed temporary files, for input that is read twice and does not fit into memory.
 */
#ifndef HIRED_CLI_IMPORT_SPOOL_H
#define HIRED_CLI_IMPORT_SPOOL_H

#include <stddef.h>

/* Creates one in TMPDIR (/tmp), readable by this user only (0600); closing it deletes it. Returns the descriptor or a
 * negative errno. */
int spool_open(void);

/* Both return 0 or a negative errno. */
int spool_write(int fd, const void *bytes, size_t n);
int spool_copy(int from, int to); /* up to the end of `from` */

#endif
