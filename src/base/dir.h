/* SPDX-License-Identifier: Apache-2.0
 *
 * Directories as a whole.
 */
#ifndef HIRED_BASE_DIR_H
#define HIRED_BASE_DIR_H

/* Makes the names in the directory durable: what was created, renamed or removed there survives a power failure.
 * Returns 0 or a negative errno. */
int dir_sync(const char *path);

/* The same for the directory that contains path ("." if path has no slash). -ENAMETOOLONG: beyond PATH_MAX. */
int dir_sync_parent(const char *path);

/* Removes the directory with all that is in it; links are removed and not followed. 0 also if there is none. Returns 0
 * or a negative errno; then a part may be removed. */
int dir_remove(const char *path);

#endif
