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

/* Both return 0 or a negative errno; -EFBIG: the file would take more than half of the free space. */
int spool_write(int fd, const void *bytes, size_t n);
/* Up to the end of `from`. If its first bytes cannot be those of an answer (an endless device, for example), only they
 * are copied. */
int spool_copy(int from, int to);

#endif
