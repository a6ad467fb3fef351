/* SPDX-License-Identifier: Apache-2.0
 *
 * Watches the disk of a data directory: its free space, whether writes that failed succeed again, and when the
 * directory was last backed up.
 *
 * While writes fail, or the file system is full or can only be read, it writes a small note every second. So /readyz
 * (gateway_unready) reports a disk that has failed before a client's write does, and is right again a second after the
 * disk is.
 */
#ifndef HIRED_CLI_SERVE_DISK_WATCH_H
#define HIRED_CLI_SERVE_DISK_WATCH_H

#include <stdatomic.h>

#include "base/buf.h"
#include "store/writer.h"

struct disk_watch {
    const char *dir; /* the data directory */
    struct writer *writer;
    _Atomic uint64_t free_bytes;
    _Atomic int64_t backup_s; /* seconds since 1970; 0: never, as far as the directory knows */
};

/* Looks once; waits for the writer if it writes the note. One thread at a time. */
void disk_watch_look(struct disk_watch *w);

/* Appends its metrics in Prometheus text form. Any thread. */
void disk_watch_write_metrics(const struct disk_watch *w, struct buf *out);

#endif
