/* SPDX-License-Identifier: Apache-2.0
 *
 * For tests: a disk that fails. A SQLite VFS around the real one fails the nth write or sync. It records what was
 * synced, so that a test can get the files as a power failure would have left them.
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
    FAULT_POWER_AT_WRITE, /* no later write reaches the disk */
    FAULT_POWER_AT_SYNC,
};

enum fault_image {
    IMAGE_SYNCED,  /* writes that were not synced are lost */
    IMAGE_WRITTEN, /* all writes reached the disk */
    IMAGE_MIXED,   /* some writes that were not synced reached the disk */
    FAULT_IMAGES
};

/* Makes it the VFS of every connection that is opened from now on. */
void fault_install(void);

/* Starts counting again, at 1. lasting: all later writes or syncs fail too (after a power failure they always do). */
void fault_arm(enum fault_kind kind, unsigned nth, bool lasting);

/* Ends faults. Returns whether any occurred. */
bool fault_disarm(void);

/* Writes the files of dir, as they are after a power failure, into the directory to. */
void fault_image_write(const char *dir, const char *to, enum fault_image image, unsigned seed);

/* Forgets all files; none may be open. */
void fault_forget(void);

#endif
