/* SPDX-License-Identifier: Apache-2.0
 *
 * For tests: a disk that fails. A SQLite VFS around the real one which fails the nth write or sync, and which remembers
 * what was synced, so that the files can be had as a loss of power would have left them.
 */
#ifndef HIRED_STORE_SQLITE_FAULT_VFS_H
#define HIRED_STORE_SQLITE_FAULT_VFS_H

#include <stdbool.h>

enum fault_kind {
    FAULT_NONE,
    FAULT_WRITE_FULL, /* the disk is full */
    FAULT_WRITE_ERROR,
    FAULT_WRITE_TORN, /* fails after half of it was written */
    FAULT_SYNC,
    FAULT_POWER_AT_WRITE, /* nothing gets through from there on */
    FAULT_POWER_AT_SYNC,
};

enum fault_image {
    IMAGE_SYNCED,  /* what was not synced is lost */
    IMAGE_WRITTEN, /* everything that was written came through */
    IMAGE_MIXED,   /* of what was not synced, some came through */
    FAULT_IMAGES
};

/* Makes it the VFS of every connection opened from now on. */
void fault_install(void);

/* Counting begins anew, at 1. lasting: so does every later one fail (a loss of power always lasts). */
void fault_arm(enum fault_kind kind, unsigned nth, bool lasting);

/* Ends faults. Returns whether any struck. */
bool fault_disarm(void);

/* Writes the files of dir, as they are after a loss of power, into the directory to. */
void fault_image_write(const char *dir, const char *to, enum fault_image image, unsigned seed);

/* Forgets all files; none may be open. */
void fault_forget(void);

#endif
