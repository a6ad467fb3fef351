/* SPDX-License-Identifier: Apache-2.0
 *
 * DIR/hired.backup: an empty file whose time is that of the last complete backup of a data directory.
 */
#ifndef HIRED_CLI_BACKUP_NOTE_H
#define HIRED_CLI_BACKUP_NOTE_H

#include <stdint.h>

/* Notes that the state of that time (milliseconds since 1970) has been copied. Returns 0 or a negative errno, such as
 * -EROFS. */
int backup_note(const char *dir, int64_t moment_ms);

/* When the last noted state was copied, in seconds since 1970; 0: never. */
int64_t backup_noted_s(const char *dir);

#endif
