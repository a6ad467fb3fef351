/* SPDX-License-Identifier: Apache-2.0
 *
 * Watches the disk of a data directory.
 */
#include "cli/serve/disk_watch.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/clock.h"
#include "cli/backup/note.h"

#define PROBE STR("write_probe_ms") /* of table meta */

static int write_probe(struct db *db, void *arg) {
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)clock_now_ms());
    struct db_query q DB_CLEANUP = db_query(db, SQL_META_SET);
    db_bind_text(&q, 1, PROBE);
    db_bind_text(&q, 2, str_of(text));
    int r = db_run(&q);
    return r < 0 ? r : 0;
}

/* Sets the free space. Returns whether the file system can take no byte. */
static bool is_closed(struct disk_watch *w) {
    struct statvfs disk;
    if (statvfs(w->dir, &disk) < 0)
        return true;
    atomic_store(&w->free_bytes, (uint64_t)disk.f_bavail * disk.f_frsize);
    return disk.f_bavail == 0 || (disk.f_flag & ST_RDONLY) != 0;
}

void disk_watch_look(struct disk_watch *w) {
    struct writer_stats stats;
    atomic_store(&w->backup_s, backup_noted_s(w->dir));
    writer_stats(w->writer, &stats);
    if (is_closed(w) || stats.error != 0)
        (void)writer_run(w->writer, write_probe, NULL); /* the writer's own counters tell what came of it */
}

void disk_watch_write_metrics(const struct disk_watch *w, struct buf *out) {
    buf_printf(out,
               "# HELP hired_disk_free_bytes Of the data directory's file system.\n"
               "# TYPE hired_disk_free_bytes gauge\nhired_disk_free_bytes %" PRIu64 "\n"
               "# HELP hired_backup_last_seconds Time of the last complete hired backup, since 1970; 0: none yet.\n"
               "# TYPE hired_backup_last_seconds gauge\nhired_backup_last_seconds %" PRId64 "\n",
               atomic_load(&w->free_bytes), atomic_load(&w->backup_s));
}
